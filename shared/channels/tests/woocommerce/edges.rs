//! The edge cases of the README that are about orders as a whole, and about their buyers.

use serde_json::{Value, json};
use sluice_channels::Decoded;
use sluice_domain::order::{CustomerKind, OrderState, PaymentState};

use crate::support::{buyer, decode, order, order_and_warnings, refusal, sane, sane_with};

#[test]
fn the_sane_order_is_what_it_says() {
    let (order, warnings) = order_and_warnings(&sane());
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((order.number.as_str(), order.currency.code(), order.tax_included), ("W-1001", "EUR", false));
    assert_eq!(order.placed_at.to_string(), "2026-11-20T10:00:00Z");
    assert_eq!((&order.state, &order.payment), (&OrderState::Open, &PaymentState::Paid));
    assert_eq!(order.lines[0].barcode.as_deref(), Some("4006381333931"));
    assert_eq!((order.lines[0].variant.as_deref(), order.lines[1].variant.as_deref()), (Some("502"), Some("503")));
    assert_eq!((order.discount_codes, order.payment_methods), (vec!["four".to_owned()], vec!["bacs".to_owned()]));
    assert_eq!(order.source.as_deref(), Some("checkout"));
}

#[test]
fn edge_6_children_of_a_bundle_are_lines_at_nothing() {
    let child = json!({"id": 21, "name": "Saucer", "product_id": 0, "variation_id": 0, "quantity": 2, "subtotal": "0.00",
        "total": "0.00", "total_tax": "0.00", "taxes": [{"id": 1, "total": "0", "subtotal": "0"}], "sku": "SKU-3",
        "meta_data": [{"key": "_bundled_by", "value": {"a": [1, {}]}}], "bundled_by": "11"});
    let mut body = sane();
    body["line_items"].as_array_mut().unwrap().push(child);
    let (order, warnings) = order_and_warnings(&body);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((order.lines.len(), order.lines[2].variant.clone()), (3, None));
    assert!(order.lines[2].unit_price.is_zero() && order.lines[2].taxes[0].amount.is_zero());
}

#[test]
fn edge_7_quantities_may_be_fractions() {
    for quantity in [json!(1.5), json!("1.5")] {
        let order = order(&sane_with(&[("line_items/1/quantity", quantity)]));
        assert_eq!(order.lines[1].quantity.to_string(), "1.5");
        assert_eq!(order.totals.subtotal.unwrap().to_string(), "46.00");
    }
}

#[test]
fn a_line_of_no_units_is_no_line() {
    let gone = [
        ("line_items/1/quantity", json!(0)),
        ("line_items/1/total", json!("0")),
        ("line_items/1/total_tax", json!("0")),
    ];
    let mut body = sane_with(&gone);
    body["line_items"][1]["taxes"] = json!([]);
    assert_eq!(order(&body).lines.len(), 1);
    let (order, warnings) = order_and_warnings(&sane_with(&[("line_items/1/quantity", json!(0))]));
    assert_eq!((order.lines.len(), order.charges[0].amount.to_string().as_str()), (1, "10.00"));
    assert_eq!(warnings, ["contradiction line_items[1].quantity"]);
}

