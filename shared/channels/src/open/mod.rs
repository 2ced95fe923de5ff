//! The open channel: whatever sells or knows something and has no adapter here. It sends what *this* project publishes, so the
//! contract is ours: `docs/open-channel`.

mod buyer;
mod check;
mod decode;
mod explain;
mod order;
mod publish;
mod pull;
mod topics;
mod verify;
mod wire;

pub use publish::{openapi, schema, version};

use sluice_domain::{
    account::{Account, ShopNaming},
    ports::secrets::AccountSecrets,
};

use crate::{Channel, Checked, Inbound, pull::is_host};

/// The channel.
pub(crate) struct Open;

impl Channel for Open {
    fn name(&self) -> &'static str {
        "open"
    }

    fn shop_naming(&self) -> ShopNaming {
        ShopNaming { channel: self.name(), ending: None, path: false, required: true }
    }

    fn is_ping(&self, _: &Inbound<'_>) -> bool {
        false
    }

    fn check(&self, inbound: &Inbound<'_>) -> Checked {
        check::check(inbound)
    }

    by_its_modules!();
}

fn check_account(account: &Account, secrets: &AccountSecrets) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |fix: &str| findings.push(format!("account {}: {fix}", account.name));
    if !account.shop_domain.as_deref().is_some_and(is_host) {
        say("set shop_domain to the host name that events state as their source, like shop.example.com");
    }
    if !secrets.signing.iter().any(|secret| !secret.expose().trim().is_empty()) {
        say("store the secret that events are signed with, like whsec_$(openssl rand -base64 32), as signing secret");
    }
    secrets.signing.iter().filter_map(verify::flaw).for_each(&mut say);
    if secrets.contact_key.expose().is_empty() {
        say("store a contact_key; it must never change afterwards");
    }
    if secrets.access_token.is_some() {
        say(pull::NOT_READ);
    }
    findings
}
