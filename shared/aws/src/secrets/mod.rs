//! Secrets of accounts and of Odoo: Secrets Manager.

mod cache;
mod document;

use std::sync::Arc;

use aws_sdk_secretsmanager::{Client, error::SdkError, operation::get_secret_value::GetSecretValueError};
use serde::de::DeserializeOwned;
use sluice_domain::{
    ports::{
        Clock, PortFuture,
        secrets::{AccountSecrets, Secret, SecretError, Secrets},
    },
    value::AccountName,
};

use crate::{
    failure::{code, described},
    json,
};
use cache::Cache;
use document::{AccountDocument, OdooDocument};

/// An account's secret in its shortest form, for whoever has to put it.
const ACCOUNT_FORM: &str = r#"{"current":"..."}"#;
/// Odoo's secret.
const ODOO_FORM: &str = r#"{"url":"https://...","database":"...","login":"...","key":"..."}"#;
/// The stage's contact key, which the template makes.
const CONTACT_KEY_FORM: &str = "<64 random letters, never to be changed>";

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

/// Secrets of a stage, each asked for once in five minutes. While Secrets Manager is down the last ones serve on.
pub struct ManagedSecrets {
    client: Client,
    stage: String,
    clock: Arc<dyn Clock>,
    cache: Cache,
    hashes_contacts: bool,
}

impl ManagedSecrets {
    /// Secrets below `sluice/{stage}/`.
    #[must_use]
    pub fn new(client: Client, stage: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, stage: stage.to_owned(), clock, cache: Cache::default(), hashes_contacts: true }
    }

    /// For functions that never name a contact: they neither ask for the contact key nor may.
    #[must_use]
    pub fn without_contact_key(self) -> Self {
        Self { hashes_contacts: false, ..self }
    }

    /// How Odoo is reached: `sluice/{stage}/system/odoo`.
    ///
    /// # Errors
    /// When it is missing, is not what it should be, or Secrets Manager does not answer.
    pub async fn odoo(&self) -> Result<OdooSecrets, SecretError> {
        self.document::<OdooDocument>("system/odoo", ODOO_FORM).await.map(Into::into)
    }

    async fn account_secrets(&self, account: &AccountName) -> Result<AccountSecrets, SecretError> {
        let document: AccountDocument = self.document(account.as_str(), ACCOUNT_FORM).await?;
        let contact_key = match document.contact_key() {
            Some(own) => own,
            None if !self.hashes_contacts => Secret::new(""),
            None => self.text("system/contact-key", CONTACT_KEY_FORM).await?,
        };
        Ok(document.into_secrets(contact_key, self.clock.now()))
    }

    async fn document<T: DeserializeOwned>(&self, name: &str, form: &str) -> Result<T, SecretError> {
        let id = self.id(name);
        // Parsed before it is kept, so that a value that was put wrongly is asked for again soon.
        let ask = || async {
            let text = self.ask(name, form).await?;
            self.parsed::<T>(name, form, &text).map(|_| text)
        };
        let text = self.cache.get(&id, self.clock.now(), ask).await?;
        self.parsed(name, form, &text)
    }

    fn parsed<T: DeserializeOwned>(&self, name: &str, form: &str, text: &Secret) -> Result<T, SecretError> {
        serde_json::from_str(text.expose()).map_err(|error| {
            // What serde says may quote the value.
            self.missing(name, form, &format!("as JSON of this form ({})", json::place(&error)))
        })
    }

    async fn text(&self, name: &str, form: &str) -> Result<Secret, SecretError> {
        let id = self.id(name);
        self.cache.get(&id, self.clock.now(), || self.ask(name, form)).await
    }

    async fn ask(&self, name: &str, form: &str) -> Result<Secret, SecretError> {
        let id = self.id(name);
        let answer = self.client.get_secret_value().secret_id(&id).send().await;
        let answer = answer.map_err(|error| self.refused(name, form, &error))?;
        let text = answer.secret_string.filter(|text| !text.trim().is_empty());
        text.map(Secret::new).ok_or_else(|| self.missing(name, form, "with a text"))
    }

    fn refused(&self, name: &str, form: &str, error: &SdkError<GetSecretValueError>) -> SecretError {
        match code(error) {
            // No such secret, or one without a value; or it is marked for deletion.
            "ResourceNotFoundException" | "InvalidRequestException" => self.missing(name, form, "with a value"),
            _ => SecretError::Unavailable(described("secretsmanager:GetSecretValue", &self.id(name), error)),
        }
    }

    fn missing(&self, name: &str, form: &str, what: &str) -> SecretError {
        let id = self.id(name);
        let command = format!("aws secretsmanager put-secret-value --secret-id {id} --secret-string '{form}'");
        SecretError::Missing(format!("{id} {what}: {command}"))
    }

    fn id(&self, name: &str) -> String {
        format!("sluice/{}/{name}", self.stage)
    }
}

impl Secrets for ManagedSecrets {
    fn account<'a>(&'a self, account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(self.account_secrets(account))
    }
}
