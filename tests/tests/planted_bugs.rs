//! The checker is checked: every planted bug is caught within 200 seeds of 100 orders.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    bugs::Bug,
    simulate::{Odoos, simulate_world},
};

/// Orders of one world.
const ORDERS: u64 = 100;
/// The most worlds that a bug may survive.
const SEEDS: u64 = 200;

/// In which world the bug shows.
fn caught(bug: Bug, odoos: &Odoos) -> Option<(u64, String)> {
    (1..=SEEDS).find_map(|seed| {
        let found = simulate_world(seed, ORDERS, odoos, Some(bug)).findings.shown(1);
        found.into_iter().next().map(|text| (seed, text))
    })
}

#[test]
fn every_planted_bug_is_caught() {
    let odoos = Odoos::default();
    let survived: Vec<Bug> = Bug::ALL
        .iter()
        .copied()
        .filter(|bug| {
            let found = caught(*bug, &odoos);
            match &found {
                Some((seed, text)) => println!("{bug:?}: seed {seed}: {text}"),
                None => println!("{bug:?}: not caught"),
            }
            found.is_none()
        })
        .collect();
    assert!(Bug::ALL.len() >= 12);
    assert!(survived.is_empty(), "{survived:?} survived {SEEDS} seeds of {ORDERS} orders");
}

#[test]
fn without_a_bug_nothing_is_found() {
    let odoos = Odoos::default();
    for seed in 1..=20 {
        let findings = simulate_world(seed, ORDERS, &odoos, None).findings;
        assert!(findings.is_clean(), "seed {seed}: {:?}", findings.shown(3));
    }
}