#[test]
fn edge_8_statuses() {
    let paid = json!("2026-11-20T10:00:04");
    let cases: &[(&str, Value, OrderState, PaymentState, bool)] = &[
        ("pending", Value::Null, OrderState::Pending, PaymentState::Pending, false),
        ("failed", Value::Null, OrderState::Pending, PaymentState::Pending, false),
        ("on-hold", Value::Null, OrderState::OnHold, PaymentState::Pending, false),
        ("processing", paid.clone(), OrderState::Open, PaymentState::Paid, false),
        // Cash on delivery (`captured_deliveries/070`): worked on, and no money yet.
        ("processing", Value::Null, OrderState::Open, PaymentState::Authorized, false),
        ("completed", paid.clone(), OrderState::Closed, PaymentState::Paid, true),
        ("cancelled", Value::Null, OrderState::Cancelled, PaymentState::Voided, false),
        ("cancelled", paid.clone(), OrderState::Cancelled, PaymentState::Paid, false),
        ("trash", paid.clone(), OrderState::Cancelled, PaymentState::Paid, false),
        ("wc-completed", paid.clone(), OrderState::Closed, PaymentState::Paid, true),
        ("delivered", paid.clone(), OrderState::Closed, PaymentState::Paid, true),
        ("partial-shipped", Value::Null, OrderState::Open, PaymentState::Pending, true),
        ("awaiting-shipment", paid, OrderState::Open, PaymentState::Paid, false),
        ("quote-request", Value::Null, OrderState::Pending, PaymentState::Pending, false),
    ];
    for (status, paid, state, payment, shipped) in cases {
        let body =
            sane_with(&[("status", json!(status)), ("date_paid_gmt", paid.clone()), ("date_paid", paid.clone())]);
        let (order, warnings) = order_and_warnings(&body);
        assert_eq!((&order.state, &order.payment, order.shipped), (state, payment, *shipped), "{status}");
        let known = !["awaiting-shipment", "quote-request", "delivered", "partial-shipped"].contains(status);
        assert_eq!(warnings, if known { vec![] } else { vec!["schema_drift status".to_owned()] }, "{status}");
        let captured = if paid.is_null() { "0.00" } else { "60.69" };
        assert_eq!(order.paid.unwrap().to_string(), captured, "{status}");
    }
    for draft in ["checkout-draft", "auto-draft"] {
        let decoded = decode("order.updated", &sane_with(&[("status", json!(draft))]));
        assert!(matches!(decoded, Ok(Decoded::Ignored { .. })), "{draft}: {decoded:?}");
    }
}

#[test]
fn money_that_is_held_is_not_money() {
    let held = json!([{"id": 1, "key": "_stripe_charge_captured", "value": "no"}]);
    let order = order(&sane_with(&[
        ("status", json!("on-hold")),
        ("meta_data", held),
        ("date_paid_gmt", Value::Null),
        ("date_paid", Value::Null),
    ]));
    assert_eq!((order.payment, order.paid.unwrap().is_zero()), (PaymentState::Authorized, true));
}

#[test]
fn edge_9_the_number_is_not_the_id() {
    assert_eq!(order(&sane_with(&[("number", json!(1002))])).number, "1002");
    let (order, warnings) = order_and_warnings(&sane_with(&[("number", json!(""))]));
    assert_eq!((order.number.as_str(), warnings), ("7301", vec!["no_order_reference number".to_owned()]));
}

#[test]
fn edge_10_products_may_be_gone() {
    let changes = [
        ("line_items/1/product_id", json!(0)),
        ("line_items/1/sku", Value::Null),
        ("line_items/0/sku", json!("SKU-2")),
    ];
    let (order, warnings) = order_and_warnings(&sane_with(&changes));
    assert_eq!((order.lines[1].variant.as_ref(), order.lines[1].sku.as_ref()), (None, None));
    assert_eq!(warnings, ["line_without_sku line_items[1].sku"]);
}

#[test]
fn edge_13_types_drift() {
    let plain = order(&sane());
    let loose = sane_with(&[
        ("id", json!("7301")),
        ("line_items/0/id", json!("11")),
        ("line_items/0/quantity", json!("2")),
        ("line_items/0/variation_id", json!("502")),
        ("customer_id", json!("7001")),
        ("total", json!(60.69)),
        ("shipping_total", json!(5)),
        ("fee_lines", json!(false)),
        ("refunds", json!("")),
        ("meta_data", json!({"0": {"key": "x", "value": [1]}, "3": {"key": "y"}})),
        ("shipping", json!([])),
        ("date_completed_gmt", json!(false)),
        ("tax_lines", json!({"13": sane()["tax_lines"][0]})),
        ("line_items/1/global_unique_id", json!(false)),
        ("unknown_field", json!({"a": [true]})),
    ]);
    let mut read = order(&loose);
    assert_eq!(read.refunded, None, "no list is not an empty list");
    read.refunded = plain.refunded;
    assert_eq!(read, plain);
    let meta = sane_with(&[("meta_data", json!({"is_vat_exempt": "no"}))]);
    assert_eq!(order(&meta), plain);
}

