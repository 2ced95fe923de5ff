//! GraphQL's shapes as REST's: connections become lists, `camelCase` becomes `snake_case`, ids lose their `gid://`, enum
//! words become lower case. Source: `admin_2026-10_slice.graphql`.

use serde_json::{Map, Value};

use super::{Item, MAX_ITEMS, Shape};
use crate::{
    Refusal,
    json::{self, refuse},
};

/// How deep a connection may lie in `data` (`shopifyPaymentsAccount { payouts { nodes } }`).
const MAX_DEPTH: usize = 5;

/// Is it one of GraphQL's nodes? REST writes ids as numbers.
pub(super) fn is_node(text: &str) -> bool {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => object.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("gid:")),
        Ok(_) | Err(_) => false,
    }
}

/// A node's text as REST's.
pub(super) fn item(text: &str) -> Result<Item<'static>, Refusal> {
    from_node(json::read(text.as_bytes())?)
}

/// A node as REST's.
pub(super) fn from_node(node: Value) -> Result<Item<'static>, Refusal> {
    if let Some(connection) = cut_off(&node) {
        return Err(refuse(name(connection), "there is more of it than was read"));
    }
    let gid = node.get("id").filter(|id| id.as_str().is_some_and(|id| id.starts_with("gid:"))).cloned();
    let mut plain = rest(node, "");
    if let (Some(object), Some(gid)) = (plain.as_object_mut(), gid) {
        object.insert("admin_graphql_api_id".to_owned(), gid);
    }
    Ok(Item { text: plain.to_string().into(), selected: true })
}

