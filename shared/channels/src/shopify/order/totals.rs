//! The value of the sale: after edits, before refunds.
//!
//! `total_price` and the other plain totals are those of the sale as it was made; after edits and refunds only `current_*`
//! moves (README, edge case 2). So an unedited order has the total that it states, and an edited one what is left plus what
//! its refunds took away.

use sluice_domain::{
    order::StatedTotals,
    value::{Currency, Money, MoneyError},
};

use super::{
    amount, charges,
    edits::{Refunds, refunded},
    instant,
};
use crate::{
    OrderSums, Refusal, Warning,
    json::{Path, refuse},
    shopify::wire,
};

/// Edge case 3: taxes of lines may differ from that of the order by a cent.
const TAX_TOLERANCE: i64 = 1;

/// What the order is worth now, plus what its refunds took away. Nothing of it where the channel does not say.
pub(super) struct Current {
    pub(super) currency: Currency,
    pub(super) included: bool,
    total: Option<Money>,
    tax: Option<Money>,
    /// To coins, where cash was paid.
    rounding: Money,
}

impl Current {
    pub(super) fn of(wire: &wire::Order<'_>, refunds: &Refunds<'_>, currency: Currency) -> Result<Self, Refusal> {
        let read = |plain, set, field| amount(plain, set, currency, Path::root(field));
        let total = read(wire.current_total_price.as_ref(), wire.current_total_price_set, "current_total_price")?;
        let tax = read(wire.current_total_tax.as_ref(), wire.current_total_tax_set, "current_total_tax")?;
        let rounding = charges::rounding(wire, currency)?.unwrap_or(Money::zero(currency));
        let included = wire.taxes_included.unwrap_or_default();
        let mut current = Self { currency, included, total, tax, rounding };
        for (index, refund) in refunds.returns() {
            current.add_back(refund, Path::item("refunds", index))?;
        }
        Ok(current)
    }

    fn add_back(&mut self, refund: &wire::Refund<'_>, path: Path<'_>) -> Result<(), Refusal> {
        let (mut net, mut tax) = (Vec::new(), Vec::new());
        for line in refund.refund_line_items.as_deref().unwrap_or_default() {
            let (subtotal, total_tax) = (path.field("subtotal"), path.field("total_tax"));
            net.extend(refunded(line.subtotal.as_ref(), line.subtotal_set, self.currency, subtotal)?);
            tax.extend(refunded(line.total_tax.as_ref(), line.total_tax_set, self.currency, total_tax)?);
        }
        let shipping = refund.refund_shipping_lines.as_deref().unwrap_or_default();
        for line in shipping {
            let shop = |set: Option<&wire::MoneySet<'_>>, field| {
                set.map_or(Ok(None), |set| set.shop(self.currency, path.field(field)))
            };
            net.extend(shop(line.subtotal_amount_set.as_ref(), "subtotal_amount_set")?);
            tax.extend(shop(line.tax_amount_set.as_ref(), "tax_amount_set")?);
        }
        // Edge case 5: it may be stated both ways, and counts once.
        let adjusted = refund.order_adjustments.iter().flatten().filter(|_| shipping.is_empty());
        for one in adjusted.filter(|one| one.kind.as_ref().is_some_and(|kind| kind.as_str() == "shipping_refund")) {
            let (amount, tax_amount) = (path.field("amount"), path.field("tax_amount"));
            net.extend(refunded(one.amount.as_ref(), one.amount_set, self.currency, amount)?.map(Money::abs));
            tax.extend(
                refunded(one.tax_amount.as_ref(), one.tax_amount_set, self.currency, tax_amount)?.map(Money::abs),
            );
        }
        let failed = |error: MoneyError| refuse(path, error.to_string());
        let (net, tax) = (Money::sum(self.currency, net), Money::sum(self.currency, tax));
        let (net, tax) = (net.map_err(failed)?, tax.map_err(failed)?);
        let both = if self.included { net } else { net.plus(tax).map_err(failed)? };
        let add = |known: Option<Money>, more| known.map(|sum| sum.plus(more).map_err(failed)).transpose();
        (self.total, self.tax) = (add(self.total, both)?, add(self.tax, tax)?);
        Ok(())
    }

    /// Are these the parts of an order of that worth? Not known is no.
    pub(super) fn agrees(&self, sums: &OrderSums) -> bool {
        let near = |tax: Money| tax.minus(sums.tax).is_ok_and(|gap| gap.abs().minor() <= TAX_TOLERANCE);
        let total = sums.total(self.included, sums.tax);
        total.is_ok_and(|total| self.total.is_some_and(|stated| self.fits(stated, total))) && self.tax.is_none_or(near)
    }

    /// Some shops' totals are those before the rounding to coins: what was charged is the rounded one.
    fn fits(&self, stated: Money, computed: Money) -> bool {
        stated == computed || stated.plus(self.rounding) == Ok(computed)
    }
}

