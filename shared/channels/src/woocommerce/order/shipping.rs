//! Shipping lines, without tax.

use sluice_domain::order::ShippingLine;

use super::{Amounts, taxes::Rates};
use crate::{
    Refusal, Warning,
    json::{Items, MAX_LINES, Path, Text, bound, refuse},
    woocommerce::wire,
};

pub(super) fn read(
    wire: &wire::Order<'_>,
    rates: &Rates,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ShippingLine>, Refusal> {
    let stated = wire.shipping_lines.get();
    bound("shipping_lines", stated.len(), MAX_LINES)?;
    let mut lines: Vec<ShippingLine> = Vec::with_capacity(stated.len());
    for (index, line) in stated.iter().enumerate() {
        let path = Path::item("shipping_lines", index);
        let id = line.id.get().map_or_else(|| Ok(index.to_string()), |id| id.checked(path.field("id")))?;
        if stated.get(..index).unwrap_or_default().contains(line) {
            warnings.push(Warning::new("contradiction", path.field("id"), "the line is there twice; it counts once"));
            continue;
        }
        if lines.iter().any(|known| known.id == id) {
            return Err(refuse(path.field("id"), "two shipping lines have one id"));
        }
        lines.push(ShippingLine {
            id,
            title: line.method_title.get().and_then(Text::shown).unwrap_or_default(),
            price: amounts.maybe(&line.total, path.field("total"))?.unwrap_or(amounts.zero()),
            discount: amounts.zero(),
            taxes: rates.taxes(&line.taxes, &line.total_tax, amounts, path)?,
        });
    }
    if lines.is_empty() {
        lines.extend(unlisted(wire, rates, amounts)?);
    }
    Ok(lines)
}

/// A sum without a line.
fn unlisted(wire: &wire::Order<'_>, rates: &Rates, amounts: &mut Amounts) -> Result<Option<ShippingLine>, Refusal> {
    let price = amounts.maybe(&wire.shipping_total, Path::root("shipping_total"))?;
    let Some(price) = price.filter(|price| !price.is_zero()) else { return Ok(None) };
    let taxes = rates.taxes(&Items::default(), &wire.shipping_tax, amounts, Path::root("shipping_tax"))?;
    Ok(Some(ShippingLine { id: "0".into(), title: String::new(), price, discount: amounts.zero(), taxes }))
}
