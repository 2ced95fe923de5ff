//! Notifications: thin, unsigned, in the seller's own queue. Their fields begin with a capital or not, by type (README,
//! notification facts), so both are read.

use rust_decimal::Decimal;
use sluice_domain::value::Kind;

use super::{
    order::{
        standing,
        wire::{object, objects},
    },
    topics::{self, Route},
};
use crate::{
    Envelope, ExplainContext, Explained, Refusal, Warning,
    doc::Doc,
    evidence::subject,
    explain::{blank, each},
    json::{MAX_LINES, Node, Tree, bound, refuse},
    wrapped,
};

/// The most messages of one batch (a queue hands out 10, a function takes at most 10 000).
const MAX_MESSAGES: usize = 10_000;

/// A field of a notification under either of its names.
fn field<'t>(value: Node<'t>, names: [&str; 2]) -> Option<Node<'t>> {
    names.iter().find_map(|name| value.get(name)).filter(|value| !value.is_null())
}

/// Explains the notifications of a body: one, that of an `EventBridge` event (`detail`), or those of a batch from a queue.
pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    let read = |text: &str| Tree::read_text(text).and_then(|tree| one(topic, unwrapped(tree.root()), context));
    let explained = wrapped::tree(body).and_then(|tree| match texts(tree.root())? {
        None => one(topic, unwrapped(tree.root()), context).map(|one| vec![one]),
        Some(texts) => Ok(each(topic, Ok(texts), |text| read(text))),
    });
    explained.unwrap_or_else(|refusal| vec![Explained::Refused(refusal)])
}

/// The envelope of one notification, as it stands in the seller's queue, plain or within an event of `EventBridge`. Copies of
/// one carry its id; its time is when the thing happened (README, notification facts).
pub(super) fn envelope(message: &[u8]) -> Option<Envelope> {
    let tree = wrapped::tree(message).ok()?;
    let told = unwrapped(tree.root());
    let text = |node: Option<Node<'_>>| node.and_then(Node::text).map(str::to_owned);
    let about = field(told, ["NotificationMetadata", "notificationMetadata"]);
    Some(Envelope {
        topic: text(field(told, ["NotificationType", "notificationType"]))?,
        delivery_id: text(about.and_then(|about| field(about, ["NotificationId", "notificationId"]))),
        api_version: None,
        stated_at: text(field(told, ["EventTime", "eventTime"])).and_then(|time| time.parse().ok()),
    })
}

/// The messages of a batch; `None` where it is none.
fn texts(batch: Node<'_>) -> Result<Option<Vec<Result<&str, Refusal>>>, Refusal> {
    let list = |name: &str| batch.get(name).and_then(Node::items);
    let (messages, names) = match (list("Records"), list("Messages")) {
        (Some(records), _) => (records, ["body", "Body"]),
        (None, Some(messages)) if batch.get("Records").is_none() => (messages, ["Body", "body"]),
        _ => return Ok(None),
    };
    let text = |record| field(record, names).and_then(Node::text).ok_or_else(|| refuse("Records.body", "missing"));
    let texts: Vec<_> = messages.take(MAX_MESSAGES.saturating_add(1)).map(text).collect();
    bound("Records", texts.len(), MAX_MESSAGES)?;
    Ok(Some(texts))
}

/// `EventBridge` puts a notification into `detail`.
fn unwrapped(value: Node<'_>) -> Node<'_> {
    let detail = value.get("detail");
    let is_event = value.get("detail-type").is_some() || detail.is_some_and(Node::is_object);
    detail.filter(|_| is_event).unwrap_or(value)
}

fn one(topic: &str, value: Node<'_>, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let kind = field(value, ["NotificationType", "notificationType"]).and_then(Node::text);
    match kind.map(topics::route) {
        None | Some(Route::OrderChange) => change(value, context),
        Some(Route::Ignored(reason)) => Ok(one_ignored(topic, reason)),
        Some(Route::PulledOrder | Route::Denied) => Ok(one_ignored(topic, "not a type of notification")),
    }
}

fn one_ignored(topic: &str, reason: &str) -> Explained {
    Explained::Ignored { topic: topic.to_owned(), reason: reason.to_owned() }
}

/// What `ORDER_CHANGE` says of its order. It has no money and no person, so nothing is folded: the order is read.
fn change(value: Node<'_>, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
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
