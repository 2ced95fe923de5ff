//! From an answer to its orders: `{order}`, `{orders}`, v0's `{payload}` and `{Orders}`, or bare orders. An error is no order.

use serde_json::{Map, Value};

use crate::{
    Refusal,
    json::{self, refuse},
};

/// The most orders of one answer (pages have 100 at most).
const MAX_ITEMS: usize = 10_000;
/// How deep an answer may be wrapped.
const MAX_WRAPS: usize = 3;
/// The longest word of an error that is repeated, in characters.
const MAX_CODE: usize = 60;

const WRAPPERS: &[&str] = &["payload", "order", "orders", "Orders", "Order"];

/// An order, or why there is none in its place.
type Found = Result<Value, Refusal>;

pub(super) fn split(body: &[u8]) -> Result<Vec<Found>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    let mut items = Vec::new();
    collect(json::read_text(text)?, 0, &mut items)?;
    Ok(items)
}

fn collect(value: Value, depth: usize, items: &mut Vec<Found>) -> Result<(), Refusal> {
    match value {
        Value::Array(list) if list.len() > MAX_ITEMS => Err(refuse("body", format!("more than {MAX_ITEMS} items"))),
        Value::Array(list) => {
            items.extend(list.into_iter().map(|item| match &item {
                Value::Object(fields) => error_in(fields).map_or(Ok(item), Err),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    Err(refuse("orders", "expected an object"))
                }
            }));
            Ok(())
        }
        Value::Object(fields) => object(fields, depth, items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(refuse("body", "expected an object or a list"))
        }
    }
}

fn object(mut fields: Map<String, Value>, depth: usize, items: &mut Vec<Found>) -> Result<(), Refusal> {
    if let Some(error) = error_in(&fields) {
        return Err(error);
    }
    if fields.contains_key("orderId") || fields.contains_key("AmazonOrderId") {
        items.push(Ok(Value::Object(fields)));
        return Ok(());
    }
    if depth >= MAX_WRAPS {
        return Err(refuse("body", "wrapped too deeply"));
    }
    let inner = WRAPPERS.iter().find_map(|name| fields.remove(*name)).filter(|value| !value.is_null());
    let inner = inner.ok_or_else(|| refuse("orderId", "missing"))?;
    collect(inner, depth.saturating_add(1), items)
}

/// `{"errors": [{"code", ...}]}`, or the token service's `{"error": "invalid_grant"}`.
fn error_in(fields: &Map<String, Value>) -> Option<Refusal> {
    let listed = fields.get("errors").and_then(Value::as_array).and_then(|all| all.first());
    let word = match listed {
        Some(first) => first.get("code").and_then(Value::as_str).unwrap_or_default(),
        None => fields.get("error").and_then(Value::as_str)?,
    };
    let word: String = word.chars().filter(char::is_ascii_alphanumeric).take(MAX_CODE).collect();
    Some(refuse("errors", format!("an error answer, not data: {word}")))
}
