//! What edits took away. No field says "edit": what is left of a line shows in its `current_quantity`, and the units that
//! were taken away stand in a refund that gave no money back, while discounts and taxes of the line stay those of all units
//! that were ordered (Shopify community, "Orders API return removed order item"; microsoft/BCApps, pull requests 7447 and
//! 10462: a discount of 19.20 on two units stays 19.20 when one is removed; public `refunds/create` bodies of multi-unit lines
//! give back the share of the units, to the cent, while the line's own tax lines stay whole).

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use sluice_domain::{
    order::{Charge, OrderLine, ShippingLine, Tax},
    value::{Currency, Money, Quantity},
};

use super::{amount, instant, lines::Items, totals::Current};
use crate::{
    OrderSums, Refusal,
    json::{Path, Text, refuse, round},
    shopify::wire,
};

/// A cancellation puts units back in the minute in which it happens: those were sold, and not edited away.
const CANCELLING: SignedDuration = SignedDuration::from_secs(60);

/// The refunds of an order, told apart.
pub(super) struct Refunds<'w> {
    /// There may be some that the payload does not list.
    unlisted: bool,
    /// The channel says that there were no edits.
    unedited: bool,
    /// Those by which an edit took units away, each with its place in the list.
    removals: Vec<(usize, &'w wire::Refund<'w>)>,
    /// Those that gave something back, or will.
    returns: Vec<(usize, &'w wire::Refund<'w>)>,
}

impl<'w> Refunds<'w> {
    pub(super) fn of(wire: &'w wire::Order<'w>) -> Result<Self, Refusal> {
        let (mut removals, mut returns) = (Vec::new(), Vec::new());
        let cancelled = instant(wire.cancelled_at.as_ref(), "cancelled_at")?;
        for (index, refund) in wire.refunds.as_deref().unwrap_or_default().iter().enumerate() {
            let edit = wire.edited != Some(false) && is_removal(refund) && !of_cancellation(refund, cancelled)?;
            if edit { &mut removals } else { &mut returns }.push((index, refund));
        }
        let refunded = wire.financial_status.as_ref().map_or("", Text::as_str);
        let unlisted = wire.refunds.is_none() && matches!(refunded, "refunded" | "partially_refunded");
        Ok(Self { unlisted, unedited: wire.edited == Some(false), removals, returns })
    }

    /// Nothing was given back, and nothing will be.
    pub(super) fn none_returned(&self) -> bool {
        self.returns.is_empty()
    }

    /// Those that gave something back.
    pub(super) fn returns(&self) -> impl Iterator<Item = (usize, &'w wire::Refund<'w>)> {
        self.returns.iter().copied()
    }

    /// Edge cases 2 and 5: units sold, after edits and before refunds. `current_quantity` counts neither removed nor
    /// refunded units; before API version 2024-01 it does not exist.
    pub(super) fn sold(
        &self,
        line: &wire::Line<'_>,
        ordered: Quantity,
        (currency, path): (Currency, Path<'_>),
    ) -> Result<Quantity, Refusal> {
        let sold = match &line.current_quantity {
            Some(current) => {
                let current = current.quantity(path.field("current_quantity"))?;
                if current >= ordered {
                    return Ok(current);
                }
                if self.unedited {
                    return Ok(ordered);
                }
                if self.unlisted {
                    return Err(refuse("refunds", "missing: units are gone, and nothing says why"));
                }
                current.get().saturating_add(gone(&self.returns, line, currency)?.units).min(ordered.get())
            }
            None => ordered.get().saturating_sub(gone(&self.removals, line, currency)?.units).max(Decimal::ZERO),
        };
        Ok(Quantity::new(sold))
    }
}

/// No money moved and none is to move, no difference was booked, and nothing came back.
fn is_removal(refund: &wire::Refund<'_>) -> bool {
    let lines = refund.refund_line_items.as_deref().unwrap_or_default();
    let stays = |line: &wire::RefundLine<'_>| {
        matches!(line.restock_type.as_ref().map_or("no_restock", Text::as_str), "no_restock" | "cancel")
    };
    refund.transactions.as_ref().is_some_and(Vec::is_empty)
        && refund.order_adjustments.as_ref().is_none_or(Vec::is_empty)
        && refund.refund_shipping_lines.as_ref().is_none_or(Vec::is_empty)
        && !lines.is_empty()
        && lines.iter().all(stays)
}

