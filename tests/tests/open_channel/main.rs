//! The open channel: whoever has no adapter here connects without code here, and is told what is wrong. What is published is what is
//! read, and nobody who wrote after an earlier version has to change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod answers;
mod compatible;
mod documents;
#[path = "../config/schema.rs"]
#[allow(dead_code, reason = "the validator is shared; what reads the configuration is not used here")]
mod schema;
