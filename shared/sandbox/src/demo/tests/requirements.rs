//! Every kind of order, and every disorder of deliveries, is there at least once.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    super::{Day, life::UNREADABLE},
    body::{decimal, discount, edited, in_set, is_item, items, orders, tax},
    days,
};

/// The fewest orders of a day.
const MIN_ORDERS: usize = 60;
/// The fewest deliveries of a day.
const MIN_DELIVERIES: usize = 200;

#[test]
fn a_day_is_long_enough() {
    for day in days() {
        assert!(day.expected.orders.len() >= MIN_ORDERS);
        assert!(day.deliveries.len() >= MIN_DELIVERIES, "{} of seed {}", day.deliveries.len(), day.expected.seed);
    }
}

fn lines(order: &Value) -> &[Value] {
    items(order, "line_items")
}

fn charged(order: &Value, rate: &str) -> bool {
    lines(order)
        .iter()
        .flat_map(|line| items(line, "tax_lines"))
        .any(|tax| decimal(&tax["rate"]) == rate.parse().unwrap())
}

fn shipping(order: &Value, test: impl Fn(&Value) -> bool) -> bool {
    items(order, "shipping_lines").iter().any(test)
}

fn is(order: &Value, field: &str, value: &str) -> bool {
    order[field] == value
}

