//! What an order is worth, as far as the payload says: absent is unknown, and is nothing only where the rest adds up to the
//! stated total.

use sluice_domain::value::{Currency, Money};

use super::{
    lines::{Amounts, Basis, Line, add},
    parts::looks_included,
    wire::{money, object, objects},
};
use crate::{
    Refusal, Warning,
    doc::Doc,
    json::{MAX_PARTS, bound, refuse},
};

/// Figures of an order.
#[derive(Default)]
pub(in crate::amazon) struct Stated {
    pub(in crate::amazon) currency: Option<Currency>,
    pub(in crate::amazon) total: Option<Money>,
    pub(in crate::amazon) subtotal: Option<Money>,
    pub(in crate::amazon) tax_included: Option<bool>,
    pub(in crate::amazon) tax: Option<Money>,
    pub(in crate::amazon) discount: Option<Money>,
    pub(in crate::amazon) shipping: Option<Money>,
    pub(in crate::amazon) tip: Option<Money>,
    pub(in crate::amazon) fees: Option<Money>,
    /// The parts explain the total, or are all stated.
    pub(super) whole: bool,
    /// The marketplace kept the tax, and the total is without it.
    pub(super) withheld: bool,
}

/// What the order states beside its items.
#[derive(Default)]
struct Beside {
    item: Option<Money>,
    shipping: Option<Money>,
    fee: Option<Money>,
    tax: Option<Money>,
    discount: Option<Money>,
    tip: Option<Money>,
}

fn beside(doc: &Doc<'_>, warnings: &mut Vec<Warning>) -> Result<Beside, Refusal> {
    let mut all = Beside::default();
    let Some(proceeds) = object(doc, "proceeds")? else { return Ok(all) };
    let parts = objects(&proceeds, "breakdowns")?.unwrap_or_default();
    bound("proceeds.breakdowns", parts.len(), MAX_PARTS)?;
    for part in &parts {
        let amount = money(part, "subtotal")?;
        match part.text("type").unwrap_or_default() {
            "ITEM" => add(&mut all.item, amount)?,
            "SHIPPING" => add(&mut all.shipping, amount)?,
            "TAX" => add(&mut all.tax, amount)?,
            "DISCOUNT" => add(&mut all.discount, amount.map(Money::abs))?,
            "DELIVERY_TIP" => add(&mut all.tip, amount)?,
            "GIFT_WRAP" | "COD_FEE" | "OTHER" => add(&mut all.fee, amount)?,
            _ => {
                let message = "proceeds of a kind that this build does not know; they count as a fee";
                warnings.push(Warning::new("schema_drift", "proceeds.breakdowns.type", message));
                add(&mut all.fee, amount)?;
            }
        }
    }
    Ok(all)
}

