//! The open channel: its signatures, what its senders are told, and what its bodies become.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it is surprised"
)]

mod checked;
mod decoded;
mod explained;
mod support;
mod verified;
