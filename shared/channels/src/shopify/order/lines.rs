//! Item lines: units sold after edits and before refunds, with their discounts and taxes.

use rust_decimal::Decimal;
use sluice_domain::{
    order::{LineKind, OrderLine},
    value::{Currency, Money, Quantity, UnitPrice},
};

use super::{
    amount,
    edits::{Cut, Refunds},
    taxes,
};
use crate::{
    Refusal, Warning,
    json::{MAX_PARTS, Path, Text, bound, refuse, round},
    shopify::wire,
};

/// The item lines, and what was learned on the way.
pub(super) struct Items {
    /// Item lines with units left after edits.
    pub(super) lines: Vec<OrderLine>,
    /// Which of them the shop taxes.
    pub(super) taxable: Vec<bool>,
    /// A tip that came as a line.
    pub(super) tip: Option<Money>,
    /// Units or lines were added or taken away after the sale.
    pub(super) edited: bool,
    /// Lines with fewer units left than were ordered.
    pub(super) cuts: Vec<Cut>,
}

pub(super) fn read(
    wire: &wire::Order<'_>,
    refunds: &Refunds<'_>,
    currency: Currency,
    warnings: &mut Vec<Warning>,
) -> Result<Items, Refusal> {
    let count = wire.line_items.len();
    let mut items = Items {
        lines: Vec::with_capacity(count),
        taxable: Vec::with_capacity(count),
        tip: None,
        edited: false,
        cuts: Vec::new(),
    };
    let tip = amount(
        wire.total_tip_received.as_ref(),
        wire.total_tip_received_set,
        currency,
        Path::root("total_tip_received"),
    )?;
    let (mut gross, mut tips) = (Decimal::ZERO, Decimal::ZERO);
    for (index, line) in wire.line_items.iter().enumerate() {
        let path = Path::item("line_items", index);
        let ordered = line.quantity.quantity(path.field("quantity"))?;
        let price = price(line, currency, path)?;
        let value = price.major().checked_mul(ordered.get()).ok_or_else(|| refuse(path, "out of range"))?;
        gross = gross.saturating_add(value);
        if is_tip(line, value, tip) {
            tips = tips.saturating_add(value);
            continue;
        }
        let quantity = refunds.sold(line, ordered, (currency, path))?;
        items.edited |= quantity != ordered;
        if quantity.is_zero() {
            continue;
        }
        let mut item = item(line, (price, ordered.max(quantity)), path, warnings)?;
        if quantity < ordered {
            items.cuts.push(Cut::of(refunds, line, (items.lines.len(), &item), quantity)?);
            item.quantity = quantity;
        }
        items.lines.push(item);
        items.taxable.push(line.taxable.unwrap_or(true));
    }
    if !tips.is_zero() {
        items.tip = Some(round(tips, currency, Path::root("line_items"))?);
    }
    items.edited |= wire.edited == Some(true) || relined(wire, currency, gross, tips)?;
    unique(&items.lines)?;
    Ok(items)
}

/// `total_line_items_price` is that of the sale: another sum means that an edit added lines.
fn relined(wire: &wire::Order<'_>, currency: Currency, gross: Decimal, tips: Decimal) -> Result<bool, Refusal> {
    let Some(stated) = &wire.total_line_items_price else { return Ok(false) };
    let stated = stated.money(currency, Path::root("total_line_items_price"))?.major();
    Ok(stated != gross && stated != gross.saturating_sub(tips))
}

fn price(line: &wire::Line<'_>, currency: Currency, path: Path<'_>) -> Result<Money, Refusal> {
    let price = amount(line.price.as_ref(), line.price_set, currency, path.field("price"))?;
    let price = price.ok_or_else(|| refuse(path.field("price"), "missing"))?;
    if price.is_negative() {
        return Err(refuse(path.field("price"), "expected zero or more"));
    }
    Ok(price)
}

