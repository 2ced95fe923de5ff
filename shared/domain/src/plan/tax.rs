//! The tax that rates alone would give, unrounded: to tell a rounding rule from a wrong mapping.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{MatchedLine, TargetTax};

/// Exact tax by target tax, and on how many lines it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExactTax {
    /// Unrounded, in major units.
    pub amount: Decimal,
    /// Lines that carry it: each may have been rounded by up to half a minor unit.
    pub lines: u32,
}

/// Adds up what rates and amounts give, without any rounding; `None` when it does not fit.
#[must_use]
pub fn exact_taxes(lines: &[MatchedLine]) -> Option<BTreeMap<i64, ExactTax>> {
    let mut sums: BTreeMap<i64, ExactTax> = BTreeMap::new();
    for line in lines {
        for (tax, share) in shares(line)? {
            let sum = sums.entry(tax.id).or_default();
            sum.amount = sum.amount.checked_add(share)?;
            sum.lines = sum.lines.saturating_add(1);
        }
    }
    Some(sums)
}

/// The exact share of each tax in a line's amount.
fn shares(line: &MatchedLine) -> Option<Vec<(&TargetTax, Decimal)>> {
    let included: Decimal = line.taxes.iter().filter(|tax| tax.price_included).map(|tax| tax.rate.get()).sum();
    let base = line.amount()?.checked_div(Decimal::ONE.checked_add(included)?)?;
    line.taxes.iter().map(|tax| Some((tax, base.checked_mul(tax.rate.get())?))).collect()
}
