//! From the contract's order to the canonical one, which it was made for.

mod lines;
mod refund;

pub(super) use refund::{alone, canonical as canonical_refund};

use sluice_domain::{
    order::{Buyer, Order, OrderState, PaymentState, Sender, StatedTotals},
    ports::secrets::Secret,
    value::{Money, MoneyError},
};

use super::{
    buyer,
    wire::{self, Reader, Wire, bare},
};
use crate::{
    OrderSums,
    evidence::ReadRefund,
    json::{Node, Pointer},
};

/// An order as it was read.
pub(super) struct ReadOrder {
    pub(super) id: String,
    pub(super) order: Order,
    pub(super) buyer: Buyer,
    pub(super) refunds: Vec<ReadRefund>,
    /// `updated_at` in microseconds.
    pub(super) version: i64,
    /// Facts that only grow.
    pub(super) progress: u32,
}

/// Reads an order and what only a person would see by its fields together.
pub(super) fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<wire::Order> {
    let order = wire::Order::read(node, at, reader)?;
    let fine = [
        lines::check(&order, at, reader),
        refund::check(&order, at, reader),
        positive(order.totals.total, at.field("totals").field("total"), reader),
    ];
    fine.iter().all(|fine| *fine).then_some(order)
}

/// Answers whether an amount is not below zero.
fn positive(amount: Money, at: Pointer<'_>, reader: &mut Reader) -> bool {
    if amount.is_negative() {
        reader.fault::<()>(at, "below zero", "write zero or more");
    }
    !amount.is_negative()
}

/// The canonical order. What disagrees with itself is told and not refused.
///
/// # Errors
/// When its sums are out of range.
pub(super) fn canonical(
    wire: wire::Order,
    at: Pointer<'_>,
    key: &Secret,
    reader: &mut Reader,
) -> Result<ReadOrder, MoneyError> {
    let version = wire.updated_at.as_microsecond();
    let shipped = wire.shipped.unwrap_or_default();
    let refunds: Vec<_> = wire.refunds.unwrap_or_default().into_iter().map(refund::canonical).collect();
    let progress = progress(&wire.state, &wire.payment, shipped, refunds.len());
    let zero = Money::zero(wire.currency);
    let texts =
        |texts: Option<Vec<wire::Text>>| texts.unwrap_or_default().into_iter().filter_map(|text| bare(Some(text)));
    let mut order = Order {
        number: wire.number.0,
        currency: wire.currency,
        presentment_currency: None,
        placed_at: wire.placed_at,
        test: wire.test.unwrap_or_default(),
        source: bare(wire.origin),
        location: bare(wire.location),
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: wire.tax_included,
        lines: lines::canonical(wire.lines, zero, at, reader),
        shipping: lines::shipping(wire.shipping.unwrap_or_default(), zero),
        charges: lines::charges(wire.charges.unwrap_or_default()),
        totals: StatedTotals {
            total: wire.totals.total,
            subtotal: wire.totals.subtotal,
            tax: wire.totals.tax,
            discount: wire.totals.discount,
            shipping: wire.totals.shipping,
        },
        state: wire.state,
        payment: wire.payment.state,
        paid: wire.payment.captured,
        refunded: wire.payment.refunded,
        shipped,
        discount_codes: texts(wire.discount_codes).collect(),
        payment_methods: texts(wire.payment.methods).collect(),
        tags: texts(wire.tags).collect(),
    };
    let sums = OrderSums::of(order.currency, &order.lines, &order.shipping, &order.charges)?;
    compare(&order, &sums, at, reader)?;
    order.totals.tax = order.totals.tax.or(Some(sums.tax));
    let buyer = buyer::canonical(wire.customer, [wire.bill_to, wire.ship_to], key);
    Ok(ReadOrder { id: wire.id.0, order, buyer, refunds, version, progress })
}

/// Sums that disagree are shown to people; the order waits before Odoo if they matter there.
fn compare(order: &Order, sums: &OrderSums, at: Pointer<'_>, reader: &mut Reader) -> Result<(), MoneyError> {
    let total = sums.total(order.tax_included, order.totals.tax.unwrap_or(sums.tax))?;
    let totals = &order.totals;
    let pairs = [
        ("total", Some(totals.total), total),
        ("subtotal", totals.subtotal, sums.subtotal),
        ("tax", totals.tax, sums.tax),
        ("discount", totals.discount, sums.discount),
        ("shipping", totals.shipping, sums.shipping),
    ];
    for (name, stated, computed) in pairs {
        if let Some(stated) = stated.filter(|stated| *stated != computed) {
            let message = format!("{stated} is stated, and the parts say {computed}");
            reader.warn("sums_disagree", at.field("totals").field(name), message);
        }
    }
    Ok(())
}

/// Facts that only ever grow within one version, counted: an event of the same version that says more counts more.
fn progress(state: &OrderState, payment: &wire::Payment, shipped: bool, refunds: usize) -> u32 {
    let payment = match payment.state {
        PaymentState::Pending | PaymentState::Unknown(_) => 0,
        PaymentState::Authorized => 1,
        PaymentState::PartiallyPaid | PaymentState::Voided | PaymentState::Expired => 2,
        PaymentState::Paid => 3,
        PaymentState::PartiallyRefunded => 4,
        PaymentState::Refunded => 5,
    };
    let state = match state {
        OrderState::Pending => 0,
        OrderState::Open | OrderState::OnHold => 1,
        OrderState::Closed => 2,
        OrderState::Cancelled => 3,
    };
    let refunds = u32::try_from(refunds).unwrap_or(u32::MAX);
    refunds.saturating_add(payment).saturating_add(state).saturating_add(u32::from(shipped))
}
