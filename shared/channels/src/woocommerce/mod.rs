//! WooCommerce, REST API `wc/v3`. Every shop is a server of its own with plugins of its own: beyond the core fields anything may
//! be absent, and of loose type.

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
pub(crate) struct WooCommerce;

impl Channel for WooCommerce {
    fn name(&self) -> &'static str {
        "woocommerce"
    }

    fn shop_naming(&self) -> ShopNaming {
        ShopNaming { channel: self.name(), ending: None, path: true, required: true }
    }

    fn is_ping(&self, inbound: &Inbound<'_>) -> bool {
        verify::is_ping(inbound)
    }

    by_its_modules!();
}

fn check_account(account: &Account, secrets: &AccountSecrets) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |fix: &str| findings.push(format!("account {}: {fix}", account.name));
    if let Err(fix) = pull::site(account) {
        say(&fix);
    }
    if !secrets.signing.iter().any(|secret| !secret.expose().trim().is_empty()) {
        say("store the secret that the shop's webhooks are set up with as signing secret");
    }
    if secrets.contact_key.expose().is_empty() {
        say("store a contact_key; it must never change afterwards");
    }
    if let Some(Err(fix)) = secrets.access_token.as_ref().map(pull::basic) {
        say(&fix);
    }
    findings
}
