//! An Odoo outside the world: a real one, or one that plays its part.

use std::{fmt, sync::Arc};

use sluice_domain::ports::http::{HttpError, HttpRequest, HttpResponse};
use sluice_odoo::Connection;

use crate::world::setup::ODOO_HOST;

type Ask = Arc<dyn Fn(HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync>;

/// An Odoo that is not the world's own.
#[derive(Clone)]
pub struct Peer {
    connection: Connection,
    ask: Ask,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Peer {
    /// The Odoo of that connection; `ask` sends it a request and waits for the answer.
    #[must_use]
    pub fn new(
        connection: Connection,
        ask: impl Fn(HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync + 'static,
    ) -> Self {
        Self { connection, ask: Arc::new(ask) }
    }

    /// As the world's writers know it: under the host of every world's Odoo.
    pub(crate) fn connection(&self) -> Connection {
        Connection { url: format!("http://{ODOO_HOST}"), ..self.connection.clone() }
    }

    /// Asks it, at its own address, what was to be asked of a world's Odoo.
    ///
    /// # Errors
    /// What is in the way.
    pub fn ask(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let path = request.url.split_once(ODOO_HOST).map_or("", |(_, path)| path);
        let url = format!("{}{path}", self.connection.url.trim_end_matches('/'));
        (self.ask)(HttpRequest { url, ..request.clone() })
    }
}
