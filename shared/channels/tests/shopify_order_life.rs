//! Shopify: every edge case of the channel's README ("Edge cases that break simple connectors"), by its number.
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
use sluice_channels::Decoded;
use sluice_domain::order::{CustomerKind, OrderState, PaymentState};
use support::{buyer, decode, json as fixture_json, order, order_and_warnings, sane, sane_with};

#[test]
fn edge_10_currencies_have_their_own_precision() {
    let yen = |price: &str| {
        json!({"id": 1, "name": "#1", "currency": "JPY", "created_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:00:00Z", "total_price": price, "total_tax": "0",
            "line_items": [{"id": 2, "sku": "A", "title": "A", "quantity": 1, "price": price}]})
    };
    assert_eq!(order(&yen("5900")).totals.total.to_string(), "5900");
    assert_eq!(order(&yen("5900.00")).totals.total.minor(), 5900);
    let refusal = decode("orders/create", yen("5900.50").to_string().as_bytes()).unwrap_err();
    assert_eq!(
        (refusal.field.as_str(), refusal.problem.as_str()),
        ("line_items[0].price", "more decimals than JPY has")
    );
    let mut dinar = yen("1.234");
    dinar["currency"] = json!("KWD");
    assert_eq!(order(&dinar).totals.total.minor(), 1234);
}

#[test]
fn edge_11_tests_and_drafts_are_told_apart() {
    let read = order(&sane_with(&[("test", json!(true)), ("source_name", json!("pos"))]));
    assert!(read.test);
    assert_eq!(read.source.as_deref(), Some("pos"));
    let draft = fixture_json("webhook_payloads/draft_orders__create.json");
    let decoded = decode("draft_orders/create", draft.to_string().as_bytes()).unwrap();
    assert!(matches!(decoded, Decoded::Ignored { .. }));
}

#[test]
fn edge_12_authorised_is_not_paid() {
    let words = [
        ("pending", PaymentState::Pending, Some("0.00")),
        ("authorized", PaymentState::Authorized, Some("0.00")),
        ("expired", PaymentState::Expired, Some("0.00")),
        ("voided", PaymentState::Voided, Some("0.00")),
        ("partially_paid", PaymentState::PartiallyPaid, Some("30.00")),
        ("paid", PaymentState::Paid, Some("56.10")),
        ("on_the_moon", PaymentState::Unknown("on_the_moon".into()), None),
    ];
    for (word, state, paid) in words {
        let left = match word {
            "partially_paid" => "26.10",
            "paid" => "0.00",
            _ => "56.10",
        };
        let read = order(&sane_with(&[("financial_status", json!(word)), ("total_outstanding", json!(left))]));
        assert_eq!((read.payment, read.paid.map(|paid| paid.to_string()).as_deref()), (state, paid), "{word}");
    }
    let several = json!([
        {"kind": "authorization", "status": "success", "amount": "56.10", "currency": "EUR"},
        {"kind": "capture", "status": "success", "amount": "20.00", "currency": "EUR"},
        {"kind": "capture", "status": "success", "amount": "16.10", "currency": "EUR"},
        {"kind": "capture", "status": "pending", "amount": "20.00", "currency": "EUR"}
    ]);
    let read = order(&sane_with(&[("financial_status", json!("partially_paid")), ("transactions", several)]));
    assert_eq!(read.paid.unwrap().to_string(), "36.10");
}

#[test]
fn edge_13_custom_lines_have_no_product() {
    let custom = sane_with(&[
        ("line_items/0/variant_id", json!(null)),
        ("line_items/0/product_id", json!(null)),
        ("line_items/0/sku", json!(null)),
        ("line_items/1/sku", json!("MUG-1")),
    ]);
    let (read, warnings) = order_and_warnings(&custom);
    assert_eq!((read.lines[0].sku.clone(), read.lines[0].variant.clone()), (None, None));
    assert_eq!(warnings, ["line_without_sku"]);
    let twice = sane_with(&[("line_items/1/sku", json!("MUG-1"))]);
    assert_eq!(order(&twice).lines.len(), 2, "SKUs are not unique");
}

#[test]
fn edge_14_a_failed_fulfilment_shipped_nothing() {
    for (status, shipped) in
        [("failure", false), ("error", false), ("cancelled", false), ("pending", false), ("success", true)]
    {
        let read = order(&sane_with(&[("fulfillments", json!([{"id": 41, "status": status}]))]));
        assert_eq!((read.shipped, read.state), (shipped, OrderState::Open), "{status}");
    }
    let split = json!([{"status": "cancelled"}, {"status": "success"}]);
    let read = order(&sane_with(&[("fulfillments", split), ("fulfillment_status", json!("partial"))]));
    assert!(read.shipped && read.state == OrderState::Open);
    assert_eq!(order(&sane_with(&[("fulfillment_status", json!("fulfilled"))])).state, OrderState::Closed);
    assert_eq!(order(&sane_with(&[("fulfillment_status", json!("on_hold"))])).state, OrderState::OnHold);
    assert_eq!(order(&sane_with(&[("closed_at", json!("2026-11-03T00:00:00Z"))])).state, OrderState::Closed);
}

