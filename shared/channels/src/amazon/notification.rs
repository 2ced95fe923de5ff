//! Notifications: thin, unsigned, in the seller's own queue. Their fields begin with a capital or not, by type (README,
//! notification facts), so both are read.

use rust_decimal::Decimal;
use serde_json::Value;
use sluice_domain::value::Kind;

use super::{
    order::{
        standing,
        wire::{object, objects},
    },
    topics::{self, Route},
};
use crate::{
    ExplainContext, Explained, Refusal, Warning,
    doc::Doc,
    evidence::subject,
    explain::{blank, each},
    json::{self, MAX_LINES, bound, refuse},
};

/// The most messages of one batch (a queue hands out 10, a function takes at most 10 000).
const MAX_MESSAGES: usize = 10_000;

/// A field of a notification under either of its names.
fn field<'a>(value: &'a Value, names: [&str; 2]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(name)).filter(|value| !value.is_null())
}

/// The notifications of a body: one, that of an `EventBridge` event (`detail`), or those of a batch from a queue.
pub(super) fn split(body: &[u8]) -> Result<Vec<Result<Value, Refusal>>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    let value: Value = json::read_text(text)?;
    let (list, name) = match (value.get("Records"), value.get("Messages")) {
        (Some(Value::Array(records)), _) => (records, ["body", "Body"]),
        (None, Some(Value::Array(messages))) => (messages, ["Body", "body"]),
        _ => return Ok(vec![Ok(unwrapped(value))]),
    };
    bound("Records", list.len(), MAX_MESSAGES)?;
    let message = |record: &Value| {
        let text = field(record, name).and_then(Value::as_str).ok_or_else(|| refuse("Records.body", "missing"))?;
        json::read_text(text).map(unwrapped)
    };
    Ok(list.iter().map(message).collect())
}

/// `EventBridge` puts a notification into `detail`.
fn unwrapped(mut value: Value) -> Value {
    let is_event = value.get("detail-type").is_some() || value.get("detail").is_some_and(Value::is_object);
    if is_event { value.get_mut("detail").map(Value::take).unwrap_or_default() } else { value }
}

/// What a notification says its type is.
fn kind(value: &Value) -> Option<&str> {
    field(value, ["NotificationType", "notificationType"]).and_then(Value::as_str)
}

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    each(topic, split(body), |value| match kind(value).map(topics::route) {
        None | Some(Route::OrderChange) => change(value, context),
        Some(Route::Ignored(reason)) => Ok(one_ignored(topic, reason)),
        Some(Route::PulledOrder | Route::Denied) => Ok(one_ignored(topic, "not a type of notification")),
    })
}

fn one_ignored(topic: &str, reason: &str) -> Explained {
    Explained::Ignored { topic: topic.to_owned(), reason: reason.to_owned() }
}

/// What `ORDER_CHANGE` says of its order. It has no money and no person, so nothing is folded: the order is read.
fn change(value: &Value, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let payload = field(value, ["Payload", "payload"]).ok_or_else(|| refuse("Payload", "missing"))?;
    let names = ["OrderChangeNotification", "orderChangeNotification"];
    let told = field(payload, names).filter(|told| told.is_object());
    let told = told.ok_or_else(|| refuse("Payload.OrderChangeNotification", "missing"))?;
    let doc = Doc::new(told);
    let id = match doc.id("AmazonOrderId")? {
        Some(id) => Some(id),
        None => doc.id("amazonOrderId")?,
    };
    let id = id.ok_or_else(|| refuse("AmazonOrderId", "missing"))?;
    let mut figures = blank("order", &subject(context.account, Kind::Order, &id)?);
    let with_id = |mut refusal: Refusal| {
        refusal.external_id = Some(id.clone());
        refusal
    };
    figures.number = Some(id.clone());
    figures.warnings.push(Warning::new("currency_unknown", "Summary", topics::THIN));
    let capital = object(&doc, "Summary").map_err(with_id)?;
    let Some(summary) = capital.or(object(&doc, "summary").map_err(with_id)?) else {
        return Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() });
    };
    if let Some(word) = summary.text("OrderStatus").or_else(|| summary.text("orderStatus")) {
        let state = standing::of(word, "Summary.OrderStatus", &mut figures.warnings);
        figures.state = Some(state.word.to_owned());
    }
    let items = objects(&summary, "OrderItems").map_err(with_id)?;
    let items = if items.is_some() { items } else { objects(&summary, "orderItems").map_err(with_id)? };
    // A notification of one item says nothing of the others.
    let level = doc.text("NotificationLevel").or_else(|| doc.text("notificationLevel"));
    if let Some(items) = items.filter(|_| level != Some("OrderItemLevel")) {
        bound("Summary.OrderItems", items.len(), MAX_LINES).map_err(with_id)?;
        let (lines, units) = units(&items, &mut figures.warnings).map_err(with_id)?;
        figures.lines = Some(lines);
        figures.units = Some(units.normalize().to_string());
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}

/// Items that are still ordered, and their units.
fn units(items: &[Doc<'_>], warnings: &mut Vec<Warning>) -> Result<(usize, Decimal), Refusal> {
    let (mut lines, mut units) = (0_usize, Decimal::ZERO);
    for item in items {
        let capital = item.quantity("Quantity")?;
        let quantity = if capital.is_some() { capital } else { item.quantity("quantity")? }.unwrap_or_default();
        if quantity.is_sign_negative() && !quantity.is_zero() {
            return Err(refuse("Summary.OrderItems.Quantity", "expected zero or more"));
        }
        lines = lines.saturating_add(usize::from(!quantity.is_zero()));
        units = units.saturating_add(quantity);
        if item.flag("IsBuyerRequestedCancel") || item.flag("isBuyerRequestedCancel") {
            let message = "the buyer asks to cancel this item: that is a request, nothing is cancelled yet";
            warnings.push(Warning::new("cancellation_requested", "Summary.OrderItems", message));
        }
    }
    Ok((lines, units))
}
