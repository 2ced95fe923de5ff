//! Shopify: figures of the official REST examples, worked out by hand from the payloads.
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

use serde_json::json;
use support::{fixture, summary};

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
