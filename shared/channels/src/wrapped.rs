//! From an answer to its items: bare ones, a list of them, or one of the provider's wrappers. An error is no item.

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

/// How a provider wraps items.
pub(crate) struct Shape {
    /// Names of the fields that hold them, one or many.
    pub(crate) wrappers: &'static [&'static str],
    /// Fields that only an item has; the first is its id.
    pub(crate) own: &'static [&'static str],
}

/// An item, or why there is none in its place.
type Found = Result<Value, Refusal>;

/// Splits an answer.
pub(crate) fn split(body: &[u8], shape: &Shape) -> Result<Vec<Found>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    split_value(json::read_text(text)?, shape)
}

/// The same of what was read already.
pub(crate) fn split_value(value: Value, shape: &Shape) -> Result<Vec<Found>, Refusal> {
    let mut items = Vec::new();
    collect(value, shape, 0, &mut items)?;
    Ok(items)
}

fn collect(value: Value, shape: &Shape, depth: usize, items: &mut Vec<Found>) -> Result<(), Refusal> {
    match value {
        Value::Array(list) if list.len() > MAX_ITEMS => Err(refuse("body", format!("more than {MAX_ITEMS} items"))),
        Value::Array(list) => {
            items.extend(list.into_iter().map(|item| match &item {
                Value::Object(fields) => error_in(fields).map_or(Ok(item), Err),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    Err(refuse("items", "expected an object"))
                }
            }));
            Ok(())
        }
        Value::Object(fields) => object(fields, shape, depth, items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(refuse("body", "expected an object or a list"))
        }
    }
}

fn object(mut fields: Map<String, Value>, shape: &Shape, depth: usize, items: &mut Vec<Found>) -> Result<(), Refusal> {
    let error = error_in(&fields);
    if error.is_none() && shape.own.iter().any(|own| fields.contains_key(*own)) {
        items.push(Ok(Value::Object(fields)));
        return Ok(());
    }
    if depth >= MAX_WRAPS {
        return Err(refuse("body", "wrapped too deeply"));
    }
    let inner = shape.wrappers.iter().find_map(|name| fields.remove(*name)).filter(|value| !value.is_null());
    let Some(inner) = inner else {
        let id = shape.own.first().copied().unwrap_or("id");
        return Err(error.unwrap_or_else(|| refuse(id, "missing")));
    };
    collect(inner, shape, depth.saturating_add(1), items)?;
    // An answer may have some of what was asked for, and say why not the rest.
    items.extend(error.map(Err));
    Ok(())
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
