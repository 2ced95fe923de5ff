//! What is paid beside goods, without tax: shipping, and fees. Fees are signed, since plugins give discounts by negative ones, each
//! with a tax of its own (README, edge case 2).

use sluice_domain::{
    order::{Charge, ChargeKind, ShippingLine, Tax},
    value::Money,
};

use super::{Amounts, taxes::Rates};
use crate::{
    Refusal, Warning,
    json::{Items, MAX_LINES, Path, Text, bound, refuse},
    woocommerce::wire,
};

/// One of them, as it was read.
struct Read {
    id: String,
    title: String,
    amount: Money,
    taxes: Vec<Tax>,
}

fn all(
    stated: &[wire::Extra<'_>],
    (field, rates): (&'static str, &Rates),
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Read>, Refusal> {
    bound(field, stated.len(), MAX_LINES)?;
    let mut read: Vec<Read> = Vec::with_capacity(stated.len());
    for (index, one) in stated.iter().enumerate() {
        let path = Path::item(field, index);
        let id = one.id.get().map_or_else(|| Ok(index.to_string()), |id| id.checked(path.field("id")))?;
        if stated.get(..index).unwrap_or_default().contains(one) {
            warnings.push(Warning::new("contradiction", path.field("id"), "the line is there twice; it counts once"));
            continue;
        }
        if read.iter().any(|known| known.id == id) {
            return Err(refuse(path.field("id"), "two lines have one id"));
        }
        let title = one.name.get().and_then(Text::shown).unwrap_or_default();
        let amount = amounts.maybe(&one.total, path.field("total"))?.unwrap_or(amounts.zero());
        let taxes = rates.taxes(&one.taxes, &one.total_tax, amounts, path)?;
        read.push(Read { id, title, amount, taxes });
    }
    Ok(read)
}

/// Fees, and tips, which plugins make as fees: they have no other mark than the name.
pub(super) fn fees(
    wire: &wire::Order<'_>,
    rates: &Rates,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Charge>, Refusal> {
    let read = all(wire.fee_lines.get(), ("fee_lines", rates), amounts, warnings)?;
    let is_tip = |title: &str| ["tip", "gratuity"].iter().any(|word| title.eq_ignore_ascii_case(word));
    let sold = read.into_iter().filter(|read| !(is_credit(&read.title) && read.amount.is_negative()));
    let charges = sold.map(|Read { id, title, amount, taxes }| {
        let kind = if is_tip(&title) { ChargeKind::Tip } else { ChargeKind::Fee };
        Charge { id, kind, title, amount, taxes }
    });
    Ok(charges.collect())
}

/// Some wallets and gift cards pay by a negative fee (`TeraWallet`'s "Via wallet"), which has no other mark than its name.
fn is_credit(title: &str) -> bool {
    let title = title.to_ascii_lowercase();
    ["wallet", "gift card", "giftcard", "store credit", "account funds"].iter().any(|word| title.contains(word))
}

/// What such fees paid.
pub(super) fn credits(wire: &wire::Order<'_>, amounts: &mut Amounts) -> Result<Money, Refusal> {
    let mut paid = amounts.zero();
    for (index, fee) in wire.fee_lines.get().iter().enumerate() {
        let path = Path::item("fee_lines", index);
        let named = fee.name.get().is_some_and(|name| is_credit(name.as_str()));
        let amount = amounts.maybe(&fee.total, path.field("total"))?.filter(|amount| named && amount.is_negative());
        let copy = wire.fee_lines.get().get(..index).unwrap_or_default().contains(fee);
        if let Some(amount) = amount.filter(|_| !copy) {
            paid = paid.minus(amount).map_err(|error| refuse(path, error.to_string()))?;
        }
    }
    Ok(paid)
}

pub(super) fn shipping(
    wire: &wire::Order<'_>,
    rates: &Rates,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ShippingLine>, Refusal> {
    let mut read = all(wire.shipping_lines.get(), ("shipping_lines", rates), amounts, warnings)?;
    if read.is_empty() {
        read.extend(unlisted(wire, rates, amounts)?);
    }
    let discount = amounts.zero();
    let lines = read.into_iter().map(|Read { id, title, amount: price, taxes }| ShippingLine {
        id,
        title,
        price,
        discount,
        taxes,
    });
    Ok(lines.collect())
}

/// A sum without a line.
fn unlisted(wire: &wire::Order<'_>, rates: &Rates, amounts: &mut Amounts) -> Result<Option<Read>, Refusal> {
    let amount = amounts.maybe(&wire.shipping_total, Path::root("shipping_total"))?;
    let Some(amount) = amount.filter(|amount| !amount.is_zero()) else { return Ok(None) };
    let taxes = rates.taxes(&Items::default(), &wire.shipping_tax, amounts, Path::root("shipping_tax"))?;
    Ok(Some(Read { id: "0".into(), title: String::new(), amount, taxes }))
}
