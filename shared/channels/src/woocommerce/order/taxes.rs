//! Taxes. A line states each rate's part with four to eight decimals and their sum at the currency's; the rates themselves stand
//! once, for the whole order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sluice_domain::{
    order::Tax,
    value::{Money, Rate},
};

use super::{Amounts, lines::weight};
use crate::{
    Refusal, Warning,
    json::{Items, Loose, MAX_PARTS, Num, Path, Text, bound, refuse},
    woocommerce::wire::{self, ItemTax},
};

/// Decimals of a rate that had to be computed from amounts: hundredths of a per cent.
const DERIVED_SCALE: u32 = 4;

/// The rates of an order by their id.
pub(super) struct Rates(BTreeMap<String, (String, Rate)>);

impl Rates {
    pub(super) fn of(wire: &wire::Order<'_>, warnings: &mut Vec<Warning>) -> Result<Self, Refusal> {
        let mut rates = BTreeMap::new();
        for (index, line) in wire.tax_lines.get().iter().enumerate() {
            let path = Path::item("tax_lines", index);
            let Some(id) = line.rate_id.get() else { continue };
            let id = id.checked(path.field("rate_id"))?;
            let title = line.label.get().and_then(Text::shown).unwrap_or_default();
            let stated = line.rate_percent.get().and_then(|percent| percent.decimal(path).ok());
            // Before version 3.7 there is none; names of rates often hold it.
            let named = || [&line.label, &line.rate_code].into_iter().find_map(|text| percent_in(text.get()?.as_str()));
            let stated = stated.or_else(named);
            let fraction = stated.and_then(|percent| percent.checked_div(Decimal::ONE_HUNDRED));
            let rate = fraction.or_else(|| derived(wire, &id)).unwrap_or_default();
            if rate.is_zero() && charged(wire, &id) {
                warnings.push(Warning::new("contradiction", path.field("rate_percent"), "tax was charged at no rate"));
            }
            if rate.abs() > Decimal::TEN {
                return Err(refuse(path.field("rate_percent"), "the rate is out of range"));
            }
            rates.insert(id, (title, Rate::new(rate.normalize())));
        }
        Ok(Self(rates))
    }

    /// The taxes of one line: its whole tax, spread over its rates as they are stated. `path` is that of the line.
    pub(super) fn taxes(
        &self,
        stated: &Items<ItemTax<'_>>,
        whole: &Loose<Num<'_>>,
        amounts: &mut Amounts,
        path: Path<'_>,
    ) -> Result<Vec<Tax>, Refusal> {
        bound(path.field("taxes"), stated.get().len(), MAX_PARTS)?;
        // Most lines have one rate, and its part is the whole: nothing is to be spread.
        if let ([ItemTax { id, total }], Some(whole)) = (stated.get(), whole.get())
            && let (Some(id), Some(_)) = (id.get(), total.get())
        {
            let amount = amounts.read(whole, path.field("total_tax"))?;
            return Ok(vec![self.tax(&id.as_str(), amount)]);
        }
        let mut parts = Vec::with_capacity(stated.get().len());
        for (index, tax) in stated.get().iter().enumerate() {
            let path = path.at("taxes", index);
            // A rate of the order that does not apply to this line is listed with nothing.
            let (Some(id), Some(total)) = (tax.id.get(), tax.total.get()) else { continue };
            parts.push((id.checked(path.field("id"))?, total.decimal(path.field("total"))?));
        }
        let sum = parts.iter().fold(Decimal::ZERO, |sum, (_, part)| sum.saturating_add(*part));
        let whole = match amounts.maybe(whole, path.field("total_tax"))? {
            Some(whole) => whole,
            None => crate::json::round(sum, amounts.currency, path.field("taxes"))?,
        };
        if parts.is_empty() && !whole.is_zero() {
            return Ok(vec![self.only(whole)]);
        }
        let weights: Vec<i64> = parts.iter().map(|(_, part)| weight(*part)).collect();
        let taxes = parts.into_iter().zip(whole.allocate(&weights));
        Ok(taxes.map(|((id, _), amount)| self.tax(&id, amount)).collect())
    }

    /// What a rate gave.
    fn tax(&self, id: &str, amount: Money) -> Tax {
        let (title, rate) = self.0.get(id).cloned().unwrap_or_else(|| (String::new(), nothing()));
        Tax { title, rate, amount, remitted_by_channel: false }
    }

    /// Tax that no rate is stated for: that of the only rate, else of none.
    fn only(&self, amount: Money) -> Tax {
        let mut all = self.0.values();
        let (title, rate) = match (all.next(), all.next()) {
            (Some(one), None) => one.clone(),
            (Some(_) | None, Some(_) | None) => (String::new(), nothing()),
        };
        Tax { title, rate, amount, remitted_by_channel: false }
    }
}

fn nothing() -> Rate {
    Rate::new(Decimal::ZERO)
}

/// `19` of `MwSt 19%` or `DE-MWST 8.25 %-1`.
fn percent_in(text: &str) -> Option<Decimal> {
    let before = text.split_once('%')?.0.trim_end();
    let digits = before.rsplit(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',').next()?;
    digits.replace(',', ".").parse().ok()
}

/// Net amount and tax of every part of an order that a rate was charged on.
fn charged_on<'w>(wire: &'w wire::Order<'_>, id: &'w str) -> impl Iterator<Item = (Decimal, Decimal)> + 'w {
    let lines = wire.line_items.get().iter().map(|line| (line.total.get(), &line.taxes));
    let shipping = wire.shipping_lines.get().iter().map(|line| (line.total.get(), &line.taxes));
    let fees = wire.fee_lines.get().iter().map(|fee| (fee.total.get(), &fee.taxes));
    lines.chain(shipping).chain(fees).filter_map(move |(total, taxes)| {
        let part = taxes.get().iter().find(|tax| tax.id.get().is_some_and(|one| one.as_str() == id))?;
        let tax = part.total.get()?.decimal(Path::top()).ok().filter(|tax| !tax.is_zero())?;
        Some((total?.decimal(Path::top()).ok()?, tax))
    })
}

fn charged(wire: &wire::Order<'_>, id: &str) -> bool {
    charged_on(wire, id).next().is_some()
}

/// The rate that the amounts give.
fn derived(wire: &wire::Order<'_>, id: &str) -> Option<Decimal> {
    let (net, tax) = charged_on(wire, id).fold((Decimal::ZERO, Decimal::ZERO), |(net, tax), (more, part)| {
        (net.saturating_add(more), tax.saturating_add(part))
    });
    tax.checked_div(net).map(|rate| rate.round_dp(DERIVED_SCALE))
}