/// Edge case 9: a tip is a line without product and variant, called `Tip`, or of exactly the tip's amount.
fn is_tip(line: &wire::Line<'_>, value: Decimal, tip: Option<Money>) -> bool {
    let without_product = line.product_id.is_none() && line.variant_id.is_none();
    let without_sku = line.sku.as_ref().is_none_or(|sku| sku.as_str().trim().is_empty());
    if !without_product || !without_sku || line.gift_card == Some(true) {
        return false;
    }
    let title = line.title.as_ref().or(line.name.as_ref()).map_or("", Text::as_str).trim();
    let called = title.eq_ignore_ascii_case("tip") || title.eq_ignore_ascii_case("gratuity");
    let untaxed = line.tax_lines.as_deref().unwrap_or_default().is_empty();
    called || (untaxed && tip.is_some_and(|tip| !tip.is_zero() && tip.major() == value && line.taxable == Some(false)))
}

fn item(
    line: &wire::Line<'_>,
    (price, quantity): (Money, Quantity),
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<OrderLine, Refusal> {
    let currency = price.currency();
    let sku = line.sku.as_ref().map_or(Ok(None), |sku| sku.name(path.field("sku")))?;
    let kind = if line.gift_card == Some(true) { LineKind::GiftCard } else { LineKind::Product };
    if sku.is_none() && kind == LineKind::Product {
        warnings.push(Warning::new("line_without_sku", path.field("sku"), "the line names no SKU"));
    }
    let gross = price.major().checked_mul(quantity.get()).ok_or_else(|| refuse(path, "out of range"))?;
    let discount = discount(line, currency, path)?;
    if discount.major() > gross {
        let message = "the discounts are larger than the line";
        warnings.push(Warning::new("contradiction", path.field("discount_allocations"), message));
    }
    let title = line.name.as_ref().and_then(Text::shown).or_else(|| line.title.as_ref().and_then(Text::shown));
    let tax_path = path.field("tax_lines");
    Ok(OrderLine {
        id: line.id.checked(path.field("id"))?,
        kind,
        title: title.unwrap_or_default(),
        sku,
        barcode: None,
        variant: line.variant_id.as_ref().map(|id| id.checked(path.field("variant_id"))).transpose()?,
        quantity,
        unit_price: UnitPrice::new(price.major()),
        discount,
        taxes: taxes::read(line.tax_lines.as_deref(), currency, tax_path, warnings)?,
    })
}

/// Edge case 7: order-level discounts are in `discount_allocations`; `total_discount` does not hold them, and counts only
/// where no allocation is stated.
fn discount(line: &wire::Line<'_>, currency: Currency, path: Path<'_>) -> Result<Money, Refusal> {
    let parts = line.discount_allocations.as_deref().unwrap_or_default();
    if parts.is_empty() {
        let path = path.field("total_discount");
        let stated = amount(line.total_discount.as_ref(), line.total_discount_set, currency, path)?;
        return match stated {
            Some(stated) if stated.is_negative() => Err(refuse(path, "expected zero or more")),
            stated => Ok(stated.unwrap_or(Money::zero(currency))),
        };
    }
    allocations(parts, currency, path)
}

/// The sum of the parts of discounts.
pub(super) fn allocations(
    parts: &[wire::Allocation<'_>],
    currency: Currency,
    path: Path<'_>,
) -> Result<Money, Refusal> {
    bound(path.field("discount_allocations"), parts.len(), MAX_PARTS)?;
    let mut sum = Money::zero(currency);
    for (index, part) in parts.iter().enumerate() {
        let path = path.at("discount_allocations", index);
        let part = amount(part.amount.as_ref(), part.amount_set, currency, path.field("amount"))?;
        let part = part.ok_or_else(|| refuse(path.field("amount"), "missing"))?;
        if part.is_negative() {
            return Err(refuse(path.field("amount"), "expected zero or more"));
        }
        sum = sum.plus(part).map_err(|error| refuse(path, error.to_string()))?;
    }
    Ok(sum)
}

/// Lines are told apart by their ids.
fn unique(lines: &[OrderLine]) -> Result<(), Refusal> {
    let mut ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(refuse("line_items", "two lines have one id"));
    }
    Ok(())
}
