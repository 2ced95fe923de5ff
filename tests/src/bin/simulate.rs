//! `make simulate`: many orders through the real handlers in virtual time, with faults. Ends with one line of figures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal, for developers only")]

use std::process::ExitCode;

use clap::Parser;
use sluice_testkit::simulate::{SimulationConfig, simulate, simulate_again};
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Worlds do little else than make and drop small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Findings that are shown of each kind.
const SHOWN: usize = 10;
/// How often progress is shown, in orders.
const STEP: u64 = 20_000;

/// Simulates orders from the webhook to Odoo.
#[derive(Parser)]
struct Arguments {
    /// How many orders.
    #[arg(long, default_value_t = 20_000)]
    orders: u64,
    /// Everything random comes from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many worlds at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only this world, with what it logs: a finding names its world.
    #[arg(long)]
    world: Option<u64>,
    /// What that world logs: a level, or target=level pairs.
    #[arg(long, default_value = "warn")]
    log: Targets,
}

fn main() -> ExitCode {
    let Arguments { orders, seed, threads, world, log } = Arguments::parse();
    let config = SimulationConfig { orders, seed, threads, bug: None };
    let told = |done: u64| {
        if done.is_multiple_of(STEP) && done < orders {
            eprintln!("{done} of {orders} orders");
        }
    };
    let report = match world {
        Some(number) => {
            let lines = tracing_subscriber::fmt::layer().without_time().with_filter(log);
            tracing_subscriber::registry().with(lines).init();
            simulate_again(config, number)
        }
        None => simulate(config, &told),
    };
    for text in report.findings.shown(SHOWN) {
        println!("{text}");
    }
    println!("{}", report.line());
    if report.findings.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
