//! Does an entry hold what it must, to the minor unit?

use rust_decimal::Decimal;

use super::{Credit, Entry};
use crate::{
    account::{RoundingPolicy, TaxRounding},
    plan::MatchedSale,
    value::{Money, MoneyError},
};

/// What is compared of a line.
type Row = (i64, Decimal, Decimal, Decimal, Vec<i64>);

/// What the gate says of a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EntryGate {
    /// Equal.
    Equal,
    /// Equal with a rounding line of this amount.
    Round(Money),
    /// Not equal, in words.
    Differs(String),
}

/// Compares. What Odoo's rounding of tax makes of it is repaired by a rounding line, within the bounds that hold for orders.
pub(super) fn entry_gate(sale: &MatchedSale, credit: &Credit, entry: &Entry, policy: &RoundingPolicy) -> EntryGate {
    compare(sale, credit, entry, policy).unwrap_or_else(|error| EntryGate::Differs(error.to_string()))
}

fn compare(
    sale: &MatchedSale,
    credit: &Credit,
    entry: &Entry,
    policy: &RoundingPolicy,
) -> Result<EntryGate, MoneyError> {
    let sorted = |taxes: &[i64]| {
        let mut taxes = taxes.to_vec();
        taxes.sort_unstable();
        taxes
    };
    let mut wanted: Vec<Row> = credit
        .lines
        .iter()
        .map(|line| {
            let price = line.price;
            let numbers = (price.quantity.normalize(), price.unit_price.normalize(), price.discount.normalize());
            (line.product, numbers.0, numbers.1, numbers.2, sorted(&line.taxes))
        })
        .collect();
    let mut rounding = Money::zero(credit.total.currency());
    let mut found: Vec<Row> = Vec::new();
    for line in &entry.lines {
        if line.product == Some(sale.rounding_product) && line.taxes.is_empty() {
            rounding = rounding.plus(line.total)?;
            continue;
        }
        let numbers = (line.quantity.normalize(), line.unit_price.normalize(), line.discount.normalize());
        found.push((line.product.unwrap_or_default(), numbers.0, numbers.1, numbers.2, sorted(&line.taxes)));
    }
    wanted.sort();
    found.sort();
    let off = credit.total.minus(entry.total)?;
    let text = || {
        let both = format!("{} is {}, and must be {}", entry.label(), entry.total, credit.total);
        if wanted == found { both } else { format!("{both}; its lines are not those of the refund") }
    };
    if wanted != found {
        return Ok(EntryGate::Differs(text()));
    }
    if off.is_zero() {
        return Ok(EntryGate::Equal);
    }
    let taxed = found.iter().filter(|row| !row.4.is_empty()).count();
    let bound = match policy.tax {
        TaxRounding::Explained => policy.net_tolerance_minor.max(i64::try_from(taxed).unwrap_or(i64::MAX)),
        TaxRounding::Strict => policy.net_tolerance_minor,
    };
    let amount = rounding.plus(off)?;
    if off.abs().minor() > bound || amount.major().normalize().scale() > sale.price_decimals {
        return Ok(EntryGate::Differs(text()));
    }
    Ok(EntryGate::Round(amount))
}
