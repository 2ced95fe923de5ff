//! What the sender is told at once. The same reader as later decodes, but strict with words, since nobody else can correct them.

use super::{
    order,
    topics::{self, Goods, Route},
    wire::{Customer, Event, Gone, Product, Reader, Stock, Wire},
};
use crate::{
    Checked, Fault, Inbound,
    json::{Node, Pointer, Tree},
};

pub(super) fn check(inbound: &Inbound<'_>) -> Checked {
    let tree = match Tree::read(inbound.body) {
        Ok(tree) => tree,
        Err(refusal) => {
            let fix = "send one event as JSON, in UTF-8".to_owned();
            return faulty((vec![Fault { pointer: String::new(), problem: refusal.problem, fix }], 0));
        }
    };
    let mut reader = Reader::strict();
    let unused = Event::read(tree.root(), &mut reader).and_then(|event| thing(&event, &mut reader));
    match reader.faults() {
        (faults, _) if faults.is_empty() => unused.map_or(Checked::Fine, |goods| Checked::Unused(goods.reason())),
        faults => faulty(faults),
    }
}

fn faulty((faults, more): (Vec<Fault>, usize)) -> Checked {
    Checked::Faulty { faults, more }
}

/// Reads the thing that an event is about. Answers what no flow takes.
fn thing(event: &Event<'_>, reader: &mut Reader) -> Option<Goods> {
    let topic = event.kind.as_deref()?;
    // A file's topics are none of an event.
    let route = if topic.starts_with("pull:") { Route::Unknown } else { topics::route(topic) };
    if matches!(route, Route::Unknown | Route::Denied) {
        let fix = "use order.created, order.updated, order.deleted, refund.created, refund.updated, product.updated, \
                   product.deleted, stock.updated, customer.updated or customer.deleted";
        return reader.fault(Pointer::root("type"), "not an event of this contract", fix);
    }
    let (node, at) = (event.data?, Pointer::root("data"));
    match route {
        Route::Order | Route::ListedOrders => {
            order::read(node, at, reader);
            None
        }
        Route::Refund | Route::ListedRefunds => {
            order::alone(node, at, reader);
            None
        }
        Route::Deleted => {
            Gone::read(node, at, reader);
            None
        }
        Route::Goods(goods) => {
            self::goods(goods, topic, (node, at), reader);
            Some(goods)
        }
        Route::Unknown | Route::Denied => None,
    }
}

/// Reads a thing that no flow takes. Answers whether it is as the contract has it.
pub(super) fn goods(goods: Goods, topic: &str, (node, at): (Node<'_>, Pointer<'_>), reader: &mut Reader) -> bool {
    if topic.ends_with(".deleted") {
        return Gone::read(node, at, reader).is_some();
    }
    match goods {
        Goods::Product => Product::read(node, at, reader).is_some(),
        Goods::Stock => Stock::read(node, at, reader).is_some(),
        Goods::Customer => Customer::read(node, at, reader).is_some(),
    }
}
