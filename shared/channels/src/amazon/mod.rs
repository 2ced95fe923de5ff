//! Amazon Selling Partner API. Orders are read (2026-01-01, and v0 while it lives). Amazon has no webhooks: its notifications
//! come by SQS or `EventBridge` and are not signed, so nothing that is pushed by HTTP is believed.

mod buyer;
mod decode;
mod explain;
mod items;
mod notification;
mod order;
mod pull;
mod topics;

use sluice_domain::{
    account::{Account, ShopNaming},
    delivery::Delivery,
    ports::secrets::{AccountSecrets, Secret},
};

use crate::{
    Channel, DecodeContext, Decoded, Envelope, ExplainContext, Explained, Inbound, Refusal, Rejection, SignedRequest,
    SigningRequest,
};

/// The channel.
pub(crate) struct Amazon;

fn unsigned() -> Rejection {
    Rejection::Unusable(
        "Amazon sends no webhooks and signs nothing: its notifications come by SQS or EventBridge".into(),
    )
}

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

    fn verify(&self, _inbound: &Inbound<'_>, _secrets: &[Secret]) -> Result<(), Rejection> {
        Err(unsigned())
    }

    fn belongs(&self, _inbound: &Inbound<'_>, _account: &Account) -> Result<(), Rejection> {
        Err(unsigned())
    }

    fn envelope(&self, _inbound: &Inbound<'_>) -> Envelope {
        Envelope::default()
    }

    fn decode(&self, delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
        decode::decode(delivery, context)
    }

    fn explain(&self, topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
        explain::explain(topic, body, context)
    }

    fn sign(&self, _request: &SigningRequest<'_>) -> SignedRequest {
        SignedRequest { headers: Vec::new() }
    }

    fn check_account(&self, account: &Account, secrets: &AccountSecrets) -> Vec<String> {
        let mut findings = Vec::new();
        if let Err(fix) = pull::host(account) {
            findings.push(format!("account {}: {fix}", account.name));
        }
        if secrets.contact_key.expose().is_empty() {
            findings.push(format!("account {}: store a contact_key; it must never change afterwards", account.name));
        }
        findings
    }
}
