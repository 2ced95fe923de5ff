//! Shopify: edited orders as shops send them. What an edit takes away stands in a refund that gave no money back, and
//! discounts and taxes of the line stay those of all units that were ordered.
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
use support::{sane_with, set, summary};

/// A refund. `lines`: line, units, value after discounts, tax.
fn refund(id: u64, lines: &[(u64, u64, &str, &str)], restock: &str, money: &[&str]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(line, units, net, tax)| {
            json!({"line_item_id": line, "quantity": units, "restock_type": restock, "location_id": null,
                "subtotal": net.parse::<Value>().unwrap(), "total_tax": tax.parse::<Value>().unwrap()})
        })
        .collect();
    let money: Vec<Value> = money
        .iter()
        .map(|amount| json!({"kind": "refund", "status": "success", "amount": amount, "currency": "EUR"}))
        .collect();
    json!({"id": id, "created_at": "2026-11-02T10:00:00Z", "processed_at": "2026-11-02T10:00:00Z",
        "order_adjustments": [], "refund_shipping_lines": [], "refund_line_items": lines, "transactions": money})
}

/// What is current after an edit: total, tax; and what is outstanding, and the word for the payment.
fn current(total: &str, tax: &str, outstanding: &str, payment: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("current_total_price", json!(total)),
        ("current_total_tax", json!(tax)),
        ("total_outstanding", json!(outstanding)),
        ("financial_status", json!(payment)),
    ]
}

#[track_caller]
fn check(changes: &[(&str, Value)], expect: [&str; 7]) {
    check_body(&sane_with(changes), expect);
}

/// Total, subtotal, tax, discount, units, paid, refunded; and no warning.
#[track_caller]
fn check_body(body: &Value, expect: [&str; 7]) {
    let (shown, warnings) = summary("orders/updated", body.to_string().as_bytes());
    let keys = ["total", "subtotal", "tax", "discount", "units", "paid", "refunded"];
    assert_eq!(keys.map(|key| shown[key].as_str().unwrap_or("null").to_owned()), expect.map(str::to_owned));
    assert_eq!(warnings, Vec::<String>::new());
}

/// Without the cup: 36.00 + 5.00 + 4.10 = 45.10; 56.10 was paid, so 11.00 is owed to the buyer.
#[test]
fn a_removed_line_is_no_refund() {
    let removed = |payment: &str, outstanding: &str| {
        let mut changes = current("45.10", "4.10", outstanding, payment);
        changes.push(("line_items/1/current_quantity", json!(0)));
        changes.push(("refunds", json!([refund(31, &[(12, 1, "10.0", "1.0")], "no_restock", &[])])));
        changes
    };
    check(&removed("paid", "-11.00"), ["45.10", "36.00", "4.10", "4.00", "2", "56.10", "0.00"]);
    check(&removed("pending", "45.10"), ["45.10", "36.00", "4.10", "4.00", "2", "0.00", "0.00"]);
    // The money goes back later, in a refund without lines.
    let mut given_back = removed("partially_refunded", "0.00");
    let both = [refund(31, &[(12, 1, "10.0", "1.0")], "no_restock", &[]), refund(32, &[], "", &["11.00"])];
    given_back.push(("refunds", json!(both)));
    check(&given_back, ["45.10", "36.00", "4.10", "4.00", "2", "56.10", "11.00"]);
}

/// One mug of two remains: 18.00 + 10.00 + 5.00 + 3.30 = 36.30, while its line still says 4.00 off and 3.60 tax.
#[test]
fn a_reduced_line_keeps_its_share_of_discount_and_tax() {
    let expect = |paid| ["36.30", "28.00", "3.30", "2.00", "2", paid, "0.00"];
    let mut reduced = current("36.30", "3.30", "-19.80", "paid");
    reduced.push(("line_items/0/current_quantity", json!(1)));
    let listed = json!([refund(31, &[(11, 1, "18.0", "1.8")], "cancel", &[])]);
    let mut told = reduced.clone();
    told.push(("refunds", listed.clone()));
    check(&told, expect("56.10"));
    // Without the refund in the list, in proportion.
    check(&reduced, expect("56.10"));
    // Before API version 2024-01 a line has no `current_quantity`.
    let mut old = told;
    old.push(("line_items/0/current_quantity", json!(null)));
    check(&old, expect("56.10"));
    // With nothing current stated at all, the sums are those of the parts.
    let bare: Vec<_> = vec![
        ("line_items/0/current_quantity", json!(1)),
        ("refunds", listed),
        ("current_total_price", json!(null)),
        ("total_outstanding", json!(null)),
    ];
    check(&bare, expect("0.00"));
}

