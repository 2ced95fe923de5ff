//! A model.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod checker;
mod environment;
mod normalizer;
mod protocol;
mod state;
mod sweep;
mod writer;

use checker::search;
use protocol::{Field, Flaw, Protocol};

#[test]
fn probe() {
    for faults in 0..4 {
        for field in [Field::Lines, Field::Contacts] { for paid in [false, true] {
            let p = Protocol { field, paid, flaw: None };
            let t = std::time::Instant::now();
            let s = search(&p, faults);
            println!("{faults} {field:?} paid {paid}: {} states {} steps {} good, {:?}", s.states, s.steps, s.good_ends, t.elapsed());
            if let Some(c) = s.counterexample { println!("  {}\n    {}", c.what, c.path.join("\n    ")); }
        }}
    }
}
#[test]
fn flaws() {
    for flaw in Flaw::ALL {
        let mut all = true;
        for faults in 0..3 { for paid in [false, true] { for field in [Field::Lines, Field::Contacts] { if all {
            let p = Protocol { field, paid, flaw: Some(*flaw) };
            let t = std::time::Instant::now();
            let s = search(&p, faults);
            if let Some(c) = s.counterexample { println!("{flaw:?} {faults} {field:?} {paid} {} states {:?}:  {}\n    {}", s.states, t.elapsed(), c.what, c.path.join("\n    ")); all = false; }
        }}}}
        if all { println!("{flaw:?} NOT CAUGHT"); }
    }
}
