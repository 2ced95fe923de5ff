//! Desired lines against observed lines.

use rust_decimal::Decimal;

use super::{MatchedLine, MatchedSale, Observed, ObservedLine, ProductNeed};
use crate::value::{Money, MoneyError};

/// What is compared of a line. Descriptions are not: people in Odoo may improve them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DesiredLine {
    /// Product.
    pub product: i64,
    /// Units.
    pub quantity: Decimal,
    /// Price of one.
    pub unit_price: Decimal,
    /// Per cent off.
    pub discount: Decimal,
    /// Taxes, sorted.
    pub taxes: Vec<i64>,
}

impl DesiredLine {
    fn of_desired(line: &MatchedLine) -> Self {
        let mut taxes: Vec<i64> = line.taxes.iter().map(|tax| tax.id).collect();
        taxes.sort_unstable();
        Self {
            product: line.product,
            quantity: line.price.quantity.normalize(),
            unit_price: line.price.unit_price.normalize(),
            discount: line.price.discount.normalize(),
            taxes,
        }
    }

    fn of_observed(line: &ObservedLine) -> Self {
        let mut taxes = line.taxes.clone();
        taxes.sort_unstable();
        Self {
            product: line.product.unwrap_or_default(),
            quantity: line.quantity.normalize(),
            unit_price: line.unit_price.normalize(),
            discount: line.discount.normalize(),
            taxes,
        }
    }
}

/// Names for the ids of the target, as far as the sale knows them.
struct Names<'s>(&'s MatchedSale);

impl Names<'_> {
    fn product(&self, id: i64) -> String {
        let line = self.0.lines.iter().find(|line| line.product == id);
        let draft = line.and_then(|line| self.0.draft.lines.iter().find(|draft| draft.id == line.id));
        match draft.map(|draft| &draft.product) {
            Some(ProductNeed::Item { sku: Some(sku), .. }) => sku.clone(),
            Some(ProductNeed::Item { sku: None, .. } | ProductNeed::Service(_)) | None => format!("product {id}"),
        }
    }

    fn tax(&self, id: i64) -> String {
        let known = self.0.lines.iter().flat_map(|line| &line.taxes).find(|tax| tax.id == id);
        known.map_or_else(|| format!("tax {id}"), |tax| tax.name.clone())
    }

    fn line(&self, line: &DesiredLine) -> String {
        let discount = if line.discount.is_zero() { String::new() } else { format!(" less {} %", line.discount) };
        let taxes: Vec<String> = line.taxes.iter().map(|tax| self.tax(*tax)).collect();
        let taxes = if taxes.is_empty() { "no tax".to_owned() } else { taxes.join(" and ") };
        format!("{} x {} at {}{discount} ({taxes})", line.quantity, self.product(line.product), line.unit_price)
    }
}

/// The lines on one side that the other lacks, and the sum of the gate's own rounding lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineDiff {
    pub(super) missing: Vec<DesiredLine>,
    pub(super) extra: Vec<DesiredLine>,
    pub(super) rounding: Money,
}

pub(super) fn diff(sale: &MatchedSale, observed: &Observed) -> Result<LineDiff, MoneyError> {
    let mut extra: Vec<(DesiredLine, &ObservedLine)> = observed
        .lines
        .iter()
        .filter(|line| !line.quantity.is_zero())
        .map(|line| (DesiredLine::of_observed(line), line))
        .collect();
    let mut missing = Vec::new();
    for line in sale.lines.iter().map(DesiredLine::of_desired) {
        match extra.iter().position(|(found, _)| *found == line) {
            Some(index) => drop(extra.swap_remove(index)),
            None => missing.push(line),
        }
    }
    let mut rounding = Money::zero(sale.draft.currency);
    let mut left = Vec::new();
    for (found, line) in extra {
        if is_rounding(sale, line) {
            rounding = rounding.plus(line.total)?;
        } else {
            left.push(found);
        }
    }
    left.sort();
    Ok(LineDiff { missing, extra: left, rounding })
}

fn is_rounding(sale: &MatchedSale, line: &ObservedLine) -> bool {
    line.product == Some(sale.rounding_product) && line.taxes.is_empty()
}

/// Does Odoo hold exactly the desired lines (the gate's rounding line aside)?
#[must_use]
pub fn lines_match(sale: &MatchedSale, observed: &Observed) -> bool {
    diff(sale, observed).is_ok_and(|diff| diff.missing.is_empty() && diff.extra.is_empty())
}

/// A line that an edit would change and of which something is delivered or invoiced, in words.
pub(super) fn stands(sale: &MatchedSale, observed: &Observed) -> Option<String> {
    let mut wanted: Vec<DesiredLine> = sale.lines.iter().map(DesiredLine::of_desired).collect();
    for line in observed.lines.iter().filter(|line| !line.quantity.is_zero()) {
        let found = DesiredLine::of_observed(line);
        if let Some(index) = wanted.iter().position(|known| *known == found) {
            wanted.swap_remove(index);
        } else if !line.delivered.is_zero() || !line.invoiced.is_zero() {
            return Some(Names(sale).line(&found));
        }
    }
    None
}

/// Is it the desired line of that name?
#[must_use]
pub fn is_line(sale: &MatchedSale, name: &str, line: &ObservedLine) -> bool {
    let found = DesiredLine::of_observed(line);
    sale.lines.iter().any(|wanted| wanted.id == name && DesiredLine::of_desired(wanted) == found)
}

/// What tells whether somebody changed the lines of an order: the same for the same lines, in any order.
#[must_use]
pub fn fingerprint(observed: &Observed) -> u64 {
    let mut lines: Vec<(i64, DesiredLine)> =
        observed.lines.iter().map(|line| (line.id, DesiredLine::of_observed(line))).collect();
    lines.sort();
    hash(&lines)
}

/// What lines of an order are sold, whatever Odoo calls them, and the gate's rounding lines aside: what is desired and what was
/// made of it have the same.
#[must_use]
pub fn shape_desired(sale: &MatchedSale) -> u64 {
    shape(sale.lines.iter().map(DesiredLine::of_desired))
}

/// The same of what is there.
#[must_use]
pub fn shape_observed(sale: &MatchedSale, observed: &Observed) -> u64 {
    shape(observed.lines.iter().filter(|line| !is_rounding(sale, line)).map(DesiredLine::of_observed))
}

fn shape(lines: impl Iterator<Item = DesiredLine>) -> u64 {
    let mut lines: Vec<DesiredLine> = lines.filter(|line| !line.quantity.is_zero()).collect();
    lines.sort();
    hash(&lines)
}

fn hash(lines: &impl std::fmt::Debug) -> u64 {
    let text = format!("{lines:?}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The difference of the lines in words, for the operator; empty where they are equal.
pub(super) fn line_texts(sale: &MatchedSale, observed: &Observed) -> Vec<String> {
    let Ok(diff) = diff(sale, observed) else {
        return vec!["the amounts of the lines do not add up".to_owned()];
    };
    let names = Names(sale);
    let missing = diff.missing.iter().map(|line| format!("the channel has {}", names.line(line)));
    missing.chain(diff.extra.iter().map(|line| format!("Odoo has {}", names.line(line)))).collect()
}

/// The difference in words, for the operator.
#[must_use]
pub fn difference_text(sale: &MatchedSale, observed: &Observed) -> String {
    let mut parts = line_texts(sale, observed);
    let (expected, total) = (sale.draft.expected.total, observed.total);
    if expected != total {
        parts.push(format!("the channel's total is {expected}, Odoo's is {total}"));
    }
    parts.join("; ")
}
