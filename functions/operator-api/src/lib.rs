//! The operator-api: "where is order 1001?", what waits for a person and why, and the things to do about it.
//!
//! **Architecture invariant:** it decides nothing about an order. Retrying marks it due, parking and releasing are evidence
//! with a facet of their own; the writer does the rest.

mod database;
mod exceptions;
mod repair;
mod trace;

pub use database::{Accepted, DatabaseView};
pub use exceptions::{ExceptionGroup, ExceptionRow};
pub use repair::{Repaired, Selection};
pub use trace::{EvidenceView, OdooView, Trace, VersionsView, WriteView};

use std::collections::BTreeMap;

use sluice_domain::{
    account::Account,
    ports::{Ports, state::StateError},
    value::AccountName,
};

/// Why an operator's request failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// Nothing goes by that name.
    #[error("nothing is known of `{0}`: give a channel number or id, a subject, or an Odoo name or id")]
    Unknown(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StateError),
    /// It was changed by somebody else again and again.
    #[error("`{0}` is busy: try again")]
    Busy(String),
}

/// The operator's view of one deployment.
pub struct Operator {
    pub(crate) ports: Ports,
    /// The channel of each account.
    pub(crate) channels: BTreeMap<AccountName, String>,
    /// The Odoo database.
    pub(crate) database: String,
}

impl Operator {
    /// An operator over these ports, and of that Odoo database.
    #[must_use]
    pub fn new(ports: Ports, accounts: &BTreeMap<AccountName, Account>, database: &str) -> Self {
        let channels = accounts.iter().map(|(name, account)| (name.clone(), account.channel.clone())).collect();
        Self { ports, channels, database: database.to_owned() }
    }
}
