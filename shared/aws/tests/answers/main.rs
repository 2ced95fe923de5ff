//! What the adapters make of every kind of answer: refusals, patience asked for, errors after the work was done, silence.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

mod journal;
mod queue;
mod reads;
mod saves;
mod secrets;
mod server;
mod tls;

use std::{sync::Arc, time::Duration};

use server::Server;
use sluice_aws::{AwsSettings, Connection, DynamoState, Patience};
use sluice_domain::ports::secrets::Secret;
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::instant;

/// A connection to a server of the test.
fn connection(server: &Server) -> Connection {
    patient(server, Duration::from_secs(60))
}

/// One that waits so long for an attempt.
fn patient(server: &Server, attempt: Duration) -> Connection {
    Connection::new(&AwsSettings {
        region: "eu-central-1".into(),
        endpoint: Some(server.endpoint.clone()),
        access_key_id: "AKIA-hush".into(),
        secret_access_key: Secret::new("hush-hush"),
        session_token: Some(Secret::new("hush-token")),
        patience: Patience {
            connect: Duration::from_secs(20),
            attempt,
            operation: Duration::from_secs(120),
            attempts: 3,
        },
    })
}

/// State at that server, in virtual time.
fn state(server: &Server) -> DynamoState {
    connection(server).state("sluice-test-state", Arc::new(ManualClock::new(instant(0))))
}
