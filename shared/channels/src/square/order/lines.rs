//! Lines of a sale. They name variations of the catalogue and no SKUs, which are read beside the order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sluice_domain::{
    order::{LineKind, OrderLine},
    value::{Currency, Money, Quantity, UnitPrice},
};

use super::{taxes::Applied, taxes::Taxes};
use crate::{
    Refusal, Warning,
    doc::Doc,
    explain::each_unit,
    json::{MAX_LINES, MAX_PARTS, Node, bound, refuse, round},
    square::wire::{at, objects, out_of_range, own, own_or_zero, title},
};

/// How a variation is called that is the only one of its item.
const ONLY: &str = "Regular";

/// SKUs and barcodes of variations. Source: `CatalogItemVariation` of the Catalog API, fields `sku` and `upc`.
#[derive(Default)]
pub(in crate::square) struct Catalogue<'a>(BTreeMap<&'a str, Doc<'a>>);

impl<'a> Catalogue<'a> {
    /// What stands beside the order as `objects`.
    pub(in crate::square) fn beside(answer: Node<'a>) -> Self {
        let objects = answer.get("objects").and_then(Node::items).into_iter().flatten().take(MAX_LINES);
        let named = objects.filter(|one| one.is_object()).filter_map(|one| {
            let doc = Doc::new(one);
            Some((doc.text("id")?, doc.doc("item_variation_data")?))
        });
        Self(named.collect())
    }

    fn text(&self, variation: Option<&str>, field: &str) -> Option<String> {
        self.0.get(variation?)?.text(field).map(str::to_owned)
    }
}

/// What every line of a sale is read with.
#[derive(Clone, Copy)]
pub(super) struct Sale<'s> {
    pub(super) taxes: &'s Taxes<'s>,
    pub(super) catalogue: &'s Catalogue<'s>,
    pub(super) currency: Currency,
}

/// The lines of a sale.
pub(super) fn read(doc: &Doc<'_>, sale: Sale<'_>, warnings: &mut Vec<Warning>) -> Result<Vec<OrderLine>, Refusal> {
    let stated = objects(doc, "line_items")?.unwrap_or_default();
    bound("line_items", stated.len(), MAX_LINES)?;
    let mut lines: Vec<OrderLine> = Vec::with_capacity(stated.len());
    for (index, one) in stated.iter().enumerate() {
        let read = line(one, index, sale, warnings);
        let Some(line) = read.map_err(|refusal| at("line_items", index, refusal))? else { continue };
        match lines.iter().find(|known| known.id == line.id) {
            None => lines.push(line),
            Some(known) if *known == line => {
                warnings.push(Warning::new("contradiction", "line_items.uid", "a line is there twice; it counts once"));
            }
            Some(_) => return Err(at("line_items", index, refuse("uid", "two lines have one uid"))),
        }
    }
    Ok(lines)
}

