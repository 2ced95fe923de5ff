//! Simulated Odoo, simulated channels, in-memory and single-file ports.

pub mod demo;
mod fixed;
pub mod odoo;
mod store;

pub use fixed::{FixedSecrets, ManualClock, SeededRandom};
pub use store::{MAX_BATCH, MAX_RECEIVES, Message, OpenError, QueueName, Receipt, Received, Store};
