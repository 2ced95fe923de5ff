//! Proof of origin: `X-Shopify-Hmac-Sha256` is base64(HMAC-SHA256(app client secret, raw body)). Source: Shopify developer
//! pages, "Verify webhooks"; the newer Events product sends the same names without `X-`.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::{Envelope, Inbound, Rejection, SignedRequest, SigningRequest};

const SIGNATURE: &str = "X-Shopify-Hmac-Sha256";
const SHOP: &str = "X-Shopify-Shop-Domain";
const TOPIC: &str = "X-Shopify-Topic";
const WEBHOOK_ID: &str = "X-Shopify-Webhook-Id";
const EVENT_ID: &str = "X-Shopify-Event-Id";
const API_VERSION: &str = "X-Shopify-API-Version";
const TRIGGERED_AT: &str = "X-Shopify-Triggered-At";

/// The Admin API version that this adapter is written for.
pub(super) const TARGET_VERSION: &str = "2026-10";
/// Bytes of an HMAC-SHA256.
const DIGEST: usize = 32;
/// The most secrets that are tried: the current one and those that a rotation leaves behind.
const MAX_SECRETS: usize = 8;
/// The longest header that the envelope keeps, in characters.
const MAX_HEADER: usize = 255;

/// Every value of a header, with `X-` or without, in any case.
fn values<'a>(inbound: &Inbound<'a>, name: &'static str) -> impl Iterator<Item = &'a str> {
    let short = name.strip_prefix("X-").unwrap_or(name);
    let named = move |key: &str| key.eq_ignore_ascii_case(name) || key.eq_ignore_ascii_case(short);
    inbound.headers.iter().filter(move |(key, _)| named(key)).map(|(_, value)| value.as_str())
}

/// The one value of a header; two that differ are none that can be believed.
fn single<'a>(inbound: &Inbound<'a>, name: &'static str) -> Result<Option<&'a str>, ()> {
    let mut all = values(inbound, name);
    let first = all.next();
    if all.all(|value| Some(value) == first) { Ok(first) } else { Err(()) }
}

pub(super) fn verify(inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection> {
    let stated = single(inbound, SIGNATURE).map_err(|()| Rejection::MalformedSignature("two that differ"))?;
    let stated = stated.ok_or(Rejection::MissingHeader(SIGNATURE))?;
    let digest = decode(stated);
    let mut usable = secrets.iter().filter(|secret| !secret.expose().trim().is_empty()).take(MAX_SECRETS).peekable();
    if usable.peek().is_none() {
        return Err(Rejection::EmptySecret);
    }
    // A malformed signature costs as much as a wrong one, and a match with an early secret as much as with a late one.
    let candidate = digest.unwrap_or([0; DIGEST]);
    let mut proved = false;
    for secret in usable {
        proved |= matches(secret, inbound.body, &candidate);
    }
    let well_formed = digest.map(|_| ()).map_err(Rejection::MalformedSignature);
    well_formed.and(if proved { Ok(()) } else { Err(Rejection::WrongSignature) })
}

fn decode(stated: &str) -> Result<[u8; DIGEST], &'static str> {
    let bytes = STANDARD.decode(stated).map_err(|_| "expected base64 of 32 bytes, with padding")?;
    bytes.try_into().map_err(|_| "expected base64 of 32 bytes")
}

fn mac(secret: &Secret, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

fn matches(secret: &Secret, body: &[u8], digest: &[u8; DIGEST]) -> bool {
    // `verify_slice` compares in constant time.
    mac(secret, body).is_some_and(|mac| mac.verify_slice(digest).is_ok())
}

pub(super) fn belongs(inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection> {
    let own = account.shop_domain.as_deref().map(str::trim).filter(|domain| !domain.is_empty());
    let own = own.ok_or_else(|| Rejection::Unusable(format!("account {} has no shop_domain", account.name)))?;
    let stated = single(inbound, SHOP).map_err(|()| Rejection::ForeignShop)?.ok_or(Rejection::MissingHeader(SHOP))?;
    if stated.trim().eq_ignore_ascii_case(own) { Ok(()) } else { Err(Rejection::ForeignShop) }
}

pub(super) fn envelope(inbound: &Inbound<'_>) -> Envelope {
    let bounded = |name| {
        let value = values(inbound, name).next()?.trim();
        (!value.is_empty()).then(|| value.chars().take(MAX_HEADER).collect::<String>())
    };
    Envelope {
        topic: bounded(TOPIC).unwrap_or_default(),
        // The delivery id is the webhook id: one event id covers several topics (README, dedup id).
        delivery_id: bounded(WEBHOOK_ID).or_else(|| bounded(EVENT_ID)),
        api_version: bounded(API_VERSION),
        stated_at: bounded(TRIGGERED_AT).and_then(|text| text.parse::<Timestamp>().ok()),
    }
}

pub(super) fn sign(request: &SigningRequest<'_>) -> SignedRequest {
    let digest = mac(request.secret, request.body).map(|mac| STANDARD.encode(mac.finalize().into_bytes()));
    let domain = request.account.shop_domain.clone().unwrap_or_default();
    let version = request.account.api_version.as_deref().unwrap_or(TARGET_VERSION);
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        (TOPIC, request.topic.to_owned()),
        (SIGNATURE, digest.unwrap_or_default()),
        (SHOP, domain),
        (API_VERSION, version.to_owned()),
        (WEBHOOK_ID, request.delivery_id.to_owned()),
        (EVENT_ID, request.delivery_id.to_owned()),
        (TRIGGERED_AT, format!("{:.9}", request.now)),
    ];
    SignedRequest { headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}
