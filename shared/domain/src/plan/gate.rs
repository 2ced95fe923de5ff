//! The equality gate: Odoo's untaxed amount, tax per group and total against what the channel charged.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    MatchedSale, Observed,
    diff::{diff, line_texts},
    tax::exact_taxes,
};
use crate::{
    account::{RoundingPolicy, TaxRounding},
    value::{Money, MoneyError},
};

/// What the gate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Equal, to the minor unit.
    Equal,
    /// Equal with a rounding line of this amount (the whole line, not a change of it).
    Round(Money),
    /// Not equal: the difference, in words.
    Differs(String),
}

/// Compares. Only the net may be repaired, within the account's tolerance. A tax difference passes only where the account
/// allows it and both sides follow from the same rates by rounding alone; then the rounding line brings the total to what
/// was charged, never the tax.
#[must_use]
pub fn gate(sale: &MatchedSale, observed: &Observed, policy: &RoundingPolicy) -> Gate {
    compare(sale, observed, policy).unwrap_or_else(|error| Gate::Differs(error.to_string()))
}

fn compare(sale: &MatchedSale, observed: &Observed, policy: &RoundingPolicy) -> Result<Gate, MoneyError> {
    let expected = sale.draft.expected;
    let lines = diff(sale, observed)?;
    let groups = groups(sale, observed)?;
    let off = expected.total.minus(observed.total)?;
    let same_tax = groups.iter().all(|group| group.charged == group.odoo) && expected.allows_tax(observed.tax);
    let rounded = policy.tax == TaxRounding::Explained && groups.iter().all(Group::explained);
    if !lines.extra.is_empty() || !lines.missing.is_empty() || !(same_tax || rounded) {
        return Ok(Gate::Differs(text(sale, observed, &groups)));
    }
    if off.is_zero() {
        return Ok(Gate::Equal);
    }
    let taxed = groups.iter().map(|group| i64::from(group.lines)).fold(0, i64::saturating_add);
    let bound = if same_tax { policy.net_tolerance_minor } else { policy.net_tolerance_minor.max(taxed) };
    if off.abs().minor() > bound {
        return Ok(Gate::Differs(text(sale, observed, &groups)));
    }
    let amount = lines.rounding.plus(off)?;
    if amount.major().normalize().scale() > sale.price_decimals {
        // Odoo keeps two decimals of a price in every currency, unless told otherwise: the line would be rounded itself.
        return Ok(Gate::Differs(format!(
            "{}; raise the decimal accuracy `Product Price` in Odoo to {}",
            text(sale, observed, &groups),
            sale.draft.currency.exponent()
        )));
    }
    Ok(Gate::Round(amount))
}

/// One tax group of Odoo: what it computed, what the channel charged, what the rates give.
struct Group {
    name: String,
    odoo: Money,
    charged: Money,
    exact: Decimal,
    lines: u32,
}

impl Group {
    /// Are both amounts the exact one but for half a minor unit per line?
    fn explained(&self) -> bool {
        let half = Decimal::new(5, self.odoo.currency().exponent().saturating_add(1));
        let bound = half.checked_mul(Decimal::from(self.lines.max(1))).unwrap_or_default();
        [self.odoo, self.charged]
            .iter()
            .all(|amount| amount.major().checked_sub(self.exact).is_some_and(|off| off.abs() <= bound))
    }
}

/// Observed groups, and what the channel charged that stands in none of them.
fn groups(sale: &MatchedSale, observed: &Observed) -> Result<Vec<Group>, MoneyError> {
    let currency = sale.draft.currency;
    let mut charged: BTreeMap<i64, Money> = BTreeMap::new();
    for (tax, amount) in sale.lines.iter().flat_map(|line| &line.charged) {
        let sum = charged.entry(*tax).or_insert(Money::zero(currency));
        *sum = sum.plus(*amount)?;
    }
    let mut exact = exact_taxes(&sale.lines).ok_or(MoneyError::OutOfRange)?;
    let mut groups = Vec::new();
    for group in &observed.groups {
        let mut sum = Group {
            name: group.name.clone(),
            odoo: group.amount,
            charged: Money::zero(currency),
            exact: Decimal::ZERO,
            lines: 0,
        };
        for tax in &group.taxes {
            if let Some(amount) = charged.remove(tax) {
                sum.charged = sum.charged.plus(amount)?;
            }
            if let Some(tax) = exact.remove(tax) {
                sum.exact = sum.exact.checked_add(tax.amount).ok_or(MoneyError::OutOfRange)?;
                sum.lines = sum.lines.saturating_add(tax.lines);
            }
        }
        // Each sale that is added up was rounded by itself.
        sum.lines = sum.lines.max(sale.draft.summed);
        groups.push(sum);
    }
    for (tax, amount) in charged.into_iter().filter(|(_, amount)| !amount.is_zero()) {
        let name = format!("tax {tax}");
        groups.push(Group { name, odoo: Money::zero(currency), charged: amount, exact: Decimal::ZERO, lines: 1 });
    }
    Ok(groups)
}

fn text(sale: &MatchedSale, observed: &Observed, groups: &[Group]) -> String {
    let expected = sale.draft.expected;
    let text = format!(
        "{}: charged {} (untaxed {}, tax {}), Odoo has {} (untaxed {}, tax {})",
        sale.draft.currency,
        expected.total,
        expected.untaxed,
        expected.tax,
        observed.total,
        observed.untaxed,
        observed.tax
    );
    let differing = groups.iter().filter(|group| group.charged != group.odoo);
    let mut parts = vec![text];
    parts.extend(differing.map(|group| format!("{}: charged {}, Odoo {}", group.name, group.charged, group.odoo)));
    parts.extend(line_texts(sale, observed));
    if parts.len() == 1 {
        parts.push("the lines are those of the channel, so its total does not follow from its own lines".to_owned());
    }
    parts.join("; ")
}
