//! Products, stock, customers, and what is gone: figures without evidence, since no flow takes them.

use sluice_domain::value::Kind;

use super::{Dry, no_content};
use crate::{
    Explained, Refusal, Warning,
    evidence::subject,
    explain::blank,
    json::{Node, Pointer},
    open::{
        check, decode,
        topics::Goods,
        wire::{Event, Gone, Reader, Stock, Wire},
    },
};

fn kind(goods: Goods) -> (Kind, &'static str) {
    match goods {
        Goods::Product => (Kind::Product, "product"),
        Goods::Stock => (Kind::Stock, "stock"),
        Goods::Customer => (Kind::Customer, "customer"),
    }
}

pub(super) fn explain(goods: Goods, topic: &str, node: Node<'_>, context: &Dry<'_>) -> Result<Explained, Refusal> {
    if topic.ends_with(".deleted") {
        return gone(node, kind(goods).0, context);
    }
    let mut reader = Reader::default();
    let (thing, at, _) = Event::loose(node);
    if !check::goods(goods, topic, (thing, at), &mut reader) {
        return Err(decode::refused(node, &reader));
    }
    let (kind, word) = kind(goods);
    let mut figures = blank(word, &subject(context.decoding.account, kind, &id(thing, node)?)?);
    figures.warnings = reader.warnings();
    match goods {
        Goods::Product if thing.get("sku").and_then(Node::text).is_none_or(str::is_empty) => {
            figures.warnings.push(Warning::new("line_without_sku", at.field("sku"), "the product names no SKU"));
        }
        Goods::Stock => {
            let units = Stock::read(thing, at, &mut Reader::default()).map(|stock| stock.quantity.0.get());
            if units.is_some_and(|units| units.is_sign_negative() && !units.is_zero()) {
                let message = "less than nothing can be sold";
                figures.warnings.push(Warning::new("negative_stock", at.field("quantity"), message));
            }
            figures.units = units.map(|units| units.normalize().to_string());
        }
        Goods::Product | Goods::Customer => {}
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}

fn id(thing: Node<'_>, node: Node<'_>) -> Result<String, Refusal> {
    let mut reader = Reader::default();
    let gone = thing.get("id").and_then(|id| crate::open::wire::Id::read(id, Pointer::root("id"), &mut reader));
    gone.map(|id| id.0).ok_or_else(|| decode::refused(node, &reader))
}

/// A thing that is gone: its id, and nothing known of it.
pub(super) fn gone(node: Node<'_>, kind: Kind, context: &Dry<'_>) -> Result<Explained, Refusal> {
    let mut reader = Reader::default();
    let (thing, at, _) = Event::loose(node);
    let Some(gone) = Gone::read(thing, at, &mut reader) else { return Err(decode::refused(node, &reader)) };
    let mut figures = blank(kind.as_str(), &subject(context.decoding.account, kind, &gone.id.0)?);
    figures.warnings.push(no_content());
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
