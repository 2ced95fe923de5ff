//! A simulated Odoo, 18 or 19, as recorded.
//!
//! It answers HTTP requests in memory as the recorded servers did: both protocols, `load` with external ids, orders with
//! their taxes, confirmation, cancellation and deliveries, refusals in Odoo's own words. What a recording shows carries
//! the number of its exchange; what none shows follows Odoo's published source and says so where it matters. Invoices,
//! payments and returns are not simulated.
//!
//! **Architecture invariant:** no clock, no socket, no randomness: the same requests at the same instants give the same
//! answers.

mod config;
mod cost;
mod entries;
mod fault;
mod load;
mod model;
mod number;
mod orm;
mod schema;
mod seed;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod views;
mod wire;

pub use self::{
    config::{Role, SimCompany, SimConfig, SimUser, SimWarehouse},
    cost::Costs,
    entries::{EntryLineView, EntryView},
    fault::{Answered, Effect, On, Outcome, SimFault},
    server::SimOdoo,
    store::rows::RestoreError,
    views::{LineView, OrderView, PartnerView},
};
