//! Shopify: what `explain` says of every kind, over the fixtures of the channel.
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
use sluice_channels::Explained;
use support::{explain, figures, fixture, json as fixture_json, sane, sane_with, summary};

fn kinds(topic: &str, body: &[u8]) -> Vec<String> {
    explain(topic, body)
        .iter()
        .map(|item| match item {
            Explained::Item { figures, .. } => format!("{} {}", figures.kind, figures.external_id),
            Explained::Ignored { .. } => "ignored".to_owned(),
            Explained::Refused(refusal) => format!("refused {}", refusal.field),
        })
        .collect()
}

#[track_caller]
fn check(topic: &str, file: &str, expect: &Value) {
    let (figures, _) = summary(topic, &fixture(file));
    for (key, value) in expect.as_object().unwrap() {
        assert_eq!(&figures[key], value, "{file} {key}");
    }
}

#[test]
fn every_sample_of_every_topic_is_explained() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/shopify/webhook_payloads");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let topic = path.file_stem().unwrap().to_str().unwrap().replace("__", "/");
        let said = kinds(&topic, &std::fs::read(&path).unwrap());
        assert_eq!(said.len(), 1, "{topic}");
        assert!(!said[0].starts_with("refused"), "{topic}: {said:?}");
        let kind = match topic.split('/').next().unwrap() {
            "orders" if topic != "orders/risk_assessment_changed" => "order ",
            "refunds" => "refund ",
            "order_transactions" | "tender_transactions" => "payment ",
            "disputes" => "dispute ",
            "returns" => "return ",
            "fulfillments" => "shipment ",
            "inventory_levels" => "stock ",
            "products" => "product ",
            "customers" if !["data_request", "redact", "merge"].iter().any(|end| topic.ends_with(end)) => "customer ",
            _ => "ignored",
        };
        assert!(said[0].starts_with(kind), "{topic}: {said:?}");
    }
}

#[test]
fn every_way_to_wrap_an_order_gives_the_same() {
    let one = sane();
    let two = sane_with(&[("id", json!(2))]);
    let expect = ["order 9007199254740993", "order 2"];
    for body in [json!({"orders": [one, two]}), json!([one, two])] {
        assert_eq!(kinds("pull:order", body.to_string().as_bytes()), expect);
    }
    let bridge = json!({"detail-type": "shopifyWebhook", "detail": {"payload": one, "metadata": {}}});
    for body in [one.clone(), json!({"order": one}), json!({"order": [one]}), bridge] {
        assert_eq!(
            summary("pull:order", body.to_string().as_bytes()),
            summary("orders/create", one.to_string().as_bytes())
        );
    }
    let mixed = json!({"orders": [one, sane_with(&[("total_price", json!("x"))])]});
    assert_eq!(kinds("pull:order", mixed.to_string().as_bytes()), ["order 9007199254740993", "refused total_price"]);
}