fn line(
    doc: &Doc<'_>,
    index: usize,
    sale: Sale<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<OrderLine>, Refusal> {
    let Sale { taxes, catalogue, currency } = sale;
    let quantity = doc.quantity("quantity")?.ok_or_else(|| refuse("quantity", "missing"))?;
    let applied = taxes.on(doc, currency)?;
    let discount = own_or_zero(doc, "total_discount_money", currency)?;
    let gross = gross(doc, quantity, (taxes, &applied), discount, currency)?;
    if quantity.is_zero() {
        // Square takes such lines away when the order is paid (`quantity`).
        if !gross.is_zero() {
            let field = format!("line_items[{index}].quantity");
            warnings.push(Warning::new("contradiction", field, "no units, and an amount: it counts as nothing"));
        }
        return Ok(None);
    }
    let kind = match doc.text("item_type") {
        Some("GIFT_CARD") => LineKind::GiftCard,
        Some("ITEM" | "CUSTOM_AMOUNT") | None => LineKind::Product,
        Some(_) => {
            let field = format!("line_items[{index}].item_type");
            warnings.push(Warning::new("schema_drift", field, "a type of line that this build does not know"));
            LineKind::Product
        }
    };
    let variation = doc.id("catalog_object_id")?;
    let sku = catalogue.text(variation.as_deref(), "sku");
    if sku.is_none() && kind == LineKind::Product {
        let field = format!("line_items[{index}].catalog_object_id");
        warnings.push(Warning::new("line_without_sku", field, "the line names no SKU"));
    }
    Ok(Some(OrderLine {
        id: doc.id("uid")?.unwrap_or_else(|| index.to_string()),
        kind,
        title: name(doc),
        sku,
        barcode: catalogue.text(variation.as_deref(), "upc"),
        variant: variation,
        quantity: Quantity::new(quantity),
        unit_price: UnitPrice::new(each_unit(gross, quantity)),
        discount,
        taxes: applied.taxes,
    }))
}

fn name(doc: &Doc<'_>) -> String {
    let (item, variation) = (title(doc, "name"), title(doc, "variation_name"));
    if variation.is_empty() || variation == ONLY || variation == item {
        item
    } else if item.is_empty() {
        variation
    } else {
        format!("{item} - {variation}")
    }
}

/// What all units cost before discounts, as prices of the canonical order go. `gross_sales_money` has inclusive tax in it in some
/// countries and not in others (`OrderLineItem`), so it counts only where nothing is inclusive.
fn gross(
    doc: &Doc<'_>,
    quantity: Decimal,
    (taxes, applied): (&Taxes<'_>, &Applied),
    discount: Money,
    currency: Currency,
) -> Result<Money, Refusal> {
    let additive_only = applied.taxes.is_empty() || !taxes.included;
    let stated = if additive_only { own(doc, "gross_sales_money", currency)? } else { None };
    let listed = match stated {
        None => listed(doc, quantity, currency)?,
        stated => stated,
    };
    let Some(listed) = listed else {
        let with_all = own(doc, "total_money", currency)?.ok_or_else(|| refuse("base_price_money", "missing"))?;
        let apportioned = own_or_zero(doc, "total_service_charge_money", currency)?;
        let price = taxes.price(with_all, applied.additive)?;
        let before = price.plus(discount).and_then(|sum| sum.minus(apportioned));
        return before.map_err(out_of_range("total_money"));
    };
    // Prices of an order with taxes of both kinds contain all of it.
    if taxes.included { listed.plus(applied.additive).map_err(out_of_range("total_tax_money")) } else { Ok(listed) }
}

/// The price of the variation and of what was added to it, for all units.
fn listed(doc: &Doc<'_>, quantity: Decimal, currency: Currency) -> Result<Option<Money>, Refusal> {
    let whole = match own(doc, "variation_total_price_money", currency)? {
        Some(whole) => whole,
        None => match own(doc, "base_price_money", currency)? {
            Some(each) => times(each, quantity, "base_price_money")?,
            None => return Ok(None),
        },
    };
    let modifiers = objects(doc, "modifiers")?.unwrap_or_default();
    bound("modifiers", modifiers.len(), MAX_PARTS)?;
    let mut sum = whole;
    for one in &modifiers {
        let more = match own(one, "total_price_money", currency)? {
            Some(more) => more,
            None => times(own_or_zero(one, "base_price_money", currency)?, quantity, "modifiers.base_price_money")?,
        };
        sum = sum.plus(more).map_err(out_of_range("modifiers"))?;
    }
    Ok(Some(sum))
}

fn times(each: Money, quantity: Decimal, field: &'static str) -> Result<Money, Refusal> {
    let whole = each.major().checked_mul(quantity).ok_or_else(|| refuse(field, "the amount is out of range"))?;
    round(whole, each.currency(), field)
}

/// Ids of the variations that an order sold.
pub(in crate::square) fn variations(doc: &Doc<'_>) -> Vec<String> {
    let mut all: Vec<String> =
        doc.list("line_items").take(MAX_LINES).filter_map(|line| line.id("catalog_object_id").ok().flatten()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