/// 3 × 9.99 − 1.00 = 28.97, tax 7 % = 2.03. Two units went: 19.31 and 1.35 of tax, so 9.66 and 0.68 are left.
#[test]
fn odd_cents_are_those_that_the_refund_leaves() {
    let mut body = sane_with(&current("10.34", "0.68", "10.34", "pending"));
    body["line_items"] = json!([{"id": 11, "title": "Wax", "sku": "WAX", "quantity": 3, "current_quantity": 1,
        "price": "9.99", "discount_allocations": [{"amount": "1.00"}],
        "tax_lines": [{"title": "VAT", "rate": 0.07, "price": "2.03"}]}]);
    for (pointer, value) in [("shipping_lines", json!([])), ("total_line_items_price", json!("29.97"))] {
        set(&mut body, pointer, value);
    }
    let expect = ["10.34", "9.66", "0.68", "0.33", "1", "0.00", "0.00"];
    check_body(&body, expect);
    set(&mut body, "refunds", json!([refund(31, &[(11, 2, "19.31", "1.35")], "cancel", &[])]));
    check_body(&body, expect);
}

/// Two chairs of three remain, at 119.00 with 19.00 of tax in each.
#[test]
fn taxes_that_prices_contain_are_cut_too() {
    let mut body = sane_with(&current("238.00", "38.00", "-119.00", "paid"));
    let chair = json!([{"id": 11, "title": "Chair", "sku": "CHAIR", "quantity": 3, "current_quantity": 2,
        "price": "119.00", "tax_lines": [{"title": "VAT", "rate": 0.19, "price": "57.00"}]}]);
    let changes = [
        ("line_items", chair),
        ("shipping_lines", json!([])),
        ("total_line_items_price", json!("357.00")),
        ("total_price", json!("357.00")),
        ("taxes_included", json!(true)),
        ("refunds", json!([refund(31, &[(11, 1, "119.0", "19.0")], "cancel", &[])])),
    ];
    for (pointer, value) in changes {
        set(&mut body, pointer, value);
    }
    check_body(&body, ["238.00", "238.00", "38.00", "0.00", "2", "357.00", "0.00"]);
    set(&mut body, "refunds", json!([]));
    check_body(&body, ["238.00", "238.00", "38.00", "0.00", "2", "357.00", "0.00"]);
    // Where the tax that is current is not stated, the rate tells for how many units the line's is.
    set(&mut body, "current_total_tax", json!(null));
    for stated in ["57.00", "38.00"] {
        set(&mut body, "line_items/0/tax_lines/0/price", json!(stated));
        check_body(&body, ["238.00", "238.00", "38.00", "0.00", "2", "357.00", "0.00"]);
    }
}

/// One pin of three remains, at 0.08 with 0.01 of tax in it, which is what its line says; a third of that would be none.
#[test]
fn a_cent_of_tax_for_what_is_left_is_not_cut_away() {
    let mut body = sane_with(&current("0.08", "", "0.08", "pending"));
    let pin = json!([{"id": 11, "title": "Pin", "sku": "PIN", "quantity": 3, "current_quantity": 1,
        "price": "0.08", "tax_lines": [{"title": "VAT", "rate": 0.21, "price": "0.01"}]}]);
    let changes = [
        ("line_items", pin),
        ("shipping_lines", json!([])),
        ("total_line_items_price", json!("0.24")),
        ("total_price", json!("0.24")),
        ("total_tax", json!("0.04")),
        ("current_total_tax", json!(null)),
        ("taxes_included", json!(true)),
    ];
    for (pointer, value) in changes {
        set(&mut body, pointer, value);
    }
    check_body(&body, ["0.08", "0.08", "0.01", "0.00", "1", "0.00", "0.00"]);
}

/// One mug was taken away, its money given back, and then the cup came back: the sale stays 36.30.
#[test]
fn an_edit_and_a_refund_are_told_apart() {
    let mut changes = current("25.30", "2.30", "0.00", "partially_refunded");
    changes.push(("line_items/0/current_quantity", json!(1)));
    changes.push(("line_items/1/current_quantity", json!(0)));
    let refunds = [
        refund(31, &[(11, 1, "18.0", "1.8")], "cancel", &[]),
        refund(32, &[], "", &["19.80"]),
        refund(33, &[(12, 1, "10.0", "1.0")], "return", &["11.00"]),
    ];
    changes.push(("refunds", json!(refunds)));
    check(&changes, ["36.30", "28.00", "3.30", "2.00", "2", "56.10", "30.80"]);
}

