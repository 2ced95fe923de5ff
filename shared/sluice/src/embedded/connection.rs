//! Which Odoo: the simulated one in the same file, or a real one given by the environment.

use std::sync::{Arc, Mutex, PoisonError};

use sluice_domain::ports::{
    Clock, PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
    secrets::Secret,
};
use sluice_odoo::Connection;
use sluice_platform::{HttpClient, SystemClock, config::OdooSettings};
use sluice_sandbox::{
    Store,
    odoo::{SimConfig, SimOdoo},
};

use crate::{embedded::settings::Settings, output::Problem};

/// Where the simulated Odoo's rows stand in the store.
const SPACE: &str = "odoo";
/// Where its version stands.
const VERSION_SPACE: &str = "odoo_version";
/// The version of a new simulated Odoo, unless `serve` is told another.
pub(crate) const SIMULATED_VERSION: u16 = 19;
/// The simulated Odoo's address: it never leaves the process.
const SIMULATED_URL: &str = "http://simulated.localhost";
/// Workers of the simulated Odoo.
const SIMULATED_WORKERS: u32 = 3;
/// Orders in one call to the simulated Odoo.
const SIMULATED_BATCH: usize = 10;

/// An Odoo, and how to reach it.
pub(crate) struct OdooChoice {
    pub(crate) http: Arc<dyn Http>,
    pub(crate) connection: Connection,
    pub(crate) workers: u32,
    /// The most orders in one call.
    pub(crate) batch_orders: usize,
}

/// The real Odoo of the environment, else the simulated one.
pub(crate) fn choose(store: &Store, settings: &Settings, version: u16) -> Result<OdooChoice, Problem> {
    match &settings.environment.odoo {
        Some(odoo) => real(odoo),
        None => simulated(store, version),
    }
}

/// A real Odoo.
pub(crate) fn real(odoo: &OdooSettings) -> Result<OdooChoice, Problem> {
    let http = HttpClient::new(odoo.ca_file.as_deref()).map_err(|error| Problem::usage(error.to_string()))?;
    Ok(OdooChoice {
        http: Arc::new(http),
        connection: connection_of(odoo),
        workers: odoo.workers,
        batch_orders: odoo.batch_orders,
    })
}

fn connection_of(odoo: &OdooSettings) -> Connection {
    Connection {
        url: odoo.url.clone(),
        database: odoo.database.clone(),
        login: odoo.login.clone(),
        key: odoo.key.clone(),
        timeout_ms: odoo.timeout_ms,
    }
}

fn simulated(store: &Store, version: u16) -> Result<OdooChoice, Problem> {
    let known = store.read_rows(VERSION_SPACE).ok().and_then(|rows| rows.into_iter().next());
    let known = known.and_then(|(version, _)| version.parse::<u16>().ok());
    let config = if known.unwrap_or(version) == 18 { SimConfig::odoo18() } else { SimConfig::odoo19() };
    let connection = Connection {
        url: SIMULATED_URL.into(),
        database: config.database.clone(),
        login: config.login.clone(),
        key: Secret::new(config.api_key.clone()),
        timeout_ms: 130_000,
    };
    let broken = |error: &dyn std::fmt::Display| Problem::refused(format!("the store's simulated Odoo: {error}"));
    let rows = store.read_rows(SPACE).map_err(|error| broken(&error))?;
    let fresh = rows.is_empty();
    let odoo =
        if fresh { SimOdoo::new(config) } else { SimOdoo::restore(config, rows).map_err(|error| broken(&error))? };
    let outside = HttpClient::new(None).map_err(|error| Problem::usage(error.to_string()))?;
    let simulated = Simulated { odoo: Mutex::new(odoo), store: store.clone(), outside };
    if fresh {
        let version = simulated.store.put_rows(VERSION_SPACE, vec![(version.to_string(), Some(Vec::new()))]);
        version.map_err(|error| broken(&error))?;
        simulated.keep().map_err(|error| broken(&error))?;
    }
    Ok(OdooChoice { http: Arc::new(simulated), connection, workers: SIMULATED_WORKERS, batch_orders: SIMULATED_BATCH })
}

/// The simulated Odoo behind the HTTP port. What a call changed is in the file before its answer is seen. Every other
/// address is the world outside: channels that are read.
struct Simulated {
    odoo: Mutex<SimOdoo>,
    store: Store,
    outside: HttpClient,
}

impl Simulated {
    fn keep(&self) -> Result<(), String> {
        let changes = self.odoo.lock().unwrap_or_else(PoisonError::into_inner).drain_changes();
        self.store.put_rows(SPACE, changes).map_err(|error| error.to_string())
    }
}

impl Http for Simulated {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            if !request.url.starts_with(SIMULATED_URL) {
                return self.outside.send(request).await;
            }
            let answer = self.odoo.lock().unwrap_or_else(PoisonError::into_inner).handle(&request, SystemClock.now());
            self.keep().map_err(HttpError::NoAnswer)?;
            answer
        })
    }
}
