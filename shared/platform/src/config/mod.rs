//! Configuration: the environment of the process and the files under `infra/config`.
//!
//! **Architecture invariant:** [`environment`] is the only place that reads the environment. Everything else takes a lookup
//! function, so that a test needs no process of its own.

mod accounts;
mod apps;
mod channels;
mod check;
mod environment;
mod error;
mod settings;

pub use accounts::{ACCOUNTS_FILE, AccountBook, MAX_CONFIG_BYTES, load_accounts, mapping_version, parse_accounts};
pub use channels::ChannelSettings;
pub use environment::{Lookup, environment};
pub use error::ConfigError;
pub use settings::{DEFAULT_DEMO_SECRET, DEFAULT_LOG, OdooSettings, OdooTuning, Settings, odoo_tuning};