#[test]
fn errors_and_empty_answers_are_no_orders() {
    for file in ["access_denied", "internal_server_error", "max_cost_exceeded", "throttled_http200"] {
        let said = kinds("pull:order", &fixture(&format!("graphql_examples/{file}.json")));
        assert_eq!(said, ["refused errors"], "{file}");
    }
    for file in ["inventorySetQuantities.stale", "inventorySetQuantities.key_reused"] {
        let said = kinds("pull:stock", &fixture(&format!("graphql_examples/{file}.json")));
        assert_eq!(said, ["refused userErrors"], "{file}");
    }
    for empty in [
        "[]",
        "{}",
        r#"{"orders":[]}"#,
        r#"{"data":{"orders":{"nodes":[]}}}"#,
        r#"{"data":{"order":null}}"#,
        r#"{"order":null}"#,
    ] {
        assert_eq!(kinds("pull:order", empty.as_bytes()), ["ignored"], "{empty}");
    }
    assert_eq!(kinds("pull:order", b""), ["refused body"]);
    assert_eq!(kinds("pull:order", b"null"), ["refused body"]);
    assert_eq!(kinds("pull:order", br#"{"balance":[{"amount":"53.99","currency":"USD"}]}"#), ["refused order"]);
    let estimate = fixture("rest_examples_2026-07/refund_calculate_shipping.json");
    assert_eq!(kinds("pull:refund", &estimate), ["refused id"]);
    let draft = fixture("rest_examples_2026-07/draft_order_completed.json");
    assert_eq!(kinds("pull:order", &draft), ["refused order"]);
    let bare = fixture_json("rest_examples_2026-07/draft_order_completed.json")["draft_order"].to_string();
    assert_eq!(kinds("pull:order", bare.as_bytes()), ["refused admin_graphql_api_id"]);
}

#[test]
fn bulk_lines_are_orders_of_which_little_is_known() {
    let items = explain("pull:order", &fixture("graphql_examples/bulk_result_orders.jsonl"));
    let shown: Vec<_> = items
        .iter()
        .map(|item| match item {
            Explained::Item { figures, evidence } => {
                assert!(evidence.is_empty());
                assert_eq!((&figures.currency, &figures.total), (&None, &None));
                (figures.external_id.clone(), figures.number.clone(), figures.lines, figures.units.clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown[0], ("5001".into(), Some("#1001".into()), Some(2), Some("3".into())));
    assert_eq!((shown.len(), shown[1].0.as_str()), (2, "5002"));
}

fn graph_set(amount: &str) -> Value {
    json!({"shopMoney": {"amount": amount, "currencyCode": "EUR"}})
}

/// The sane order as GraphQL writes it.
fn graph_order() -> Value {
    let tax =
        |amount: &str| json!([{"title": "VAT", "rate": 0.1, "priceSet": graph_set(amount), "channelLiable": false}]);
    json!({
        "id": "gid://shopify/Order/9007199254740993", "name": "#1001", "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR", "createdAt": "2026-11-01T09:00:00Z", "processedAt": "2026-11-01T09:00:00Z",
        "updatedAt": "2026-11-01T09:00:05Z", "cancelledAt": null, "test": false, "taxesIncluded": false,
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "PARTIALLY_FULFILLED", "tags": ["vip", "gift"],
        "discountCodes": ["FOUR"], "totalPriceSet": graph_set("56.1"), "currentTotalPriceSet": graph_set("56.1"),
        "totalTaxSet": graph_set("5.1"), "totalDiscountsSet": graph_set("4.0"), "totalOutstandingSet": graph_set("0.0"),
        "lineItems": {"edges": [
            {"node": {"id": "gid://shopify/LineItem/11", "name": "Mug - blue", "sku": "MUG-1", "quantity": 2,
                "currentQuantity": 2, "originalUnitPriceSet": graph_set("20.0"), "isGiftCard": false,
                "variant": {"id": "gid://shopify/ProductVariant/111"}, "taxLines": tax("3.60"),
                "discountAllocations": [{"allocatedAmountSet": graph_set("4.0")}]}},
            {"node": {"id": "gid://shopify/LineItem/12", "name": "Cup", "sku": "CUP-1", "quantity": 1,
                "currentQuantity": 1, "originalUnitPriceSet": graph_set("10.0"), "taxLines": tax("1.00")}}]},
        "shippingLines": {"nodes": [{"id": "gid://shopify/ShippingLine/21", "title": "Standard", "isRemoved": false,
            "originalPriceSet": graph_set("5.0"), "discountedPriceSet": graph_set("5.0"), "taxLines": tax("0.50")}]},
        "customer": {"id": "gid://shopify/Customer/7001", "firstName": "Ada", "lastName": "Lovelace"},
        "billingAddress": {"countryCodeV2": "DE", "city": "Berlin"}
    })
}

#[test]
fn graphql_orders_have_the_figures_of_rest() {
    let (rest, _) = summary(
        "orders/paid",
        sane_with(&[("financial_status", json!("paid")), ("total_outstanding", json!("0.00"))]).to_string().as_bytes(),
    );
    for body in [
        json!({"data": {"order": graph_order()}}),
        json!({"data": {"orders": {"nodes": [graph_order()], "pageInfo": {"hasNextPage": false}}}}),
        json!({"data": {"orders": {"edges": [{"node": graph_order()}]}}, "extensions": {"cost": {}}}),
        graph_order(),
    ] {
        let (figures, warnings) = summary("pull:order", body.to_string().as_bytes());
        assert_eq!((figures, warnings), (rest.clone(), vec![]));
    }
}

#[test]
fn a_back_fill_page_shows_the_sums_that_it_has() {
    let node = json!({"id": "gid://shopify/Order/5001", "legacyResourceId": "5001", "name": "#1001",
        "updatedAt": "2026-11-01T10:00:00Z", "createdAt": "2026-11-01T10:00:00Z", "cancelledAt": null, "test": false,
        "taxesIncluded": true, "currencyCode": "EUR", "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED", "totalPriceSet": graph_set("12.5"), "totalTipReceivedSet": graph_set("0.0")});
    let body = json!({"data": {"orders": {"nodes": [node]}}});
    let (figures, warnings) = summary("pull:order", body.to_string().as_bytes());
    assert_eq!(
        (&figures["total"], &figures["paid"], &figures["tip"]),
        (&json!("12.50"), &json!("12.50"), &json!("0.00"))
    );
    assert_eq!(
        (&figures["subtotal"], &figures["lines"], &figures["state"]),
        (&Value::Null, &Value::Null, &json!("open"))
    );
    assert_eq!(warnings, ["incomplete data"]);
}

#[test]
fn refunds() {
    let refund = json!({"kind": "refund", "subject": "demo/refund/509562969", "currency": "USD", "total": "209.00",
        "refunded": "209.00", "paid": null, "subtotal": null, "lines": 2, "units": "2", "state": "succeeded", "test": false});
    check("pull:refund", "rest_examples_2026-07/refund_get.json", &refund);
    check("pull:refund", "rest_examples_2026-07/refunds_list.json", &refund);
    // Two transactions without a currency (75.00 and 10.00) in a payload that knows no currency but USD.
    let sample =
        json!({"external_id": "890088186047892319", "currency": "USD", "total": "85.00", "lines": 5, "units": "5"});
    check("refunds/create", "webhook_payloads/refunds__create.json", &sample);
    let mut unlinked = fixture_json("webhook_payloads/refunds__create.json");
    unlinked["order_id"] = Value::Null;
    let (_, warnings) = summary("refunds/create", unlinked.to_string().as_bytes());
    assert_eq!(warnings, ["unlinked_refund order_id"]);
}

#[test]
fn payments_disputes_and_payouts() {
    let authorised = json!({"kind": "payment", "external_id": "120560818172775265", "number": "820982911946154508",
        "currency": "USD", "total": "419.95", "paid": "0.00", "state": "authorized"});
    check("order_transactions/create", "webhook_payloads/order_transactions__create.json", &authorised);
    let said = kinds("pull:transactions", &fixture("rest_examples_2026-07/transactions_list.json"));
    assert_eq!(said, ["refund 179259969", "payment 389404469", "payment 389404469"]);
    let dispute = json!({"kind": "dispute", "external_id": "285332461850802050", "currency": "CAD", "total": "11.50",
        "state": "under_review"});
    check("disputes/create", "webhook_payloads/disputes__create.json", &dispute);
    let payout =
        json!({"kind": "payout", "external_id": "623721858", "currency": "USD", "total": "41.90", "state": "paid"});
    check("pull:payout", "rest_examples_2026-07/payout_get.json", &payout);
    assert!(kinds("pull:payout", &fixture("rest_examples_2026-07/payouts_list.json")).len() > 1);
    let rows = kinds("pull:transactions", &fixture("rest_examples_2026-07/balance_transactions_for_payout.json"));
    assert_eq!(rows, ["settlement 623721858"]);
    let graph = json!({"data": {"shopifyPaymentsAccount": {"payouts": {"nodes": [{"id": "gid://shopify/ShopifyPaymentsPayout/7",
        "status": "SCHEDULED", "net": {"amount": "-3.5", "currencyCode": "EUR"}}]}}}});
    let shown = figures("pull:payout", graph.to_string().as_bytes());
    assert_eq!(
        (shown.external_id.as_str(), shown.total.as_deref(), shown.state.as_deref()),
        ("7", Some("-3.50"), Some("pending"))
    );
}

#[test]
fn goods() {
    let parcel = json!({"kind": "shipment", "external_id": "123456", "lines": 5, "units": "5", "state": "created"});
    check("fulfillments/create", "webhook_payloads/fulfillments__create.json", &parcel);
    let failed = json!({"kind": "shipment", "external_id": "255858046", "units": "1", "state": "exception"});
    check("pull:shipment", "rest_examples_2026-07/fulfillments_list.json", &failed);
    let held = json!({"kind": "shipment", "external_id": "1046000782", "units": "1", "state": "exception"});
    check("pull:fulfillment_order", "rest_examples_2026-07/fulfillment_order_hold.json", &held);
    let moved = kinds("pull:fulfillment_order", &fixture("rest_examples_2026-07/fulfillment_order_moved.json"));
    assert_eq!(moved, ["shipment 1046000786", "shipment 1046000787"]);
    let level = json!({"kind": "stock", "external_id": "24826418?inventory_item_id=271878346596884015", "units": null});
    check("inventory_levels/update", "webhook_payloads/inventory_levels__update.json", &level);
    let levels = explain("pull:stock", &fixture("rest_examples_2026-07/inventory_levels_list.json"));
    assert_eq!(levels.len(), 4);
    let below = json!({"inventory_item_id": 1, "location_id": 2, "available": -3});
    let (shown, warnings) = summary("inventory_levels/update", below.to_string().as_bytes());
    assert_eq!((&shown["units"], warnings), (&json!("-3"), vec!["negative_stock available".to_owned()]));
    let requested = json!({"kind": "return", "external_id": "123134564567890", "state": "requested"});
    check("returns/request", "webhook_payloads/returns__request.json", &requested);
    check("returns/decline", "webhook_payloads/returns__decline.json", &json!({"state": "cancelled"}));
    check("products/create", "webhook_payloads/products__create.json", &json!({"kind": "product", "total": null}));
    check("customers/create", "webhook_payloads/customers__create.json", &json!({"external_id": "706405506930370084"}));
}

#[test]
fn a_tracking_address_may_be_a_trap() {
    let warns = |url: &str| {
        let body = json!({"id": 1, "status": "success", "line_items": [], "tracking_url": url});
        !summary("fulfillments/update", body.to_string().as_bytes()).1.is_empty()
    };
    for url in ["https://www.ups.com/track?x=1", "http://tools.usps.com/go/Track"] {
        assert!(!warns(url), "{url}");
    }
    for url in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/",
        "https://ups.com@evil.example/",
        "http://169.254.169.254/latest",
        "https://printer.local/",
        "https://2130706433/",
    ] {
        assert!(warns(url), "{url}");
    }
}
