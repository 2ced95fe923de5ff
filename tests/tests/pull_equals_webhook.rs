//! An order that is read is the order that its webhook tells of: the same canonical order, buyer and refunds, or every read
//! would change its mind. Every question and every answer on the way is valid by the schema of the Admin API.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_channels::{DecodeContext, Decoded, Question, Refusal, channel};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::{Buyer, Order, Refund},
    ports::secrets::Secret,
    state::{Facet, ReadOrPush},
};
use sluice_sandbox::{
    demo,
    shopify::{Revision, ShopConfig, SimShopify},
};
use sluice_testkit::{
    reader::Reader,
    shop::{Maker, Mix, held_body, order_body},
    world::Dice,
};
use sluice_tests::schema::Schema;

/// The facets of an order, without their ranks.
#[derive(Debug, PartialEq)]
struct Facets {
    order: Order,
    buyer: Value,
    refunds: BTreeMap<String, Refund>,
}

fn account() -> Account {
    demo::demo_account().unwrap()
}

fn shop() -> SimShopify {
    SimShopify::new(ShopConfig { most: 1_000_000, ..ShopConfig::standard(&account(), "token", "secret") })
}

fn shown(buyer: &Buyer) -> Value {
    serde_json::to_value(buyer).unwrap()
}

fn read(delivery: &Delivery) -> Result<Decoded, Refusal> {
    let (account, key) = (account(), Secret::new("contact-key"));
    let context = DecodeContext { account: &account, contact_key: &key };
    channel("shopify").unwrap().decode(delivery, &context)
}

#[track_caller]
fn facets(delivery: &Delivery) -> Facets {
    let decoded = read(delivery);
    let Ok(Decoded::Evidence { evidence, .. }) = decoded else {
        panic!("{decoded:?}\n{}", String::from_utf8_lossy(&delivery.body))
    };
    // An answer without a buyer says nothing of one.
    let (mut order, mut buyer, mut refunds) = (None, Some(shown(&Buyer::default())), BTreeMap::new());
    for one in evidence {
        match one.facet {
            Facet::Order(found) => order = Some(*found),
            Facet::Buyer(found) => buyer = Some(shown(&found)),
            Facet::Refund(found) => drop(refunds.insert(found.id.clone(), *found)),
            other @ (Facet::Outdated | Facet::Deleted | Facet::Decision(_)) => panic!("{other:?}"),
        }
    }
    Facets { order: order.unwrap(), buyer: buyer.unwrap(), refunds }
}

fn pushed(body: &[u8], now: Timestamp) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: account().name,
        topic: "orders/updated".into(),
        delivery_id: "pushed".into(),
        source: ReadOrPush::Push,
        stated_at: Some(now),
        api_version: Some("2026-10".into()),
        received_at: now,
        trace_id: "pushed".into(),
        body: body.to_vec(),
    }
}

/// Of a refund to a buyer of another currency, a webhook states only the buyer's amount: the shop's is unknown. GraphQL states
/// both. That one thing a read knows better.
fn forget_what_webhooks_do_not_say(found: &mut Facets, told: &Facets) {
    if told.order.refunded.is_none() {
        found.order.refunded = None;
    }
    for (id, refund) in &told.refunds {
        if let (None, Some(known)) = (refund.amount, found.refunds.get_mut(id)) {
            known.amount = None;
        }
    }
}

fn place(shop: &mut SimShopify, body: &[u8]) -> (u64, Timestamp) {
    let value: Value = serde_json::from_slice(body).unwrap();
    let (id, at) = (value["id"].as_u64().unwrap(), value["updated_at"].as_str().unwrap().parse().unwrap());
    let body = body.to_vec();
    shop.revise(Revision { order: id, at, found_at: at, body: Some(Arc::new(move || body.clone())) });
    (id, at)
}

/// Reads every order and compares it with its body; answers how many there were, and what was read alone.
#[track_caller]
fn compare(bodies: &[Vec<u8>], schema: &Schema) -> (usize, usize) {
    compare_with(bodies.iter().map(|body| (body.as_slice(), body.as_slice())), schema)
}

