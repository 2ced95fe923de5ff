//! What the tests stand on: the simulated shop, the World, the checker, planted bugs. Development only.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::manual_is_multiple_of,
    clippy::needless_for_each,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::semicolon_if_nothing_returned,
    clippy::should_implement_trait,
    clippy::similar_names,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "test code: a panic is a failed test, and its numbers are its own"
)]

pub mod books;
pub mod bugs;
pub mod check;
pub mod conformance;
pub mod reader;
pub mod scene;
pub mod shop;
pub mod simulate;
pub mod world;