/// A connection in a node that goes on where the answer ends. What is left of it is not the thing.
fn cut_off(node: &Value) -> Option<&str> {
    let inner = |value: &Value| value.pointer("/pageInfo/hasNextPage") == Some(&Value::Bool(true));
    match node {
        Value::Object(fields) => {
            fields.iter().find_map(|(key, value)| if inner(value) { Some(key.as_str()) } else { cut_off(value) })
        }
        Value::Array(list) => list.iter().find_map(cut_off),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The nodes in `data`.
pub(super) fn items(data: &str, shape: &Shape) -> Result<Vec<Item<'static>>, Refusal> {
    let data: Value = json::read(data.as_bytes())?;
    if failed(&data, MAX_DEPTH) {
        return Err(refuse("userErrors", "an error answer, not data"));
    }
    let mut nodes = Vec::new();
    collect(data, shape, MAX_DEPTH, &mut nodes);
    if nodes.len() > MAX_ITEMS {
        return Err(refuse("data", format!("more than {MAX_ITEMS} items")));
    }
    nodes.into_iter().map(from_node).collect()
}

/// A mutation that ran and failed says so in `userErrors`, with HTTP 200.
fn failed(value: &Value, depth: usize) -> bool {
    let Some(object) = value.as_object().filter(|_| depth > 0) else { return false };
    let errors = object.get("userErrors").and_then(Value::as_array);
    errors.is_some_and(|errors| !errors.is_empty())
        || object.values().any(|inner| failed(inner, depth.saturating_sub(1)))
}

fn collect(value: Value, shape: &Shape, depth: usize, nodes: &mut Vec<Value>) {
    let Value::Object(object) = value else { return };
    for (key, inner) in object {
        if shape.graph.contains(&key.as_str()) {
            match listed(inner) {
                Value::Array(list) => nodes.extend(list.into_iter().filter(Value::is_object)),
                found @ Value::Object(_) => nodes.push(found),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        } else if depth > 0 {
            collect(inner, shape, depth.saturating_sub(1), nodes);
        }
    }
}

/// A connection as the list of its nodes; anything else as it is.
fn listed(value: Value) -> Value {
    let Value::Object(mut object) = value else { return value };
    if let Some(nodes) = object.remove("nodes") {
        return nodes;
    }
    match object.remove("edges") {
        Some(Value::Array(edges)) => {
            let node = |edge: Value| match edge {
                Value::Object(mut edge) => edge.remove("node"),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
            };
            Value::Array(edges.into_iter().filter_map(node).collect())
        }
        Some(other) => other,
        None => Value::Object(object),
    }
}

fn rest(value: Value, key: &str) -> Value {
    match listed(value) {
        Value::Object(object) => Value::Object(renamed(object)),
        Value::Array(list) => Value::Array(list.into_iter().map(|inner| rest(inner, key)).collect()),
        Value::String(text) => Value::String(word(text, key)),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

fn renamed(object: Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            // REST names the id of what is pointed at.
            (
                "lineItem" | "order" | "variant" | "product" | "location" | "parentTransaction" | "item",
                Value::Object(pointed),
            ) => {
                let to = pointer(&key);
                if let Some(id) = pointed.get("id").cloned() {
                    fields.insert(to.to_owned(), rest(id, "id"));
                }
                if let (true, Some(name)) = (key == "order", pointed.get("name").cloned()) {
                    fields.insert("order_name".to_owned(), name);
                }
            }
            ("shippingLine", line @ Value::Object(_)) => {
                fields.entry("shipping_lines").or_insert_with(|| Value::Array(vec![rest(line, "")]));
            }
            ("totalCashRoundingAdjustment", Value::Object(mut sets)) => {
                let set = sets.remove("paymentSet").unwrap_or_default();
                fields.insert("total_cash_rounding_payment_adjustment_set".to_owned(), rest(set, ""));
            }
            // What the pull asks for under this name is the word that REST has, or nothing: REST says nothing of holds.
            ("fulfillmentStatus", Value::String(status)) => {
                fields.insert("fulfillment_status".to_owned(), fulfilment(&status));
            }
            ("defaultEmailAddress", Value::Object(mut own)) => {
                fields.insert("email".to_owned(), own.remove("emailAddress").unwrap_or_default());
            }
            ("defaultPhoneNumber", Value::Object(mut own)) => {
                fields.insert("phone".to_owned(), own.remove("phoneNumber").unwrap_or_default());
            }
            // A duty's price is a set by another name.
            ("price", set @ Value::Object(_)) => {
                fields.insert("price_set".to_owned(), rest(set, ""));
            }
            ("discountCodes", Value::Array(codes)) => {
                let code = |code: Value| Value::Object(Map::from_iter([("code".to_owned(), code)]));
                fields.insert("discount_codes".to_owned(), Value::Array(codes.into_iter().map(code).collect()));
            }
            (_, value) => {
                let name = name(&key);
                let value = rest(value, &name);
                fields.insert(name, value);
            }
        }
    }
    fields
}

/// The word that REST's `fulfillment_status` has for one of `OrderDisplayFulfillmentStatus`.
fn fulfilment(status: &str) -> Value {
    match status {
        "FULFILLED" => Value::from("fulfilled"),
        "PARTIALLY_FULFILLED" => Value::from("partial"),
        "RESTOCKED" => Value::from("restocked"),
        _ => Value::Null,
    }
}

fn pointer(key: &str) -> &'static str {
    match key {
        "lineItem" => "line_item_id",
        "variant" => "variant_id",
        "product" => "product_id",
        "location" => "location_id",
        "parentTransaction" => "parent_id",
        "item" => "inventory_item_id",
        _ => "order_id",
    }
}

/// REST's name of a field.
fn name(key: &str) -> String {
    match key {
        "displayFinancialStatus" => "financial_status".to_owned(),
        "displayFulfillmentStatus" => "fulfillment_status".to_owned(),
        "currencyCode" => "currency".to_owned(),
        "presentmentCurrencyCode" => "presentment_currency".to_owned(),
        "originalUnitPriceSet" | "originalPriceSet" => "price_set".to_owned(),
        "allocatedAmountSet" => "amount_set".to_owned(),
        "isGiftCard" => "gift_card".to_owned(),
        "countryCodeV2" => "country_code".to_owned(),
        "customAttributes" => "note_attributes".to_owned(),
        other => snake(other),
    }
}

fn snake(key: &str) -> String {
    let mut out = String::with_capacity(key.len().saturating_add(4));
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Ids without `gid://shopify/Order/`, enum words in lower case.
fn word(text: String, key: &str) -> String {
    match key {
        "id" | "order_id" => {
            let last = text.rsplit('/').next().unwrap_or_default();
            if text.starts_with("gid:") { last.to_owned() } else { text }
        }
        "fulfillment_status" if text == "PARTIALLY_FULFILLED" => "partial".to_owned(),
        "financial_status" | "fulfillment_status" | "status" | "kind" | "restock_type" | "display_status" | "type" => {
            text.to_lowercase()
        }
        _ => text,
    }
}