fn of_cancellation(refund: &wire::Refund<'_>, cancelled: Option<Timestamp>) -> Result<bool, Refusal> {
    let Some(cancelled) = cancelled else { return Ok(false) };
    let at = instant(refund.created_at.as_ref().or(refund.processed_at.as_ref()), "refunds.created_at")?;
    Ok(at.is_none_or(|at| at.checked_add(CANCELLING).is_ok_and(|end| end >= cancelled)))
}

/// What refunds say of one line.
struct Gone {
    units: Decimal,
    /// Value of those units after discounts; `None` where it is not stated.
    net: Option<Money>,
    /// Tax on them; likewise.
    tax: Option<Money>,
}

fn gone(refunds: &[(usize, &wire::Refund<'_>)], line: &wire::Line<'_>, currency: Currency) -> Result<Gone, Refusal> {
    let mut gone = Gone { units: Decimal::ZERO, net: Some(Money::zero(currency)), tax: Some(Money::zero(currency)) };
    let add = |sum: Option<Money>, part: Option<Money>| sum.zip(part).and_then(|(sum, part)| sum.plus(part).ok());
    for (index, refund) in refunds {
        let path = Path::item("refunds", *index);
        for (at, back) in refund.refund_line_items.as_deref().unwrap_or_default().iter().enumerate() {
            if back.line_item_id.as_ref().is_none_or(|id| id.as_str() != line.id.as_str()) {
                continue;
            }
            let path = path.at("refund_line_items", at);
            gone.units = gone.units.saturating_add(back.quantity.quantity(path.field("quantity"))?.get());
            gone.net =
                add(gone.net, refunded(back.subtotal.as_ref(), back.subtotal_set, currency, path.field("subtotal"))?);
            gone.tax = add(
                gone.tax,
                refunded(back.total_tax.as_ref(), back.total_tax_set, currency, path.field("total_tax"))?,
            );
        }
    }
    Ok(gone)
}

/// What is left of a line of which units were taken away.
pub(super) struct Cut {
    /// Its place among the item lines.
    line: usize,
    /// Of the discount that is stated for all units that were ordered.
    discount: Money,
    /// Of the taxes.
    taxes: Vec<Tax>,
}

impl Cut {
    /// `line` is as it was ordered, and `left` what is left of its units.
    pub(super) fn of(
        refunds: &Refunds<'_>,
        wire: &wire::Line<'_>,
        (place, line): (usize, &OrderLine),
        left: Quantity,
    ) -> Result<Self, Refusal> {
        let currency = line.discount.currency();
        let path = Path::root("line_items");
        let (units, kept) = (line.quantity.get(), left.get());
        let taken = units.saturating_sub(kept);
        let gone = gone(&refunds.removals, wire, currency)?;
        let told = gone.units == taken;
        let part = |whole: Money| {
            let share = whole.major().saturating_mul(kept).checked_div(units).unwrap_or_default();
            round(share, currency, path)
        };
        let price = round(line.unit_price.get().saturating_mul(taken), currency, path)?;
        let off = gone.net.filter(|_| told).and_then(|net| line.discount.minus(price.minus(net).ok()?).ok());
        let within = |left: &Money, whole: Money| !left.is_negative() && left.minor() <= whole.minor();
        let discount = off.filter(|left| within(left, line.discount)).map_or_else(|| part(line.discount), Ok)?;
        let mut taxes = line.taxes.clone();
        let whole = Money::sum(currency, taxes.iter().map(|tax| tax.amount)).ok();
        let owed = gone.tax.filter(|_| told).zip(whole).and_then(|(tax, whole)| whole.minus(tax).ok());
        if let Some(owed) = owed.zip(whole).filter(|(owed, whole)| within(owed, *whole)).map(|(owed, _)| owed) {
            let weights: Vec<i64> = taxes.iter().map(|tax| tax.amount.minor()).collect();
            taxes.iter_mut().zip(owed.allocate(&weights)).for_each(|(tax, amount)| tax.amount = amount);
        } else {
            for tax in &mut taxes {
                tax.amount = part(tax.amount)?;
            }
        }
        Ok(Self { line: place, discount, taxes })
    }

    fn apply(&self, lines: &mut [OrderLine], discount: bool, taxes: bool) {
        let Some(line) = lines.get_mut(self.line) else { return };
        if discount {
            line.discount = self.discount;
        }
        if taxes {
            line.taxes.clone_from(&self.taxes);
        }
    }
}

/// A payload states discounts and taxes of a line for all units that were ordered, as shops do, or for those that are left:
/// right is what agrees with the sums that are current; among those, what is nearest to the rates; and else the former.
pub(super) fn settle(
    items: &mut Items,
    (shipping, charges): (&[ShippingLine], &[Charge]),
    current: &Current,
) -> Result<(), Refusal> {
    if items.cuts.is_empty() {
        return Ok(());
    }
    let mut agreeing = Vec::new();
    let mut others = Vec::new();
    for (discount, taxes) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut lines = items.lines.clone();
        items.cuts.iter().for_each(|cut| cut.apply(&mut lines, discount, taxes));
        let sums = OrderSums::of(current.currency, &lines, shipping, charges);
        let agrees = current.agrees(&sums.map_err(|error| refuse("line_items", error.to_string()))?);
        if agrees { &mut agreeing } else { &mut others }.push(lines);
    }
    let mut candidates = if agreeing.is_empty() { others } else { agreeing };
    let off = |lines: &[OrderLine]| {
        let cut = items.cuts.iter().filter_map(|cut| lines.get(cut.line));
        cut.map(|line| off(line, current.included)).try_fold(Decimal::ZERO, |sum, off| Some(sum.saturating_add(off?)))
    };
    // The least, and of equals the first.
    let nearest = candidates.iter().enumerate().filter_map(|(place, lines)| Some((off(lines)?, place))).min();
    let chosen = nearest.map(|(_, place)| place).unwrap_or_default();
    items.lines = candidates.swap_remove(chosen);
    Ok(())
}

/// How far the tax of a line is from what its rates give; `None` where it is more than the rounding of each.
fn off(line: &OrderLine, included: bool) -> Option<Decimal> {
    let net = line.unit_price.get().saturating_mul(line.quantity.get()).saturating_sub(line.discount.major());
    let rate = line.taxes.iter().fold(Decimal::ZERO, |sum, tax| sum.saturating_add(tax.rate.get()));
    let base = if included { net.checked_div(rate.saturating_add(Decimal::ONE)).unwrap_or_default() } else { net };
    let stated = line.taxes.iter().fold(Decimal::ZERO, |sum, tax| sum.saturating_add(tax.amount.major()));
    // One unit for its own rounding, one that a shop which rounds the order moves onto some line.
    let smallest = Decimal::new(2, line.discount.currency().exponent());
    let bound = smallest.saturating_mul(Decimal::from(line.taxes.len()));
    Some(stated.saturating_sub(base.saturating_mul(rate)).abs()).filter(|off| *off <= bound)
}

/// An amount in a refund's line: the set where there is one, since the plain number may carry the noise of a float.
pub(in crate::shopify) fn refunded(
    plain: Option<&crate::json::Num<'_>>,
    set: Option<&serde_json::value::RawValue>,
    currency: Currency,
    path: Path<'_>,
) -> Result<Option<Money>, Refusal> {
    match amount(None, set, currency, path)? {
        Some(stated) => Ok(Some(stated)),
        None => amount(plain, None, currency, path),
    }
}
