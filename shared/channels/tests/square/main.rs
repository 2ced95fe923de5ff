//! Square: who is believed, what orders and returns are worth, and what is no order.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it is surprised"
)]

mod money;
mod orders;
mod reading;
mod returns;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sluice_channels::{
    Channel, DecodeContext, Decoded, ExplainContext, Explained, Figures, Inbound, Refusal, Rejection, channel,
};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::Order,
    ports::secrets::Secret,
    state::{Evidence, Facet, ReadOrPush},
};

fn square() -> &'static dyn Channel {
    channel("square").unwrap()
}

fn account() -> Account {
    serde_json::from_value(json!({"name": "demo", "channel": "square", "shop_domain": "6ssw7hv8k2st5.squareup.com"}))
        .unwrap()
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/square/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fixture(path)).unwrap()
}

fn explain(topic: &str, body: &Value) -> Vec<Explained> {
    let (account, key) = (account(), Secret::new("key".to_owned()));
    square().explain(topic, body.to_string().as_bytes(), &ExplainContext { account: &account, contact_key: &key })
}

#[track_caller]
fn figures(topic: &str, body: &Value) -> Figures {
    match explain(topic, body).remove(0) {
        Explained::Item { figures, .. } => *figures,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(body: &Value) -> Refusal {
    match explain("pull:order", body).remove(0) {
        Explained::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn decode(body: &Value) -> Result<Decoded, Refusal> {
    let (account, key) = (account(), Secret::new("key".to_owned()));
    let at = "2026-11-24T10:00:00Z".parse().unwrap();
    let delivery = Delivery {
        channel: "square".into(),
        account: account.name.clone(),
        topic: "pull:order".into(),
        delivery_id: "d".into(),
        source: ReadOrPush::Read,
        stated_at: Some(at),
        api_version: None,
        received_at: at,
        trace_id: "t".into(),
        body: body.to_string().into_bytes(),
    };
    square().decode(&delivery, &DecodeContext { account: &account, contact_key: &key })
}

#[track_caller]
fn evidence(body: &Value) -> Vec<Evidence> {
    match decode(body) {
        Ok(Decoded::Evidence { evidence, .. }) => evidence,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn order(body: &Value) -> Order {
    let found = evidence(body).into_iter().find_map(|one| match one.facet {
        Facet::Order(order) => Some(*order),
        _ => None,
    });
    found.unwrap()
}

fn usd(minor: i64) -> Value {
    json!({"amount": minor, "currency": "USD"})
}

fn codes(figures: &Figures) -> Vec<&'static str> {
    figures.warnings.iter().map(|warning| warning.code).collect()
}

fn headers(value: &Value) -> Vec<(String, String)> {
    let stated = value.as_object().unwrap().iter();
    stated.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn inbound<'a>(headers: &'a [(String, String)], body: &'a [u8], url: Option<&'a str>) -> Inbound<'a> {
    Inbound { headers, body, url, now: jiff::Timestamp::UNIX_EPOCH }
}

#[test]
fn every_vector_is_judged_as_both_sdks_judge_it() {
    let vectors = json("signature-vectors.json");
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), 13);
    for one in vectors {
        let body = STANDARD.decode(one["body_base64"].as_str().unwrap()).unwrap();
        let headers = headers(&one["headers"]);
        let secret = Secret::new(one["signature_key"].as_str().unwrap());
        let request = inbound(&headers, &body, one["notification_url"].as_str());
        let judged = square().verify(&request, std::slice::from_ref(&secret));
        assert_eq!(judged.is_ok(), one["expected"] == "valid", "{}: {judged:?}", one["id"]);
        for url in [None, Some("")] {
            assert!(square().verify(&inbound(&headers, &body, url), std::slice::from_ref(&secret)).is_err());
        }
    }
}

#[test]
fn an_event_belongs_to_its_merchant_and_names_itself() {
    let mut own = account();
    for (file, merchant) in
        [("order.created", "5s9mxcs9y99kk"), ("payment.updated", "6ssw7hv8k2st5"), ("payout.paid", "mlewjtmnjn37z")]
    {
        let body = fixture(&format!("events/{file}.json"));
        let request = inbound(&[], &body, None);
        own.shop_domain = Some(format!("{merchant}.squareup.com"));
        assert_eq!(square().belongs(&request, &own), Ok(()), "{file}");
        own.shop_domain = Some("another0.squareup.com".into());
        assert_eq!(square().belongs(&request, &own), Err(Rejection::ForeignShop), "{file}");
        let envelope = square().envelope(&request);
        assert_eq!(envelope.topic, file);
        assert!(envelope.delivery_id.is_some_and(|id| id.len() == 36) && envelope.stated_at.is_some());
    }
}