/// The same, where what the webhook tells is less than what the shop holds.
#[track_caller]
fn compare_with<'a>(bodies: impl Iterator<Item = (&'a [u8], &'a [u8])>, schema: &Schema) -> (usize, usize) {
    let mut shop = shop();
    let mut placed: BTreeMap<u64, &[u8]> = BTreeMap::new();
    let mut now = Timestamp::UNIX_EPOCH;
    for (told, held) in bodies {
        let (id, at) = place(&mut shop, held);
        placed.insert(id, told);
        now = now.max(at);
    }
    let mut reader = Reader { shop: &mut shop, account: &account(), now, exchanges: Vec::new() };
    let read = reader.orders(Timestamp::UNIX_EPOCH, 7);
    assert_eq!(read.len(), placed.len());
    for item in &read {
        let id: u64 = item.id.as_deref().unwrap().parse().unwrap();
        let told = facets(&pushed(placed[&id], now));
        let mut found = facets(&reader.delivery(item));
        forget_what_webhooks_do_not_say(&mut found, &told);
        assert_eq!(found, told, "order {id}");
    }
    let mut alone = 0;
    for exchange in &reader.exchanges {
        let query = &exchange.query;
        let problems = schema.problems(query, &exchange.variables);
        assert!(problems.is_empty(), "{query}\n{problems:#?}");
        let differences = schema.differences(query, &exchange.answer["data"]);
        assert!(differences.is_empty(), "{query}\n{differences:#?}");
        let asked = exchange.answer["extensions"]["cost"]["requestedQueryCost"].as_u64().unwrap();
        assert!(asked <= u64::from(exchange.cost) && exchange.cost <= 1_000, "{query}: {asked} of {}", exchange.cost);
        alone += usize::from(!query.contains("SluiceChanged"));
    }
    (read.len(), alone)
}

#[test]
fn every_order_of_the_demonstration_day() {
    let schema = Schema::slice();
    let mut stages: BTreeMap<(u64, String), Vec<u8>> = BTreeMap::new();
    for delivery in demo::deliveries().unwrap() {
        let whole = delivery.signed && delivery.topic.starts_with("orders/");
        let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
        if let (true, Some(id), Some(at)) = (whole, body["id"].as_u64(), body["updated_at"].as_str()) {
            stages.insert((id, at.to_owned()), delivery.body.into_bytes());
        }
    }
    // Each stage of each order is a shop of its own day: the last first, then those before.
    let mut orders: BTreeMap<u64, Vec<Vec<u8>>> = BTreeMap::new();
    for ((id, _), body) in stages {
        orders.entry(id).or_default().push(body);
    }
    let (mut compared, mut alone) = (0, 0);
    while !orders.is_empty() {
        let bodies: Vec<Vec<u8>> = orders.values_mut().filter_map(Vec::pop).collect();
        orders.retain(|_, stages| !stages.is_empty());
        let (orders, apart) = compare(&bodies, &schema);
        (compared, alone) = (compared + orders, alone + apart);
    }
    println!("{compared} stages of orders are the same on both ways; {alone} questions were about one order");
    assert!(compared > 90 && alone > 5, "{compared} {alone}");
}

#[test]
fn two_thousand_orders_of_the_simulated_shop_at_every_stage() {
    let schema = Schema::slice();
    let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let mut maker = Maker::new(Dice::new(5), Mix::ALL, 0, 40);
    let mut compared = 0;
    for batch in 0..10 {
        let orders: Vec<_> = (0..200)
            .map(|number| maker.order(start.checked_add(SignedDuration::from_secs(batch * 1_000 + number)).unwrap()))
            .collect();
        let most = orders.iter().map(|order| order.versions.len()).max().unwrap();
        for version in 0..most {
            let there = orders.iter().filter(|order| order.versions.len() > version);
            let bodies: Vec<(Vec<u8>, Vec<u8>)> =
                there.map(|order| (order_body(order, version), held_body(order, version))).collect();
            compared += compare_with(bodies.iter().map(|(told, held)| (told.as_slice(), held.as_slice())), &schema).0;
        }
    }
    println!("{compared} stages of orders are the same on both ways");
    assert!(compared > 3_000);
}

/// The official samples are shapes, not sums: they are read in both forms all the same.
#[test]
fn the_official_samples() {
    let schema = Schema::slice();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shopify/");
    let mut bodies = Vec::new();
    for path in [
        "webhook_payloads/orders__create.json",
        "rest_examples_2026-07/order_partially_refunded_get.json",
        "rest_examples_2026-07/order_two_tax_lines_create.json",
        "rest_examples_2026-07/order_partially_paid.json",
        "synthetic/order.json",
    ] {
        let body: Value = serde_json::from_slice(&std::fs::read(format!("{root}{path}")).unwrap()).unwrap();
        bodies.push(body.get("order").unwrap_or(&body).to_string().into_bytes());
    }
    for body in bodies {
        assert_eq!(compare(&[body], &schema).0, 1);
    }
}

/// Shops of every kind: edits, returns, duties, cash, marketplaces, currencies of three decimals.
#[test]
fn shops_of_every_kind() {
    let schema = Schema::slice();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shopify/shops/");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut compared = 0;
    for path in files.iter().filter(|path| !path.ends_with("expected.json")) {
        println!("{}", path.display());
        let body: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let body = body.get("order").unwrap_or(&body).to_string().into_bytes();
        if read(&pushed(&body, Timestamp::UNIX_EPOCH)).is_err() {
            // What its webhook cannot say is not said by reading it either.
            continue;
        }
        compared += compare(&[body], &schema).0;
    }
    assert!(compared > 20, "{compared}");
}

