//! The simulation itself: one seed is one story, and nothing is lost, doubled, wrong or stuck in it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::simulate::{SimulationConfig, simulate};

fn config(seed: u64, threads: usize) -> SimulationConfig {
    SimulationConfig { orders: 1_000, seed, threads, bug: None }
}

#[test]
fn the_same_seed_gives_the_same_trace_on_any_number_of_threads() {
    let [once, twice, apart] = [1, 1, 2].map(|threads| simulate(config(7, threads), &|_| {}));
    assert_eq!(once.line(), twice.line());
    assert_eq!(once.line(), apart.line());
    let other = simulate(config(8, 1), &|_| {});
    assert_ne!(once.trace, other.trace);
}

#[test]
fn the_line_has_the_form_that_the_interface_fixes() {
    let report = simulate(SimulationConfig { orders: 50, ..config(3, 1) }, &|_| {});
    let keys: Vec<String> =
        report.line().split(' ').filter_map(|part| part.split_once('=')).map(|(key, _)| key.to_owned()).collect();
    assert_eq!(keys, ["orders", "faults", "lost", "duplicated", "mismatched", "stuck", "seed", "trace"]);
    assert!(report.line().starts_with("orders=50 faults="));
}