/// The sum of one kind of amount over all items: `None` where no item says it, and the items are not broken down.
fn over(
    lines: &[Line<'_>],
    zero: Money,
    pick: impl Fn(&Amounts) -> [Option<Money>; 3],
) -> Result<Option<Money>, Refusal> {
    let mut sum = None;
    for line in lines {
        for amount in pick(&line.amounts) {
            add(&mut sum, amount)?;
        }
    }
    let itemised = !lines.is_empty() && lines.iter().all(|line| line.basis == Basis::Itemised);
    Ok(sum.or(itemised.then_some(zero)))
}

/// Where list prices have no sales tax in them; everywhere else consumers are shown prices with it.
fn sells_net(currency: Currency) -> bool {
    matches!(currency.code(), "USD" | "CAD")
}

/// The tax of an item says whether its price contains it, where no total does.
fn contains_tax(line: &Line<'_>) -> bool {
    let (Some(item), Some(tax)) = (line.amounts.item, line.amounts.tax) else { return false };
    let net = line.amounts.discount.map_or(Ok(item), |off| item.minus(off));
    net.is_ok_and(|net| looks_included(tax, net))
}

/// The sums of an order. `lines` is `None` where the payload has no list of items.
pub(super) fn read(
    doc: &Doc<'_>,
    lines: Option<&[Line<'_>]>,
    total: Option<Money>,
    warnings: &mut Vec<Warning>,
) -> Result<Stated, Refusal> {
    let beside = beside(doc, warnings)?;
    let lines = lines.unwrap_or_default();
    let known = total.or(beside.item).or_else(|| lines.iter().find_map(|line| line.amounts.item));
    let Some(currency) = known.map(Money::currency) else { return Ok(Stated::default()) };
    let zero = Money::zero(currency);
    let all_priced = !lines.is_empty() && lines.iter().all(|line| line.amounts.item.is_some());
    let item = if all_priced { over(lines, zero, |one| [one.item, None, None])? } else { beside.item };
    let off = over(lines, zero, |one| [one.discount, None, None])?;
    let carriage = over(lines, zero, |one| [one.shipping, None, None])?;
    let carriage_off = over(lines, zero, |one| [one.shipping_discount, None, None])?;
    let fees = over(lines, zero, |one| [one.fee, None, None])?;
    let fees_off = over(lines, zero, |one| [one.fee_discount, None, None])?;
    let tax = over(lines, zero, |one| [one.tax, one.shipping_tax, one.fee_tax])?;
    let mut all_off = off;
    for more in [carriage_off, fees_off] {
        add(&mut all_off, more)?;
    }
    for (stated, found) in [(beside.item, item), (beside.tax, tax), (beside.discount, all_off)] {
        disagree(stated, found, warnings);
    }
    let (tax, discount) = (prefer(tax, beside.tax), prefer(all_off, beside.discount));
    // A discount that only the order states is the goods'.
    let goods_off = if all_off.is_none_or(Money::is_zero) { discount.or(off) } else { off };
    let mut sums = Stated {
        currency: Some(currency),
        total,
        subtotal: less(item, goods_off)?,
        tax,
        discount,
        shipping: less(prefer(carriage, beside.shipping), carriage_off)?,
        fees: less(prefer(fees, beside.fee), fees_off)?,
        tip: beside.tip,
        ..Stated::default()
    };
    let remitted = lines.iter().any(|line| line.remitted);
    sums.settle(lines, remitted, warnings)?;
    Ok(sums)
}

/// What items say, unless only the order says something.
fn prefer(items: Option<Money>, order: Option<Money>) -> Option<Money> {
    items.filter(|amount| !amount.is_zero()).or(order).or(items)
}

fn less(whole: Option<Money>, off: Option<Money>) -> Result<Option<Money>, Refusal> {
    let (whole, off) = match (whole, off) {
        (Some(whole), Some(off)) => (whole, off),
        (None, Some(off)) if !off.is_zero() => (Money::zero(off.currency()), off),
        (whole, _) => return Ok(whole),
    };
    whole.minus(off).map(Some).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn failed(error: sluice_domain::value::MoneyError) -> Refusal {
    refuse("proceeds", error.to_string())
}

fn disagree(stated: Option<Money>, found: Option<Money>, warnings: &mut Vec<Warning>) {
    let (Some(stated), Some(found)) = (stated, found.filter(|found| !found.is_zero())) else { return };
    if stated != found {
        let message = format!("the items add up to {found}, and the order states {stated}");
        warnings.push(Warning::new("sums_disagree", "proceeds.breakdowns", message));
    }
}

impl Stated {
    /// Holds the parts against the total: whether prices contain tax, and whether what is absent is nothing.
    fn settle(&mut self, lines: &[Line<'_>], remitted: bool, warnings: &mut Vec<Warning>) -> Result<(), Refusal> {
        let Some(currency) = self.currency else { return Ok(()) };
        let zero = Money::zero(currency);
        let tax = self.tax.unwrap_or(zero);
        let itemised = !lines.is_empty() && lines.iter().all(|line| line.basis == Basis::Itemised);
        let derived = lines.iter().any(|line| line.basis == Basis::Derived);
        let Some(subtotal) = self.subtotal else { return Ok(()) };
        let mut sum = subtotal;
        for part in [self.shipping, self.fees, self.tip].into_iter().flatten() {
            sum = sum.plus(part).map_err(failed)?;
        }
        let with = sum.plus(tax).map_err(failed)?;
        let Some(total) = self.total else {
            self.tax_included = self.tax.filter(|tax| tax.is_zero() || sells_net(currency)).map(|_| false);
            if self.tax_included.is_none() && lines.iter().any(contains_tax) {
                self.tax_included = Some(true);
            }
            self.unknown_where(derived);
            return Ok(());
        };
        let (included, fits) = match (total == with, total == sum) {
            (true, _) => (false, true),
            (false, true) => (!(remitted && sells_net(currency)), true),
            (false, false) => (!sells_net(currency) && !itemised && !tax.is_zero(), false),
        };
        self.withheld = fits && !included && total != with;
        self.tax_included = Some(included);
        self.whole = fits || itemised;
        if fits {
            for part in [&mut self.tax, &mut self.discount, &mut self.shipping, &mut self.fees, &mut self.tip] {
                *part = part.or(Some(zero));
            }
        } else {
            let sum = if included { sum } else { with };
            let message = format!("items, shipping, fees and tax add up to {sum}, not to {total}");
            warnings.push(Warning::new("sums_disagree", "grandTotal", message));
            self.unknown_where(derived);
        }
        if self.withheld {
            let message = "the marketplace keeps the tax and remits it: the total is without it";
            warnings.push(Warning::new("tax_withheld", "orderItems.tax", message));
        }
        Ok(())
    }

    /// What was worked out and does not explain the total is not known.
    fn unknown_where(&mut self, derived: bool) {
        if derived {
            self.subtotal = None;
            self.tax_included = None;
        }
    }
}
