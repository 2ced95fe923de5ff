//! How a simulated shop is.

use sluice_domain::account::Account;

/// How a simulated shop is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopConfig {
    /// The account that it is at Sluice: its domain and the API version of its webhooks count.
    pub account: Account,
    /// The access token that it knows.
    pub token: String,
    /// The app's client secret, which signs webhooks.
    pub secret: String,
    /// The API version that answers, whichever is asked for.
    pub version: String,
    /// Points that come back in a second.
    pub restored: u32,
    /// The most points that gather.
    pub most: u32,
    /// Webhooks that are never sent, of ten thousand.
    pub lost: u32,
}

impl ShopConfig {
    /// A shop on the standard plan (README, limit) that loses nothing.
    #[must_use]
    pub fn standard(account: &Account, token: &str, secret: &str) -> Self {
        Self {
            account: account.clone(),
            token: token.to_owned(),
            secret: secret.to_owned(),
            version: "2026-10".to_owned(),
            restored: 100,
            most: 2_000,
            lost: 0,
        }
    }
}