/// An order of many lines, a refund of many, duties and a hold: what does not fit its page is read in parts.
#[test]
fn an_order_that_does_not_fit_its_page_is_read_whole() {
    let schema = Schema::slice();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shopify/");
    let mut body: Value =
        serde_json::from_slice(&std::fs::read(format!("{root}synthetic/order.json")).unwrap()).unwrap();
    let line = body["line_items"][0].clone();
    let lines = (0..213_u64).map(|number| {
        let mut line = line.clone();
        line["id"] = json!(900_000 + number);
        line["duties"] = json!([{"id": number, "shop_money": {"amount": "0.10", "currency_code": "EUR"}, "tax_lines": [
            {"title": "VAT", "rate": 0.1, "price": "0.01"}]}]);
        line
    });
    body["line_items"] = lines.collect();
    body["original_total_duties_set"] = json!({"shop_money": {"amount": "21.30", "currency_code": "EUR"},
        "presentment_money": {"amount": "21.30", "currency_code": "EUR"}});
    let back = (0..170_u64).map(|number| {
        json!({"line_item_id": 900_000 + number, "quantity": 1, "restock_type": "return", "location_id": 5,
            "subtotal": 18.0, "total_tax": 1.8})
    });
    let back: Vec<Value> = back.collect();
    body["refunds"] = json!([
        {"id": 31, "created_at": "2026-11-01T11:59:00+01:00", "refund_line_items": back, "transactions": [
            {"kind": "refund", "status": "success", "amount": "19.80", "currency": "EUR"}]},
        {"id": 32, "created_at": "2026-11-01T12:59:00+01:00", "refund_line_items": [], "transactions": []},
    ]);
    let (orders, alone) = compare(&[body.to_string().into_bytes()], &schema);
    // Six parts of 40 lines, three of the first refund's 80, one of the second.
    assert_eq!((orders, alone), (1, 10));
}

#[test]
fn every_question_is_valid_and_within_the_limit() {
    let schema = Schema::slice();
    let mut shop = shop();
    let mut reader = Reader { shop: &mut shop, account: &account(), now: Timestamp::UNIX_EPOCH, exchanges: Vec::new() };
    for question in [
        Question::Changed { since: Timestamp::UNIX_EPOCH, after: None, size: 1 },
        Question::Changed { since: Timestamp::UNIX_EPOCH, after: None, size: 7 },
        Question::Subscriptions { after: None },
        Question::Subscribe { topic: "orders/partially_fulfilled", url: "https://hooks.example.com/x".into() },
        Question::Subscriptions { after: None },
    ] {
        drop(reader.ask(&question));
    }
    for exchange in &reader.exchanges {
        let problems = schema.problems(&exchange.query, &exchange.variables);
        assert!(problems.is_empty(), "{}\n{problems:#?}", exchange.query);
        let differences = schema.differences(&exchange.query, &exchange.answer["data"]);
        assert!(differences.is_empty(), "{}\n{differences:#?}", exchange.query);
        let asked = exchange.answer["extensions"]["cost"]["requestedQueryCost"].as_u64().unwrap();
        assert!(asked <= u64::from(exchange.cost) && exchange.cost <= 1_000, "{asked} of {}", exchange.cost);
    }
    assert_eq!(reader.exchanges.len(), 5);
}

/// The checks of this file are checked: what the schema does not know is found.
#[test]
fn the_schema_check_finds_what_is_wrong() {
    let schema = Schema::slice();
    let problems = |query: &str| schema.problems(query, &Value::Null).join("; ");
    assert!(problems("query { orders(first: 1) { nodes { nonsense } } }").contains("no such field on Order"));
    assert!(problems("query { orders(first: 1) { nodes { totalPrice } } }").contains("deprecated"));
    assert!(problems("query { orders(first: 1, sortKey: NOW) { nodes { id } } }").contains("is no OrderSortKeys"));
    assert!(problems("query { orders(first: 1) { nodes } }").contains("needs a selection"));
    assert!(problems("query { order { id } }").contains("the argument id is missing"));
    assert!(problems("query Q($id: String) { order(id: $id) { id } }").contains("$id is String, not ID!"));
    let query = "query { orders(first: 1) { nodes { id updatedAt } } }";
    let answer = json!({"orders": {"nodes": [{"id": null, "updatedAt": "today"}]}});
    let found = schema.differences(query, &answer).join("; ");
    assert!(found.contains("/id: null") && found.contains("is no DateTime"), "{found}");
}
