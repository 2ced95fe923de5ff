//! Shopify: payloads that are wrong are refused by the name of the field, and nothing makes the adapter panic or repeat
//! what stands in them.
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

use proptest::prelude::*;
use serde_json::{Value, json};
use sluice_channels::Explained;
use support::{decode, explain, fixture, order_and_warnings, sane, sane_with};

#[track_caller]
fn refused(pointer: &str, value: Value, field: &str) {
    let body = sane_with(&[(pointer, value)]).to_string();
    let refusal = decode("orders/updated", body.as_bytes()).expect_err(pointer);
    assert_eq!(refusal.field, field, "{refusal}");
    assert!(!refusal.problem.is_empty());
}

#[test]
fn a_wrong_field_is_named() {
    let cases = [
        ("id", json!(null), "id"),
        ("id", json!(true), "id"),
        ("id", json!(-5), "id"),
        ("id", json!(1.5), "id"),
        ("id", json!(""), "id"),
        ("id", json!("a b"), "id"),
        ("id", json!("x".repeat(300)), "id"),
        ("name", json!(false), "name"),
        ("name", json!("n".repeat(300)), "name"),
        ("currency", json!(null), "currency"),
        ("currency", json!("EURO"), "currency"),
        ("currency", json!("eur"), "currency"),
        ("currency", json!("XXX"), "currency"),
        ("currency", json!(978.5), "currency"),
        ("created_at", json!({"at": 1}), "created_at"),
        ("processed_at", json!("yesterday"), "processed_at"),
        ("updated_at", json!(null), "updated_at"),
        ("updated_at", json!("2026-11-01"), "updated_at"),
        ("updated_at", json!("2026-13-45T99:00:00Z"), "updated_at"),
        ("cancelled_at", json!("soon"), "cancelled_at"),
        ("test", json!("true"), "test"),
        ("taxes_included", json!(1), "taxes_included"),
        ("total_price", json!(null), "total_price"),
        ("total_price", json!("fifty"), "total_price"),
        ("total_price", json!("NaN"), "total_price"),
        ("total_price", json!("Infinity"), "total_price"),
        ("total_price", json!("1e9"), "total_price"),
        ("total_price", json!("56,10"), "total_price"),
        ("total_price", json!(" 56.10"), "total_price"),
        ("total_price", json!("-56.10"), "total_price"),
        ("total_price", json!("56.101"), "total_price"),
        ("total_price", json!("99999999999999999999"), "total_price"),
        ("total_price", json!(["56.10"]), "total_price"),
        ("total_tax", json!({}), "total_tax"),
        (
            "total_price_set",
            json!({"shop_money": {"amount": "56.10", "currency_code": "USD"}}),
            "total_price_set.shop_money.currency_code",
        ),
        ("line_items", json!(null), "line_items"),
        ("line_items", json!({}), "line_items"),
        ("line_items", json!("none"), "line_items"),
        ("line_items/1", json!(null), "line_items[1]"),
        ("line_items/1", json!(7), "line_items[1]"),
        ("line_items/0/id", json!(null), "line_items[0].id"),
        ("line_items/1/id", json!(11), "line_items"),
        ("line_items/1/price", json!(true), "line_items[1].price"),
        ("line_items/1/price", json!(null), "line_items[1].price"),
        ("line_items/1/price", json!("free"), "line_items[1].price"),
        ("line_items/1/price", json!("-1.00"), "line_items[1].price"),
        ("line_items/1/price", json!("10.001"), "line_items[1].price"),
        ("line_items/1/price", json!({"amount": "10.00"}), "line_items[1].price"),
        ("line_items/0/quantity", json!("two"), "line_items[0].quantity"),
        ("line_items/0/quantity", json!(-2), "line_items[0].quantity"),
        ("line_items/0/quantity", json!(null), "line_items[0].quantity"),
        ("line_items/0/quantity", json!(9_000_000_000_000_000_000_u64), "line_items[0].quantity"),
        ("line_items/0/current_quantity", json!(-1), "line_items[0].current_quantity"),
        ("line_items/0/current_quantity", json!(false), "line_items[0].current_quantity"),
        ("line_items/0/sku", json!([]), "line_items[0].sku"),
        ("line_items/0/sku", json!("s".repeat(300)), "line_items[0].sku"),
        ("line_items/0/gift_card", json!("no"), "line_items[0].gift_card"),
        ("line_items/0/tax_lines", json!("VAT"), "line_items[0].tax_lines"),
        ("line_items/0/tax_lines/0/price", json!(null), "line_items[0].tax_lines.price"),
        ("line_items/0/tax_lines/0/price", json!("-3.60"), "line_items[0].tax_lines.price"),
        ("line_items/0/tax_lines/0/rate", json!("ten"), "line_items[0].tax_lines.rate"),
        ("line_items/0/tax_lines/0/rate", json!(99), "line_items[0].tax_lines.rate"),
        ("line_items/0/discount_allocations/0/amount", json!("-4.00"), "line_items[0].discount_allocations[0].amount"),
        ("line_items/0/discount_allocations/0/amount", json!(null), "line_items[0].discount_allocations[0].amount"),
        ("shipping_lines", json!({"price": "5.00"}), "shipping_lines"),
        ("shipping_lines/0/price", json!(null), "shipping_lines[0].price"),
        ("shipping_lines/0/price", json!("x"), "shipping_lines[0].price"),
        ("refunds", json!([{"refund_line_items": []}]), "refunds[0].id"),
        ("refunds", json!([{"id": 1, "created_at": "x"}]), "refunds[0].created_at"),
        (
            "refunds",
            json!([{"id": 1, "refund_line_items": [{"quantity": 1}]}]),
            "refunds[0].refund_line_items[0].line_item_id",
        ),
        (
            "refunds",
            json!([{"id": 1, "refund_line_items": [{"line_item_id": 1}]}]),
            "refunds[0].refund_line_items[0].quantity",
        ),
        ("customer", json!("Ada"), "customer"),
        ("customer/id", json!("7 001"), "customer.id"),
        ("billing_address", json!(true), "billing_address"),
        ("billing_address/zip", json!({}), "billing_address.zip"),
        ("admin_graphql_api_id", json!("gid://shopify/DraftOrder/1"), "admin_graphql_api_id"),
    ];
    for (pointer, value, field) in cases {
        refused(pointer, value, field);
    }
}