type Kind = (&'static str, fn(&Value) -> bool);

const KINDS: &[Kind] = &[
    ("guest", |o| o["customer"].is_null() && o["email"].as_str().is_some_and(|email| email.contains('@'))),
    ("customer", |o| o["customer"]["id"].as_u64() > Some(1 << 53)),
    ("company with VAT number", |o| {
        o["billing_address"]["company"].is_string() && !items(o, "note_attributes").is_empty()
    }),
    ("tax included", |o| o["taxes_included"] == true && charged(o, "0.19")),
    ("reduced rate included", |o| o["taxes_included"] == true && charged(o, "0.07")),
    ("19 % on top", |o| o["taxes_included"] == false && charged(o, "0.19")),
    ("8.25 % on top", |o| o["taxes_included"] == false && charged(o, "0.0825")),
    ("two taxes on one line", |o| lines(o).iter().any(|line| items(line, "tax_lines").len() == 2)),
    ("10 % of yen included", |o| is(o, "currency", "JPY") && charged(o, "0.1")),
    ("pounds", |o| is(o, "currency", "GBP") && charged(o, "0.2")),
    ("no tax at all", |o| decimal(&o["total_tax"]).is_zero()),
    ("order-level discount over several lines", |o| {
        items(o, "discount_applications").iter().any(|offer| is(offer, "allocation_method", "across"))
            && lines(o).iter().filter(|line| !discount(line).is_zero()).count() > 1
    }),
    ("line discount", |o| {
        items(o, "discount_applications").iter().any(|offer| is(offer, "target_selection", "explicit"))
    }),
    ("shipping discount", |o| {
        shipping(o, |line| !discount(line).is_zero() && !decimal(&line["discounted_price"]).is_zero())
    }),
    ("free shipping", |o| {
        shipping(o, |line| !discount(line).is_zero() && decimal(&line["discounted_price"]).is_zero())
    }),
    ("taxed shipping", |o| shipping(o, |line| !tax(line).is_zero())),
    ("tip", |o| !decimal(&o["total_tip_received"]).is_zero() && lines(o).iter().all(is_item)),
    ("tip as a line", |o| !decimal(&o["total_tip_received"]).is_zero() && !lines(o).iter().all(is_item)),
    ("gift card sold", |o| lines(o).iter().any(|line| line["gift_card"] == true)),
    ("gift card used", |o| items(o, "payment_gateway_names").iter().any(|name| name == "gift_card")),
    ("duties", |o| !in_set(o, "original_total_duties_set").is_zero()),
    ("fees", |o| !in_set(o, "original_total_additional_fees_set").is_zero()),
    ("cash rounding", |o| !in_set(o, "total_cash_rounding_payment_adjustment_set").is_zero()),
    ("unknown SKU", |o| lines(o).iter().any(|line| line["sku"] == "SLD-NOT-IN-ODOO")),
    ("custom line", |o| {
        lines(o).iter().any(|line| line["sku"].is_null() && line["product_id"].is_null() && is_item(line))
    }),
    ("edited, not paid", |o| edited(o) && is(o, "financial_status", "pending")),
    ("edited, then paid", |o| edited(o) && is(o, "financial_status", "paid")),
    ("cancelled before payment", |o| o["cancelled_at"].is_string() && is(o, "financial_status", "voided")),
    ("cancelled after payment", |o| o["cancelled_at"].is_string() && is(o, "financial_status", "refunded")),
    ("partial refund", |o| is(o, "financial_status", "partially_refunded")),
    ("full refund", |o| is(o, "financial_status", "refunded") && o["cancelled_at"].is_null()),
    ("fulfilled", |o| is(o, "fulfillment_status", "fulfilled") && !items(o, "fulfillments").is_empty()),
    ("partially fulfilled", |o| is(o, "fulfillment_status", "partial")),
    ("pending", |o| is(o, "financial_status", "pending")),
    ("authorised", |o| is(o, "financial_status", "authorized")),
    ("test order", |o| o["test"] == true),
    ("till without customer", |o| is(o, "source_name", "pos") && o["customer"].is_null() && o["email"] == ""),
    ("redacted", |o| o["customer"]["id"].is_u64() && o["email"].is_null() && o["billing_address"]["name"].is_null()),
    ("another currency shown", |o| o["presentment_currency"] != o["currency"]),
];

#[test]
fn every_kind_of_order_is_there() {
    for day in days() {
        let orders = orders(day);
        for (name, test) in KINDS {
            assert!(orders.iter().any(|(_, order)| test(order)), "{name} in seed {}", day.expected.seed);
        }
        let customers: Vec<_> = orders.iter().map(|(_, o)| (o["customer"]["id"].as_u64(), o["id"].as_u64())).collect();
        let returning = |one: &(Option<u64>, Option<u64>)| {
            one.0.is_some() && customers.iter().any(|other| other.0 == one.0 && other.1 != one.1)
        };
        assert!(customers.iter().any(returning), "returning customer");
    }
}

const TOPICS: &[&str] = &[
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/edited",
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "refunds/create",
    "products/update",
    "draft_orders/create",
    "returns/request",
    "customers/data_request",
];

/// Versions of each order in the order of arrival.
fn versions(day: &Day) -> BTreeMap<u64, Vec<(String, String)>> {
    let mut versions: BTreeMap<u64, Vec<(String, String)>> = BTreeMap::new();
    for (delivery, order) in orders(day) {
        let version = order["updated_at"].as_str().unwrap().to_owned();
        versions.entry(order["id"].as_u64().unwrap()).or_default().push((delivery.topic.clone(), version));
    }
    versions
}

#[test]
fn every_topic_and_every_disorder_is_there() {
    for day in days() {
        let seed = day.expected.seed;
        for topic in TOPICS {
            assert!(day.deliveries.iter().any(|one| one.topic == *topic), "{topic} in seed {seed}");
        }
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bodies: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for one in day.deliveries.iter().filter(|one| one.signed) {
            *ids.entry(&one.delivery_id).or_default() += 1;
            bodies.entry((&one.topic, &one.body)).or_default().insert(&one.delivery_id);
        }
        assert!(ids.values().any(|count| *count > 1), "the same delivery twice");
        assert!(bodies.values().any(|ids| ids.len() > 1), "one body under two delivery ids");
        let versions = versions(day);
        let early = |topic: &str| versions.values().any(|seen| seen.first().is_some_and(|(first, _)| first == topic));
        assert!(early("orders/paid") && early("orders/updated"), "before orders/create in seed {seed}");
        let stale = |seen: &Vec<(String, String)>| {
            seen.windows(2).any(|pair| pair[1].0 == "orders/updated" && pair[1].1 <= pair[0].1)
                || seen.windows(2).any(|pair| pair[1].1 < pair[0].1)
        };
        assert!(versions.values().any(stale), "a stale version in seed {seed}");
        assert!(day.deliveries.iter().any(|one| one.signed && one.body == UNREADABLE));
        assert!(serde_json::from_str::<Value>(UNREADABLE).is_err());
    }
}

#[test]
fn what_is_forged_is_never_told_of_by_a_signed_delivery() {
    for day in days() {
        let forged = day.deliveries.iter().find(|one| !one.signed).unwrap();
        let forged: Value = serde_json::from_str(&forged.body).unwrap();
        assert!(orders(day).iter().all(|(_, order)| order["id"] != forged["id"]));
        assert!(day.expected.orders.iter().all(|order| forged["name"] != *order.number));
    }
}

#[test]
fn ids_are_unique_and_beyond_what_a_double_holds() {
    for day in days() {
        let ids: BTreeSet<&str> = day.expected.orders.iter().map(|order| order.external_id.as_str()).collect();
        assert_eq!(ids.len(), day.expected.orders.len());
        for (_, order) in orders(day) {
            let lines: Vec<u64> = lines(&order).iter().map(|line| line["id"].as_u64().unwrap()).collect();
            assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
            assert!(lines.iter().all(|id| *id > (1 << 53)));
            assert!(decimal(&order["total_price"]) > Decimal::ZERO);
        }
    }
}
