//! The adapters keep every promise of the ports, on two emulators that know nothing of each other. `make aws-test` starts
//! them; without one the tests fail, they do not pass.
//!
//! Where the emulators differ from AWS, and what is done about it:
//! - moto answers in threads without locks, and a failed transaction puts its whole table back: `.ci/emulators` lets it take one
//!   request at a time. It copies the table for each transaction: fewer rounds of the race.
//! - Indexes do not lag on either; that they may is told by `answers` (an entry of a subject that was released).
//! - Neither throttles, leaves keys of a batch out, or loses an answer: `answers` does.
//! - moto refuses to delete a message twice, SQS does not: see `inbox`.
//! - A queue may begin with a smaller limit than the 1 MiB of SQS: `world` states it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod inbox;
mod race;
mod stores;
mod world;

use std::sync::{Arc, Mutex};

use inbox::{Passing, SqsInbox};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::{CASES, Candidate, instant};
use world::World;

/// Everything, empty.
async fn candidate(world: &World) -> Candidate {
    let (queues, bodies) = (world.queues().await, world.bodies().await);
    let clock = Arc::new(ManualClock::new(instant(0)));
    let inbox = Arc::new(SqsInbox {
        client: aws_sdk_sqs::Client::new(world.connection.config()),
        queues: queues.clone(),
        bodies: bodies.clone(),
        hidden: Mutex::default(),
    });
    Candidate {
        state: Arc::new(world.state().await),
        journal: Arc::new(world.journal().await),
        queue: Arc::new(world.sender(&queues, bodies)),
        inbox: inbox.clone(),
        clock: clock.clone(),
        timer: Arc::new(Passing { clock, inbox }),
    }
}

async fn keeps_every_promise(emulator: &str) {
    let world = World::named(emulator);
    for case in CASES {
        println!("{emulator}: {}", case.name);
        (case.run)(candidate(&world).await).await;
    }
}

#[tokio::test]
async fn every_promise_is_kept_on_ministack() {
    keeps_every_promise("ministack").await;
}

#[tokio::test]
async fn every_promise_is_kept_on_moto() {
    keeps_every_promise("moto").await;
}
