//! The tests stand under `tests/`, one file per promise, through public API only. Here is what the guards over the source
//! share: where it is, and how it is read.

pub mod schema;
pub mod source;
