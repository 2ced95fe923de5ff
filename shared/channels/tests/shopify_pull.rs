//! Shopify: reads in every shape that an answer may have, and what an answer that left something out says of it.
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
use sluice_channels::{Decoded, Explained};
use sluice_domain::state::Facet;
use support::{decode, explain, sane, sane_with, set, summary};

fn money(amount: &str) -> Value {
    json!({"shopMoney": {"amount": amount, "currencyCode": "EUR"}, "presentmentMoney": {"amount": amount, "currencyCode": "EUR"}})
}

fn tax(amount: &str) -> Value {
    json!([{"title": "VAT", "rate": 0.1, "priceSet": money(amount)}])
}

fn line(id: u64, sku: &str, units: (u64, u64), price: &str, tax_amount: &str) -> Value {
    json!({"id": format!("gid://shopify/LineItem/{id}"), "name": sku, "sku": sku, "quantity": units.0,
        "currentQuantity": units.1, "originalUnitPriceSet": money(price), "taxLines": tax(tax_amount),
        "discountAllocations": []})
}

/// Two mugs at 20.00 less 4.00, a cup at 10.00, shipping 5.00, tax 10 %: 56.10, paid.
fn node(id: u64) -> Value {
    let mut mug = line(11, "MUG", (2, 2), "20.0", "3.6");
    mug["discountAllocations"] = json!([{"allocatedAmountSet": money("4.0")}]);
    json!({"id": format!("gid://shopify/Order/{id}"), "name": "#2071", "createdAt": "2026-09-14T23:20:31Z",
        "updatedAt": "2026-09-14T23:20:33Z", "cancelledAt": null, "edited": false, "test": false, "taxesIncluded": false,
        "currencyCode": "EUR", "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
        "totalPriceSet": money("56.1"), "currentTotalPriceSet": money("56.1"), "totalTaxSet": money("5.1"),
        "currentTotalTaxSet": money("5.1"), "totalDiscountsSet": money("4.0"), "totalShippingPriceSet": money("5.0"),
        "totalReceivedSet": money("56.1"), "totalRefundedSet": money("0.0"),
        "lineItems": {"nodes": [mug, line(12, "CUP", (1, 1), "10.0", "1.0")]},
        "shippingLines": {"nodes": [{"id": "gid://shopify/ShippingLine/21", "title": "Standard", "isRemoved": false,
            "originalPriceSet": money("5.0"), "discountedPriceSet": money("5.0"), "taxLines": tax("0.5")}]},
        "refunds": []})
}

fn node_with(changes: &[(&str, Value)]) -> Value {
    let mut node = node(4400);
    for (pointer, value) in changes {
        set(&mut node, pointer, value.clone());
    }
    node
}

/// Kind and id of each item, or the field that refuses it.
fn said(topic: &str, body: &str) -> Vec<String> {
    let items = explain(topic, body.as_bytes());
    let word = |item: &Explained| match item {
        Explained::Item { figures, .. } => format!("{} {}", figures.kind, figures.external_id),
        Explained::Ignored { .. } => "ignored".to_owned(),
        Explained::Refused(refusal) => format!("refused {}", refusal.field),
    };
    items.iter().map(word).collect()
}

#[track_caller]
fn check(body: &Value, expect: &Value, warned: &[&str]) {
    let (shown, warnings) = summary("pull:order", body.to_string().as_bytes());
    for (key, value) in expect.as_object().unwrap() {
        assert_eq!(&shown[key], value, "{key}");
    }
    assert_eq!(warnings, warned);
}

#[test]
fn an_order_is_found_wherever_it_stands() {
    let whole = json!({"total": "56.10", "subtotal": "46.00", "tax": "5.10", "discount": "4.00", "shipping": "5.00",
        "units": "3", "paid": "56.10", "refunded": "0.00", "state": "open", "external_id": "4400"});
    let order = node(4400);
    for body in [
        order.clone(),
        json!([order]),
        json!({"order": order}),
        json!({"orders": {"nodes": [order]}}),
        json!({"edges": [{"cursor": "a", "node": order}], "pageInfo": {"hasNextPage": true}}),
        json!({"data": {"order": order}, "extensions": {"cost": {"requestedQueryCost": 12}}}),
        json!({"data": {"orders": {"edges": [{"node": order}]}}, "errors": []}),
        json!({"data": {"customer": {"id": "gid://shopify/Customer/7", "orders": {"nodes": [order]}}}}),
        json!({"data": {"nodes": [order, null]}}),
        json!({"data": {"orderMarkAsPaid": {"order": order, "userErrors": []}}}),
    ] {
        check(&body, &whole, &[]);
    }
}

