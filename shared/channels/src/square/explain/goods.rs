//! Stock: absolute counts for each state, of which only `IN_STOCK` can be sold (README, semantics). Products and customers.

use sluice_domain::{account::Account, value::Kind};

use crate::{
    Explained, Figures, Refusal, Warning,
    doc::Doc,
    evidence::subject,
    explain::{blank, each, ignored},
    json::{Node, refuse},
    wrapped::{self, Shape},
};

/// Counts in events and in answers.
const COUNTS: Shape =
    Shape { wrappers: &["inventory_counts", "counts"], own: &["catalog_object_id", "calculated_at", "quantity"] };

/// An object of the catalogue: an item, or a variation, which is what is sold and has the SKU.
pub(super) fn product(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("product", &subject(account, Kind::Product, &doc.own_id()?)?);
    if doc.doc("item_variation_data").is_some_and(|sold| sold.text("sku").is_none()) {
        let message = "the product names no SKU";
        figures.warnings.push(Warning::new("line_without_sku", "item_variation_data.sku", message));
    }
    Ok(figures)
}

/// A customer: the id and nothing personal.
pub(super) fn customer(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    Ok(blank("customer", &subject(account, Kind::Customer, &doc.own_id()?)?))
}

pub(super) fn stock(topic: &str, root: Node<'_>, account: &Account) -> Vec<Explained> {
    let mut all = each(topic, wrapped::split(root, &COUNTS), |item| count(topic, &Doc::new(*item), account));
    let sellable = |one: &Explained| !matches!(one, Explained::Ignored { .. });
    if all.iter().any(sellable) {
        all.retain(sellable);
    } else {
        all.truncate(1);
    }
    all
}

fn count(topic: &str, doc: &Doc<'_>, account: &Account) -> Result<Explained, Refusal> {
    let thing = doc.id("catalog_object_id")?.ok_or_else(|| refuse("catalog_object_id", "missing"))?;
    let place = doc.id("location_id")?.ok_or_else(|| refuse("location_id", "missing"))?;
    if doc.text("state") != Some("IN_STOCK") {
        let mut ignored = ignored(topic, "a count of what cannot be sold");
        return ignored.pop().ok_or_else(|| refuse("state", "missing"));
    }
    let mut figures = blank("stock", &subject(account, Kind::Stock, &format!("{place}?catalog_object_id={thing}"))?);
    let units = doc.quantity("quantity")?.ok_or_else(|| refuse("quantity", "missing"))?;
    figures.units = Some(units.normalize().to_string());
    if units.is_sign_negative() && !units.is_zero() {
        figures.warnings.push(Warning::new("negative_stock", "quantity", "less than nothing can be sold"));
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
