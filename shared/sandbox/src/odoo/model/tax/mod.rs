//! Taxes of one line, before rounding to the document.

pub(crate) mod totals;

use rust_decimal::Decimal;

use crate::odoo::{
    number::{add, div, mul, percent, round, sub},
    schema::{self, account::tax},
    store::{Db, value::Id},
};

/// One tax, ready to compute with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) id: Id,
    pub(crate) group: Id,
    sequence: i64,
    amount: Decimal,
    kind: RateKind,
    /// Contained in the price.
    included: bool,
    /// Later taxes are computed on top of it.
    in_base: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RateKind {
    Percent,
    Fixed,
    Division,
}

/// How deep groups of taxes may nest.
const MAX_GROUPS: usize = 8;

/// The taxes of a line, groups unfolded, in the order in which Odoo applies them.
pub(crate) fn rates(db: &Db, ids: &[Id]) -> Vec<Rate> {
    let mut rates = Vec::with_capacity(ids.len());
    unfold(db, ids, MAX_GROUPS, &mut rates);
    rates.sort_by_key(|rate| (rate.sequence, rate.id));
    rates
}

fn unfold(db: &Db, ids: &[Id], depth: usize, rates: &mut Vec<Rate>) {
    for id in ids {
        let Some(record) = db.get(schema::TAX, *id) else { continue };
        let kind = match record.get(tax::AMOUNT_TYPE).as_str() {
            "group" => {
                if let Some(depth) = depth.checked_sub(1) {
                    unfold(db, record.get(tax::CHILDREN).as_ids(), depth, rates);
                }
                continue;
            }
            "fixed" => RateKind::Fixed,
            "division" => RateKind::Division,
            _ => RateKind::Percent,
        };
        rates.push(Rate {
            id: *id,
            group: record.id_at(tax::GROUP).unwrap_or(0),
            sequence: record.id_at(tax::SEQUENCE).unwrap_or(0),
            amount: record.get(tax::AMOUNT).as_dec(),
            kind,
            included: record.get(tax::PRICE_INCLUDE_OVERRIDE).as_str() == "tax_included",
            in_base: record.get(tax::INCLUDE_BASE).as_bool(),
        });
    }
}

/// What a line sells for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sold {
    pub(crate) price: Decimal,
    pub(crate) quantity: Decimal,
    /// Per cent.
    pub(crate) discount: Decimal,
}

/// One tax of one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaxAmount {
    pub(crate) rate: Rate,
    pub(crate) amount: Decimal,
}

/// A line with its taxes; rounded already when the company rounds per line, else not yet.
#[derive(Clone, Debug)]
pub(crate) struct Taxed {
    pub(crate) excluded: Decimal,
    pub(crate) taxes: Vec<TaxAmount>,
    /// Every tax is contained in the price: the total is what was asked, the rest is split out of it.
    pub(crate) all_included: bool,
}

impl Taxed {
    /// With tax.
    pub(crate) fn included(&self) -> Decimal {
        self.taxes.iter().fold(self.excluded, |sum, tax| add(sum, tax.amount))
    }
}

/// Computes a line. `digits` are those of the currency when each line is rounded, `None` when the document is.
pub(crate) fn compute(rates: &[Rate], sold: Sold, digits: Option<u32>) -> Taxed {
    let to_currency = |value: Decimal| digits.map_or(value, |digits| round(value, digits));
    let reduced = mul(sold.price, sub(Decimal::ONE, percent(sold.discount)));
    let total = to_currency(mul(reduced, sold.quantity));
    let included_rate = rates
        .iter()
        .filter(|rate| rate.included && rate.kind == RateKind::Percent)
        .fold(Decimal::ZERO, |sum, rate| add(sum, percent(rate.amount)));
    let fixed = rates
        .iter()
        .filter(|rate| rate.included && rate.kind == RateKind::Fixed)
        .fold(Decimal::ZERO, |sum, rate| add(sum, mul(rate.amount, sold.quantity)));
    let net = div(sub(total, fixed), add(Decimal::ONE, included_rate));
    let mut excluded = total;
    let mut taxes = Vec::with_capacity(rates.len());
    for rate in rates.iter().filter(|rate| rate.included) {
        let raw = match rate.kind {
            RateKind::Percent => mul(net, percent(rate.amount)),
            RateKind::Fixed => mul(rate.amount, sold.quantity),
            RateKind::Division => mul(total, percent(rate.amount)),
        };
        let amount = to_currency(raw);
        excluded = sub(excluded, amount);
        taxes.push(TaxAmount { rate: *rate, amount });
    }
    let mut base = excluded;
    for rate in rates.iter().filter(|rate| !rate.included) {
        let raw = match rate.kind {
            RateKind::Percent => mul(base, percent(rate.amount)),
            RateKind::Fixed => mul(rate.amount, sold.quantity),
            RateKind::Division => sub(div(base, sub(Decimal::ONE, percent(rate.amount))), base),
        };
        let amount = to_currency(raw);
        if rate.in_base {
            base = add(base, amount);
        }
        taxes.push(TaxAmount { rate: *rate, amount });
    }
    let all_included = !rates.is_empty() && rates.iter().all(|rate| rate.included);
    Taxed { excluded, taxes, all_included }
}
