//! From deliveries to evidence.

use jiff::Timestamp;
use sluice_domain::{
    delivery::Delivery,
    state::{Evidence, Facet},
    value::Kind,
};

use super::{
    order,
    topics::{self, Route},
    wire::{Event, Gone, Id, Reader, Wire},
};
use crate::{
    DecodeContext, Decoded, Refusal,
    evidence::{self, Said, Statement, denied, of_refunds, subject},
    json::{Node, Pointer, Tree, refuse},
};

pub(super) fn decode(delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
    let body = delivery.body.as_slice();
    let statement = Statement::of(delivery);
    let order = |node: Node<'_>| order_evidence(node, statement, context);
    let refund = |node: Node<'_>| refund_evidence(node, statement, context);
    match topics::route(&delivery.topic) {
        Route::Order => order(Tree::read(body)?.root()).map(Said::into_decoded),
        Route::Refund => refund(Tree::read(body)?.root()).map(Said::into_decoded),
        Route::Deleted => deleted(Tree::read(body)?.root(), delivery, statement, context).map(Said::into_decoded),
        Route::ListedOrders => evidence::each(items(Tree::read(body)?.root()), order),
        Route::ListedRefunds => evidence::each(items(Tree::read(body)?.root()), refund),
        Route::Goods(goods) => Ok(Decoded::Ignored { reason: goods.reason() }),
        Route::Denied => denied(delivery),
        Route::Unknown => Ok(Decoded::Ignored { reason: "not an event of this contract" }),
    }
}

/// One thing, or a list of them.
pub(super) fn items(node: Node<'_>) -> Vec<Result<Node<'_>, Refusal>> {
    node.items().map_or_else(|| vec![Ok(node)], |items| items.map(Ok).collect())
}

/// The first fault, and the id of the thing where that much can be read.
pub(super) fn refused(node: Node<'_>, reader: &Reader) -> Refusal {
    let (thing, ..) = Event::loose(node);
    let id = thing.get("id").and_then(|id| Id::read(id, Pointer::WHOLE, &mut Reader::default()));
    Refusal { external_id: id.map(|id| id.0), ..reader.refusal() }
}

/// The evidence of an order: itself, its buyer and its refunds.
pub(super) fn order_evidence(
    node: Node<'_>,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<Said, Refusal> {
    let mut reader = Reader::default();
    let (thing, at, _) = Event::loose(node);
    let Some(wire) = order::read(thing, at, &mut reader) else { return Err(refused(node, &reader)) };
    let read = order::canonical(wire, at, context.contact_key, &mut reader)
        .map_err(|error| refuse(at.field("totals"), error.to_string()))?;
    let key = subject(context.account, Kind::Order, &read.id)?;
    let rank = statement.rank(read.version, read.progress);
    let number = Some(read.order.number.clone());
    let mut evidence = Vec::with_capacity(read.refunds.len().saturating_add(2));
    evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Order(Box::new(read.order)) });
    evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Buyer(Box::new(read.buyer)) });
    evidence.extend(of_refunds(&key, read.refunds, statement));
    Ok(Said { evidence, number, warnings: reader.warnings() })
}

/// The evidence of a refund by itself, for its order.
pub(super) fn refund_evidence(
    node: Node<'_>,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<Said, Refusal> {
    let mut reader = Reader::default();
    let (thing, at, _) = Event::loose(node);
    let Some((order, wire)) = order::alone(thing, at, &mut reader) else { return Err(refused(node, &reader)) };
    let key = subject(context.account, Kind::Order, &order)?;
    let evidence = of_refunds(&key, [order::canonical_refund(wire)], statement).collect();
    Ok(Said { evidence, number: None, warnings: reader.warnings() })
}

/// A deletion counts from when it happened; where nobody says that, from when it reached us.
fn deleted(
    node: Node<'_>,
    delivery: &Delivery,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<Said, Refusal> {
    let mut reader = Reader::default();
    let (thing, at, stated) = Event::loose(node);
    let Some(gone) = Gone::read(thing, at, &mut reader) else { return Err(refused(node, &reader)) };
    let when = gone.updated_at.or(stated).unwrap_or(delivery.received_at);
    let subject = subject(context.account, Kind::Order, &gone.id.0)?;
    let rank = statement.rank(Timestamp::as_microsecond(when), 0);
    let evidence = vec![Evidence { subject, rank, facet: Facet::Deleted }];
    Ok(Said { evidence, number: None, warnings: reader.warnings() })
}
