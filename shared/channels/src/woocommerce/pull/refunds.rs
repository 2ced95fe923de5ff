//! The refunds of an order: the list of orders has only their totals, and lines and times stand in their own list.

use serde_json::{Value, json};

use super::ask::MAX_PAGE;
use crate::{
    Answer, Pulled, Rest, Trouble,
    pull::quote,
    woocommerce::{order::utc, topics},
};

/// An order whose refunds are still to be asked for.
pub(super) fn of_order(id: &str, order: &str) -> Option<Rest> {
    // The id becomes part of an address.
    let plain = id.bytes().all(|byte| byte.is_ascii_digit());
    let order: Value = serde_json::from_str(order).ok().filter(|_| plain)?;
    Some(Rest { held: json!({"id": id, "order": order}) })
}

pub(super) fn path(rest: &Rest) -> String {
    let id = rest.held.get("id").and_then(Value::as_str).unwrap_or_default();
    format!("orders/{id}/refunds?per_page={MAX_PAGE}")
}

/// Puts what each refund says of itself in the place of the order's note of it. One that is not listed keeps the note.
pub(super) fn answer(rest: &Rest, text: &str) -> Result<Answer, Trouble> {
    let own: Vec<Value> = serde_json::from_str(text).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    let mut order = rest.held.get("order").cloned().unwrap_or_default();
    for note in order.get_mut("refunds").and_then(Value::as_array_mut).into_iter().flatten() {
        let found = own.iter().find(|one| one.get("id").is_some_and(|id| note.get("id") == Some(id)));
        for (name, value) in found.and_then(Value::as_object).into_iter().flatten() {
            if let Some(note) = note.as_object_mut() {
                note.entry(name.as_str()).or_insert_with(|| value.clone());
            }
        }
    }
    let changed = order.get("date_modified_gmt").and_then(Value::as_str).and_then(utc);
    Ok(Answer::Item(Pulled {
        topic: topics::PULLED_ORDER,
        id: rest.held.get("id").and_then(Value::as_str).map(ToOwned::to_owned),
        changed,
        body: order.to_string().into_bytes(),
        rest: None,
    }))
}
