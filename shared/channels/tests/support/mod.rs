//! What the tests of the channels share.
#![allow(dead_code, clippy::missing_panics_doc, reason = "each test file uses some of it, and tests may panic")]

pub(crate) mod variations;

use serde_json::Value;
use sluice_channels::{Channel, DecodeContext, Decoded, ExplainContext, Explained, Figures, Refusal, Warning, channel};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::{Buyer, Order, Refund},
    ports::secrets::Secret,
    state::{Evidence, Facet, ReadOrPush},
    value::AccountName,
};
pub(crate) use variations::set;

/// The adapter under test.
pub(crate) fn shopify() -> &'static dyn Channel {
    channel("shopify").unwrap()
}

/// A fixture, byte for byte.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/shopify/");
    std::fs::read(format!("{root}{path}")).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A fixture as JSON.
pub(crate) fn json(path: &str) -> Value {
    serde_json::from_slice(&fixture(path)).unwrap()
}

/// An account of the demo shop.
pub(crate) fn account() -> Account {
    serde_json::from_value(serde_json::json!({
        "name": "demo", "channel": "shopify", "shop_domain": "example-shop.myshopify.com"
    }))
    .unwrap()
}

/// A push at a time (microseconds).
pub(crate) fn delivery(topic: &str, body: &[u8], stated_at: i64) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: AccountName::parse("demo").unwrap(),
        topic: topic.into(),
        delivery_id: "d-1".into(),
        source: if topic.starts_with("pull:") { ReadOrPush::Read } else { ReadOrPush::Push },
        stated_at: Some(jiff::Timestamp::from_microsecond(stated_at).unwrap()),
        api_version: Some("2026-10".into()),
        received_at: jiff::Timestamp::UNIX_EPOCH,
        trace_id: "t".into(),
        body: body.to_vec(),
    }
}

/// Decodes a push.
pub(crate) fn decode(topic: &str, body: &[u8]) -> Result<Decoded, Refusal> {
    decode_delivery(&delivery(topic, body, 1_000_000))
}

/// Decodes a delivery.
pub(crate) fn decode_delivery(delivery: &Delivery) -> Result<Decoded, Refusal> {
    let (account, key) = (account(), Secret::new("contact-key"));
    shopify().decode(delivery, &DecodeContext { account: &account, contact_key: &key })
}

/// The evidence and warnings of a body that must be readable.
#[track_caller]
pub(crate) fn evidence(topic: &str, body: &Value) -> (Vec<Evidence>, Vec<Warning>) {
    match decode(topic, body.to_string().as_bytes()) {
        Ok(Decoded::Evidence { evidence, warnings, .. }) => (evidence, warnings),
        other => panic!("{other:?}"),
    }
}

/// The order in an `orders/updated` that must be readable.
#[track_caller]
pub(crate) fn order(body: &Value) -> Order {
    order_and_warnings(body).0
}

/// The order in an `orders/updated`, and the codes of its warnings.
#[track_caller]
pub(crate) fn order_and_warnings(body: &Value) -> (Order, Vec<&'static str>) {
    let (evidence, warnings) = evidence("orders/updated", body);
    let order =
        evidence.into_iter().find_map(|one| if let Facet::Order(order) = one.facet { Some(*order) } else { None });
    (order.unwrap(), warnings.iter().map(|warning| warning.code).collect())
}

/// The buyer in an `orders/updated`.
#[track_caller]
pub(crate) fn buyer(body: &Value) -> Buyer {
    let (evidence, _) = evidence("orders/updated", body);
    let buyer =
        evidence.into_iter().find_map(|one| if let Facet::Buyer(buyer) = one.facet { Some(*buyer) } else { None });
    buyer.unwrap()
}

/// The refunds in a body.
#[track_caller]
pub(crate) fn refunds(topic: &str, body: &Value) -> (Vec<Refund>, Vec<&'static str>) {
    let (evidence, warnings) = evidence(topic, body);
    let refunds =
        evidence.into_iter().filter_map(|one| if let Facet::Refund(refund) = one.facet { Some(*refund) } else { None });
    (refunds.collect(), warnings.iter().map(|warning| warning.code).collect())
}

/// Explains a body.
pub(crate) fn explain(topic: &str, body: &[u8]) -> Vec<Explained> {
    let (account, key) = (account(), Secret::new("contact-key"));
    shopify().explain(topic, body, &ExplainContext { account: &account, contact_key: &key })
}

/// The figures of a body with exactly one item.
#[track_caller]
pub(crate) fn figures(topic: &str, body: &[u8]) -> Figures {
    match explain(topic, body).as_slice() {
        [Explained::Item { figures, .. }] => (**figures).clone(),
        other => panic!("{other:?}"),
    }
}

/// Figures as JSON without the warnings, and the codes and fields of the warnings.
#[track_caller]
pub(crate) fn summary(topic: &str, body: &[u8]) -> (Value, Vec<String>) {
    let figures = figures(topic, body);
    let warnings = figures.warnings.iter().map(|one| format!("{} {}", one.code, one.field)).collect();
    let mut value = serde_json::to_value(&figures).unwrap();
    value.as_object_mut().unwrap().remove("warnings");
    (value, warnings)
}

/// A small order that adds up: two lines, shipping, tax on top.
/// 2 × 20.00 − 4.00 + 1 × 10.00 = 46.00; shipping 5.00; tax 10 % = 3.60 + 1.00 + 0.50 = 5.10; total 56.10.
pub(crate) fn sane() -> Value {
    json("synthetic/order.json")
}

/// The sane order with changes: `[("line_items/0/price", json!(..))]`; JSON pointers without the first slash.
#[track_caller]
pub(crate) fn sane_with(changes: &[(&str, Value)]) -> Value {
    let mut body = sane();
    for (pointer, value) in changes {
        set(&mut body, pointer, value.clone());
    }
    body
}
