//! Embedded Sluice: every handler in this process, over a single file that holds state, queues and simulated Odoo.

pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod day;
pub(crate) mod pump;
pub(crate) mod report;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod shop;

use std::{path::Path, sync::Arc};

use sluice_domain::ports::Ports;
use sluice_normalizer::Normalizer;
use sluice_odoo::Connection;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_operator_api::Operator;
use sluice_platform::{OsRandom, SystemClock, SystemTimer};
use sluice_reconciler::{Reconciler, ReconcilerSettings};
use sluice_sandbox::Store;
use sluice_webhook_ingress::Ingress;

use crate::{
    embedded::{connection::OdooChoice, settings::Settings},
    output::Problem,
};

/// All handlers over one store.
pub(crate) struct Embedded {
    pub(crate) store: Store,
    pub(crate) ingress: Ingress,
    pub(crate) normalizer: Normalizer,
    pub(crate) writer: Writer,
    pub(crate) reconciler: Reconciler,
    pub(crate) operator: Operator,
    pub(crate) ports: Ports,
    pub(crate) connection: Connection,
    /// The most wakes that one invocation of the writer gets.
    pub(crate) wakes_together: usize,
    pub(crate) settings: Settings,
    /// Rung when something was queued.
    pub(crate) bell: Arc<tokio::sync::Notify>,
}

impl Embedded {
    /// Opens the store and wires the handlers. The version is that of a simulated Odoo that is not in the store yet.
    pub(crate) fn open(path: &Path, settings: Settings, simulated_version: u16) -> Result<Self, Problem> {
        let store = Store::open(path).map_err(|error| Problem::refused(format!("{}: {error}", path.display())))?;
        // Real orders survive a power cut too, at one flush per delivery; the simulated ones need not.
        let store = if settings.environment.odoo.is_some() { store.flushing() } else { store };
        belongs(&store, path, &settings)?;
        store.return_received().map_err(|error| Problem::refused(format!("{}: {error}", path.display())))?;
        let OdooChoice { http, connection, workers, batch_orders } =
            connection::choose(&store, &settings, simulated_version)?;
        let ports = Ports {
            state: Arc::new(store.clone()),
            journal: Arc::new(store.clone()),
            queue: Arc::new(store.clone()),
            secrets: Arc::new(settings.secrets()),
            http,
            clock: Arc::new(SystemClock),
            timer: Arc::new(SystemTimer),
            random: Arc::new(OsRandom),
        };
        let accounts = settings.accounts.clone();
        // Some wakes are of orders that exist, and each account has calls of its own: two calls' worth fill one.
        let wakes_together = batch_orders.saturating_mul(2).max(pump::BATCH);
        let writer = WriterSettings {
            accounts: accounts.clone(),
            connection: connection.clone(),
            odoo_workers: workers,
            batch_orders,
            mapping_version: settings.mapping_version.clone(),
        };
        let channels = &settings.environment.channels;
        let reconciler = ReconcilerSettings {
            accounts: accounts.clone(),
            public_url: channels.public_url.clone(),
            channel_base: channels.channel_base.clone(),
        };
        Ok(Self {
            store,
            ingress: Ingress::new(ports.clone(), accounts.clone()).reached_at(channels.public_url.clone()),
            normalizer: Normalizer::new(ports.clone(), accounts.clone()),
            writer: Writer::new(ports.clone(), writer),
            reconciler: Reconciler::new(ports.clone(), reconciler),
            operator: Operator::new(ports.clone(), &accounts, &connection.database),
            ports,
            connection,
            wakes_together,
            settings,
            bell: Arc::new(tokio::sync::Notify::new()),
        })
    }
}

/// Where a store notes whose it is.
const TARGET_SPACE: &str = "target";
/// The name of the simulated Odoo there.
const SIMULATED: &str = "";

/// A store belongs to one Odoo: what it says is done was done there, and nowhere else.
fn belongs(store: &Store, path: &Path, settings: &Settings) -> Result<(), Problem> {
    let failed =
        |error: sluice_domain::ports::state::StateError| Problem::refused(format!("{}: {error}", path.display()));
    let wanted = settings.environment.odoo.as_ref().map_or(SIMULATED, |odoo| &*odoo.database);
    let noted = store.read_rows(TARGET_SPACE).map_err(failed)?.into_iter().next();
    let noted = noted.map(|(_, name)| String::from_utf8_lossy(&name).into_owned());
    match noted {
        Some(noted) if noted == wanted => Ok(()),
        Some(noted) => {
            let owner = if noted == SIMULATED {
                "the simulated Odoo".to_owned()
            } else {
                format!("the Odoo database `{noted}`")
            };
            Err(Problem::refused(format!(
                "{} belongs to {owner}, and another Odoo is configured: name another store with SLUICE_STORE or --store, or \
                 start this one anew with RESET=1",
                path.display()
            )))
        }
        None => {
            let name = wanted.as_bytes().to_vec();
            store.put_rows(TARGET_SPACE, vec![("odoo".to_owned(), Some(name))]).map_err(failed)
        }
    }
}
