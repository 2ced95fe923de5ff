//! Results of bulk operations: one object a line, children naming their parent in `__parentId`. Source:
//! `graphql_examples/bulk_result_orders.jsonl`.

use serde_json::{Map, Value};

use super::{Item, MAX_ITEMS, graph};
use crate::{Refusal, json::refuse};

/// Are there several JSON objects, one a line?
pub(super) fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let whole = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
    lines.next().is_some_and(whole) && lines.next().is_some_and(whole)
}

/// The items, each with its children.
pub(super) fn items(text: &str) -> Result<Vec<Item<'static>>, Refusal> {
    let mut parents: Vec<(String, Map<String, Value>)> = Vec::new();
    let mut place = std::collections::HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Ok(Value::Object(mut object)) = serde_json::from_str(line) else {
            return Err(refuse(format!("line {}", number.saturating_add(1)), "not a JSON object"));
        };
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let parent = object.remove("__parentId");
        if let Some(parent) = parent.as_ref().and_then(Value::as_str).and_then(|parent| place.get(parent)).copied() {
            place.insert(id.clone(), parent);
            if let Some((_, object_of_parent)) = parents.get_mut(parent) {
                adopt(object_of_parent, &id, object);
            }
            continue;
        }
        if parents.len() >= MAX_ITEMS {
            return Err(refuse("body", format!("more than {MAX_ITEMS} items")));
        }
        place.insert(id.clone(), parents.len());
        parents.push((id, object));
    }
    parents.into_iter().map(|(_, object)| graph::from_node(Value::Object(object))).collect()
}

/// Puts a child into the list that its type names: `gid://shopify/LineItem/1` into `lineItems`.
fn adopt(parent: &mut Map<String, Value>, id: &str, child: Map<String, Value>) {
    let list = match id.strip_prefix("gid://shopify/").and_then(|rest| rest.split('/').next()) {
        Some("LineItem") => "lineItems",
        Some("ShippingLine") => "shippingLines",
        Some("Refund") => "refunds",
        Some("RefundLineItem") => "refundLineItems",
        Some("OrderTransaction") => "transactions",
        Some("Fulfillment") => "fulfillments",
        Some(_) | None => "children",
    };
    if let Value::Array(list) = parent.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
        list.push(Value::Object(child));
    }
}
