//! How a line's net amount is written as quantities and unit prices of limited precision, exactly.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{order::OrderLine, value::Money};

/// One row of an order line: `quantity` units at `unit_price` less `discount` per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// Units.
    pub quantity: Decimal,
    /// Price of one unit, at the target's precision.
    pub unit_price: Decimal,
    /// Per cent off, at two decimals.
    pub discount: Decimal,
}

/// Writes a line as rows whose amounts add up to its net amount, to the minor unit.
///
/// Odoo keeps `price_unit` and `discount` at two decimals (its contract, "Flow notes"), so in this order:
/// 1. list price and per cent, where their product is exactly the net amount;
/// 2. one net unit price, where the net amount divides;
/// 3. two rows, one of them a smallest step dearer: 10.00 for three is 2 × 3.33 and 1 × 3.34;
/// 4. (goods by weight, currencies finer than the target's prices) the nearest price: the rest is the gate's to repair.
#[must_use]
pub fn price_rows(line: &OrderLine, net: Money, decimals: u32) -> Vec<PriceRow> {
    let quantity = line.quantity.get();
    if quantity.is_zero() {
        return Vec::new();
    }
    listed(line, net.major(), decimals).map_or_else(|| net_rows(quantity, net.major(), decimals), |row| vec![row])
}

/// The list price with a per cent discount, if that says exactly the net amount.
fn listed(line: &OrderLine, net: Decimal, decimals: u32) -> Option<PriceRow> {
    let (quantity, unit_price) = (line.quantity.get(), line.unit_price.get());
    let gross = unit_price.checked_mul(quantity)?;
    if unit_price.normalize().scale() > decimals || gross.is_zero() {
        return (gross.is_zero() && net.is_zero()).then_some(PriceRow {
            quantity,
            unit_price,
            discount: Decimal::ZERO,
        });
    }
    let off = gross.checked_sub(net)?.checked_div(gross)?.checked_mul(Decimal::ONE_HUNDRED)?;
    let discount = off.round_dp(2).normalize();
    let kept = Decimal::ONE_HUNDRED.checked_sub(discount)?.checked_div(Decimal::ONE_HUNDRED)?;
    let exact = gross.checked_mul(kept)? == net;
    (exact && discount >= Decimal::ZERO).then_some(PriceRow { quantity, unit_price, discount })
}

/// Net unit prices without a discount.
fn net_rows(quantity: Decimal, net: Decimal, decimals: u32) -> Vec<PriceRow> {
    let row = |quantity, unit_price| PriceRow { quantity, unit_price, discount: Decimal::ZERO };
    let each = net.checked_div(quantity).unwrap_or_default();
    let near = each.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero).normalize();
    let divides = near.checked_mul(quantity).is_some_and(|product| product == net);
    if divides || !quantity.fract().is_zero() || quantity < Decimal::ONE {
        return vec![row(quantity, near)];
    }
    split(quantity, net, decimals)
        .map_or_else(|| vec![row(quantity, near)], |[(many, low), (few, high)]| vec![row(many, low), row(few, high)])
}

/// `many` units at `low` and `few` at one step more, exactly `net` together.
fn split(quantity: Decimal, net: Decimal, decimals: u32) -> Option<[(Decimal, Decimal); 2]> {
    let step = Decimal::try_new(1, decimals).ok()?;
    let each = net.checked_div(quantity)?;
    let low = each.round_dp_with_strategy(decimals, RoundingStrategy::ToNegativeInfinity).normalize();
    let left = net.checked_sub(low.checked_mul(quantity)?)?;
    let few = left.checked_div(step)?.normalize();
    if !few.fract().is_zero() || few <= Decimal::ZERO || few >= quantity {
        return None;
    }
    Some([(quantity.checked_sub(few)?, low), (few, low.checked_add(step)?.normalize())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::LineKind,
        value::{Currency, Quantity, UnitPrice},
    };

    #[track_caller]
    fn check(quantity: &str, unit_price: &str, discount: &str, expect: &[(&str, &str, &str)]) {
        let eur = Currency::parse("EUR").unwrap();
        let line = OrderLine {
            id: "1".into(),
            kind: LineKind::Product,
            title: String::new(),
            sku: None,
            barcode: None,
            variant: None,
            quantity: Quantity::parse(quantity).unwrap(),
            unit_price: UnitPrice::parse(unit_price).unwrap(),
            discount: Money::parse_major(discount, eur).unwrap(),
            taxes: vec![],
        };
        let gross = line.unit_price.get().checked_mul(line.quantity.get()).unwrap();
        let net = Money::from_major(gross.checked_sub(line.discount.major()).unwrap(), eur).unwrap();
        let rows = price_rows(&line, net, 2);
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.quantity.to_string(), row.unit_price.to_string(), row.discount.to_string()))
            .collect();
        let shown: Vec<_> = shown.iter().map(|(q, p, d)| (q.as_str(), p.as_str(), d.as_str())).collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn a_line_says_exactly_its_net_amount() {
        check("2", "19.99", "0", &[("2", "19.99", "0")]);
        check("1", "49.50", "4.95", &[("1", "49.5", "10")]);
        check("2", "19.99", "4.00", &[("2", "17.99", "0")]);
        check("3", "5.00", "5.00", &[("2", "3.33", "0"), ("1", "3.34", "0")]);
        check("1", "10000.00", "10000.00", &[("1", "10000", "100")]);
        check("-1", "5.00", "0", &[("-1", "5", "0")]);
        check("0", "5.00", "0", &[]);
    }
}
