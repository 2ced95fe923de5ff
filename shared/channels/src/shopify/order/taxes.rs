//! Taxes of lines and of shipping; and, where a payload states them for the whole order only, their allotment.

use sluice_domain::{
    order::{OrderLine, ShippingLine, Tax},
    value::{Currency, Money, Rate},
};

use super::{amount, lines::Items};
use crate::{
    Refusal, Warning,
    json::{MAX_PARTS, Path, Text, bound, refuse, round},
    shopify::wire,
};

/// The taxes of one line, as stated. `path` is that of the list.
pub(super) fn read(
    stated: Option<&[wire::TaxLine<'_>]>,
    currency: Currency,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Tax>, Refusal> {
    let stated = stated.unwrap_or_default();
    bound(path, stated.len(), MAX_PARTS)?;
    let mut taxes = Vec::with_capacity(stated.len());
    for tax in stated {
        let price = amount(tax.price.as_ref(), tax.price_set, currency, path.field("price"))?;
        let price = price.ok_or_else(|| refuse(path.field("price"), "missing"))?;
        if price.is_negative() {
            return Err(refuse(path.field("price"), "expected zero or more"));
        }
        let rate = tax.rate.as_ref().map(|rate| rate.rate(path.field("rate"))).transpose()?;
        if rate.is_none_or(Rate::is_zero) && !price.is_zero() {
            warnings.push(Warning::new("contradiction", path.field("rate"), "tax was charged at no rate"));
        }
        taxes.push(Tax {
            title: tax.title.as_ref().and_then(Text::shown).unwrap_or_default(),
            rate: rate.unwrap_or(Rate::new(rust_decimal::Decimal::ZERO)),
            amount: price,
            // Edge case 16: the marketplace remits it, not the shop.
            remitted_by_channel: tax.channel_liable.unwrap_or_default(),
        });
    }
    Ok(taxes)
}

/// Where no line states a tax and the order does: each tax of the order is spread over the taxable lines in proportion to
/// their net amounts, to the minor unit.
pub(super) fn allot(
    wire: &wire::Order<'_>,
    currency: Currency,
    items: &mut Items,
    shipping: &mut [ShippingLine],
    warnings: &mut Vec<Warning>,
) -> Result<(), Refusal> {
    let stated = wire.tax_lines.as_deref().unwrap_or_default();
    let on_lines = items.lines.iter().any(|line| !line.taxes.is_empty());
    let on_shipping = shipping.iter().any(|line| !line.taxes.is_empty());
    if stated.is_empty() || on_lines || on_shipping {
        return Ok(());
    }
    let whole = read(Some(stated), currency, Path::root("tax_lines"), warnings)?;
    if whole.iter().all(|tax| tax.amount.is_zero()) || items.lines.is_empty() {
        return Ok(());
    }
    let message = "the order states tax and its lines do not; it was spread over the taxable lines";
    warnings.push(Warning::new("tax_allotted", "tax_lines", message));
    let mut weights = Vec::with_capacity(items.lines.len());
    for (line, taxable) in items.lines.iter().zip(&items.taxable) {
        weights.push(if *taxable { net(line, currency)?.minor() } else { 0 });
    }
    for tax in whole {
        let parts = tax.amount.allocate(&weights);
        for (line, part) in items.lines.iter_mut().zip(parts).filter(|(_, part)| !part.is_zero()) {
            line.taxes.push(Tax { amount: part, ..tax.clone() });
        }
    }
    Ok(())
}

fn net(line: &OrderLine, currency: Currency) -> Result<Money, Refusal> {
    let path = Path::root("line_items");
    let gross = line.unit_price.get().checked_mul(line.quantity.get()).ok_or_else(|| refuse(path, "out of range"))?;
    round(gross.saturating_sub(line.discount.major()), currency, path)
}
