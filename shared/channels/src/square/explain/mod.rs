//! The dry run of a payload: each thing that it is about, with its figures.

mod goods;
mod money;
mod order;

use sluice_domain::account::Account;

use super::topics::{self, Route};
use crate::{
    ExplainContext, Explained, Figures, Refusal,
    doc::Doc,
    explain::{each, ignored},
    json::Node,
    wrapped::{self, Shape},
};

/// What is printed of one document.
type Reader = fn(&Doc<'_>, &Account) -> Result<Figures, Refusal>;

/// Kinds that no flow takes yet: how their topics begin, how answers and events wrap them, and their reader.
const KINDS: &[(&[&str], Shape, Reader)] = &[
    (
        &["pull:payment", "payment."],
        Shape { wrappers: &["payment", "payments"], own: &["id", "amount_money"] },
        money::payment,
    ),
    (
        &["pull:refund", "refund."],
        Shape { wrappers: &["refund", "refunds"], own: &["id", "amount_money"] },
        money::refund,
    ),
    (
        &["pull:payout", "payout."],
        Shape { wrappers: &["payout", "payouts"], own: &["id", "amount_money"] },
        money::payout,
    ),
    (
        &["pull:dispute", "dispute."],
        Shape { wrappers: &["dispute", "disputes"], own: &["id", "dispute_id", "amount_money"] },
        money::dispute,
    ),
    (
        &["pull:customer", "customer."],
        Shape { wrappers: &["customer", "customers"], own: &["id", "creation_source"] },
        goods::customer,
    ),
    (&["pull:product"], Shape { wrappers: &["object", "objects"], own: &["id", "type"] }, goods::product),
];

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    let explained = match topics::route(topic) {
        Route::PulledOrder => order::explain(topic, body, context),
        Route::OrderEvent => order::event(topic, body, context),
        Route::Denied => Ok(ignored(topic, "the channel refused to be read")),
        Route::Ignored(reason) => other(topic, body, context.account).unwrap_or_else(|| Ok(ignored(topic, reason))),
    };
    explained.unwrap_or_else(|refusal| vec![Explained::Refused(refusal)])
}

/// Kinds without a flow; `None` where the topic is of none of them.
fn other(topic: &str, body: &[u8], account: &Account) -> Option<Result<Vec<Explained>, Refusal>> {
    let names = |known: &str| topic == known || (known.ends_with('.') && topic.starts_with(known));
    if names("pull:stock") || names("inventory.") {
        return Some(wrapped::tree(body).map(|tree| goods::stock(topic, object(tree.root()), account)));
    }
    if names("pull:settlement") || names("pull:transactions") {
        return Some(wrapped::tree(body).map(|tree| money::settlements(topic, tree.root(), account)));
    }
    let (_, shape, read) = KINDS.iter().find(|(topics, ..)| topics.iter().any(|known| names(known)))?;
    Some(wrapped::tree(body).map(|tree| {
        each(topic, wrapped::split(object(tree.root()), shape), |item| {
            let figures = read(&Doc::new(*item), account)?;
            Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
        })
    }))
}

/// What an event is about (`data.object`); anything else is itself.
fn object(root: Node<'_>) -> Node<'_> {
    root.get("data").and_then(|data| data.get("object")).unwrap_or(root)
}