#[test]
fn dates_are_utc_or_told_from_the_other_ones() {
    // README: `*_gmt` may be null; `date_created` is the shop's own time, an hour ahead here.
    let placed = |changes: &[(&str, Value)]| {
        let (order, warnings) = order_and_warnings(&sane_with(changes));
        (order.placed_at.to_string(), warnings)
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(placed(&[("date_created_gmt", Value::Null)]), ("2026-11-20T10:00:00Z".to_owned(), none.clone()));
    assert_eq!(
        placed(&[("date_created_gmt", json!("2026-11-20T10:00:00Z"))]),
        ("2026-11-20T10:00:00Z".to_owned(), none)
    );
    let mut alone = sane();
    for field in ["date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt"] {
        alone.as_object_mut().unwrap().remove(field);
    }
    let (order, warnings) = order_and_warnings(&alone);
    assert_eq!(
        (order.placed_at.to_string().as_str(), warnings),
        ("2026-11-20T11:00:00Z", vec!["local_time date_created".to_owned()])
    );
    assert_eq!(
        refusal(&sane_with(&[("date_created_gmt", json!("yesterday"))])).split(':').next(),
        Some("date_created_gmt")
    );
    let mut never = sane();
    for field in ["date_created", "date_created_gmt", "date_modified", "date_modified_gmt"] {
        never[field] = Value::Null;
    }
    assert_eq!(refusal(&never), "date_modified_gmt: missing");
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    for (pointer, value, expect) in [
        ("currency", json!(""), "currency: missing"),
        ("currency", json!("XXX"), "currency: not an ISO 4217 currency"),
        ("total", json!(""), "total: missing"),
        ("total", json!("12,50"), "total: expected a decimal string"),
        ("line_items/1/total", json!("ten"), "line_items[1].total: expected a decimal string"),
        ("line_items/1/quantity", json!(""), "line_items[1].quantity: expected a number"),
        ("line_items/0/quantity", json!({}), "line_items[0].quantity: expected a decimal string, got an object"),
        ("line_items/1/id", json!(11), "line_items[1].id: two lines have one id"),
        ("refunds", json!([{"id": 9}]), "refunds[0].total: missing"),
        ("refunds", json!([{"total": "-1"}]), "refunds[0].id: missing"),
        ("total_tax", json!("9999999999999999999"), "total_tax: the amount is out of range"),
    ] {
        assert_eq!(refusal(&sane_with(&[(pointer, value)])), expect);
    }
    let mut body = sane();
    body.as_object_mut().unwrap().remove("line_items");
    assert_eq!(refusal(&body), "line_items: missing");
}

#[test]
fn test_payments_are_seen() {
    for (key, value) in
        [("_wcpay_mode", "test"), ("_ppcp_paypal_payment_mode", "sandbox"), ("_mollie_payment_mode", "test")]
    {
        let meta = |value: &str| json!([{"id": 1, "key": key, "value": value}]);
        assert!(order(&sane_with(&[("meta_data", meta(value))])).test, "{key}");
        assert!(!order(&sane_with(&[("meta_data", meta("live"))])).test, "{key}");
    }
}

#[test]
fn topics_that_no_flow_takes_are_ignored() {
    for topic in [
        "product.updated",
        "customer.created",
        "coupon.deleted",
        "action.my_hook",
        "order.exploded",
        "x",
        "",
        "pull:payment",
    ] {
        let decoded = decode(topic, &json!({"id": 1}));
        assert!(matches!(decoded, Ok(Decoded::Ignored { .. })), "{topic}: {decoded:?}");
    }
}

#[test]
fn edge_11_guests_are_known_by_their_address() {
    let customer = |changes: &[(&str, Value)]| buyer(&sane_with(changes)).customer.unwrap();
    assert_eq!(customer(&[]).key, "7001");
    let guest = customer(&[("customer_id", json!(0))]);
    assert!(guest.key.starts_with("guest_"), "{}", guest.key);
    let again = customer(&[("customer_id", json!("0")), ("billing/email", json!("ANNA@example.test"))]);
    assert_eq!(again.key, guest.key);
    let other = customer(&[("customer_id", json!(0)), ("billing/email", json!("bert@example.test"))]);
    assert_ne!(other.key, guest.key);
    let nobody = [("customer_id", json!(0)), ("billing", json!([])), ("shipping", json!({}))];
    assert_eq!(buyer(&sane_with(&nobody)).customer, None);
}

#[test]
fn places_are_read_and_empty_forms_are_none() {
    let read = buyer(&sane_with(&[]));
    let place = read.bill_to.unwrap();
    let shown = (place.name.as_deref(), place.street.as_deref(), place.region.as_deref(), place.country.as_deref());
    assert_eq!(shown, (Some("Anna Beispiel"), Some("Lindenweg 3"), Some("HH"), Some("DE")));
    assert!(read.ship_to.is_some() && read.ship_to.unwrap().key != place.key, "the telephone number is part of it");
    // Checkout forms are filled with the shop's own country.
    let empty =
        json!({"first_name": "", "last_name": "", "company": "", "address_1": "", "country": "DE", "state": ""});
    assert_eq!(buyer(&sane_with(&[("shipping", empty)])).ship_to, None);
    for (country, state, region) in
        [("US", "CA", "CA"), ("JP", "JP13", "13"), ("MX", "DF", "DF"), ("GB", "Kent", "KENT")]
    {
        let changes = [("billing/country", json!(country)), ("billing/state", json!(state))];
        assert_eq!(buyer(&sane_with(&changes)).bill_to.unwrap().region.as_deref(), Some(region));
    }
}

#[test]
fn vat_numbers_stand_in_entries_of_plugins() {
    for key in [
        "_vat_number",
        "vat_number",
        "_billing_vat_number",
        "_billing_eu_vat_number",
        "_billing_vat_id",
        "_wc_billing/eu/vat-number",
    ] {
        let changes = [
            ("meta_data", json!([{"id": 1, "key": key, "value": "DE 123.456.789"}])),
            ("billing/company", json!("Beispiel GmbH")),
        ];
        let customer = buyer(&sane_with(&changes)).customer.unwrap();
        assert_eq!((customer.vat.as_deref(), customer.kind), (Some("DE123456789"), CustomerKind::Company), "{key}");
    }
    for value in [json!("yes"), json!({"a": 1}), json!(""), json!("no number here at all")] {
        let changes = [("meta_data", json!([{"id": 1, "key": "_vat_number", "value": value}]))];
        assert_eq!(buyer(&sane_with(&changes)).customer.unwrap().vat, None);
    }
    let language = [("meta_data", json!([{"id": 1, "key": "wpml_language", "value": "pt-br"}]))];
    assert_eq!(buyer(&sane_with(&language)).customer.unwrap().language.as_deref(), Some("pt-br"));
}

/// README, money: an absent value may be an empty text.
#[test]
fn empty_amounts_are_absent() {
    let plain = order(&sane());
    let changes = [
        ("line_items/1/total", json!("")),
        ("line_items/1/total_tax", json!("")),
        ("tax_lines/0/rate_percent", json!("19 %")),
    ];
    assert_eq!(order(&sane_with(&changes)), plain);
    let none = [("line_items/1/total", json!("")), ("line_items/1/subtotal", json!(""))];
    assert_eq!(refusal(&sane_with(&none)), "line_items[1].total: missing");
}

#[test]
fn a_deposit_is_not_the_whole_price() {
    let (order, _) = order_and_warnings(&sane_with(&[("status", json!("partially-paid"))]));
    assert_eq!((order.state, order.payment, order.paid), (OrderState::Open, PaymentState::PartiallyPaid, None));
}
