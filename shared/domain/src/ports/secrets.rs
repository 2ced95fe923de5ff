//! Secrets of accounts and of Odoo databases.

use super::PortFuture;
use crate::value::AccountName;

/// A value that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What an account's secret holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSecrets {
    /// Secrets that sign its deliveries: the current one, and while rotating the previous one.
    pub signing: Vec<Secret>,
    /// Key of the hashes that stand for e-mail addresses and postal addresses in external ids. Never rotated: another key
    /// makes other contacts. Empty for functions that have no use for it.
    pub contact_key: Secret,
    /// Key to the channel's own API, for what is read from it; without one nothing is.
    pub access_token: Option<Secret>,
}

/// Why there is no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// None by that name; in words for whoever has to put it there.
    #[error("there is no secret {0}")]
    Missing(String),
    /// The store does not answer.
    #[error("the secret store does not answer: {0}")]
    Unavailable(String),
}

/// Gives secrets, cached by the implementation.
pub trait Secrets: Send + Sync {
    /// Secrets of an account.
    fn account<'a>(&'a self, account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>>;
}
