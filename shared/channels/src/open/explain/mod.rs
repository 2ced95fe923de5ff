//! The dry run of a payload: each thing that it is about, with its figures.

mod goods;

use sluice_domain::value::Kind;

use super::{
    decode::{self, items},
    order,
    topics::{self, Route},
    wire::{Event, Reader},
};
use crate::{
    DecodeContext, ExplainContext, Explained, Refusal, Warning,
    evidence::{Statement, subject},
    explain::{blank, came_back, each, ignored, of_order, refund_state},
    json::{Node, Tree},
};

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    let route = topics::route(topic);
    let tree = match (route, Tree::read(body)) {
        (Route::Unknown, _) => return ignored(topic, "not an event of this contract"),
        (Route::Denied, _) => return ignored(topic, "this channel is only sent to"),
        (_, Ok(tree)) => tree,
        (_, Err(refusal)) => return vec![Explained::Refused(refusal)],
    };
    let context = Dry {
        decoding: DecodeContext { account: context.account, contact_key: context.contact_key },
        statement: Statement::dry(std::str::from_utf8(body).unwrap_or_default()),
    };
    each(topic, Ok(items(tree.root())), |&item| match route {
        Route::Order | Route::ListedOrders => {
            decode::order_evidence(item, context.statement, &context.decoding).map(of_order)
        }
        Route::Refund | Route::ListedRefunds => refund(item, &context),
        Route::Deleted => goods::gone(item, Kind::Order, &context),
        Route::Goods(goods) => goods::explain(goods, topic, item, &context),
        Route::Denied | Route::Unknown => Ok(Explained::Ignored { topic: topic.to_owned(), reason: String::new() }),
    })
}

/// What explaining one item needs.
struct Dry<'a> {
    decoding: DecodeContext<'a>,
    statement: Statement,
}

/// A refund by itself: `total` is what is asked, `refunded` what has moved.
fn refund(node: Node<'_>, context: &Dry<'_>) -> Result<Explained, Refusal> {
    let said = decode::refund_evidence(node, context.statement, &context.decoding)?;
    let mut reader = Reader::default();
    let (thing, at, _) = Event::loose(node);
    let Some((_, wire)) = order::alone(thing, at, &mut reader) else { return Err(decode::refused(node, &reader)) };
    let refund = order::canonical_refund(wire).refund;
    let mut figures = blank("refund", &subject(context.decoding.account, Kind::Refund, &refund.id)?);
    figures.currency = refund.amount.map(|amount| amount.currency().code().to_owned());
    figures.total = refund.amount.map(|amount| amount.to_string());
    let moved = refund.state == sluice_domain::order::RefundState::Succeeded;
    let nothing = refund.amount.map(|amount| sluice_domain::value::Money::zero(amount.currency()));
    figures.refunded = if moved { refund.amount } else { nothing }.map(|amount| amount.to_string());
    figures.state = Some(refund_state(refund.state).to_owned());
    came_back(&refund, &mut figures);
    figures.warnings = said.warnings;
    Ok(Explained::Item { figures: Box::new(figures), evidence: said.evidence })
}

/// The warning of a thing of which only the id is known.
fn no_content() -> Warning {
    Warning::new("no_content", "body", "it says that the thing is gone, and nothing else of it")
}
