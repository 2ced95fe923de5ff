//! Cuts what was asked for out of a whole thing.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use graphql_parser::query::{Field, SelectionSet};
use serde_json::{Map, Value, json};

use super::{Question, Wrong};

/// An opaque place in a list: whoever is given it can only give it back.
pub(in crate::shopify) fn cursor(place: &str) -> String {
    URL_SAFE.encode(format!("place:{place}"))
}

/// The place of a cursor; `None` for one that was never given out.
pub(in crate::shopify) fn place(cursor: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE.decode(cursor).ok()?).ok()?;
    text.strip_prefix("place:").map(ToOwned::to_owned)
}

/// The selected part of a value. `points` counts the objects that are answered.
pub(in crate::shopify) fn select(
    question: &Question,
    set: &SelectionSet<'static, String>,
    value: &Value,
    points: &mut u32,
) -> Result<Value, Wrong> {
    match value {
        Value::Array(list) => list.iter().map(|item| select(question, set, item, points)).collect(),
        Value::Object(fields) => {
            *points = points.saturating_add(1);
            let mut found = Map::new();
            for field in question.fields(set)? {
                let missing = || Wrong::new("undefinedField", format!("Field '{}' doesn't exist here", field.name));
                let inner = fields.get(&field.name).ok_or_else(missing)?;
                let key = field.alias.as_ref().unwrap_or(&field.name).clone();
                found.insert(key, one(question, field, inner, points)?);
            }
            Ok(Value::Object(found))
        }
        Value::Null => Ok(Value::Null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(Wrong::new("selectionMismatch", "a value without fields is asked for its fields"))
        }
    }
}

fn one(question: &Question, field: &Field<'static, String>, value: &Value, points: &mut u32) -> Result<Value, Wrong> {
    if field.selection_set.items.is_empty() {
        let objects = value.is_object() || value.as_array().is_some_and(|list| list.iter().any(Value::is_object));
        let bare = Wrong::new("selectionMismatch", format!("Field '{}' must have selections", field.name));
        return if objects { Err(bare) } else { Ok(value.clone()) };
    }
    let Value::Array(list) = value else { return select(question, &field.selection_set, value, points) };
    let first = question.number(field, "first");
    let asked = question.fields(&field.selection_set)?;
    let is_connection = asked.iter().any(|part| ["nodes", "edges", "pageInfo"].contains(&&*part.name));
    if !is_connection {
        let kept: Value = list.iter().take(first.unwrap_or(usize::MAX)).cloned().collect();
        return select(question, &field.selection_set, &kept, points);
    }
    let first = first
        .ok_or_else(|| Wrong::new("BAD_REQUEST", format!("you must provide one of first or last on {}", field.name)))?;
    let after = question.argument(field, "after");
    let begin = match after.as_str() {
        None => 0,
        Some(text) => {
            let known = place(text).and_then(|place| place.parse::<usize>().ok());
            known.ok_or_else(|| Wrong::new("invalid_cursor", "Invalid cursor for current pagination sort."))?
        }
    };
    let end = begin.saturating_add(first).min(list.len());
    let nodes: Vec<Value> = list.iter().skip(begin).take(first).cloned().collect();
    select(question, &field.selection_set, &connection(&nodes, end < list.len(), &cursor(&end.to_string())), points)
}

/// A connection with its page.
pub(in crate::shopify) fn connection(nodes: &[Value], more: bool, end: &str) -> Value {
    let edges: Vec<Value> = nodes.iter().map(|node| json!({"cursor": end, "node": node})).collect();
    let end = if nodes.is_empty() { Value::Null } else { json!(end) };
    json!({"nodes": nodes, "edges": edges, "pageInfo": {"hasNextPage": more, "endCursor": end}})
}
