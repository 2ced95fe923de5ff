//! WooCommerce: what its README says, case by case.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a test stops where it is surprised, and tables of cases are long"
)]

mod captured;
mod edges;
mod explained;
mod folded;
mod money;
mod pulled;
mod reviewed;
mod support;
#[path = "../support/variations.rs"]
mod variations;
mod verified;