/// A thing by itself that lost its id: the id is what is missing, and not a wrapper.
#[test]
fn a_thing_without_an_id_says_so() {
    let mut order = sane();
    order.as_object_mut().unwrap().remove("id");
    order.as_object_mut().unwrap().remove("admin_graphql_api_id");
    for (topic, body) in [
        ("orders/updated", order.clone()),
        ("pull:order", order),
        ("refunds/create", json!({"order_id": 1, "refund_line_items": [], "transactions": []})),
        ("pull:transactions", json!({"order_id": 1, "kind": "sale", "amount": "1.00"})),
        ("pull:return", json!({"status": "open", "return_line_items": []})),
    ] {
        let said = explain(topic, body.to_string().as_bytes());
        assert!(matches!(said.as_slice(), [Explained::Refused(refusal)] if refusal.field == "id"), "{topic}: {said:?}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let problem =
        |pointer, value| decode("orders/updated", sane_with(&[(pointer, value)]).to_string().as_bytes()).unwrap_err();
    let refusal = problem("line_items/1/price", json!(true));
    assert_eq!(refusal.to_string(), "line_items[1].price: expected a decimal string, got true");
    assert_eq!(refusal.external_id.as_deref(), Some("9007199254740993"));
    assert_eq!(problem("line_items", json!({})).to_string(), "line_items: expected a list, got an object");
    assert_eq!(
        problem("line_items/0/quantity", json!(null)).to_string(),
        "line_items[0].quantity: expected a decimal string, got null"
    );
    let mut body = sane();
    body["line_items"][0].as_object_mut().unwrap().remove("quantity");
    let refusal = decode("orders/updated", body.to_string().as_bytes()).unwrap_err();
    assert_eq!(refusal.to_string(), "line_items[0].quantity: missing");
    let pretty = serde_json::to_string_pretty(&sane_with(&[("line_items/1/price", json!(true))])).unwrap();
    assert_eq!(decode("orders/updated", pretty.as_bytes()).unwrap_err().field, "line_items[1].price");
}

#[test]
fn what_is_odd_is_read_with_a_warning() {
    let cases = [
        ("total_price", json!("50.00"), "sums_disagree"),
        ("subtotal_price", json!("1.00"), "sums_disagree"),
        ("total_discounts", json!("1.00"), "sums_disagree"),
        ("financial_status", json!("levitating"), "schema_drift"),
        ("fulfillment_status", json!("levitating"), "schema_drift"),
        ("line_items/0/sku", json!(null), "line_without_sku"),
        ("line_items/0/tax_lines/0/rate", json!(null), "contradiction"),
        ("line_items/0/discount_allocations/0/amount", json!("41.00"), "contradiction"),
        ("name", json!(""), "no_order_reference"),
        ("financial_status", json!("paid"), "contradiction"),
    ];
    for (pointer, value, code) in cases {
        let (_, warnings) = order_and_warnings(&sane_with(&[(pointer, value)]));
        assert!(warnings.contains(&code), "{pointer}: {warnings:?}");
    }
    // Numbers instead of text, extra fields, a title beyond measure: fine.
    for (pointer, value) in [
        ("line_items/0/price", json!(20)),
        ("line_items/0/price", json!(20.0)),
        ("line_items/0/quantity", json!("2")),
        ("shiny_new_field", json!({"a": [1, {"b": null}]})),
        ("line_items/0/name", json!("ü".repeat(5_000))),
        ("tags", json!(["a", "b"])),
        ("shipping_address", json!({"zip": 10_115})),
    ] {
        let (order, warnings) = order_and_warnings(&sane_with(&[(pointer, value)]));
        assert_eq!(warnings, Vec::<&str>::new(), "{pointer}");
        assert!(order.lines[0].title.chars().count() <= 1_000);
    }
}

#[test]
fn what_is_no_json_is_refused() {
    let deep = format!("{{\"id\": {}{}}}", "[".repeat(500), "]".repeat(500));
    let twice = sane().to_string().replacen('{', "{\"id\": 1,", 1);
    let cases: [(&[u8], &str); 8] = [
        (b"", "body"),
        (b"{", "body"),
        (b"not json", "body"),
        (b"\xff\xfe{}", "body"),
        (b"{\"id\": 1} trailing", "line_items"),
        (b"[]", "body"),
        (deep.as_bytes(), "id"),
        (twice.as_bytes(), "id"),
    ];
    for (body, field) in cases {
        let refusal = decode("orders/create", body).unwrap_err();
        assert!(
            refusal.field.starts_with(field),
            "{refusal} for {:?}",
            String::from_utf8_lossy(body.get(..20.min(body.len())).unwrap())
        );
    }
    assert_eq!(decode("orders/create", b"{\"id\": NaN}").unwrap_err().field, "id");
    assert!(decode("refunds/create", b"{}").is_err() && decode("orders/edited", b"{}").is_err());
    assert!(decode("orders/delete", b"{}").is_err());
}

#[test]
fn too_many_lines_are_refused() {
    let mut body = sane();
    let line = body["line_items"][1].clone();
    let lines: Vec<Value> = (0..1_001)
        .map(|id| {
            let mut line = line.clone();
            line["id"] = json!(id);
            line
        })
        .collect();
    body["line_items"] = json!(lines);
    let refusal = decode("orders/create", body.to_string().as_bytes()).unwrap_err();
    assert_eq!(refusal.to_string(), "line_items: more than 1000");
}

#[test]
fn no_refusal_or_debug_repeats_personal_data() {
    let secret = "Ada-Lovelace-7";
    for pointer in [
        "total_price",
        "updated_at",
        "line_items/0/price",
        "customer",
        "currency",
        "line_items",
        "test",
        "line_items/0/quantity",
    ] {
        let body = sane_with(&[(pointer, json!(secret)), ("email", json!(format!("{secret}@example.com")))]);
        let refusal = decode("orders/create", body.to_string().as_bytes()).unwrap_err();
        assert!(!format!("{refusal:?}").contains("Ada"), "{refusal:?}");
    }
    let body =
        sane_with(&[("email", json!(secret)), ("phone", json!(secret)), ("billing_address/address1", json!(secret))]);
    assert!(!format!("{:?}", decode("orders/create", body.to_string().as_bytes())).contains("Ada"));
}

/// A privacy request names ids, not people.
#[test]
fn notices_name_no_person() {
    for topic in ["customers/redact", "customers/data_request", "shop/redact", "app/uninstalled"] {
        let body = fixture(&format!("webhook_payloads/{}.json", topic.replace('/', "__")));
        let decoded = format!("{:?}", decode(topic, &body).unwrap());
        assert!(decoded.starts_with("Notice") && !decoded.contains("john") && !decoded.contains("555"), "{decoded}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[0-9.eE-]{0,24}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("USD")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map("[a-z_]{1,12}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const TOPICS: &[&str] = &[
    "orders/create",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "pull:order",
    "pull:refund",
    "customers/redact",
    "pull:transactions",
    "pull:payout",
    "pull:dispute",
    "pull:return",
    "pull:shipment",
    "pull:stock",
    "pull:product",
    "pull:customer",
    "pull:fulfillment_order",
    "nonsense",
];

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body: Vec<u8>, topic in 0..TOPICS.len()) {
        let _ = decode(TOPICS[topic], &body);
        let _ = explain(TOPICS[topic], &body);
    }

    #[test]
    fn no_json_makes_it_panic(body in any_json(), topic in 0..TOPICS.len()) {
        let body = body.to_string();
        let _ = decode(TOPICS[topic], body.as_bytes());
        let _ = explain(TOPICS[topic], body.as_bytes());
    }

    #[test]
    fn no_change_of_a_good_order_makes_it_panic(value in any_json(), at in 0_usize..80) {
        let mut body = support::sane();
        let mut pointers = Vec::new();
        collect(&body, "", &mut pointers);
        let pointer = pointers[at % pointers.len()].trim_start_matches('/').to_owned();
        support::set(&mut body, &pointer, value);
        let text = body.to_string();
        let _ = decode("orders/updated", text.as_bytes());
        let _ = explain("pull:order", text.as_bytes());
    }

    #[test]
    fn no_cut_of_a_good_order_makes_it_panic(cut in 0_usize..3_000) {
        let body = support::sane().to_string();
        let body = body.as_bytes();
        let _ = decode("orders/updated", &body[..cut.min(body.len())]);
        let _ = explain("pull:order", &body[..cut.min(body.len())]);
    }
}

fn collect(value: &Value, path: &str, pointers: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for (name, child) in children {
        let path = format!("{path}/{name}");
        collect(child, &path, pointers);
        pointers.push(path);
    }
}