/// Errors, estimates and things of another kind never become an order or money.
#[test]
fn what_was_not_asked_for_is_refused() {
    let set = json!({"totalPriceSet": money("5.0")});
    let draft = json!({"id": "gid://shopify/DraftOrder/1", "name": "#D1", "totalPriceSet": set});
    let calculated = json!({"id": "gid://shopify/CalculatedOrder/1", "totalPriceSet": set});
    let errors = json!([{"field": ["id"], "message": "no"}]);
    for (body, field) in [
        (json!({"data": {"draftOrders": {"nodes": [draft]}}}), "data"),
        (json!({"data": {"orderEditBegin": {"calculatedOrder": calculated, "userErrors": []}}}), "data"),
        (json!({"data": {"orderMarkAsPaid": {"order": node(1), "userErrors": errors}}}), "userErrors"),
        (json!({"data": {"orderCancel": {"job": null, "orderCancelUserErrors": errors}}}), "userErrors"),
        (json!({"data": {"currentBulkOperation": {"id": "gid://shopify/BulkOperation/1"}}}), "data"),
        (json!({"data": {"order": node(1)}, "errors": [{"message": "Access denied"}]}), "errors"),
        (json!({"errors": "Not Found"}), "errors"),
        (json!({"count": 3}), "order"),
        (json!({"orders": "none"}), "orders"),
        (json!({"data": {"orders": {"nodes": [{"name": "#1"}]}}}), "id"),
        (draft, "id"),
    ] {
        assert_eq!(said("pull:order", &body.to_string()), [format!("refused {field}")], "{body}");
    }
    let mut order = sane();
    order["admin_graphql_api_id"] = json!("gid://shopify/Order/9007199254740993");
    for kind in ["refund", "transactions", "payout", "return", "shipment", "fulfillment_order", "stock", "product"] {
        let topic = format!("pull:{kind}");
        assert_eq!(said(&topic, &order.to_string()), ["refused admin_graphql_api_id"], "{kind}");
        let throttled = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#;
        assert_eq!(said(&topic, throttled), ["refused errors"], "{kind}");
        assert_eq!(said(&topic, "<html>502</html>"), ["refused body"], "{kind}");
    }
}

#[test]
fn what_was_left_out_is_not_made_up() {
    let removed = node_with(&[
        ("edited", json!(true)),
        ("lineItems/nodes/1/currentQuantity", json!(0)),
        ("currentTotalPriceSet", money("45.1")),
        ("displayFinancialStatus", json!("PARTIALLY_REFUNDED")),
        ("refunds", json!(null)),
        ("totalRefundedSet", money("11.0")),
    ]);
    // Edited or refunded? Without the refunds nobody can tell.
    check(&removed, &json!({"total": "56.10", "refunded": "11.00", "paid": "56.10"}), &["incomplete data"]);
    // Never edited, so the cup was refunded.
    let mut refunded = removed;
    refunded["edited"] = json!(false);
    check(&refunded, &json!({"total": "56.10", "units": "3", "refunded": "11.00", "paid": "56.10"}), &[]);
    refunded["totalRefundedSet"] = json!(null);
    check(&refunded, &json!({"total": "56.10", "refunded": null}), &[]);

    let without_shipping = node_with(&[("shippingLines", json!(null))]);
    check(&without_shipping, &json!({"total": "56.10", "shipping": "5.00", "subtotal": null}), &["incomplete data"]);
    let first_page = node_with(&[("lineItems/pageInfo", json!({"hasNextPage": true}))]);
    check(&first_page, &json!({"total": "56.10", "lines": null, "units": null}), &["incomplete data"]);
    let one_way = node_with(&[("shippingLine", node(1)["shippingLines"]["nodes"][0].clone())]);
    let mut one_way = one_way;
    one_way.as_object_mut().unwrap().remove("shippingLines");
    check(&one_way, &json!({"total": "56.10", "shipping": "5.00"}), &[]);

    let part = node_with(&[("displayFinancialStatus", json!("PARTIALLY_PAID")), ("totalReceivedSet", money("20.0"))]);
    check(&part, &json!({"paid": "20.00"}), &[]);
}

