//! Item lines. `subtotal` is before coupons and `total` after, both for the whole line and without tax (README, edge case 1);
//! `price` is a float and is not read.

use rust_decimal::Decimal;
use sluice_domain::{
    order::{Charge, ChargeKind, LineKind, OrderLine},
    value::{Currency, Money, UnitPrice},
};

use super::{Amounts, taxes::Rates};
use crate::{
    Refusal, Warning,
    explain::each_unit as each,
    json::{Id, Loose, Path, Text, refuse, round},
    woocommerce::wire,
};

/// The item lines, and what stands among them without units.
pub(super) fn read(
    wire: &wire::Order<'_>,
    rates: &Rates,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<OrderLine>, Vec<Charge>), Refusal> {
    let stated = wire.line_items.get();
    let (mut lines, mut strange) = (Vec::with_capacity(stated.len()), Vec::new());
    let copies = has_copies(stated);
    for (index, line) in stated.iter().enumerate() {
        let path = Path::item("line_items", index);
        if copies && is_copy(line, stated.get(..index).unwrap_or_default(), path, warnings)? {
            continue;
        }
        let quantity = line.quantity.signed_quantity(path.field("quantity"))?;
        let (total, before) = value(line, amounts, path)?;
        let taxes = rates.taxes(&line.taxes, &line.total_tax, amounts, path)?;
        let title = line.name.get().and_then(Text::shown).unwrap_or_default();
        let id = line.id.checked(path.field("id"))?;
        if quantity.is_zero() {
            // An edit that takes a line away leaves none; a plugin may leave one of no units, which costs all the same.
            if !total.is_zero() {
                warnings.push(Warning::new("contradiction", path.field("quantity"), "no units, and an amount"));
                let id = format!("line_{id}");
                strange.push(Charge { id, kind: ChargeKind::Fee, title, amount: total, taxes });
            }
            continue;
        }
        let (gross, discount) = discounted(before, total).map_err(|error| refuse(path, error.to_string()))?;
        lines.push(OrderLine {
            id,
            kind: LineKind::Product,
            title,
            sku: sku(line, path, warnings)?,
            barcode: line.global_unique_id.get().map_or(Ok(None), |id| id.name(path.field("global_unique_id")))?,
            variant: product(line, path)?,
            quantity,
            unit_price: UnitPrice::new(each(gross, quantity.get())),
            discount,
            taxes,
        });
    }
    if amounts.finer {
        settle(stated, &mut lines, amounts.currency)?;
    }
    Ok((lines, strange))
}

/// Lines that were rounded each by itself may miss the rounded sum of what is stated: the missing cents go to the first ones.
fn settle(stated: &[wire::Line<'_>], lines: &mut [OrderLine], currency: Currency) -> Result<(), Refusal> {
    let path = Path::root("line_items");
    let mut exact = Decimal::ZERO;
    for line in stated.iter().filter(|line| lines.iter().any(|known| known.id == line.id.as_str())) {
        let total = line.total.get().or(line.subtotal.get()).map(|total| total.decimal(path)).transpose()?;
        exact = exact.saturating_add(total.unwrap_or_default());
    }
    let gross = |line: &OrderLine| round(line.unit_price.get().saturating_mul(line.quantity.get()), currency, path);
    let mut missing = round(exact, currency, path)?.minor();
    for line in lines.iter() {
        missing = missing.saturating_sub(gross(line)?.minor()).saturating_add(line.discount.minor());
    }
    let count = usize::try_from(missing.unsigned_abs()).unwrap_or(usize::MAX);
    for line in lines.iter_mut().take(count) {
        let more = Money::from_minor(gross(line)?.minor().saturating_add(missing.signum()), currency);
        line.unit_price = UnitPrice::new(each(more, line.quantity.get()));
    }
    Ok(())
}

/// Is any id there twice?
fn has_copies(lines: &[wire::Line<'_>]) -> bool {
    let mut ids: Vec<_> = lines.iter().map(|line| line.id.as_str()).collect();
    ids.sort_unstable();
    ids.windows(2).any(|pair| pair.first() == pair.last())
}

/// What a line costs after coupons and before; where only one is stated, that is both.
fn value(line: &wire::Line<'_>, amounts: &mut Amounts, path: Path<'_>) -> Result<(Money, Money), Refusal> {
    let after = amounts.maybe(&line.total, path.field("total"))?;
    let before = amounts.maybe(&line.subtotal, path.field("subtotal"))?;
    let total = after.or(before).ok_or_else(|| refuse(path.field("total"), "missing"))?;
    Ok((total, before.unwrap_or(total)))
}

/// Shops have sent one line twice (`captured_responses/broken-orders-mark-2.json`), with totals that count it once.
fn is_copy(
    line: &wire::Line<'_>,
    before: &[wire::Line<'_>],
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<bool, Refusal> {
    let Some(known) = before.iter().find(|known| known.id.as_str() == line.id.as_str()) else { return Ok(false) };
    if known != line {
        return Err(refuse(path.field("id"), "two lines have one id"));
    }
    warnings.push(Warning::new("contradiction", path.field("id"), "the line is there twice; it counts once"));
    Ok(true)
}

/// What was asked and what was taken off. A price that somebody raised by hand has no discount.
fn discounted(before: Money, after: Money) -> Result<(Money, Money), sluice_domain::value::MoneyError> {
    let off = before.minus(after)?;
    let raised = if before.is_negative() { !off.is_negative() } else { off.is_negative() };
    if raised && !off.is_zero() {
        return Ok((after, Money::zero(before.currency())));
    }
    Ok((before, off))
}

fn sku(line: &wire::Line<'_>, path: Path<'_>, warnings: &mut Vec<Warning>) -> Result<Option<String>, Refusal> {
    let sku = line.sku.get().map_or(Ok(None), |sku| sku.name(path.field("sku")))?;
    if sku.is_none() {
        warnings.push(Warning::new("line_without_sku", path.field("sku"), "the line names no SKU"));
    }
    Ok(sku)
}

/// The variation, else the product: 0 is none (README, edge case 10).
fn product(line: &wire::Line<'_>, path: Path<'_>) -> Result<Option<String>, Refusal> {
    let known = |id: &Loose<Id<'_>>, name| {
        let id = id.get().filter(|id| id.as_str() != "0");
        id.map(|id| id.checked(path.field(name))).transpose()
    };
    Ok(known(&line.variation_id, "variation_id")?.or(known(&line.product_id, "product_id")?))
}

/// The weight of an amount when another one is spread: its magnitude in units of a millionth of the smallest coin.
pub(super) fn weight(value: Decimal) -> i64 {
    let scaled = value.abs().checked_mul(Decimal::from(100_000_000_i64)).unwrap_or_default();
    i64::try_from(scaled.trunc().mantissa()).unwrap_or(i64::MAX)
}
