//! What a sale is worth.

use serde_json::{Value, json};
use sluice_channels::Explained;
use sluice_domain::order::{ChargeKind, LineKind, OrderState, PaymentState};

use crate::{codes, decode, explain, figures, fixture, json as file, order, refused, usd};

/// A sale of one line without tax.
fn sale() -> Value {
    json!({
        "id": "ORDER1", "location_id": "L1", "state": "COMPLETED", "version": 3,
        "created_at": "2026-11-02T10:00:00Z", "updated_at": "2026-11-02T10:00:09.5Z",
        "line_items": [{"uid": "a", "name": "Cup", "quantity": "2", "catalog_object_id": "V1", "base_price_money": usd(500),
            "gross_sales_money": usd(1000), "total_money": usd(1000)}],
        "tenders": [{"id": "T", "type": "CASH", "amount_money": usd(1000)}],
        "total_money": usd(1000), "total_tax_money": usd(0), "total_discount_money": usd(0),
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut sale = sale();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        sale.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    sale
}

#[test]
fn the_published_sale_adds_up_to_the_cent() {
    let found = figures("pull:order", &file("retrieve-order.json"));
    assert_eq!(found.subject, "demo/order/CAISENgvlJ6jLWAzERDzjyHVybY");
    let amounts =
        [&found.total, &found.subtotal, &found.tax, &found.discount, &found.shipping, &found.tip, &found.fees];
    let amounts = amounts.map(|amount| amount.as_deref().unwrap());
    assert_eq!(amounts, ["48.94", "45.00", "3.94", "5.00", "0.00", "0.00", "0.00"]);
    assert_eq!((found.lines, found.units.as_deref(), found.tax_included), (Some(1), Some("2"), Some(false)));
    assert_eq!((found.paid.as_deref(), found.state.as_deref()), (Some("48.94"), Some("closed")));
    assert_eq!(codes(&found), ["line_without_sku"], "the catalogue was not asked");
    let read = order(&file("retrieve-order.json"));
    assert_eq!((read.location.as_deref(), read.source.as_deref()), (Some("S8GWD5R9QB376"), Some("Point of Sale")));
    assert_eq!(
        (read.lines[0].title.as_str(), read.lines[0].taxes[0].rate.get().to_string()),
        ("Tshirt - Blue M", "0.0875".into())
    );
    assert!(read.shipped, "what is sold over the counter is handed over");
}

#[test]
fn the_catalogue_beside_an_order_gives_its_lines_their_skus() {
    let objects = json!([{"id": "V1", "item_variation_data": {"sku": "CUP", "upc": "4006381333931"}}, {"id": "V2"}, 7]);
    let read = order(&json!({"order": sale(), "objects": objects}));
    let line = &read.lines[0];
    assert_eq!(
        (line.sku.as_deref(), line.barcode.as_deref(), line.variant.as_deref()),
        (Some("CUP"), Some("4006381333931"), Some("V1"))
    );
    assert_eq!(order(&sale()).lines[0].sku, None);
}

/// `gross_sales_money` is without the tax in some countries and with it in others, so prices are what counts.
#[test]
fn tax_in_prices_is_in_them_whatever_gross_sales_say() {
    for gross in [1000, 840] {
        let read = order(&with(&[
            ("/taxes", json!([{"uid": "t", "name": "VAT", "percentage": "19", "type": "INCLUSIVE"}])),
            ("/line_items/0/gross_sales_money", usd(gross)),
            ("/line_items/0/total_tax_money", usd(160)),
            ("/line_items/0/applied_taxes", json!([{"uid": "x", "tax_uid": "t", "applied_money": usd(160)}])),
            ("/total_tax_money", usd(160)),
        ]));
        assert!(read.tax_included);
        assert_eq!(
            (read.lines[0].unit_price.get().to_string(), read.lines[0].taxes[0].amount.minor()),
            ("5".into(), 160)
        );
        assert_eq!(read.totals.subtotal.unwrap().minor(), 1000);
    }
}

#[test]
fn taxes_of_both_kinds_are_all_in_the_price_and_the_total_stays() {
    let both = json!([{"uid": "i", "type": "INCLUSIVE", "percentage": "10"}, {"uid": "o", "type": "ADDITIVE", "percentage": "5"}]);
    let body = with(&[
        ("/taxes", both),
        ("/line_items/0/total_tax_money", usd(141)),
        ("/line_items/0/total_money", usd(1050)),
        (
            "/line_items/0/applied_taxes",
            json!([{"tax_uid": "i", "applied_money": usd(91)}, {"tax_uid": "o", "applied_money": usd(50)}]),
        ),
        ("/total_tax_money", usd(141)),
        ("/total_money", usd(1050)),
        ("/tenders/0/amount_money", usd(1050)),
    ]);
    let found = figures("pull:order", &body);
    assert_eq!(
        (found.total.as_deref(), found.subtotal.as_deref(), found.tax.as_deref()),
        (Some("10.50"), Some("10.50"), Some("1.41"))
    );
    assert_eq!(codes(&found), ["line_without_sku"]);
}

#[test]
fn modifiers_are_part_of_the_price() {
    let read = order(&with(&[
        ("/taxes", json!([{"uid": "t", "type": "INCLUSIVE", "percentage": "10"}])),
        ("/line_items/0/applied_taxes", json!([{"tax_uid": "t", "applied_money": usd(109)}])),
        (
            "/line_items/0/modifiers",
            json!([{"uid": "m", "name": "Lid", "base_price_money": usd(100), "total_price_money": usd(200)}]),
        ),
        ("/line_items/0/total_money", usd(1200)),
        ("/total_money", usd(1200)),
    ]));
    assert_eq!(read.lines[0].unit_price.get().to_string(), "6");
}

#[test]
fn tips_service_charges_and_cash_rounding_are_beside_the_lines() {
    let body = with(&[
        ("/total_tip_money", usd(150)),
        (
            "/service_charges",
            json!([{"uid": "s", "name": "Service", "applied_money": usd(100), "total_money": usd(110), "total_tax_money": usd(10),
            "applied_taxes": [{"tax_uid": "t", "applied_money": usd(10)}]}]),
        ),
        ("/taxes", json!([{"uid": "t", "type": "ADDITIVE", "percentage": "10", "name": "Tax"}])),
        ("/rounding_adjustment", json!({"uid": "r", "amount_money": usd(-2)})),
        ("/total_tax_money", usd(10)),
        ("/total_money", usd(1258)),
    ]);
    let found = figures("pull:order", &body);
    assert_eq!(
        (found.tip.as_deref(), found.fees.as_deref(), found.total.as_deref()),
        (Some("1.50"), Some("0.98"), Some("12.58"))
    );
    assert_eq!(codes(&found), ["line_without_sku"]);
    let kinds: Vec<ChargeKind> = order(&body).charges.iter().map(|charge| charge.kind).collect();
    assert_eq!(kinds, [ChargeKind::Fee, ChargeKind::Tip, ChargeKind::CashRounding]);
}

#[test]
fn weights_and_quantities_below_nothing_are_read() {
    let read =
        order(&with(&[("/line_items/0/quantity", json!("0.375")), ("/line_items/0/gross_sales_money", usd(188))]));
    assert_eq!(read.lines[0].quantity.get().to_string(), "0.375");
    assert_eq!(read.totals.subtotal.unwrap().minor(), 188);
    let read = order(&with(&[
        ("/line_items/0/quantity", json!("-2")),
        ("/line_items/0/gross_sales_money", usd(-1000)),
        ("/total_money", usd(-1000)),
    ]));
    assert_eq!(
        (read.lines[0].quantity.get().to_string(), read.lines[0].unit_price.get().to_string()),
        ("-2".into(), "5".into())
    );
    assert_eq!(
        order(&with(&[
            ("/line_items/0/quantity", json!("0")),
            ("/line_items/0/gross_sales_money", usd(0)),
            ("/total_money", usd(0))
        ]))
        .lines,
        []
    );
}

#[test]
fn a_gift_card_sold_is_no_goods_and_one_used_is_a_means_of_payment() {
    let read = order(&with(&[
        ("/line_items/0/item_type", json!("GIFT_CARD")),
        ("/tenders/0/type", json!("SQUARE_GIFT_CARD")),
    ]));
    assert_eq!((read.lines[0].kind, read.payment_methods), (LineKind::GiftCard, vec!["gift_card".to_owned()]));
}

#[test]
fn only_captured_tenders_are_money() {
    let card = |status: &str, minor: i64| json!({"type": "CARD", "amount_money": usd(minor), "card_details": {"status": status}});
    let cases = [
        (vec![card("CAPTURED", 1000)], PaymentState::Paid, 1000),
        (vec![card("AUTHORIZED", 1000)], PaymentState::Authorized, 0),
        (vec![card("CAPTURED", 400), card("FAILED", 600)], PaymentState::PartiallyPaid, 400),
        (vec![card("CAPTURED", 400), json!({"type": "CASH", "amount_money": usd(600)})], PaymentState::Paid, 1000),
        (vec![card("VOIDED", 1000)], PaymentState::Pending, 0),
        (vec![], PaymentState::Pending, 0),
    ];
    for (tenders, state, paid) in cases {
        let read = order(&with(&[("/tenders", json!(tenders)), ("/state", json!("OPEN"))]));
        assert_eq!((read.payment, read.paid.unwrap().minor()), (state, paid), "{tenders:?}");
    }
    let mut silent = sale();
    silent.as_object_mut().unwrap().remove("tenders");
    let read = order(&silent);
    assert_eq!((read.paid, read.payment), (None, PaymentState::Paid), "what is not said is unknown");
}

#[test]
fn tenders_without_amounts_leave_what_is_due_to_say_what_was_paid() {
    let tender = json!([{"id": "T1", "payment_id": "T1"}]);
    let of = |due: Value| figures("pull:order", &with(&[("/tenders", tender.clone()), ("/net_amount_due_money", due)]));
    let total = figures("pull:order", &sale()).total;
    assert_eq!(of(usd(0)).paid, total);
    assert_eq!(of(Value::Null).paid, None, "unknown is not zero");
    let unread = with(&[("/net_amount_due_money", json!({"amount": 1_000_000, "currency": "UNKNOWN_CURRENCY"}))]);
    assert_eq!(figures("pull:order", &unread).total, total, "what nobody needs is not read");
}

#[test]
fn states_are_those_of_the_order_and_a_draft_is_no_sale() {
    for (word, state) in
        [("OPEN", OrderState::Open), ("COMPLETED", OrderState::Closed), ("CANCELED", OrderState::Cancelled)]
    {
        assert_eq!(order(&with(&[("/state", json!(word))])).state, state);
    }
    let draft = with(&[("/state", json!("DRAFT"))]);
    assert!(matches!(decode(&draft), Ok(sluice_channels::Decoded::Ignored { .. })));
    assert_eq!(figures("pull:order", &draft).state.as_deref(), Some("pending"));
}

#[test]
fn what_is_sent_was_sold_by_no_counter() {
    for (kind, location) in [("SHIPMENT", None), ("DELIVERY", None), ("PICKUP", Some("L1"))] {
        let read = order(&with(&[("/fulfillments", json!([{"type": kind, "state": "PROPOSED"}]))]));
        assert_eq!((read.location.as_deref(), read.shipped), (location, false), "{kind}");
    }
    assert!(order(&with(&[("/fulfillments", json!([{"type": "SHIPMENT", "state": "COMPLETED"}]))])).shipped);
}

#[test]
fn yen_have_no_decimals_and_money_is_whole_numbers() {
    let yen = with(&[
        ("/line_items/0/gross_sales_money", json!({"amount": 1000, "currency": "JPY"})),
        ("/line_items/0/total_money", json!({"amount": 1000, "currency": "JPY"})),
        ("/line_items/0/base_price_money", json!({"amount": 500, "currency": "JPY"})),
        ("/tenders", json!([])),
        ("/total_money", json!({"amount": 1000, "currency": "JPY"})),
        ("/total_tax_money", json!(null)),
        ("/total_discount_money", json!(null)),
    ]);
    assert_eq!(figures("pull:order", &yen).total.as_deref(), Some("1000"));
    for odd in [
        json!("10.00"),
        json!("1000"),
        json!(10.5),
        json!(1000.0),
        json!(true),
        json!([]),
        json!(9_007_199_254_740_993_i64),
    ] {
        let refusal = refused(&with(&[("/total_money/amount", odd.clone())]));
        assert_eq!(
            (refusal.field.as_str(), refusal.external_id.as_deref()),
            ("total_money.amount", Some("ORDER1")),
            "{odd}"
        );
    }
    let refusal = refused(&with(&[("/line_items/0/gross_sales_money", json!({"amount": 1, "currency": "EUR"}))]));
    assert_eq!(refusal.field, "line_items[0].gross_sales_money.currency", "one currency per order");
}

#[test]
fn sums_that_disagree_are_told() {
    assert_eq!(
        codes(&figures("pull:order", &with(&[("/total_money", usd(999))]))),
        ["line_without_sku", "sums_disagree"]
    );
}

#[test]
fn two_lines_of_one_uid_are_refused_and_a_copy_counts_once() {
    let line = sale()["line_items"][0].clone();
    let read = order(&with(&[("/line_items", json!([line, line]))]));
    assert_eq!(read.lines.len(), 1);
    let mut other = line.clone();
    other["quantity"] = json!("3");
    assert_eq!(refused(&with(&[("/line_items", json!([line, other]))])).field, "line_items[1].uid");
}

#[test]
fn an_event_names_its_order_and_changes_nothing() {
    for file in ["order.created", "order.updated"] {
        let body = serde_json::from_slice(&fixture(&format!("events/{file}.json"))).unwrap();
        let found = figures(file, &body);
        assert_eq!(found.subject, "demo/order/eA3vssLHKJrv9H0IdJCM3gNqfdcZY");
        assert_eq!((found.state.as_deref(), &found.currency, &found.total), (Some("open"), &None, &None));
        assert!(matches!(&explain(file, &body)[0], Explained::Item { evidence, .. } if evidence.is_empty()));
    }
}
