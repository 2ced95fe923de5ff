//! Shipping lines, after their discounts.

use sluice_domain::{
    order::ShippingLine,
    value::{Currency, Money},
};

use super::{amount, lines::allocations, taxes};
use crate::{
    Refusal, Warning,
    json::{MAX_LINES, Path, Text, bound, refuse},
    shopify::wire,
};

pub(super) fn read(
    wire: &wire::Order<'_>,
    currency: Currency,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ShippingLine>, Refusal> {
    let stated = wire.shipping_lines.as_deref().unwrap_or_default();
    bound("shipping_lines", stated.len(), MAX_LINES)?;
    let mut lines: Vec<ShippingLine> = Vec::with_capacity(stated.len());
    for (index, line) in stated.iter().enumerate().filter(|(_, line)| line.is_removed != Some(true)) {
        let path = Path::item("shipping_lines", index);
        let id = line.id.as_ref().map_or_else(|| Ok(index.to_string()), |id| id.checked(path.field("id")))?;
        if lines.iter().any(|known| known.id == id) {
            return Err(refuse(path.field("id"), "two shipping lines have one id"));
        }
        let price = amount(line.price.as_ref(), line.price_set, currency, path.field("price"))?;
        let price = price.ok_or_else(|| refuse(path.field("price"), "missing"))?;
        if price.is_negative() {
            return Err(refuse(path.field("price"), "expected zero or more"));
        }
        lines.push(ShippingLine {
            id,
            title: line.title.as_ref().and_then(Text::shown).unwrap_or_default(),
            price,
            discount: discount(line, price, path)?,
            taxes: taxes::read(line.tax_lines.as_deref(), currency, path.field("tax_lines"), warnings)?,
        });
    }
    Ok(lines)
}

/// Edge case 7: shipping discounts sit on the shipping line. Discounts by code are allocations and may be missing in
/// `discounted_price`; an automatic one may be in `discounted_price` alone: the larger of the two is what was taken off.
fn discount(line: &wire::ShippingLine<'_>, price: Money, path: Path<'_>) -> Result<Money, Refusal> {
    let currency = price.currency();
    let parts = allocations(line.discount_allocations.as_deref().unwrap_or_default(), currency, path)?;
    let path = path.field("discounted_price");
    let after = amount(line.discounted_price.as_ref(), line.discounted_price_set, currency, path)?.unwrap_or(price);
    let off = price.minus(after).map_err(|error| refuse(path, error.to_string()))?;
    if after.is_negative() {
        return Err(refuse(path, "expected zero or more"));
    }
    let off = Money::from_minor(off.minor().max(parts.minor()).min(price.minor()), currency);
    Ok(off)
}
