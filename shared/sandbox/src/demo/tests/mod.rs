//! The day is what it says it is: checked from the bodies alone, for the committed seed and for fifty others.
#![allow(clippy::arithmetic_side_effects, reason = "sums of small decimals read best with operators")]

mod body;
mod committed;
mod expectations;
mod loads;
mod requirements;
mod sums;

use std::sync::LazyLock;

use super::{DEFAULT_SEED, Day, day};

/// The default seed and fifty others, drawn once.
fn days() -> &'static [Day] {
    static DAYS: LazyLock<Vec<Day>> = LazyLock::new(|| std::iter::once(DEFAULT_SEED).chain(1..=50).map(day).collect());
    &DAYS
}
