//! The value of the sale: after edits, before refunds.
//!
//! `total_price` and the other plain totals are those of the sale as it was made; after edits and refunds only `current_*`
//! moves (README, edge case 2). So an unedited order has the total that it states, and an edited one what is left plus what
//! its refunds took away.

use sluice_domain::{
    order::StatedTotals,
    value::{Currency, Money, MoneyError},
};

use super::{amount, charges};
use crate::{
    OrderSums, Refusal, Warning,
    json::{Path, refuse},
    shopify::wire,
};

/// Edge case 3: taxes of lines may differ from that of the order by a cent.
const TAX_TOLERANCE: i64 = 1;

pub(super) fn read(
    wire: &wire::Order<'_>,
    currency: Currency,
    (sums, edited): (&OrderSums, bool),
    warnings: &mut Vec<Warning>,
) -> Result<StatedTotals, Refusal> {
    let stated = stated(wire, currency)?;
    let tax = if edited { sums.tax } else { stated.tax.unwrap_or(sums.tax) };
    let included = wire.taxes_included.unwrap_or_default();
    let failed = |error: MoneyError| refuse("total_price", error.to_string());
    let computed = sums.total(included, tax).map_err(failed)?;
    let rounding = charges::rounding(wire, currency)?.unwrap_or(Money::zero(currency));
    let derived = if edited { remaining(wire, currency)? } else { None };
    // Some shops' totals are those before the rounding to coins: what was charged is the rounded one.
    let candidates = [derived, edited.then_some(stated.total).or(derived), Some(stated.total)];
    let fits = |candidate: &Money| *candidate == computed || candidate.plus(rounding) == Ok(computed);
    let agreed = candidates.into_iter().flatten().any(|candidate| fits(&candidate));
    // After an edit `total_price` is an older sale's; the parts are not.
    let claimed = derived.unwrap_or(stated.total);
    let total = if agreed || (edited && derived.is_none()) { computed } else { claimed };
    if !agreed {
        let message = format!("lines, shipping, charges and tax add up to {computed}, not to {claimed}");
        warnings.push(Warning::new("sums_disagree", "total_price", message));
    }
    if !edited {
        compare(sums, &stated, warnings);
    }
    let shown = if edited { None } else { stated.discount };
    let discount = shown.filter(|stated| *stated != sums.line_discount).unwrap_or(sums.discount);
    Ok(StatedTotals {
        total,
        subtotal: Some(sums.subtotal),
        tax: Some(tax),
        discount: Some(discount),
        shipping: Some(sums.shipping),
    })
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

/// What the order is worth now, plus what its refunds took away.
fn remaining(wire: &wire::Order<'_>, currency: Currency) -> Result<Option<Money>, Refusal> {
    let path = Path::root("current_total_price");
    let now = amount(wire.current_total_price.as_ref(), wire.current_total_price_set, currency, path)?;
    let Some(mut sum) = now else { return Ok(None) };
    let included = wire.taxes_included.unwrap_or_default();
    for (index, refund) in wire.refunds.as_deref().unwrap_or_default().iter().enumerate() {
        let path = Path::item("refunds", index);
        let mut back = Vec::new();
        for line in refund.refund_line_items.as_deref().unwrap_or_default() {
            let net = amount(line.subtotal.as_ref(), line.subtotal_set, currency, path.field("subtotal"))?;
            let tax = amount(line.total_tax.as_ref(), line.total_tax_set, currency, path.field("total_tax"))?;
            back.extend([net, tax.filter(|_| !included)]);
        }
        for line in refund.refund_shipping_lines.as_deref().unwrap_or_default() {
            let shop = |set: Option<&wire::MoneySet<'_>>, field| {
                set.map_or(Ok(None), |set| set.shop(currency, path.field(field)))
            };
            let net = shop(line.subtotal_amount_set.as_ref(), "subtotal_amount_set")?;
            let tax = shop(line.tax_amount_set.as_ref(), "tax_amount_set")?;
            back.extend([net, tax.filter(|_| !included)]);
        }
        let back = Money::sum(currency, back.into_iter().flatten());
        sum = back.and_then(|back| sum.plus(back)).map_err(|error| refuse(path, error.to_string()))?;
    }
    Ok(Some(sum))
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
