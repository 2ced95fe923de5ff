//! What a sender is told at once: all that is wrong, each with its place, and no value.

use serde_json::{Value, json};
use sluice_channels::Checked;

use crate::support::{checked, event, pointers};

#[test]
fn the_samples_are_as_the_contract_has_them() {
    for file in ["order.json", "refund.json"] {
        assert_eq!(checked(event(file, &[]).to_string().as_bytes()), Checked::Fine, "{file}");
    }
    for (file, word) in [("product.json", "products"), ("stock.json", "stock"), ("customer.json", "customers")] {
        let Checked::Unused(why) = checked(event(file, &[]).to_string().as_bytes()) else { panic!("{file}") };
        assert!(why.contains("no flow") && why.contains(word), "{file}: {why}");
    }
    for (kind, unused) in [("order", false), ("product", true), ("customer", true)] {
        let gone = [("/type", json!(format!("{kind}.deleted"))), ("/data", json!({"id": "A-7301"}))];
        let checked = checked(event("order.json", &gone).to_string().as_bytes());
        assert_eq!(matches!(checked, Checked::Unused(_)), unused, "{kind}: {checked:?}");
        assert!(!matches!(checked, Checked::Faulty { .. }), "{kind}: {checked:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_in_one_answer() {
    let wrong = event(
        "order.json",
        &[
            ("/timestamp", json!("yesterday")),
            ("/data/lines/0/quantity", json!("-1")),
            ("/data/lines/1/unit_price", json!(10)),
            ("/data/lines/1/taxes/0/rate", json!("19 %")),
            ("/data/totals/total", json!("60.691")),
            ("/data/placed_at", json!("2026-11-20 11:00")),
            ("/data/customer/email", json!(7)),
            ("/data/number", Value::Null),
            ("/data/tax_included", json!("no")),
            ("/data/shipping/0", json!("free")),
        ],
    );
    let mut found = pointers(&wrong);
    found.sort();
    let expected = [
        "/data/customer/email",
        "/data/lines/0/quantity",
        "/data/lines/1/taxes/0/rate",
        "/data/lines/1/unit_price",
        "/data/number",
        "/data/placed_at",
        "/data/shipping/0",
        "/data/tax_included",
        "/data/totals/total",
        "/timestamp",
    ];
    assert_eq!(found, expected);
}

#[track_caller]
fn wrong(file: &str, pointer: &str, value: Value, expected: &str) {
    assert_eq!(pointers(&event(file, &[(pointer, value)])), [expected], "{pointer}");
}

#[test]
fn each_kind_of_fault_has_its_place() {
    for (pointer, value) in [
        ("/schema_version", json!("2.0")),
        ("/schema_version", json!("one")),
        ("/schema_version", Value::Null),
        ("/type", json!("invoice.created")),
        ("/type", json!("order")),
        ("/type", json!("pull:order")),
        ("/type", json!("order.Updated")),
        ("/source", Value::Null),
        ("/data", Value::Null),
        ("/data", json!([])),
        ("/data/id", json!("a/b")),
        ("/data/id", json!("")),
        ("/data/id", json!(-1)),
        ("/data/id", json!(true)),
        ("/data/updated_at", json!("2026-11-20T10:00:05")),
        ("/data/currency", json!("eur")),
        ("/data/state", json!("opened")),
        ("/data/payment/state", json!("payed")),
        ("/data/payment", Value::Null),
        ("/data/lines", json!({})),
        ("/data/lines/0/quantity", json!("9".repeat(40))),
        ("/data/lines/0/discount", json!("-4.00")),
        ("/data/totals/total", json!("-1.00")),
        ("/data/totals/tax", json!(9.69)),
        ("/data/totals/tax", json!("1e3")),
        ("/data/shipping/0/price", json!("5,00")),
        ("/data/tags", json!("spring")),
        ("/data/bill_to/street", json!("x".repeat(1_001))),
    ] {
        wrong("order.json", pointer, value, pointer);
    }
    wrong("order.json", "/data/lines/1/id", json!("11"), "/data/lines/1/id");
    wrong("order.json", "/data/lines/0/unit_price", json!("99999999999999"), "/data/lines/0/unit_price");
    for (pointer, value) in [
        ("/data/order_id", Value::Null),
        ("/data/currency", Value::Null),
        ("/data/amount", json!("-1.00")),
        ("/data/state", json!("done")),
        ("/data/lines/0/restock", json!("returned")),
        ("/data/lines/0/value/tax", Value::Null),
    ] {
        wrong("refund.json", pointer, value, pointer);
    }
    wrong("stock.json", "/data/quantity", json!(1.5), "/data/quantity");
    wrong("product.json", "/data/price/amount", json!("1.001"), "/data/price/amount");
    wrong("product.json", "/data/attributes/0/code", Value::Null, "/data/attributes/0/code");
    wrong("customer.json", "/data/addresses/0", json!(1), "/data/addresses/0");
}

#[test]
fn a_refund_in_an_order_is_that_orders() {
    let mut refund = event("refund.json", &[])["data"].clone();
    let with = |refund: &Value| pointers(&event("order.json", &[("/data/refunds", json!([refund]))]));
    assert!(with(&refund).is_empty());
    refund["order_id"] = json!("another");
    refund["currency"] = json!("USD");
    assert_eq!(with(&refund), ["/data/refunds/0/order_id", "/data/refunds/0/currency"]);
    let twice = json!([event("refund.json", &[])["data"], event("refund.json", &[])["data"]]);
    assert_eq!(pointers(&event("order.json", &[("/data/refunds", twice)])), ["/data/refunds/1/id"]);
}

#[test]
fn an_amount_has_the_decimals_of_its_currency() {
    let yen = [("/data/currency", json!("JPY"))];
    let found = pointers(&event("order.json", &yen));
    assert!(found.contains(&"/data/shipping/0/taxes/0/amount".to_owned()), "{found:?}");
    assert!(!found.contains(&"/data/lines/0/unit_price".to_owned()), "a unit price may be finer: {found:?}");
    assert_eq!(
        pointers(&event("order.json", &[("/data/currency", json!("???"))])),
        ["/data/currency"],
        "and only that"
    );
}

#[test]
fn a_body_that_is_no_event_is_told_as_a_whole() {
    for body in ["", "{", "null", "[]", "7", "\"order\"", "{\"a\":1}x", "\u{0}"] {
        let Checked::Faulty { faults, .. } = checked(body.as_bytes()) else { panic!("{body}") };
        assert_eq!(faults[0].pointer, "", "{body}: {faults:?}");
        assert!(!faults[0].problem.is_empty() && !faults[0].fix.is_empty());
    }
    assert!(matches!(checked(b"\xff\xfe"), Checked::Faulty { .. }));
    let deep = "[".repeat(100_000);
    assert!(matches!(checked(deep.as_bytes()), Checked::Faulty { .. }));
}

#[test]
fn a_field_that_is_stated_twice_is_told() {
    let twice = event("order.json", &[]).to_string().replace("\"currency\":", "\"currency\":\"USD\",\"currency\":");
    let Checked::Faulty { faults, .. } = checked(twice.as_bytes()) else { panic!() };
    assert_eq!(faults[0].pointer, "/data/currency");
}

#[test]
fn what_is_told_is_bounded_and_repeats_nothing() {
    let mark = "Zq-Mark-77";
    let line = json!({"id": mark, "title": [mark], "quantity": mark, "unit_price": mark, "sku": {mark: mark}});
    let many: Vec<Value> = (0..900).map(|_| line.clone()).collect();
    let Checked::Faulty { faults, more } =
        checked(event("order.json", &[("/data/lines", json!(many))]).to_string().as_bytes())
    else {
        panic!()
    };
    assert_eq!((faults.len(), more), (50, 900 * 4 - 50));
    assert!(!format!("{faults:?}").contains(mark));
    let longer: Vec<Value> = (0..1_001).map(|_| line.clone()).collect();
    assert_eq!(pointers(&event("order.json", &[("/data/lines", json!(longer))])), ["/data/lines"]);
}

/// A sender that is newer than this build may use words that it does not know, one of this version may not.
#[test]
fn words_of_a_later_version_are_let_through() {
    let word = ("/data/payment/state", json!("paid_in_kind"));
    assert_eq!(pointers(&event("order.json", std::slice::from_ref(&word))), [word.0]);
    assert!(pointers(&event("order.json", &[word, ("/schema_version", json!("1.7"))])).is_empty());
}
