//! The reconciler: scheduled jobs that look and compare. What they find becomes evidence or wakes; they write to no target,
//! but for the subscriptions without which nothing is heard.

mod handler;
mod pull;
mod subscribe;
mod sweep;

pub use handler::{Job, Ran, Reconciler, ReconcilerSettings, Swept};
pub use pull::{AccountRead, End, OVERLAP, SETTLED_AFTER};
pub use subscribe::AccountSubscribed;
