//! Amazon Selling Partner API. Orders are read (2026-01-01, and v0 while it lives). Amazon has no webhooks: its notifications
//! come by SQS or `EventBridge` and are not signed, so nothing that is pushed by HTTP is believed.

mod buyer;
mod decode;
mod explain;
mod notification;
mod order;
mod pull;
mod topics;
mod verify;

use sluice_domain::{
    account::{Account, ShopNaming},
    ports::secrets::AccountSecrets,
};

use crate::{Channel, Envelope, Inbound};

/// The channel.
pub(crate) struct Amazon;

impl Channel for Amazon {
    fn name(&self) -> &'static str {
        "amazon"
    }

    fn shop_naming(&self) -> ShopNaming {
        ShopNaming { channel: self.name(), ending: Some(".amazon.com"), path: false, required: true }
    }

    fn is_ping(&self, _inbound: &Inbound<'_>) -> bool {
        false
    }

    fn queued(&self, message: &[u8]) -> Option<Envelope> {
        notification::envelope(message)
    }

    by_its_modules!();
}

fn check_account(account: &Account, secrets: &AccountSecrets) -> Vec<String> {
    let mut findings = Vec::new();
    if let Err(fix) = pull::host(account) {
        findings.push(format!("account {}: {fix}", account.name));
    }
    if let Some(Err(fix)) = secrets.access_token.as_ref().map(pull::Credentials::of) {
        findings.push(format!("account {}: {fix}", account.name));
    }
    if secrets.contact_key.expose().is_empty() {
        findings.push(format!("account {}: store a contact_key; it must never change afterwards", account.name));
    }
    findings
}
