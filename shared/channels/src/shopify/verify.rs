//! Proof of origin: `X-Shopify-Hmac-Sha256` is base64(HMAC-SHA256(app client secret, raw body)). Source: Shopify developer
//! pages, "Verify webhooks"; the newer Events product sends the same names without `X-`.

use jiff::Timestamp;
use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::{Envelope, Inbound, Rejection, SignedRequest, SigningRequest, signature};

/// A header with `X-`, and without.
type Names = [&'static str; 2];

const SIGNATURE: Names = ["X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256"];
const SHOP: Names = ["X-Shopify-Shop-Domain", "Shopify-Shop-Domain"];
const TOPIC: Names = ["X-Shopify-Topic", "Shopify-Topic"];
const WEBHOOK_ID: Names = ["X-Shopify-Webhook-Id", "Shopify-Webhook-Id"];
const EVENT_ID: Names = ["X-Shopify-Event-Id", "Shopify-Event-Id"];
const API_VERSION: Names = ["X-Shopify-API-Version", "Shopify-API-Version"];
const TRIGGERED_AT: Names = ["X-Shopify-Triggered-At", "Shopify-Triggered-At"];

/// The Admin API version that this adapter is written for.
pub(super) const TARGET_VERSION: &str = "2026-10";

pub(super) fn verify(inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection> {
    signature::prove(inbound, &SIGNATURE, secrets)
}

pub(super) fn belongs(inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection> {
    let own = account.shop_domain.as_deref().map(str::trim).filter(|domain| !domain.is_empty());
    let own = own.ok_or_else(|| Rejection::Unusable(format!("account {} has no shop_domain", account.name)))?;
    let stated = signature::single(inbound, &SHOP).map_err(|()| Rejection::ForeignShop)?;
    let [name, _] = SHOP;
    let stated = stated.ok_or(Rejection::MissingHeader(name))?;
    if stated.trim().eq_ignore_ascii_case(own) { Ok(()) } else { Err(Rejection::ForeignShop) }
}

pub(super) fn envelope(inbound: &Inbound<'_>) -> Envelope {
    let bounded = |names: Names| signature::bounded(inbound, &names);
    Envelope {
        topic: bounded(TOPIC).unwrap_or_default(),
        // The delivery id is the webhook id: one event id covers several topics (README, dedup id).
        delivery_id: bounded(WEBHOOK_ID).or_else(|| bounded(EVENT_ID)),
        api_version: bounded(API_VERSION),
        stated_at: bounded(TRIGGERED_AT).and_then(|text| text.parse::<Timestamp>().ok()),
    }
}

pub(super) fn sign(request: &SigningRequest<'_>) -> SignedRequest {
    let domain = request.account.shop_domain.clone().unwrap_or_default();
    let version = request.account.api_version.as_deref().unwrap_or(TARGET_VERSION);
    let headers = [
        (TOPIC, request.topic.to_owned()),
        (SIGNATURE, signature::sign(request.secret, request.body)),
        (SHOP, domain),
        (API_VERSION, version.to_owned()),
        (WEBHOOK_ID, request.delivery_id.to_owned()),
        (EVENT_ID, request.delivery_id.to_owned()),
        (TRIGGERED_AT, format!("{:.9}", request.now)),
    ];
    let json = ("Content-Type".to_owned(), "application/json".to_owned());
    let own = headers.into_iter().map(|([name, _], value)| (name.to_owned(), value));
    SignedRequest { headers: std::iter::once(json).chain(own).collect() }
}
