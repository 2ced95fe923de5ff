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
use sluice_domain::order::{ChargeKind, LineKind, RefundState, Restock};
use support::{decode, figures, order, order_and_warnings, refunds, sane, sane_with};

#[test]
fn edge_01_ids_keep_all_64_bits() {
    let (evidence, _) = support::evidence("orders/updated", &sane_with(&[("id", json!(820_982_911_946_154_508_u64))]));
    assert_eq!(evidence[0].subject.to_string(), "demo/order/820982911946154508");
    let text = sane_with(&[("id", json!("18446744073709551615")), ("line_items/0/id", json!(u64::MAX))]);
    assert_eq!(order(&text).lines[0].id, "18446744073709551615");
    let float = sane_with(&[("id", json!(8.2e17))]);
    assert_eq!(decode("orders/updated", float.to_string().as_bytes()).unwrap_err().field, "id");
}

#[test]
fn edge_02_a_removed_line_is_left_out_and_the_total_follows() {
    // The mug is removed: 10.00 + 5.00 + 1.00 + 0.50 = 16.50 remain; `total_price` stays that of the sale.
    let removed = sane_with(&[("line_items/0/current_quantity", json!(0)), ("current_total_price", json!("16.50"))]);
    let (read, warnings) = order_and_warnings(&removed);
    assert_eq!(read.lines.len(), 1);
    assert_eq!((read.totals.total.to_string(), read.totals.tax.unwrap().to_string()), ("16.50".into(), "1.50".into()));
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_02_one_unit_removed_of_two() {
    // One mug remains, and the payload restates its discount (2.00) and tax (1.80): 18.00 + 10.00 + 5.00 + 3.30 = 36.30.
    let edited = sane_with(&[
        ("line_items/0/current_quantity", json!(1)),
        ("line_items/0/discount_allocations", json!([{"amount": "2.00"}])),
        ("line_items/0/tax_lines/0/price", json!("1.80")),
        ("current_total_price", json!("36.30")),
    ]);
    let (read, warnings) = order_and_warnings(&edited);
    assert_eq!(read.lines[0].quantity.to_string(), "1");
    assert_eq!(read.totals.total.to_string(), "36.30");
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_02_an_added_line_counts() {
    let mut added = sane_with(&[("current_total_price", json!("63.10"))]);
    let line = json!({"id": 13, "title": "Pen", "sku": "PEN", "quantity": 1, "current_quantity": 1, "price": "7.00"});
    added["line_items"].as_array_mut().unwrap().push(line);
    let (read, warnings) = order_and_warnings(&added);
    assert_eq!((read.lines.len(), read.totals.total.to_string()), (3, "63.10".into()));
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_02_refunded_units_still_were_sold() {
    // Both mugs came back: current_quantity 0, but it is a refund and not an edit.
    let refunded = sane_with(&[
        ("line_items/0/current_quantity", json!(0)),
        ("current_total_price", json!("16.50")),
        ("total_outstanding", json!("0.00")),
        ("financial_status", json!("partially_refunded")),
        (
            "refunds",
            json!([{"id": 31, "created_at": "2026-11-02T10:00:00Z",
            "refund_line_items": [{"line_item_id": 11, "quantity": 2, "restock_type": "return", "location_id": 5,
                "subtotal": 36.0, "total_tax": 3.6}],
            "transactions": [{"kind": "refund", "status": "success", "amount": "39.60", "currency": "EUR"}]}]),
        ),
    ]);
    let (read, warnings) = order_and_warnings(&refunded);
    assert_eq!((read.lines.len(), read.totals.total.to_string()), (2, "56.10".into()));
    assert_eq!((read.paid.unwrap().to_string(), read.refunded.unwrap().to_string()), ("56.10".into(), "39.60".into()));
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_02_edited_and_refunded() {
    // The cup was removed by an edit (11.00 with tax), and one mug of two came back (19.80): 56.10 was paid, 30.80 went
    // back, 25.30 is left; the sale after the edit and before the refund is 45.10.
    let both = sane_with(&[
        ("line_items/0/current_quantity", json!(1)),
        ("line_items/1/current_quantity", json!(0)),
        ("current_total_price", json!("25.30")),
        ("total_outstanding", json!("0.00")),
        ("financial_status", json!("partially_refunded")),
        (
            "refunds",
            json!([{"id": 31, "created_at": "2026-11-02T10:00:00Z",
            "refund_line_items": [{"line_item_id": 11, "quantity": 1, "restock_type": "return", "location_id": 5,
                "subtotal": 18.0, "total_tax": 1.8}],
            "transactions": [{"kind": "refund", "status": "success", "amount": "30.80", "currency": "EUR"}]}]),
        ),
    ]);
    let (read, warnings) = order_and_warnings(&both);
    assert_eq!((read.lines.len(), read.lines[0].quantity.to_string()), (1, "2".into()));
    assert_eq!(read.totals.total.to_string(), "45.10");
    assert_eq!((read.paid.unwrap().to_string(), read.refunded.unwrap().to_string()), ("56.10".into(), "30.80".into()));
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_03_prices_with_tax_contain_it() {
    let gross = sane_with(&[
        ("taxes_included", json!(true)),
        ("total_price", json!("51.00")),
        ("current_total_price", json!("51.00")),
        ("total_tax", json!("4.64")),
        ("line_items/0/tax_lines/0/price", json!("3.27")),
        ("line_items/1/tax_lines/0/price", json!("0.91")),
        ("shipping_lines/0/tax_lines/0/price", json!("0.45")),
    ]);
    // The lines say 4.63 and the order 4.64: a cent is normal, and the order's is the one that was charged.
    let (read, warnings) = order_and_warnings(&gross);
    assert!(read.tax_included);
    assert_eq!((read.totals.total.to_string(), read.totals.tax.unwrap().to_string()), ("51.00".into(), "4.64".into()));
    assert_eq!(warnings, Vec::<&str>::new());
    let off = sane_with(&[("total_tax", json!("9.99"))]);
    assert_eq!(order_and_warnings(&off).1, ["sums_disagree", "sums_disagree"]);
}

#[test]
fn edge_03_tax_of_the_order_alone_is_spread_over_its_lines() {
    let whole = sane_with(&[
        ("line_items/0/tax_lines", json!([])),
        ("line_items/1/tax_lines", json!([])),
        ("shipping_lines/0/tax_lines", json!([])),
        ("tax_lines", json!([{"title": "VAT", "rate": 0.1, "price": "5.10"}])),
    ]);
    let (read, warnings) = order_and_warnings(&whole);
    // 5.10 over 36.00 and 10.00: 3.991 and 1.109.
    let parts: Vec<_> = read.lines.iter().map(|line| line.taxes[0].amount.to_string()).collect();
    assert_eq!(parts, ["3.99", "1.11"]);
    assert_eq!(warnings, ["tax_allotted"]);
}

#[test]
fn edge_04_only_shop_money_counts() {
    let set = |shop: &str, buyer: &str| {
        json!({"shop_money": {"amount": shop, "currency_code": "EUR"},
               "presentment_money": {"amount": buyer, "currency_code": "USD"}})
    };
    let abroad = sane_with(&[
        ("presentment_currency", json!("USD")),
        ("total_price_set", set("56.10", "60.00")),
        ("line_items/0/price", json!(null)),
        ("line_items/0/price_set", set("20.00", "22.00")),
    ]);
    let (read, warnings) = order_and_warnings(&abroad);
    assert_eq!(read.presentment_currency.unwrap().code(), "USD");
    assert_eq!((read.currency.code(), read.totals.total.to_string()), ("EUR", "56.10".into()));
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_04_a_refund_in_the_buyers_currency_has_no_amount() {
    let refund = |transaction: serde_json::Value| {
        json!({"id": 31, "order_id": 1, "created_at": "2026-11-02T10:00:00Z",
            "total_duties_set": {"shop_money": {"amount": "0.00", "currency_code": "EUR"},
                                 "presentment_money": {"amount": "0.00", "currency_code": "USD"}},
            "refund_line_items": [], "transactions": [transaction]})
    };
    let abroad = json!({"kind": "refund", "status": "success", "amount": "12.00", "currency": "USD"});
    let (read, warnings) = refunds("refunds/create", &refund(abroad.clone()));
    assert_eq!((read[0].amount, warnings), (None, vec!["presentment_only"]));
    let mut known = abroad;
    known["amount_set"] = json!({"shop_money": {"amount": "11.00", "currency_code": "EUR"}});
    let (read, warnings) = refunds("refunds/create", &refund(known));
    assert_eq!((read[0].amount.unwrap().to_string(), warnings.len()), ("11.00".into(), 0));
    let home = json!({"kind": "refund", "status": "success", "amount": "12.00", "currency": "EUR"});
    assert_eq!(refunds("refunds/create", &refund(home)).0[0].amount.unwrap().to_string(), "12.00");
    let nowhere = json!({"kind": "refund", "status": "success", "amount": "12.00", "currency": null});
    assert_eq!(refunds("refunds/create", &refund(nowhere)).0[0].amount, None);
}

#[test]
fn edge_04_presentment_money_alone_is_no_amount() {
    let mut buyers = sane_with(&[("currency", json!(null)), ("presentment_currency", json!("USD"))]);
    buyers["total_price"] = json!(null);
    buyers["total_price_set"] = json!({"presentment_money": {"amount": "60.00", "currency_code": "USD"}});
    assert_eq!(decode("orders/updated", buyers.to_string().as_bytes()).unwrap_err().field, "currency");
    let shown = figures("orders/updated", buyers.to_string().as_bytes());
    assert_eq!((shown.currency, shown.total, shown.subtotal), (None, None, None));
    assert_eq!((shown.lines, shown.units.as_deref(), shown.number.as_deref()), (Some(2), Some("3"), Some("#1001")));
    assert!(shown.warnings.iter().any(|warning| warning.code == "presentment_only"));
}

fn refund_of(transactions: &serde_json::Value, lines: &serde_json::Value) -> serde_json::Value {
    json!({"id": 31, "order_id": 1, "created_at": "2026-11-02T10:00:00Z",
        "total_duties_set": {"shop_money": {"amount": "0.00", "currency_code": "EUR"},
                             "presentment_money": {"amount": "0.00", "currency_code": "EUR"}},
        "order_adjustments": [{"kind": "shipping_refund", "amount": "-5.00"}],
        "refund_shipping_lines": [{"subtotal_amount_set": {"shop_money": {"amount": "5.00", "currency_code": "EUR"}}}],
        "refund_line_items": lines, "transactions": transactions})
}

#[test]
fn edge_05_refund_money_is_what_transactions_moved() {
    let moved = json!([
        {"kind": "refund", "status": "success", "amount": "10.00", "currency": "EUR"},
        {"kind": "refund", "status": "success", "amount": "5.00", "currency": "EUR"},
        {"kind": "refund", "status": "failure", "amount": "99.00", "currency": "EUR"},
        {"kind": "void", "status": "success", "amount": "7.00", "currency": "EUR"}
    ]);
    let (read, _) = refunds("refunds/create", &refund_of(&moved, &json!([])));
    assert_eq!((read[0].amount.unwrap().to_string(), read[0].state), ("15.00".into(), RefundState::Succeeded));
    let pending = json!([{"kind": "refund", "status": "pending", "amount": "10.00", "currency": "EUR"}]);
    assert_eq!(refunds("refunds/create", &refund_of(&pending, &json!([]))).0[0].state, RefundState::Pending);
    let failed = json!([{"kind": "refund", "status": "failure", "amount": "10.00", "currency": "EUR"}]);
    assert_eq!(refunds("refunds/create", &refund_of(&failed, &json!([]))).0[0].state, RefundState::Failed);
    let (none, _) = refunds("refunds/create", &refund_of(&json!([]), &json!([])));
    assert_eq!((none[0].amount.unwrap().to_string(), none[0].state), ("0.00".into(), RefundState::Succeeded));
}

#[test]
fn edge_06_only_cancel_and_return_with_a_location_move_stock() {
    let line = |line: u64, kind: &str, location: Option<u64>| json!({"line_item_id": line, "quantity": 1, "restock_type": kind, "location_id": location});
    let lines = json!([
        line(1, "no_restock", Some(5)),
        line(2, "cancel", Some(5)),
        line(3, "return", Some(5)),
        line(4, "return", None),
        line(5, "legacy_restock", Some(5)),
        line(6, "teleport", Some(5)),
        line(3, "return", Some(5))
    ]);
    let (read, warnings) = refunds("refunds/create", &refund_of(&json!([]), &lines));
    let restocks: Vec<_> = read[0].lines.iter().map(|line| line.restock.clone()).collect();
    let unknown = Restock::Unknown("teleport".into());
    assert_eq!(restocks, [Restock::None, Restock::Cancel, Restock::Return, Restock::None, Restock::None, unknown]);
    assert_eq!(read[0].lines[2].quantity.to_string(), "2", "listed twice");
    assert_eq!(warnings, ["unknown_restock"]);
}

#[test]
fn edge_07_discounts_are_allocations() {
    assert_eq!(order(&sane()).lines[0].discount.to_string(), "4.00");
    let old =
        sane_with(&[("line_items/0/discount_allocations", json!([])), ("line_items/0/total_discount", json!("4.00"))]);
    assert_eq!(order_and_warnings(&old).1, Vec::<&str>::new());
    let both = sane_with(&[("line_items/0/total_discount", json!("4.00"))]);
    assert_eq!(order(&both).lines[0].discount.to_string(), "4.00", "counted once");
}

#[test]
fn edge_07_shipping_discounts_sit_on_the_shipping_line() {
    for (discounted, allocations) in [
        (json!("0.00"), json!([])),
        (json!("5.00"), json!([{"amount": "5.00"}])),
        (json!("0.00"), json!([{"amount": "5.00"}])),
    ] {
        let free = sane_with(&[
            ("shipping_lines/0/discounted_price", discounted),
            ("shipping_lines/0/discount_allocations", allocations),
            ("shipping_lines/0/tax_lines", json!([])),
            ("total_price", json!("50.60")),
            ("total_tax", json!("4.60")),
            ("total_discounts", json!("9.00")),
        ]);
        let (read, warnings) = order_and_warnings(&free);
        assert_eq!(read.totals.shipping.unwrap().to_string(), "0.00");
        assert_eq!(read.totals.discount.unwrap().to_string(), "9.00");
        assert_eq!(warnings, Vec::<&str>::new());
    }
}

#[test]
fn edge_07_a_technical_line_is_wholly_discounted() {
    let mut technical =
        sane_with(&[("total_discounts", json!("10004.00")), ("total_line_items_price", json!("10050.00"))]);
    technical["line_items"].as_array_mut().unwrap().push(json!({
        "id": 13, "title": "Protection", "sku": "TECH", "quantity": 1, "price": "10000.00",
        "discount_allocations": [{"amount": "10000.00"}], "tax_lines": []
    }));
    let (read, warnings) = order_and_warnings(&technical);
    assert_eq!((read.totals.total.to_string(), warnings.len()), ("56.10".into(), 0));
}

#[test]
fn edge_08_gift_cards_sold_are_lines_and_used_are_payments() {
    let card = sane_with(&[
        ("line_items/1/gift_card", json!(true)),
        ("line_items/1/sku", json!(null)),
        ("payment_gateway_names", json!(["gift_card", "visa"])),
        ("financial_status", json!("paid")),
        ("total_outstanding", json!("0.00")),
    ]);
    let (read, warnings) = order_and_warnings(&card);
    assert_eq!((read.lines[0].kind, read.lines[1].kind), (LineKind::Product, LineKind::GiftCard));
    assert_eq!(read.payment_methods, ["gift_card", "visa"]);
    assert_eq!((read.totals.total.to_string(), read.paid.unwrap().to_string()), ("56.10".into(), "56.10".into()));
    assert_eq!(read.totals.discount.unwrap().to_string(), "4.00");
    assert_eq!(warnings, Vec::<&str>::new());
}

#[test]
fn edge_09_a_tip_counts_once() {
    let tip = json!({"id": 13, "title": "Tip", "sku": null, "product_id": null, "variant_id": null, "quantity": 1,
                     "current_quantity": 1, "price": "3.00", "taxable": false, "tax_lines": []});
    for (stated, line) in [("3.00", true), ("0.00", true), ("3.00", false)] {
        let mut body = sane_with(&[("total_tip_received", json!(stated)), ("total_price", json!("59.10"))]);
        if line {
            body["line_items"].as_array_mut().unwrap().push(tip.clone());
        }
        let (read, warnings) = order_and_warnings(&body);
        assert_eq!(read.lines.len(), 2, "the tip is no item");
        assert_eq!((read.charges[0].kind, read.charges[0].amount.to_string()), (ChargeKind::Tip, "3.00".into()));
        assert_eq!((read.totals.total.to_string(), warnings.len()), ("59.10".into(), 0), "{warnings:?}");
    }
}

#[test]
fn edge_09_duties_fees_and_rounding_add_to_the_total() {
    let set = |amount: &str| json!({"shop_money": {"amount": amount, "currency_code": "EUR"}});
    let extra = sane_with(&[
        ("original_total_duties_set", set("2.00")),
        ("line_items/0/duties", json!([{"id": "1", "shop_money": {"amount": "2.00", "currency_code": "EUR"}}])),
        ("original_total_additional_fees_set", set("1.00")),
        ("total_cash_rounding_payment_adjustment_set", set("-0.05")),
        ("total_price", json!("59.05")),
    ]);
    let shown = figures("orders/updated", extra.to_string().as_bytes());
    assert_eq!((shown.fees.as_deref(), shown.total.as_deref()), (Some("2.95"), Some("59.05")));
    assert_eq!(shown.warnings, []);
    // A shop that states the total before rounding to coins: 59.10 was asked, 59.05 was charged.
    let before = {
        let mut body = extra;
        body["total_price"] = json!("59.10");
        body
    };
    let shown = figures("orders/updated", before.to_string().as_bytes());
    assert_eq!((shown.fees.as_deref(), shown.total.as_deref(), shown.warnings.len()), (Some("2.95"), Some("59.05"), 0));
    // Duties that the line prices contain are not added again.
    let inside = sane_with(&[("original_total_duties_set", set("2.00")), ("duties_included", json!(true))]);
    assert_eq!(order_and_warnings(&inside).1, Vec::<&str>::new());
}
