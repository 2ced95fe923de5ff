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
    let mut stated = node.clone();
    stated["subtotalPriceSet"] = graph_set("10.0");
    let (figures, _) = summary("pull:order", json!({"data": {"order": stated}}).to_string().as_bytes());
    assert_eq!(figures["subtotal"], json!("10.00"), "what is stated is known, without the lines too");
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

/// Change over the counter, tender transactions in both directions, and estimates.
#[test]
fn money_beside_the_plain_ways() {
    let row = |kind: &str, amount: &str| {
        json!({"id": 5002, "order_id": 4400, "parent_id": 5001, "kind": kind, "status": "success", "amount": amount,
            "currency": "EUR"})
    };
    let shown = figures("order_transactions/create", row("change", "3.90").to_string().as_bytes());
    assert_eq!((shown.paid.as_deref(), shown.state.as_deref()), (Some("-3.90"), Some("captured")));
    assert_eq!(kinds("pull:transactions", row("suggested_refund", "3.90").to_string().as_bytes()), ["refused kind"]);
    let tender = |amount: &str| {
        json!({"id": 990, "order_id": 4400, "amount": amount, "currency": "EUR", "payment_method": "cash"}).to_string()
    };
    let shown = figures("tender_transactions/create", tender("56.10").as_bytes());
    assert_eq!(
        (shown.kind, shown.paid.as_deref(), shown.state.as_deref()),
        ("payment", Some("56.10"), Some("captured"))
    );
    let shown = figures("tender_transactions/create", tender("-11.00").as_bytes());
    assert_eq!(
        (shown.kind, shown.total.as_deref(), shown.refunded.as_deref()),
        ("refund", Some("11.00"), Some("11.00"))
    );
    let cash = json!([
        {"kind": "sale", "status": "success", "amount": "60.00", "currency": "EUR"},
        {"kind": "change", "status": "success", "amount": "3.90", "currency": "EUR"}
    ]);
    let paid =
        sane_with(&[("financial_status", json!("paid")), ("total_outstanding", json!("0.00")), ("transactions", cash)]);
    assert_eq!(figures("orders/paid", paid.to_string().as_bytes()).paid.as_deref(), Some("56.10"));
}

#[test]
fn settlements_in_both_shapes() {
    let rest = fixture("rest_examples_2026-07/balance_transactions_for_payout.json");
    assert_eq!(explain("pull:settlement", &rest), explain("pull:transactions", &rest));
    let row = |kind: &str, amount: &str, payout: Value| {
        json!({"id": format!("gid://shopify/ShopifyPaymentsBalanceTransaction/{kind}"), "type": kind, "test": false,
            "amount": {"amount": amount, "currencyCode": "USD"}, "fee": {"amount": "0.0", "currencyCode": "USD"},
            "net": {"amount": amount, "currencyCode": "USD"}, "associatedPayout": payout})
    };
    let payout = || json!({"id": "gid://shopify/ShopifyPaymentsPayout/88", "status": "PAID"});
    let rows = [
        row("CHARGE", "48.0", payout()),
        row("ADJUSTMENT", "-1.75", payout()),
        row("TRANSFER", "-46.25", payout()),
        row("REFUND", "-5.0", json!({"id": null, "status": "PENDING"})),
    ];
    let body = json!({"data": {"shopifyPaymentsAccount": {"balanceTransactions": {"nodes": rows}}}}).to_string();
    let items = explain("pull:settlement", body.as_bytes());
    match items.as_slice() {
        [Explained::Item { figures, .. }, Explained::Ignored { .. }] => {
            assert_eq!(
                (figures.external_id.as_str(), figures.total.as_deref(), figures.lines, figures.state.as_deref()),
                ("88", Some("46.25"), Some(2), Some("closed"))
            );
            assert_eq!(figures.warnings, []);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(kinds("pull:settlement", br#"{"transactions":[{"id":1,"amount":"5.00"}]}"#), ["refused net"]);
}

#[test]
fn goods_as_graphql_writes_them() {
    let parcel = |status: &str, url: &str| {
        json!({"data": {"fulfillment": {"id": "gid://shopify/Fulfillment/12", "name": "#1.1", "status": "SUCCESS",
            "displayStatus": status, "trackingInfo": [{"company": "UPS", "url": url}],
            "fulfillmentLineItems": {"nodes": [{"id": "gid://shopify/FulfillmentLineItem/1", "quantity": 2}]}}}})
        .to_string()
    };
    let words = [
        ("FULFILLED", "created"),
        ("LABEL_VOIDED", "created"),
        ("IN_TRANSIT", "in_transit"),
        ("READY_FOR_PICKUP", "available_for_pickup"),
        ("DELIVERED", "delivered"),
        ("NOT_DELIVERED", "exception"),
        ("CANCELED", "cancelled"),
    ];
    for (status, state) in words {
        let (shown, warnings) = summary("pull:shipment", parcel(status, "https://www.ups.com/track").as_bytes());
        assert_eq!((&shown["state"], &shown["units"], warnings.len()), (&json!(state), &json!("2"), 0), "{status}");
    }
    let (_, warnings) = summary("pull:shipment", parcel("DELIVERED", "http://169.254.169.254/").as_bytes());
    assert_eq!(warnings, ["suspicious_url tracking_url"]);
    let lines = json!([{"id": "gid://shopify/FulfillmentOrderLineItem/1", "totalQuantity": 2, "remainingQuantity": 0}]);
    let to_ship = json!({"id": "gid://shopify/FulfillmentOrder/55", "status": "OPEN", "lineItems": {"nodes": lines}});
    let (shown, _) =
        summary("pull:fulfillment_order", json!({"data": {"fulfillmentOrder": to_ship}}).to_string().as_bytes());
    assert_eq!((&shown["state"], &shown["lines"], &shown["units"]), (&json!("created"), &json!(1), &json!("2")));
    let dispute = json!({"data": {"dispute": {"id": "gid://shopify/ShopifyPaymentsDispute/5", "status": "NEEDS_RESPONSE",
        "amount": {"amount": "100.0", "currencyCode": "USD"}, "order": {"id": "gid://shopify/Order/4400"}}}});
    let (shown, warnings) = summary("pull:dispute", dispute.to_string().as_bytes());
    assert_eq!((&shown["total"], &shown["state"], warnings.len()), (&json!("100.00"), &json!("needs_response"), 0));
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
