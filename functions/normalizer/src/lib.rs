//! The normalizer: turns deliveries into evidence, folds it, saves, journals, wakes.
//!
//! A delivery is the only copy of its evidence until the save: broken content is parked by code and kept in the journal,
//! never left to a dead-letter queue. A panic in an adapter parks one delivery, not the batch.

mod fold;
mod handler;
mod prompt;
mod read;

pub use handler::{Normalizer, Numbered, Unreadable};