#[test]
fn edge_15_bundles_are_their_lines() {
    let bundle = sane_with(&[
        ("line_item_groups", json!([{"id": 1, "title": "Set", "quantity": 1}])),
        ("line_items/0/sales_line_item_group_id", json!(1)),
        ("line_items/1/sales_line_item_group_id", json!(1)),
    ]);
    assert_eq!((order(&bundle).lines.len(), order_and_warnings(&bundle).1.len()), (2, 0));
}

#[test]
fn edge_16_the_marketplace_remits_its_tax() {
    let read = order(&sane_with(&[("line_items/0/tax_lines/0/channel_liable", json!(true))]));
    assert!(read.lines[0].taxes[0].remitted_by_channel && !read.lines[1].taxes[0].remitted_by_channel);
    assert_eq!(read.totals.tax.unwrap().to_string(), "5.10", "the buyer paid it all the same");
}

#[test]
fn edge_17_a_buyer_may_be_anybody_or_nobody() {
    let known = buyer(&sane()).customer.unwrap();
    assert_eq!(
        (known.key.as_str(), known.kind, known.name.as_deref()),
        ("7001", CustomerKind::Person, Some("Ada Lovelace"))
    );
    assert_eq!(known.language.as_deref(), Some("de-DE"));
    let guest = |email: &str, phone| {
        buyer(&sane_with(&[("customer", json!(null)), ("email", json!(email)), ("phone", phone)])).customer
    };
    let first = guest("Ada@Example.com ", json!(null)).unwrap().key;
    assert_eq!(first, guest("ada@example.com", json!(null)).unwrap().key);
    assert_ne!(first, guest("a.da@example.com", json!(null)).unwrap().key);
    assert!(first.starts_with("guest_") && first.len() == 26);
    let phone = guest("", json!("+49 (30) 123-456")).unwrap();
    assert_eq!(phone.key, guest("", json!("+4930123456")).unwrap().key);
    assert!(guest("", json!(null)).is_none());
    let redacted = sane_with(&[
        ("customer", json!({"id": 7001, "first_name": null, "last_name": null, "email": null, "phone": null})),
        ("email", json!(null)),
        ("billing_address", json!({"first_name": null, "address1": null, "country_code": null})),
    ]);
    let redacted = buyer(&redacted);
    assert_eq!(redacted.customer.as_ref().map(|who| (who.key.as_str(), who.name.clone())), Some(("7001", None)));
    assert_eq!((redacted.bill_to, redacted.ship_to), (None, None));
}

#[test]
fn edge_17_companies_and_addresses() {
    let company = sane_with(&[
        ("billing_address/company", json!("Engines Ltd")),
        (
            "shipping_address",
            json!({"name": " ada  LOVELACE ", "company": "engines LTD", "address1": "Main st 1",
            "city": "Berlin", "zip": "10115", "country_code": "DE"}),
        ),
        ("note_attributes", json!([{"name": "colour", "value": 7}, {"name": "VAT Number", "value": "DE 123.456.789"}])),
    ]);
    let read = buyer(&company);
    let (who, bill, ship) = (read.customer.unwrap(), read.bill_to.unwrap(), read.ship_to.unwrap());
    assert_eq!((who.kind, who.company.as_deref()), (CustomerKind::Company, Some("Engines Ltd")));
    assert_eq!(who.vat.as_deref(), Some("DE123456789"));
    assert_eq!((bill.key.clone(), bill.country.as_deref()), (ship.key, Some("DE")));
    let moved = sane_with(&[("billing_address/address1", json!("Main St 2"))]);
    assert_ne!(buyer(&moved).bill_to.unwrap().key, bill.key);
    let nonsense = sane_with(&[("note_attributes", json!([{"name": "vat", "value": "none"}]))]);
    assert_eq!(buyer(&nonsense).customer.unwrap().vat, None);
}

#[test]
fn edge_18_line_properties_may_be_anything() {
    for properties in
        [json!([]), json!({}), json!(null), json!([{"name": "n", "value": 7}]), json!({"a": 1.5}), json!("")]
    {
        assert_eq!(order(&sane_with(&[("line_items/0/properties", properties)])), order(&sane()));
    }
    for attributes in [json!([]), json!({}), json!(null), json!([{"name": "n", "value": 7}]), json!("x")] {
        assert_eq!(order(&sane_with(&[("note_attributes", attributes)])), order(&sane()));
    }
}

#[test]
fn edge_19_a_return_is_no_refund() {
    for topic in ["approve", "cancel", "close", "decline", "process", "reopen", "request", "update"] {
        let body = support::fixture(&format!("webhook_payloads/returns__{topic}.json"));
        assert!(matches!(decode(&format!("returns/{topic}"), &body), Ok(Decoded::Ignored { .. })), "{topic}");
    }
}

#[test]
fn an_unknown_word_warns_and_a_known_one_does_not() {
    let (read, warnings) = order_and_warnings(&sane_with(&[
        ("financial_status", json!("in_escrow")),
        ("fulfillment_status", json!("levitating")),
    ]));
    assert_eq!(read.payment, PaymentState::Unknown("in_escrow".into()));
    assert_eq!(warnings, ["schema_drift", "schema_drift"]);
}

#[test]
fn what_a_cancelled_order_says() {
    let read =
        order(&sane_with(&[("cancelled_at", json!("2026-11-02T00:00:00Z")), ("financial_status", json!("voided"))]));
    assert_eq!((read.state, read.paid.unwrap().to_string()), (OrderState::Cancelled, "0.00".into()));
}
