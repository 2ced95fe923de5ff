//! The value of the sale. `total` includes tax, is never reduced by refunds, and is what was left to pay after gift cards and
//! store credit (README, edge cases 4 and 5), which are means of payment.

use rust_decimal::Decimal;
use serde_json::Value;
use sluice_domain::{
    order::StatedTotals,
    value::{Money, MoneyError},
};

use super::{Amounts, extras};
use crate::{
    OrderSums, Refusal, Warning,
    json::{self, Num, Path, refuse},
    woocommerce::wire::{self, Meta},
};

/// The most entries of a plugin's note that are looked at.
const MAX_ENTRIES: usize = 50;

/// The totals, and whether gift cards or store credit paid a part.
pub(super) fn read(
    wire: &wire::Order<'_>,
    sums: &OrderSums,
    meta: &[Meta<'_>],
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<(StatedTotals, bool), Refusal> {
    let total = amounts.maybe(&wire.total, Path::root("total"))?.ok_or_else(|| refuse("total", "missing"))?;
    let tax = amounts.maybe(&wire.total_tax, Path::root("total_tax"))?;
    let off = amounts.maybe(&wire.discount_total, Path::root("discount_total"))?;
    let shipping = amounts.maybe(&wire.shipping_total, Path::root("shipping_total"))?;
    let failed = |error: MoneyError| refuse("total", error.to_string());
    let computed = sums.total(false, tax.unwrap_or(sums.tax)).map_err(failed)?;
    let gap = computed.minus(total).map_err(failed)?;
    let cards = gap.minor() > 0 && credited(wire, sums, meta, gap, amounts)?;
    if !gap.is_zero() && !cards {
        let message = format!("lines, shipping, fees and tax add up to {computed}, not to {total}");
        warnings.push(Warning::new("sums_disagree", "total", message));
    }
    let mut disagree = |field: &str, stated: Money, computed: Money| {
        let message = format!("{stated} is stated, and the lines say {computed}");
        warnings.push(Warning::new("sums_disagree", field, message));
    };
    if let Some(tax) = tax
        && tax.minus(sums.tax).is_ok_and(|gap| gap.abs().minor() > tolerance(wire))
    {
        disagree("total_tax", tax, sums.tax);
    }
    if let Some(stated) = shipping.filter(|stated| *stated != sums.shipping) {
        disagree("shipping_total", stated, sums.shipping);
    }
    // A coupon's discount is in the lines already (edge case 3); store credit that counts as a coupon is in none.
    let lines = i64::try_from(wire.line_items.get().len()).unwrap_or(i64::MAX);
    let near = |stated: Money| stated.minus(sums.discount).is_ok_and(|gap| gap.abs().minor() <= lines);
    let odd = off.filter(|stated| !near(*stated) && !cards);
    if let Some(stated) = odd.filter(|stated| !raised(wire, *stated)) {
        disagree("discount_total", stated, sums.discount);
    }
    let totals = StatedTotals {
        total: if cards { computed } else { total },
        subtotal: Some(sums.subtotal),
        tax: Some(tax.unwrap_or(sums.tax)),
        discount: Some(off.filter(|stated| near(*stated)).unwrap_or(sums.discount)),
        shipping: Some(sums.shipping),
    };
    Ok((totals, cards))
}

/// The shop's own sum sets what a person added to a line's price against what was taken off others.
fn raised(wire: &wire::Order<'_>, stated: Money) -> bool {
    let path = Path::root("line_items");
    let mut each = wire.line_items.get().iter().map(|line| {
        let decimal = |num: Option<&Num<'_>>| num.and_then(|num| num.decimal(path).ok());
        let (before, after) = (decimal(line.subtotal.get())?, decimal(line.total.get())?);
        before.checked_sub(after)
    });
    let sum = each.try_fold(Decimal::ZERO, |sum, off| sum.checked_add(off?));
    sum.is_some_and(|sum| json::round(sum, stated.currency(), path).is_ok_and(|sum| sum == stated))
}

/// Edge case 14: where the shop rounds taxes per order, each part's own rounding misses by half a cent at most.
fn tolerance(wire: &wire::Order<'_>) -> i64 {
    let parts = [wire.line_items.get().len(), wire.shipping_lines.get().len(), wire.fee_lines.get().len()];
    let parts = parts.into_iter().fold(0_usize, usize::saturating_add);
    i64::try_from(parts.div_ceil(2)).unwrap_or(i64::MAX).max(1)
}

/// Is the gap exactly what some gift card, credit or wallet is said to have paid? There is no common form: WooCommerce Gift Cards
/// has a list, some plugins a coupon that is in no line, others an entry with an amount.
fn credited(
    wire: &wire::Order<'_>,
    sums: &OrderSums,
    meta: &[Meta<'_>],
    gap: Money,
    amounts: &mut Amounts,
) -> Result<bool, Refusal> {
    let fees = extras::credits(wire, amounts)?;
    let gap = gap.minus(fees).map_err(|error| refuse("fee_lines", error.to_string()))?;
    if gap.is_zero() {
        return Ok(true);
    }
    let mut listed = amounts.zero();
    for (index, card) in wire.gift_cards.get().iter().enumerate() {
        let path = Path::item("gift_cards", index);
        let part = amounts.maybe(&card.amount, path.field("amount"))?.unwrap_or(amounts.zero());
        listed = listed.plus(part).map_err(|error| refuse("gift_cards", error.to_string()))?;
    }
    if listed == gap {
        return Ok(true);
    }
    let mut coupons = amounts.zero();
    for coupon in wire.coupon_lines.get() {
        for part in [&coupon.discount, &coupon.discount_tax] {
            let part = amounts.maybe(part, Path::root("coupon_lines"))?.unwrap_or(amounts.zero());
            coupons = coupons.plus(part).map_err(|error| refuse("coupon_lines", error.to_string()))?;
        }
    }
    let as_coupon = coupons == gap || coupons.minus(sums.discount) == Ok(gap);
    Ok(as_coupon || meta.iter().filter(|entry| is_credit(entry.name())).any(|entry| noted(entry, gap)))
}

fn is_credit(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["gift", "credit", "funds", "wallet", "voucher"].iter().any(|word| name.contains(word))
}

/// Does an entry state this amount: by itself, as the `amount` of an object, or as the sum of an object's or a list's values?
fn noted(entry: &Meta<'_>, gap: Money) -> bool {
    let Some(value) = entry.value.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()) else { return false };
    let parts: Vec<Money> = match &value {
        Value::Array(items) => items.iter().take(MAX_ENTRIES).filter_map(|item| amount(item, gap)).collect(),
        Value::Object(fields) => {
            let named = fields.get("amount").and_then(|named| amount(named, gap));
            let parts = fields.values().take(MAX_ENTRIES).filter_map(|field| amount(field, gap));
            named.map_or_else(|| parts.collect(), |named| vec![named])
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => amount(&value, gap).into_iter().collect(),
    };
    !parts.is_empty() && Money::sum(gap.currency(), parts) == Ok(gap)
}

/// An amount by itself, or an object's field of that name.
fn amount(value: &Value, gap: Money) -> Option<Money> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => match fields.get("amount")? {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) => return None,
    };
    let quoted = Value::String(text).to_string();
    let num = json::read::<Num<'_>>(quoted.as_bytes()).ok()?;
    num.money(gap.currency(), Path::top()).ok()
}
