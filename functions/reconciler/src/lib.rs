//! The reconciler: scheduled jobs that look and compare. What they find becomes evidence or wakes; they write to no target.

mod handler;
mod sweep;

pub use handler::{Job, Reconciler, Swept};
