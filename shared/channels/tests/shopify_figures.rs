//! Shopify: figures worked out by hand from the payloads: of the official REST examples, and of orders as other shops send
//! them, which were written for these tests (`tests/fixtures/shopify/shops`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a test stops where it is surprised, and tables of cases are long"
)]

mod support;

use serde_json::{Value, json};
use support::{fixture, json as fixture_json, summary};

/// Three lines of 199.00 less 3.34 + 3.33 + 3.33 = 587.00; tax 3 × 3.98 = 11.94; 587.00 + 11.94 = 598.94 = `total_price`.
/// Two lines came back, so `current_total_price` is one line less; the refund moved 209.00. `subtotal_price` says 597.00,
/// which is before the discount: the sample contradicts itself there.
#[test]
fn order_partially_refunded() {
    let (figures, warnings) =
        summary("pull:order", &fixture("rest_examples_2026-07/order_partially_refunded_get.json"));
    assert_eq!(
        figures,
        json!({
            "kind": "order", "subject": "demo/order/450789469", "external_id": "450789469", "number": "#1001",
            "currency": "USD", "total": "598.94", "subtotal": "587.00", "tax_included": false, "tax": "11.94",
            "discount": "10.00", "shipping": "0.00", "tip": "0.00", "fees": "0.00", "lines": 3, "units": "3",
            "paid": "598.94", "refunded": "209.00", "state": "open", "test": false
        })
    );
    assert_eq!(warnings, ["sums_disagree subtotal_price"]);
}

/// The same order cancelled, with a refund of 10.00 and the word `refunded`: the channel says that all that was captured
/// went back, so 10.00 was captured; and it is less than the total, which is noted.
#[test]
fn order_cancelled_with_refund() {
    let body = fixture("rest_examples_2026-07/order_cancel_with_refund_response.json");
    let (figures, warnings) = summary("pull:order", &body);
    assert_eq!(
        figures,
        json!({
            "kind": "order", "subject": "demo/order/450789469", "external_id": "450789469", "number": "#1001",
            "currency": "USD", "total": "598.94", "subtotal": "587.00", "tax_included": false, "tax": "11.94",
            "discount": "10.00", "shipping": "0.00", "tip": "0.00", "fees": "0.00", "lines": 3, "units": "3",
            "paid": "10.00", "refunded": "10.00", "state": "cancelled", "test": false
        })
    );
    assert_eq!(warnings, ["sums_disagree subtotal_price", "contradiction financial_status"]);
}

/// One line of 199.00, of which 149.00 is outstanding: 50.00 is paid.
#[test]
fn order_partially_paid() {
    let (figures, warnings) = summary("pull:order", &fixture("rest_examples_2026-07/order_partially_paid.json"));
    assert_eq!(
        figures,
        json!({
            "kind": "order", "subject": "demo/order/1073459980", "external_id": "1073459980", "number": "#1002",
            "currency": "USD", "total": "199.00", "subtotal": "199.00", "tax_included": false, "tax": "0.00",
            "discount": "0.00", "shipping": "0.00", "tip": "0.00", "fees": "0.00", "lines": 1, "units": "1",
            "paid": "50.00", "refunded": "0.00", "state": "open", "test": false
        })
    );
    assert_eq!(warnings, Vec::<String>::new());
}

/// 129.99 + 85.95 + 2 × 19.99 = 255.92; tax 7.81 + 3.26 + 2.39 + 0.99 = 14.45; 270.37. It says `paid` and that all of it is
/// outstanding.
#[test]
fn order_with_two_taxes() {
    let (figures, warnings) = summary("pull:order", &fixture("rest_examples_2026-07/order_two_tax_lines_create.json"));
    assert_eq!(
        figures,
        json!({
            "kind": "order", "subject": "demo/order/1073459963", "external_id": "1073459963", "number": "#1002",
            "currency": "USD", "total": "270.37", "subtotal": "255.92", "tax_included": false, "tax": "14.45",
            "discount": "0.00", "shipping": "0.00", "tip": "0.00", "fees": "0.00", "lines": 3, "units": "4",
            "paid": "270.37", "refunded": "0.00", "state": "open", "test": false
        })
    );
    let without_sku = |index| format!("line_without_sku line_items[{index}].sku");
    assert_eq!(warnings, [without_sku(0), without_sku(1), without_sku(2), "contradiction total_outstanding".into()]);
}

/// The webhook sample is a shape, not arithmetic: its lines add up to 414.95, shipping of 10.00 is discounted to 0.00, and
/// the total says 404.95. It is read and the disagreement is named.
#[test]
fn the_webhook_sample_disagrees_with_itself() {
    let (figures, warnings) = summary("orders/create", &fixture("webhook_payloads/orders__create.json"));
    assert_eq!(figures["total"], "404.95");
    assert_eq!(figures["subtotal"], "414.95");
    assert_eq!(
        (&figures["lines"], &figures["test"], &figures["state"]),
        (&json!(5), &json!(true), &json!("cancelled"))
    );
    assert!(warnings.contains(&"sums_disagree total_price".to_owned()), "{warnings:?}");
}

#[test]
fn the_sane_order_has_no_warnings() {
    let (figures, warnings) = summary("orders/create", support::sane().to_string().as_bytes());
    assert_eq!(
        figures,
        json!({
            "kind": "order", "subject": "demo/order/9007199254740993", "external_id": "9007199254740993",
            "number": "#1001", "currency": "EUR", "total": "56.10", "subtotal": "46.00", "tax_included": false,
            "tax": "5.10", "discount": "4.00", "shipping": "5.00", "tip": "0.00", "fees": "0.00", "lines": 2, "units": "3",
            "paid": "0.00", "refunded": "0.00", "state": "open", "test": false
        })
    );
    assert_eq!(warnings, Vec::<String>::new());
}

fn expected() -> Vec<(String, Value)> {
    fixture_json("shops/expected.json").as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn every_shop_has_the_figures_of_its_payload() {
    for (name, expect) in expected() {
        let topic = expect["topic"].as_str().unwrap();
        let (shown, warnings) = summary(topic, &fixture(&format!("shops/{name}.json")));
        for (key, value) in expect["figures"].as_object().unwrap() {
            assert_eq!(&shown[key], value, "{name}: {key}");
        }
        let codes: Vec<&str> = warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
        assert_eq!(serde_json::to_value(codes).unwrap(), expect["warnings"], "{name}");
    }
}

#[test]
fn every_payload_is_expected_to_be_something() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/shopify/shops");
    let names = expected();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(name == "expected" || names.iter().any(|(known, _)| *known == name), "{name}");
    }
}

/// A total that the payload's own parts give: subtotal, shipping, fees and tip, and tax where prices do not contain it.
#[test]
fn the_figures_add_up() {
    let cents = |value: &Value| value.as_str().map(|text| text.replace('.', "").parse::<i64>().unwrap());
    for (name, expect) in expected() {
        let topic = expect["topic"].as_str().unwrap();
        let (shown, _) = summary(topic, &fixture(&format!("shops/{name}.json")));
        let Some(total) = cents(&shown["total"]) else { continue };
        let mut parts = vec!["subtotal", "shipping", "fees", "tip"];
        if shown["tax_included"] == false {
            parts.push("tax");
        }
        assert_eq!(parts.into_iter().filter_map(|key| cents(&shown[key])).sum::<i64>(), total, "{name}");
    }
}
