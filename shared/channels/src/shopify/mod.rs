//! Shopify, Admin API 2026-10: webhooks in REST shapes, reads in REST or GraphQL shapes.

mod buyer;
mod decode;
mod explain;
mod items;
mod order;
mod pull;
mod refund;
mod topics;
mod verify;
mod wire;

use sluice_domain::{
    account::{Account, ShopNaming},
    ports::secrets::AccountSecrets,
};

use crate::{Channel, Inbound};

/// The channel.
pub(crate) struct Shopify;

impl Channel for Shopify {
    fn name(&self) -> &'static str {
        "shopify"
    }

    fn shop_naming(&self) -> ShopNaming {
        ShopNaming { channel: self.name(), ending: Some(".myshopify.com"), path: false, required: true }
    }

    /// Shopify sends none.
    fn is_ping(&self, _: &Inbound<'_>) -> bool {
        false
    }

    by_its_modules!();
}

fn check_account(account: &Account, secrets: &AccountSecrets) -> Vec<String> {
    let mut findings = Vec::new();
    let domain = account.shop_domain.as_deref().map(str::trim).unwrap_or_default();
    if domain.is_empty() {
        findings.push(format!("account {}: set shop_domain to the shop's myshopify.com domain", account.name));
    } else if domain.contains(['/', ' ', ':']) || !domain.contains('.') {
        findings
            .push(format!("account {}: shop_domain is a host name, without https:// and without a path", account.name));
    }
    let usable = secrets.signing.iter().any(|secret| !secret.expose().trim().is_empty());
    if !usable {
        findings.push(format!("account {}: store the app's client secret as signing secret", account.name));
    }
    if secrets.contact_key.expose().is_empty() {
        findings.push(format!("account {}: store a contact_key; it must never change afterwards", account.name));
    }
    if account.api_version.as_deref().is_some_and(|version| !is_version(version)) {
        findings.push(format!(
            "account {}: api_version is a quarter, as in \"{}\"",
            account.name,
            verify::TARGET_VERSION
        ));
    }
    findings
}

/// `2026-10`: quarterly versions.
fn is_version(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && ["01", "04", "07", "10"].contains(&month)
}
