//! Simulated Odoo, simulated channels, in-memory and single-file ports.

pub mod demo;
mod fixed;
pub mod odoo;
pub mod seller;
pub mod shopify;
mod store;

pub use fixed::{FixedSecrets, ManualClock, SeededRandom};
pub use store::{
    JournalLimit, MAX_BATCH, MAX_BODY_BYTES, MAX_FOUND, MAX_HEAD_BYTES, MAX_RECEIVES, Message, OpenError, QueueName,
    Receipt, Received, Store,
};