/// What came back without money, or with a difference that was booked, was sold all the same.
#[test]
fn a_refund_without_money_is_no_edit() {
    let back = |refund: Value| {
        let mut changes = current("45.10", "4.10", "0.00", "paid");
        changes.push(("line_items/1/current_quantity", json!(0)));
        changes.push(("refunds", json!([refund])));
        check(&changes, ["56.10", "46.00", "5.10", "4.00", "3", "56.10", "0.00"]);
    };
    back(refund(31, &[(12, 1, "10.0", "1.0")], "return", &[]));
    let mut booked = refund(31, &[(12, 1, "10.0", "1.0")], "no_restock", &[]);
    booked["order_adjustments"] = json!([{"kind": "refund_discrepancy", "amount": "11.00", "tax_amount": "0.00"}]);
    back(booked);
    let mut pending = refund(31, &[(12, 1, "10.0", "1.0")], "no_restock", &["11.00"]);
    pending["transactions"][0]["status"] = json!("pending");
    back(pending);
}

/// A cancellation puts its units back by a refund without money. They were sold: only what was edited away before is not.
#[test]
fn a_cancellation_is_no_edit() {
    let mut changes = current("0.00", "0.00", "0.00", "voided");
    changes.push(("line_items/0/current_quantity", json!(0)));
    changes.push(("line_items/1/current_quantity", json!(0)));
    changes.push(("cancelled_at", json!("2026-11-02T10:00:20Z")));
    let all = refund(31, &[(11, 2, "36.0", "3.6"), (12, 1, "10.0", "1.0")], "cancel", &[]);
    changes.push(("refunds", json!([all])));
    check(&changes, ["56.10", "46.00", "5.10", "4.00", "3", "0.00", "0.00"]);

    let mut before = refund(30, &[(11, 1, "18.0", "1.8")], "cancel", &[]);
    before["created_at"] = json!("2026-11-02T08:00:00Z");
    let mut rest = refund(31, &[(11, 1, "18.0", "1.8"), (12, 1, "10.0", "1.0")], "cancel", &["36.30"]);
    rest["order_adjustments"] = json!([{"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-0.50"}]);
    changes.push(("financial_status", json!("refunded")));
    changes.push(("refunds", json!([before, rest])));
    check(&changes, ["36.30", "28.00", "3.30", "2.00", "2", "36.30", "36.30"]);
}

/// The cup goes and a pen comes: 36.00 + 7.00 + 5.00 + 4.80 = 52.80. Then two more mugs on the same line.
#[test]
fn lines_are_swapped_and_units_added() {
    let mut body = sane_with(&current("52.80", "4.80", "-3.30", "paid"));
    set(&mut body, "line_items/1/current_quantity", json!(0));
    set(&mut body, "refunds", json!([refund(31, &[(12, 1, "10.0", "1.0")], "cancel", &[])]));
    let pen = json!({"id": 13, "title": "Pen", "sku": "PEN", "quantity": 1, "current_quantity": 1, "price": "7.00",
        "tax_lines": [{"title": "VAT", "rate": 0.1, "price": "0.70"}]});
    body["line_items"].as_array_mut().unwrap().push(pen);
    check_body(&body, ["52.80", "43.00", "4.80", "4.00", "3", "56.10", "0.00"]);

    let mut more = current("78.10", "7.10", "22.00", "partially_paid");
    more.push(("line_items/1/current_quantity", json!(3)));
    more.push(("line_items/1/tax_lines/0/price", json!("3.00")));
    check(&more, ["78.10", "66.00", "7.10", "4.00", "5", "56.10", "0.00"]);
}

/// A discount that an edit added, and a way of shipping that it took away, show in the sums alone.
#[test]
fn edits_that_touch_no_unit() {
    let set_of = |amount: &str| json!({"shop_money": {"amount": amount, "currency_code": "EUR"}});
    let mut off = current("51.70", "4.70", "51.70", "pending");
    off.push(("total_shipping_price_set", set_of("5.00")));
    off.push(("line_items/0/discount_allocations", json!([{"amount": "4.00"}, {"amount": "4.00"}])));
    off.push(("line_items/0/tax_lines/0/price", json!("3.20")));
    check(&off, ["51.70", "42.00", "4.70", "8.00", "3", "0.00", "0.00"]);

    let mut collected = current("50.60", "4.60", "50.60", "pending");
    collected.push(("total_shipping_price_set", set_of("5.00")));
    collected.push(("shipping_lines/0/is_removed", json!(true)));
    check(&collected, ["50.60", "46.00", "4.60", "4.00", "3", "0.00", "0.00"]);
}
