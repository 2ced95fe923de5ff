//! Refunds: in their order, and by themselves. Both say the same of one refund, so the version that is its own decides.

use std::collections::BTreeSet;

use sluice_domain::order::{Refund, RefundLine, RefundState, RefundValue};

use super::positive;
use crate::{
    evidence::ReadRefund,
    json::{Node, Pointer},
    open::wire::{self, Reader, Wire},
};

/// Looks at the refunds of an order.
pub(super) fn check(order: &wire::Order, at: Pointer<'_>, reader: &mut Reader) -> bool {
    let list = at.field("refunds");
    let (mut seen, mut fine) = (BTreeSet::new(), true);
    for (index, refund) in order.refunds.iter().flatten().enumerate() {
        let at = list.item(index);
        fine &= positive(refund.amount, at.field("amount"), reader);
        let mut refuse = |name, problem: &str, fix: &str| {
            reader.fault::<()>(at.field(name), problem, fix);
            fine = false;
        };
        if !seen.insert(refund.id.0.as_str()) {
            refuse("id", "another item of the list has it", "give each its own id");
        }
        if refund.order_id.as_ref().is_some_and(|id| *id != order.id) {
            refuse("order_id", "not the order that it is in", "leave it out, or state the order's id");
        }
        if refund.currency.is_some_and(|currency| currency != order.currency) {
            refuse("currency", "not the currency of the order", "leave it out, or state the order's");
        }
    }
    fine
}

/// Reads a refund by itself; it must say of which order and currency it is. Answers the order's id too.
pub(in crate::open) fn alone(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<(String, wire::Refund)> {
    // Without a currency no amount can be read, so it is looked for first.
    let missing = |name: &str| node.get(name).is_none_or(|value| value.is_null() || value.text() == Some(""));
    let mut fine = true;
    for name in ["order_id", "currency"] {
        if node.is_object() && missing(name) {
            reader.fault::<()>(at.field(name), "missing", "a refund that is not inside its order must state it");
            fine = false;
        }
    }
    let refund = wire::Refund::read(node, at, reader)?;
    fine &= positive(refund.amount, at.field("amount"), reader);
    let order = refund.order_id.as_ref().map(|id| id.0.clone());
    order.filter(|_| fine).map(|order| (order, refund))
}

/// The canonical refund with its version. Within one version the later state counts.
pub(in crate::open) fn canonical(wire: wire::Refund) -> ReadRefund {
    let value = |value: wire::Worth| RefundValue { amount: value.amount, tax: value.tax };
    let lines = wire.lines.unwrap_or_default().into_iter().filter(|line| !line.quantity.is_zero());
    let progress = match wire.state {
        RefundState::Requested => 0,
        RefundState::Pending => 1,
        RefundState::Failed => 2,
        RefundState::Cancelled => 3,
        RefundState::Succeeded => 4,
    };
    let refund = Refund {
        id: wire.id.0,
        at: wire.at.or(Some(wire.updated_at)),
        amount: Some(wire.amount),
        state: wire.state,
        lines: lines
            .map(|line| RefundLine {
                line: line.line_id.0,
                quantity: line.quantity,
                restock: line.restock,
                value: line.value.map(value),
            })
            .collect(),
        shipping: wire.shipping.map(value),
        apart: true,
    };
    ReadRefund { refund, version: wire.updated_at.as_microsecond(), progress }
}
