//! Secrets of accounts and of Odoo: Secrets Manager.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use sluice_domain::{
    ports::{
        Clock, PortFuture,
        secrets::{AccountSecrets, Secret, SecretError, Secrets},
    },
    value::AccountName,
};

/// How Odoo is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OdooSecrets {
    /// Its URL.
    pub url: String,
    /// Its database.
    pub database: String,
    /// Login of the integration user.
    pub login: String,
    /// That user's API key.
    pub key: Secret,
}

/// Secrets of a stage.
pub struct ManagedSecrets {
    client: Client,
    stage: String,
    clock: Arc<dyn Clock>,
}

impl ManagedSecrets {
    /// Secrets below `sluice/{stage}/`.
    #[must_use]
    pub fn new(client: Client, stage: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, stage: stage.to_owned(), clock }
    }

    /// How Odoo is reached: `sluice/{stage}/system/odoo`.
    ///
    /// # Errors
    /// When it is missing or cannot be read.
    pub async fn odoo(&self) -> Result<OdooSecrets, SecretError> {
        std::future::ready(Err(not_built(self))).await
    }
}

fn not_built(secrets: &ManagedSecrets) -> SecretError {
    SecretError::Unavailable(format!("{} {} {:?}: not built yet", secrets.stage, secrets.clock.now(), secrets.client))
}

impl Secrets for ManagedSecrets {
    fn account<'a>(&'a self, _account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(async move { Err(not_built(self)) })
    }
}
