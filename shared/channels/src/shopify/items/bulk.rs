//! Results of bulk operations: one object a line, children naming their parent in `__parentId`. Source:
//! `graphql_examples/bulk_result_orders.jsonl`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    Item, MAX_ITEMS, Shape,
    graph::{self, Around},
};
use crate::{Refusal, json::refuse};

/// Are there several JSON objects, one a line?
pub(super) fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let whole = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
    lines.next().is_some_and(whole) && lines.next().is_some_and(|line| line.starts_with('{'))
}

/// What a line is to the lines after it.
#[derive(Clone)]
enum Place {
    /// An item, or inside of one.
    Item(usize),
    /// Something that items may stand in.
    Around(Around),
}

/// The items, each with its children. A line that cannot be read costs no other.
pub(super) fn items(text: &str, shape: &Shape) -> Result<Vec<Result<Item<'static>, Refusal>>, Refusal> {
    let mut items: Vec<Result<Map<String, Value>, Refusal>> = Vec::new();
    let mut places: HashMap<String, Place> = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if items.len() >= MAX_ITEMS {
            return Err(refuse("body", format!("more than {MAX_ITEMS} items")));
        }
        let Ok(Value::Object(mut object)) = serde_json::from_str(line) else {
            items.push(Err(refuse(format!("line {}", number.saturating_add(1)), "not a JSON object")));
            continue;
        };
        let parent = object.remove("__parentId");
        let parent = parent.as_ref().and_then(Value::as_str).and_then(|parent| places.get(parent)).cloned();
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let value = Value::Object(object);
        let kind = graph::kind(&value).unwrap_or_default().to_owned();
        let Value::Object(object) = value else { continue };
        let place = match parent {
            Some(Place::Item(parent)) => {
                if let Some(Ok(object_of_parent)) = items.get_mut(parent) {
                    adopt(object_of_parent, &kind, object);
                }
                Place::Item(parent)
            }
            other => {
                let around = if let Some(Place::Around(around)) = other { around } else { Around::default() };
                if kind.is_empty() || shape.kinds.contains(&kind.as_str()) {
                    let Value::Object(named) = around.named_in(object) else { continue };
                    items.push(Ok(named));
                    Place::Item(items.len().saturating_sub(1))
                } else {
                    Place::Around(around.within(&object, &kind))
                }
            }
        };
        places.insert(id, place);
    }
    if items.is_empty() {
        return Err(refuse("body", format!("holds no {}", shape.one)));
    }
    Ok(items.into_iter().map(|item| item.map(|object| graph::from_node(Value::Object(object)))).collect())
}

/// Puts a child into the list that its kind names: a `LineItem` into `lineItems`.
fn adopt(parent: &mut Map<String, Value>, kind: &str, child: Map<String, Value>) {
    let list = match kind {
        "LineItem" | "FulfillmentOrderLineItem" => "lineItems",
        "ShippingLine" => "shippingLines",
        "Refund" => "refunds",
        "RefundLineItem" => "refundLineItems",
        "OrderTransaction" => "transactions",
        "Fulfillment" => "fulfillments",
        "FulfillmentLineItem" => "fulfillmentLineItems",
        "ReturnLineItem" => "returnLineItems",
        "ProductVariant" => "variants",
        _ => "children",
    };
    if let Value::Array(list) = parent.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
        list.push(Value::Object(child));
    }
}
