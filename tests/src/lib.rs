//! The tests stand under `tests/`, one file per promise, through public API only. Here is what several of them share: the
//! source as the guards read it, and the order that measurements read.

pub mod compatible;
pub mod contract;
pub mod decoding;
pub mod schema;
pub mod source;
