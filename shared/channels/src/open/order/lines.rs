//! Lines, shipping and charges.

use sluice_domain::{
    order::{Charge, LineKind, OrderLine, ShippingLine, Tax},
    value::{Money, Rounding},
};

use super::positive;
use crate::{
    json::Pointer,
    open::wire::{self, Id, Reader},
};

/// Looks at what a single value does not show: ids that are there twice, lines that are worth more than anything, amounts below
/// zero where that says nothing.
pub(super) fn check(order: &wire::Order, at: Pointer<'_>, reader: &mut Reader) -> bool {
    let lines = at.field("lines");
    let mut fine = unique(order.lines.iter().map(|line| Some(&line.id)), lines, reader);
    for (index, line) in order.lines.iter().enumerate() {
        let at = lines.item(index);
        let worth = line.unit_price.get().checked_mul(line.quantity.get());
        let worth = worth.and_then(|worth| Money::round_major(worth, order.currency, Rounding::HalfUp).ok());
        if worth.is_none_or(|worth| worth.minor().unsigned_abs() > MAX_WORTH) {
            reader.fault::<()>(at.field("unit_price"), "times the quantity it is out of range", "state less");
            fine = false;
        }
        fine &= line.discount.is_none_or(|discount| positive(discount, at.field("discount"), reader));
    }
    let at_shipping = at.field("shipping");
    let shipping = order.shipping.as_deref().unwrap_or_default();
    fine &= unique(shipping.iter().map(|line| line.id.as_ref()), at_shipping, reader);
    for (index, line) in shipping.iter().enumerate() {
        let at = at_shipping.item(index);
        fine &= positive(line.price, at.field("price"), reader);
        fine &= line.discount.is_none_or(|discount| positive(discount, at.field("discount"), reader));
    }
    let charges = order.charges.as_deref().unwrap_or_default();
    fine & unique(charges.iter().map(|line| line.id.as_ref()), at.field("charges"), reader)
}

/// The most that one line is worth, in minor units: a thousand of them still add up.
const MAX_WORTH: u64 = 1_000_000_000_000_000;

fn unique<'o>(ids: impl Iterator<Item = Option<&'o Id>>, at: Pointer<'_>, reader: &mut Reader) -> bool {
    let named = ids.enumerate().filter_map(|(index, id)| Some((id?.0.as_str(), index)));
    let mut named: Vec<(&str, usize)> = named.collect();
    named.sort_unstable();
    let again = |pair: &[(&str, usize)]| {
        Some(pair.last()?.1).filter(|_| pair.first().map(|one| one.0) == pair.last().map(|one| one.0))
    };
    let mut again: Vec<usize> = named.windows(2).filter_map(again).collect();
    again.sort_unstable();
    for index in &again {
        reader.fault::<()>(at.item(*index).field("id"), "another item of the list has it", "give each its own id");
    }
    again.is_empty()
}

/// The lines that sell something: one of no units is none.
pub(super) fn canonical(lines: Vec<wire::Line>, zero: Money, at: Pointer<'_>, reader: &mut Reader) -> Vec<OrderLine> {
    let mut all = Vec::with_capacity(lines.len());
    for (index, line) in lines.into_iter().enumerate() {
        if line.quantity.is_zero() {
            continue;
        }
        if line.sku.is_none() {
            reader.warn("line_without_sku", at.field("lines").item(index).field("sku"), "the line names no SKU");
        }
        all.push(OrderLine {
            id: line.id.0,
            kind: line.kind.unwrap_or(LineKind::Product),
            title: line.title.0,
            sku: line.sku.map(|sku| sku.0),
            barcode: line.barcode.map(|barcode| barcode.0),
            variant: line.variant_id.map(|id| id.0),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount.unwrap_or(zero),
            taxes: taxes(line.taxes),
        });
    }
    all
}

fn taxes(taxes: Option<Vec<wire::Tax>>) -> Vec<Tax> {
    let one = |tax: wire::Tax| Tax {
        title: tax.title.0,
        rate: tax.rate,
        amount: tax.amount,
        remitted_by_channel: tax.remitted_by_channel.unwrap_or_default(),
    };
    taxes.unwrap_or_default().into_iter().map(one).collect()
}

pub(super) fn shipping(lines: Vec<wire::Shipping>, zero: Money) -> Vec<ShippingLine> {
    let one = |(index, line): (usize, wire::Shipping)| ShippingLine {
        id: line.id.map_or_else(|| index.to_string(), |id| id.0),
        title: line.title.0,
        price: line.price,
        discount: line.discount.unwrap_or(zero),
        taxes: taxes(line.taxes),
    };
    lines.into_iter().enumerate().map(one).collect()
}

pub(super) fn charges(charges: Vec<wire::Charge>) -> Vec<Charge> {
    let one = |(index, charge): (usize, wire::Charge)| Charge {
        id: charge.id.map_or_else(|| index.to_string(), |id| id.0),
        kind: charge.kind,
        title: charge.title.map(|title| title.0).unwrap_or_default(),
        amount: charge.amount,
        taxes: taxes(charge.taxes),
    };
    charges.into_iter().enumerate().map(one).collect()
}
