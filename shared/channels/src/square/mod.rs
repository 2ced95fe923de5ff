//! Square, point of sale and online. Its webhooks are thin: they name an order, a version and a state, so orders are read
//! (`POST /v2/orders/search`), with the SKUs of what they sold from the catalogue. Amounts are whole numbers of the smallest unit.

mod buyer;
mod decode;
mod explain;
mod order;
mod pull;
mod returns;
mod topics;
mod verify;
mod wire;

use sluice_domain::{
    account::{Account, ShopNaming},
    ports::secrets::AccountSecrets,
};

use crate::{Channel, Inbound};

/// The channel.
pub(crate) struct Square;

impl Channel for Square {
    fn name(&self) -> &'static str {
        "square"
    }

    fn shop_naming(&self) -> ShopNaming {
        ShopNaming { channel: self.name(), ending: Some(verify::ENDING), path: false, required: true }
    }

    fn is_ping(&self, _inbound: &Inbound<'_>) -> bool {
        false
    }

    by_its_modules!();
}

fn check_account(account: &Account, secrets: &AccountSecrets) -> Vec<String> {
    let mut findings = Vec::new();
    if let Err(fix) = verify::merchant(account) {
        findings.push(format!("account {}: {fix}", account.name));
    }
    if secrets.signing.iter().all(|secret| secret.expose().trim().is_empty()) {
        let fix = "store the signature key of the webhook subscription, as Square's developer console shows it";
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
