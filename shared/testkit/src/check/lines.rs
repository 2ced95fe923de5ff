//! Does an order in Odoo hold what the shop sold, to the minor unit?

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sluice_sandbox::odoo::{LineView, OrderView};

use super::Taxes;
use crate::{
    shop::{Item, Rate, ShopOrder, Version},
    world::FALLBACK,
};

/// The largest difference that a rounding line may repair where taxes agree, in minor units.
const TOLERANCE: i64 = 5;

/// One row group as it must be.
struct Wanted {
    name: String,
    sku: String,
    quantity: Decimal,
    amount: i64,
    tax: Option<Rate>,
}

/// What is wrong with an order in Odoo as a sale of this version; `None` when nothing is.
pub(super) fn difference(found: &OrderView<'_>, order: &ShopOrder, version: &Version, taxes: &Taxes) -> Option<String> {
    let sums = version.sums(order.tax_included);
    let coin = order.coin;
    if found.currency() != coin.code {
        return Some(format!("currency {} instead of {}", found.currency(), coin.code));
    }
    let total = coin.minor(found.amount_total());
    if total != Some(sums.total) {
        return Some(format!("total {} instead of {}", found.amount_total(), coin.text(sums.total)));
    }
    let off = coin.minor(found.amount_tax()).map(|tax| (tax - sums.tax).abs());
    if off.is_none_or(|off| off > sums.taxed) {
        return Some(format!("tax {} instead of {}", found.amount_tax(), coin.text(sums.tax)));
    }
    rows(found, order, version, taxes, sums.taxed).err()
}

/// The lines are right, and the total is off by what taxes round, which the gate has not repaired: it was cancelled
/// before, or Odoo's prices are too coarse for it (three-decimal currencies at two-decimal prices).
pub(super) fn unrounded(found: &OrderView<'_>, order: &ShopOrder, version: &Version, taxes: &Taxes) -> bool {
    let sums = version.sums(order.tax_included);
    let off = order.coin.minor(found.amount_total()).map(|total| (total - sums.total).abs());
    off.is_some_and(|off| off <= sums.taxed) && rows(found, order, version, taxes, sums.taxed).is_ok()
}

/// Is no more invoiced of any line than this version sold of it?
pub(super) fn invoiced_within(found: &OrderView<'_>, version: &Version) -> bool {
    let prefix = format!("{}_line_", found.external_id());
    let mut invoiced: BTreeMap<&str, Decimal> = BTreeMap::new();
    for line in found.lines() {
        if let Some(row) = line.external_id().strip_prefix(&prefix) {
            *invoiced.entry(row.split('_').next().unwrap_or_default()).or_default() += line.invoiced();
        }
    }
    let sold = |id: &str| version.lines.iter().find(|line| line.id.to_string() == id).map_or(0, |line| line.sold);
    invoiced.iter().all(|(id, units)| *units <= Decimal::from(sold(id)))
}

fn rows(found: &OrderView<'_>, order: &ShopOrder, version: &Version, taxes: &Taxes, taxed: i64) -> Result<(), String> {
    let prefix = format!("{}_", found.external_id());
    let mut by_name: BTreeMap<String, Vec<LineView<'_>>> = BTreeMap::new();
    for line in found.lines().filter(|line| !line.quantity().is_zero()) {
        let Some(name) = line.external_id().strip_prefix(&prefix) else {
            return Err(format!("a line with the external id `{}`", line.external_id()));
        };
        by_name.entry(base(name).to_owned()).or_default().push(line);
    }
    for wanted in wanted(order, version) {
        let lines = by_name.remove(&wanted.name).unwrap_or_default();
        row(&wanted, &lines, order, taxes)?;
    }
    if let Some(rounding) = by_name.remove("rounding") {
        let amount: Decimal = rounding.iter().map(|line| line.price_unit() * line.quantity()).sum();
        let bound = TOLERANCE.max(taxed);
        if rounding.len() > 1 || order.coin.minor(amount).is_none_or(|amount| amount.abs() > bound) {
            return Err(format!("a rounding line of {amount}"));
        }
    }
    match by_name.keys().next() {
        Some(name) => Err(format!("a line `{name}` that was not sold")),
        None => Ok(()),
    }
}

/// `line_17_1` is the second row of `line_17`.
fn base(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((first, "1")) if first.starts_with("line_") => first,
        _ => name,
    }
}

fn row(wanted: &Wanted, lines: &[LineView<'_>], order: &ShopOrder, taxes: &Taxes) -> Result<(), String> {
    let name = &wanted.name;
    let quantity: Decimal = lines.iter().map(LineView::quantity).sum();
    if quantity != wanted.quantity {
        return Err(format!("{name}: {quantity} units instead of {}", wanted.quantity));
    }
    let kept = |line: &LineView<'_>| (Decimal::ONE_HUNDRED - line.discount()) / Decimal::ONE_HUNDRED;
    let amount: Decimal = lines.iter().map(|line| line.price_unit() * line.quantity() * kept(line)).sum();
    if order.coin.minor(amount) != Some(wanted.amount) {
        return Err(format!("{name}: {amount} instead of {}", order.coin.text(wanted.amount)));
    }
    let tax = wanted.tax.and_then(|rate| taxes.get(&(rate, order.tax_included)).copied());
    for line in lines {
        if line.sku() != wanted.sku {
            return Err(format!("{name}: product {} instead of {}", line.sku(), wanted.sku));
        }
        if line.tax_ids() != tax.as_slice() {
            return Err(format!("{name}: taxes {:?} instead of {tax:?}", line.tax_ids()));
        }
    }
    Ok(())
}

fn wanted(order: &ShopOrder, version: &Version) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = version
        .lines
        .iter()
        .filter(|line| line.sold != 0)
        .map(|line| Wanted {
            name: format!("line_{}", line.id),
            sku: match line.item {
                Item::GiftCard => "CHANNEL-GIFT-CARD".into(),
                Item::Unknown | Item::Custom => FALLBACK.into(),
                Item::Known(_) | Item::Twice => line.item.sku().unwrap_or_default(),
            },
            quantity: Decimal::from(line.sold),
            amount: line.sums(order.tax_included).amount,
            tax: line.rate,
        })
        .collect();
    let service =
        |name: String, sku: &str, amount, tax| Wanted { name, sku: sku.into(), quantity: Decimal::ONE, amount, tax };
    if let Some((price, discount)) = version.shipping {
        let name = format!("shipping_{}", order.id * 10 + 1);
        all.push(service(name, "CHANNEL-SHIPPING", price - discount, version.shipping_rate));
    }
    if version.tip != 0 {
        all.push(service("charge_tip".into(), "CHANNEL-TIP", version.tip, None));
    }
    all
}
