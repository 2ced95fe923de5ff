//! `make simulate`: many orders through the real handlers in virtual time, with faults. Ends with one line of figures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal, for developers only")]

use std::process::ExitCode;

use clap::Parser;
use sluice_testkit::simulate::{SimulationConfig, simulate};

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
}

fn main() -> ExitCode {
    let Arguments { orders, seed, threads } = Arguments::parse();
    let told = |done: u64| {
        if done.is_multiple_of(STEP) && done < orders {
            eprintln!("{done} of {orders} orders");
        }
    };
    let report = simulate(SimulationConfig { orders, seed, threads, bug: None }, &told);
    for text in report.findings.shown(SHOWN) {
        println!("{text}");
    }
    println!("{}", report.line());
    if report.findings.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
