//! What these tests share.

use serde_json::Value;
use sluice_channels::{Channel, DecodeContext, Decoded, ExplainContext, Explained, Figures, Refusal, channel};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::{Buyer, Order, Refund},
    ports::secrets::Secret,
    state::{Evidence, Facet, ReadOrPush},
    value::AccountName,
};

use crate::variations::set;

pub(crate) fn woo() -> &'static dyn Channel {
    channel("woocommerce").unwrap()
}

pub(crate) fn root() -> String {
    format!("{}/../../tests/fixtures/woocommerce", env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/{path}", root())).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn json(path: &str) -> Value {
    serde_json::from_slice(&fixture(path)).unwrap()
}

/// The files of a folder, in order.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(format!("{}/{folder}", root())).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy())).collect();
    names.sort();
    names
}

pub(crate) fn account() -> Account {
    serde_json::from_value(serde_json::json!({
        "name": "demo", "channel": "woocommerce", "shop_domain": "shop.example.com"
    }))
    .unwrap()
}

/// A delivery that reached us at that second of 2026-11-25.
pub(crate) fn delivery(topic: &str, body: &[u8], second: i64) -> Delivery {
    let read = topic.starts_with("pull:");
    let at = jiff::Timestamp::from_second(1_795_564_800 + second).unwrap();
    Delivery {
        channel: "woocommerce".into(),
        account: AccountName::parse("demo").unwrap(),
        topic: topic.into(),
        delivery_id: "1-d".into(),
        source: if read { ReadOrPush::Read } else { ReadOrPush::Push },
        stated_at: read.then_some(at),
        api_version: None,
        received_at: at,
        trace_id: "t".into(),
        body: body.to_vec(),
    }
}

pub(crate) fn decode_delivery(delivery: &Delivery) -> Result<Decoded, Refusal> {
    let (account, key) = (account(), Secret::new("contact-key"));
    woo().decode(delivery, &DecodeContext { account: &account, contact_key: &key })
}

pub(crate) fn decode(topic: &str, body: &Value) -> Result<Decoded, Refusal> {
    decode_delivery(&delivery(topic, body.to_string().as_bytes(), 0))
}

/// The evidence of a body that must be readable, and `code field` of its warnings.
#[track_caller]
pub(crate) fn evidence(topic: &str, body: &Value) -> (Vec<Evidence>, Vec<String>) {
    match decode(topic, body) {
        Ok(Decoded::Evidence { evidence, warnings, .. }) => {
            (evidence, warnings.iter().map(|one| format!("{} {}", one.code, one.field)).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn order(body: &Value) -> Order {
    order_and_warnings(body).0
}

#[track_caller]
pub(crate) fn order_and_warnings(body: &Value) -> (Order, Vec<String>) {
    let (evidence, warnings) = evidence("order.updated", body);
    let order = evidence.into_iter().find_map(|one| match one.facet {
        Facet::Order(order) => Some(*order),
        _ => None,
    });
    (order.unwrap(), warnings)
}

#[track_caller]
pub(crate) fn buyer(body: &Value) -> Buyer {
    let (evidence, _) = evidence("order.updated", body);
    let buyer = evidence.into_iter().find_map(|one| match one.facet {
        Facet::Buyer(buyer) => Some(*buyer),
        _ => None,
    });
    buyer.unwrap()
}

#[track_caller]
pub(crate) fn refunds(topic: &str, body: &Value) -> Vec<Refund> {
    let refunds = evidence(topic, body).0.into_iter().filter_map(|one| match one.facet {
        Facet::Refund(refund) => Some(*refund),
        _ => None,
    });
    refunds.collect()
}

/// The refusal of a body.
#[track_caller]
pub(crate) fn refusal(body: &Value) -> String {
    decode("order.updated", body).unwrap_err().to_string()
}

pub(crate) fn explain(topic: &str, body: &[u8]) -> Vec<Explained> {
    let (account, key) = (account(), Secret::new("contact-key"));
    woo().explain(topic, body, &ExplainContext { account: &account, contact_key: &key })
}

/// The figures of a body with exactly one item.
#[track_caller]
pub(crate) fn figures(topic: &str, body: &[u8]) -> Figures {
    match explain(topic, body).as_slice() {
        [Explained::Item { figures, .. }] => (**figures).clone(),
        other => panic!("{other:?}"),
    }
}

/// The small order that adds up: 2 × 20.00 less 4.00, 10.00, shipping 5.00, 19 % = 9.69 on top: 60.69, paid.
pub(crate) fn sane() -> Value {
    json("synthetic/order.json")
}

/// The sane order with changes: JSON pointers without the first slash.
#[track_caller]
pub(crate) fn sane_with(changes: &[(&str, Value)]) -> Value {
    let mut body = sane();
    for (pointer, value) in changes {
        set(&mut body, pointer, value.clone());
    }
    body
}