/// An answer that was not asked for the buyer says nothing of them: it must not blot out who is known.
#[test]
fn no_buyer_is_no_statement() {
    let facets = |body: Value| match decode("pull:order", body.to_string().as_bytes()) {
        Ok(Decoded::Evidence { evidence, .. }) => {
            evidence.iter().filter(|one| matches!(one.facet, Facet::Buyer(_))).count()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(facets(node(4400)), 0);
    let customer = json!({"id": "gid://shopify/Customer/7", "firstName": "Kim"});
    assert_eq!(facets(node_with(&[("customer", customer)])), 1);
    assert_eq!(facets(json!({"order": sane_with(&[("customer", json!(null)), ("email", json!(null))])})), 1);
}

#[test]
fn one_bad_item_costs_no_other() {
    let bad = sane_with(&[("id", json!(7)), ("line_items/0/price", json!("ten"))]);
    let page = json!({"orders": [bad, sane(), null]});
    assert_eq!(
        said("pull:order", &page.to_string()),
        ["refused line_items[0].price", "order 9007199254740993", "refused body"]
    );
    match decode("pull:order", page.to_string().as_bytes()) {
        Ok(Decoded::Evidence { evidence, refused, .. }) => {
            assert_eq!(evidence[0].subject.to_string(), "demo/order/9007199254740993");
            assert_eq!(refused.len(), 2);
            assert_eq!(
                (refused[0].external_id.as_deref(), refused[0].field.as_str()),
                (Some("7"), "line_items[0].price")
            );
        }
        other => panic!("{other:?}"),
    }
    // One item alone is the delivery itself.
    assert_eq!(decode("pull:order", json!([bad]).to_string().as_bytes()).unwrap_err().field, "line_items[0].price");
}

#[test]
fn lines_of_a_bulk_file_find_their_parents() {
    let mut order = node(4400);
    let lines = order["lineItems"]["nodes"].take();
    let ways = order["shippingLines"]["nodes"].take();
    for list in ["lineItems", "shippingLines"] {
        order.as_object_mut().unwrap().remove(list);
    }
    let mut file = format!("{order}\r\n");
    for child in lines.as_array().unwrap().iter().chain(ways.as_array().unwrap()) {
        let mut child = child.clone();
        child["__parentId"] = json!("gid://shopify/Order/4400");
        file.extend([child.to_string().as_str(), "\r\n"]);
    }
    file.push_str("{\"id\":\"gid://shopify/Order/44\r\n");
    file.push_str(&node(4401).to_string());
    let items = explain("pull:order", file.as_bytes());
    let totals: Vec<_> = items
        .iter()
        .map(|item| match item {
            Explained::Item { figures, .. } => {
                (figures.external_id.clone(), figures.total.clone().unwrap(), figures.units.clone().unwrap())
            }
            Explained::Refused(refusal) => (refusal.to_string(), String::new(), String::new()),
            ignored @ Explained::Ignored { .. } => panic!("{ignored:?}"),
        })
        .collect();
    assert_eq!(totals[0], ("4400".into(), "56.10".into(), "3".into()));
    assert_eq!(totals[1].0, "line 5: not a JSON object");
    assert_eq!(totals[2], ("4401".into(), "56.10".into(), "3".into()));

    let level = |item: u64, available: i64| {
        json!({"id": format!("gid://shopify/InventoryLevel/5?inventory_item_id={item}"),
            "location": {"id": "gid://shopify/Location/5"}, "quantities": [{"name": "available", "quantity": available}],
            "__parentId": format!("gid://shopify/InventoryItem/{item}")})
    };
    let item = |id: u64| json!({"id": format!("gid://shopify/InventoryItem/{id}"), "sku": "MUG"});
    let file = format!("{}\n{}\n{}\n{}\n", item(8), level(8, 9), item(9), level(9, 0));
    assert_eq!(said("pull:stock", &file), ["stock 5?inventory_item_id=8", "stock 5?inventory_item_id=9"]);
    let variant = json!({"id": "gid://shopify/ProductVariant/1", "sku": null, "__parentId": "gid://shopify/Product/3"});
    let file = format!("{}\n{variant}\n", json!({"id": "gid://shopify/Product/3"}));
    assert_eq!(summary("pull:product", file.as_bytes()).1, ["line_without_sku variants[0].sku"]);
    assert_eq!(said("pull:order", &file), ["refused body"]);
}

/// The order, the item and the place are those that a node stands in.
#[test]
fn a_node_is_named_by_what_it_stands_in() {
    let payment = json!({"id": "gid://shopify/OrderTransaction/70", "kind": "SALE", "status": "SUCCESS", "amountSet": money("9.5")});
    let refund =
        json!({"id": "gid://shopify/Refund/90", "createdAt": "2026-10-01T00:00:00Z", "totalRefundedSet": money("9.5")});
    let order = json!({"id": "gid://shopify/Order/4400", "transactions": [payment], "refunds": [refund]});
    let orders = json!({"data": {"orders": {"nodes": [order]}}}).to_string();
    let (shown, warnings) = summary("pull:transactions", orders.as_bytes());
    assert_eq!(
        (&shown["external_id"], &shown["number"], &shown["paid"]),
        (&json!("70"), &json!("4400"), &json!("9.50"))
    );
    assert_eq!(warnings, Vec::<String>::new());
    let (shown, warnings) = summary("pull:refund", orders.as_bytes());
    assert_eq!(
        (&shown["external_id"], &shown["refunded"], &shown["lines"]),
        (&json!("90"), &json!("9.50"), &Value::Null)
    );
    assert_eq!(warnings, Vec::<String>::new());
    match decode("pull:refund", orders.as_bytes()) {
        Ok(Decoded::Evidence { evidence, .. }) => assert_eq!(evidence[0].subject.to_string(), "demo/order/4400"),
        other => panic!("{other:?}"),
    }

    let level = json!({"quantities": [{"name": "on_hand", "quantity": 12}, {"name": "available", "quantity": 9}],
        "location": {"id": "gid://shopify/Location/5"}});
    let item = json!({"id": "gid://shopify/InventoryItem/8", "inventoryLevels": {"edges": [{"node": level}]}});
    let variant = json!({"id": "gid://shopify/ProductVariant/1", "sku": "MUG", "inventoryItem": item});
    let body = json!({"data": {"productVariants": {"nodes": [variant]}}}).to_string();
    assert_eq!(said("pull:stock", &body), ["stock 5?inventory_item_id=8"]);
    assert_eq!(summary("pull:stock", body.as_bytes()).0["units"], "9");
}

/// A sum of zero while nobody asked for the transactions may be a refund that is still on its way.
#[test]
fn a_refund_of_which_nothing_is_settled_is_pending() {
    let refund = |sum: &str| {
        json!({"data": {"refund": {"id": "gid://shopify/Refund/90", "createdAt": "2026-10-01T00:00:00Z",
            "totalRefundedSet": money(sum), "order": {"id": "gid://shopify/Order/4400"}}}})
    };
    let (shown, _) = summary("pull:refund", refund("0.0").to_string().as_bytes());
    assert_eq!(
        (&shown["state"], &shown["total"], &shown["refunded"]),
        (&json!("pending"), &Value::Null, &json!("0.00"))
    );
    let (shown, _) = summary("pull:refund", refund("5.0").to_string().as_bytes());
    assert_eq!((&shown["state"], &shown["total"]), (&json!("succeeded"), &json!("5.00")));
}

#[test]
fn a_mark_before_the_text_is_no_content() {
    let body = [b"\xef\xbb\xbf".as_slice(), sane().to_string().as_bytes()].concat();
    for topic in ["orders/create", "pull:order"] {
        assert_eq!(summary(topic, &body).0["total"], "56.10");
        assert!(decode(topic, &body).is_ok());
    }
}
