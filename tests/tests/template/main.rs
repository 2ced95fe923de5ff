//! What the templates promise. A local emulator drops or does not enforce much of it, so a deploy that works proves little.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a test: what goes wrong in it must fail"
)]

mod access;
mod alarms;
mod functions;
mod queues;
mod stack;
mod storage;
