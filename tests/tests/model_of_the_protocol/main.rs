//! A small exhaustive model of save, wakes, call records, late commits and the sweep: one order of which two deliveries tell
//! two versions, two writers, and a crash, a lost answer or a duplicate anywhere. Every state that can be reached is looked at.
//!
//! **Modelled**, each in the file of its name, with a pointer to the code that it stands for: the head of the record, as far as
//! it decides anything (`state.rs`); folding, saving, journalling, waking and acknowledging (`normalizer.rs`); the writer's
//! reads, loads, looks, noted calls, ends and saves (`writer.rs`); waking what is due and settling overdue calls (`sweep.rs`);
//! late commits, deadlines and queues that deliver again (`environment.rs`). Where the model and the code part, one of them is
//! wrong: the stories of `writers_side_by_side` are counterexamples of the flaws below, told with the real code.
//!
//! **Abstracted**: an order is the number of its version, and Odoo holds one of them. Time is not counted: what is due may be
//! swept at once or much later, and a deadline passes whenever no caller can still be waiting. A permit may be missing at any
//! time. What nobody else can see in between is one step: a conditional save with the read that it names, a note with its call
//! and its answer. Not modelled: batches, cancelling, adopting, rounding, restored backups; the simulation has them.
//!
//! **What must hold** (`protocol.rs`): one order in Odoo; what is acknowledged is durable; versions never go back; no call may
//! commit without a record that says so, and no such record goes before somebody is asked to look; a record at rest says what
//! Odoo holds; and from every state the good end can be reached without another fault.
//!
//! **Bounds**: two versions, two workers of each kind, one sweep, and [`FAULTS`] faults on one path. To look deeper, raise it:
//! with 2, all of [`worlds`] were right too (44 million states, 2.2 GB; a quarter of an hour on a busy machine, `--release`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    clippy::struct_excessive_bools,
    clippy::trivially_copy_pass_by_ref,
    reason = "a test: what goes wrong in it must fail, and what it models is flags"
)]

mod checker;
mod environment;
mod normalizer;
mod protocol;
mod state;
mod sweep;
mod writer;

use checker::{Searched, search};
use protocol::{Field, Flaw, Protocol};

/// The most faults on one path: crashes, lost answers, duplicates, a save of which nobody hears.
const FAULTS: usize = 1;

/// The stories that are searched, the short ones first.
fn worlds(flaw: Option<Flaw>) -> impl Iterator<Item = Protocol> {
    let stories = [(false, false), (true, false), (false, true), (true, true)];
    stories.into_iter().flat_map(move |(differs, paid)| {
        [Field::Lines, Field::Contacts].map(|field| Protocol { field, differs, paid, flaw })
    })
}

fn told(protocol: &Protocol, faults: usize) -> Searched {
    let searched = search(protocol, faults);
    let Searched { states, steps, good_ends, .. } = searched;
    println!("{protocol:?}, {faults} faults: {states} states, {steps} steps, {good_ends} good ends");
    searched
}

#[test]
fn the_protocol_as_built_is_right_in_every_state_that_can_be_reached() {
    for protocol in worlds(None) {
        let searched = told(&protocol, FAULTS);
        if let Some(found) = searched.counterexample {
            panic!("{protocol:?}: {}\n  {}", found.what, found.path.join("\n  "));
        }
        assert!(searched.good_ends > 0 && searched.states > 100_000, "{protocol:?} is too small to be the whole story");
    }
}

#[test]
fn every_flaw_is_found() {
    let is_found = |flaw: Flaw| {
        let mut tries = (0..=FAULTS).flat_map(|faults| worlds(Some(flaw)).map(move |protocol| (protocol, faults)));
        tries.any(|(protocol, faults)| {
            let found = told(&protocol, faults).counterexample;
            found.inspect(|found| println!("  {}\n    {}", found.what, found.path.join("\n    "))).is_some()
        })
    };
    let missed: Vec<Flaw> = Flaw::ALL.iter().copied().filter(|flaw| !is_found(*flaw)).collect();
    assert!(missed.is_empty(), "{missed:?} are not found");
}
