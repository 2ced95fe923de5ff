//! The day is what it says it is.

mod committed;
