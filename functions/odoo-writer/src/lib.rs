//! The odoo-writer: takes due subjects, brings Odoo to their desired state, and notes what was read back.
//!
//! One invocation: read the records, look up what they need, create what is missing, observe, and let
//! [`sluice_domain::plan::next`] say the next step of each order until all rest, wait or are held. Every step asks Odoo
//! first whether it is already so; nothing is believed that was not read back.

mod finish;
mod handler;
mod job;
mod pressure;
mod reference;
mod steps;
mod summaries;

pub use handler::{Writer, WriterSettings};
