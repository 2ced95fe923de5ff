//! `make bench`: figures against a baseline of the same run, with their spread. Nothing here is asserted: machines differ.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a program for developers' terminals, which measures time"
)]

mod decode;
mod embedded;
mod lambda;
mod odoo;
mod piped;
mod pipeline;

use clap::Parser;

/// Rounds of each measurement; a baseline and what is compared with it take turns.
const ROUNDS: usize = 5;

/// Prints figures against a baseline of the same run.
#[derive(Parser)]
struct Arguments {
    /// How many orders pass end to end.
    #[arg(long, default_value_t = 20_000)]
    orders: u64,
    /// The Lambda bootstraps alone.
    #[arg(long)]
    lambda: bool,
    /// Be the simulated Odoo of a benchmark, at the other end of a pipe.
    #[arg(long, hide = true)]
    odoo: bool,
}

fn main() {
    let Arguments { orders, lambda, odoo } = Arguments::parse();
    if odoo {
        return piped::serve();
    }
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("unknown", |pair| pair.1);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{cores} cores of {model}; {ROUNDS} rounds, in turn; median (min to max)\n");
    if lambda {
        return lambda::run();
    }
    decode::run();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(embedded::run(orders));
    runtime.block_on(odoo::run());
    lambda::run();
}

/// Median, least and most.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

/// CPU seconds that a process has used (user and system), in hundredths.
fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Resident memory of a process, in megabytes.
fn resident_mb(process: &str) -> f64 {
    memory_mb(process, "VmRSS:")
}

/// A line of a process's status, in megabytes.
fn memory_mb(process: &str, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_default();
    line.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) * 1.024 / 1_000.0
}