/// The totals, and whether the order was edited: by what is known of its lines, or by its sums alone.
pub(super) fn read(
    wire: &wire::Order<'_>,
    current: &Current,
    (sums, edited): (&OrderSums, bool),
    warnings: &mut Vec<Warning>,
) -> Result<(StatedTotals, bool), Refusal> {
    let stated = stated(wire, current.currency)?;
    let failed = |error: MoneyError| refuse("total_price", error.to_string());
    let as_sold = sums.total(current.included, stated.tax.unwrap_or(sums.tax)).map_err(failed)?;
    // A discount or a way of shipping that an edit added leaves no trace but in the sums.
    let edited =
        edited || (!current.fits(stated.total, as_sold) && current.agrees(sums) && resold(wire, &stated, sums)?);
    let tax = if edited { sums.tax } else { stated.tax.unwrap_or(sums.tax) };
    let computed = sums.total(current.included, tax).map_err(failed)?;
    let derived = current.total.filter(|_| edited);
    let agreed = [derived, Some(stated.total)].into_iter().flatten().any(|stated| current.fits(stated, computed));
    // After an edit `total_price` is an older sale's; the parts are not.
    let claimed = derived.unwrap_or(stated.total);
    let unknown = edited && derived.is_none();
    let total = if agreed || unknown { computed } else { claimed };
    if !agreed && !unknown {
        let message = format!("lines, shipping, charges and tax add up to {computed}, not to {claimed}");
        warnings.push(Warning::new("sums_disagree", "total_price", message));
    }
    if !edited {
        compare(sums, &stated, warnings);
    }
    let shown = if edited { None } else { stated.discount };
    let discount = shown.filter(|stated| *stated != sums.line_discount).unwrap_or(sums.discount);
    let totals = StatedTotals {
        total,
        subtotal: Some(sums.subtotal),
        tax: Some(tax),
        discount: Some(discount),
        shipping: Some(sums.shipping),
    };
    Ok((totals, edited))
}

/// Was it written again after it was made, while its other plain totals still are those of one sale? Else they are wrong.
fn resold(wire: &wire::Order<'_>, stated: &Stated, sums: &OrderSums) -> Result<bool, Refusal> {
    let made = instant(wire.created_at.as_ref(), "created_at")?;
    if instant(wire.updated_at.as_ref(), "updated_at")? <= made {
        return Ok(false);
    }
    let zero = Money::zero(stated.total.currency());
    let field = "total_shipping_price_set";
    let shipping =
        wire.total_shipping_price_set.as_ref().map_or(Ok(None), |set| set.shop(zero.currency(), Path::root(field)))?;
    let goods = wire.total_line_items_price.as_ref();
    let goods = goods.map(|num| num.money(zero.currency(), Path::root("total_line_items_price"))).transpose()?;
    let (Some(shipping), Some(goods), Some(discount), Some(tax)) = (shipping, goods, stated.discount, stated.tax)
    else {
        return Ok(false);
    };
    let on_top = if wire.taxes_included.unwrap_or_default() { zero } else { tax };
    let sale = Money::sum(zero.currency(), [goods, shipping, on_top, sums.fees, sums.tip]);
    Ok(sale.and_then(|sum| sum.minus(discount)) == Ok(stated.total))
}

struct Stated {
    total: Money,
    subtotal: Option<Money>,
    tax: Option<Money>,
    discount: Option<Money>,
}

fn stated(wire: &wire::Order<'_>, currency: Currency) -> Result<Stated, Refusal> {
    let read = |plain, set, field| {
        let value = amount(plain, set, currency, Path::root(field))?;
        if value.is_some_and(Money::is_negative) {
            return Err(refuse(field, "expected zero or more"));
        }
        Ok(value)
    };
    let total = read(wire.total_price.as_ref(), wire.total_price_set, "total_price")?;
    Ok(Stated {
        total: total.ok_or_else(|| refuse("total_price", "missing"))?,
        subtotal: read(wire.subtotal_price.as_ref(), wire.subtotal_price_set, "subtotal_price")?,
        tax: read(wire.total_tax.as_ref(), wire.total_tax_set, "total_tax")?,
        discount: read(wire.total_discounts.as_ref(), wire.total_discounts_set, "total_discounts")?,
    })
}

fn compare(sums: &OrderSums, stated: &Stated, warnings: &mut Vec<Warning>) {
    let mut disagree = |field: &str, computed: Money, stated: Money| {
        let message = format!("{stated} is stated, and the lines say {computed}");
        warnings.push(Warning::new("sums_disagree", field, message));
    };
    if let Some(tax) = stated.tax
        && tax.minus(sums.tax).is_ok_and(|gap| gap.abs().minor() > TAX_TOLERANCE)
    {
        disagree("total_tax", sums.tax, tax);
    }
    if let Some(subtotal) = stated.subtotal
        && subtotal != sums.subtotal
        && sums.subtotal.plus(sums.tip) != Ok(subtotal)
    {
        disagree("subtotal_price", sums.subtotal, subtotal);
    }
    if let Some(discount) = stated.discount
        && discount != sums.discount
        && discount != sums.line_discount
    {
        disagree("total_discounts", sums.discount, discount);
    }
}
