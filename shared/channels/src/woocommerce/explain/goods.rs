//! Products, stock, customers and parcels.

use sluice_domain::{account::Account, value::Kind};

use crate::{
    Figures, Refusal, Warning,
    doc::{Doc, suspicious},
    evidence::subject,
    explain::blank,
    json::{Node, refuse},
};

/// A product or a variation.
pub(super) fn product(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("product", &subject(account, Kind::Product, &doc.own_id()?)?);
    // A product with variations is not sold itself, and a deletion says no more than the id.
    let sold = doc.get("type").and_then(Node::text) != Some("variable") && doc.get("sku").is_some();
    if sold && doc.text("sku").is_none() {
        figures.warnings.push(Warning::new("line_without_sku", "sku", "the product names no SKU"));
    }
    Ok(figures)
}

/// A customer: the id and nothing personal.
pub(super) fn customer(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    Ok(blank("customer", &subject(account, Kind::Customer, &doc.own_id()?)?))
}

/// Sellable units: null where the shop does not count them, or where the parent counts for its variations.
pub(super) fn stock(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("stock", &subject(account, Kind::Stock, &doc.own_id()?)?);
    let managed = doc.get("manage_stock");
    let by_parent = managed.and_then(Node::text) == Some("parent");
    if by_parent {
        let message = "the parent product counts the stock of its variations";
        figures.warnings.push(Warning::new("stock_of_parent", "manage_stock", message));
    }
    // Absent, or a word of a plugin: the quantity says it.
    let counted = managed.and_then(Node::flag).unwrap_or(!by_parent);
    let units = if counted { doc.quantity("stock_quantity")? } else { None };
    if units.is_some_and(|units| units.is_sign_negative() && !units.is_zero()) {
        figures.warnings.push(Warning::new("negative_stock", "stock_quantity", "less than nothing can be sold"));
    }
    figures.units = units.map(|units| units.normalize().to_string());
    Ok(figures)
}

/// A parcel of the shipment tracking plugin: who carries it, and nothing of where it is.
pub(super) fn shipment(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let id = doc.id("tracking_id")?.ok_or_else(|| refuse("tracking_id", "missing"))?;
    let mut figures = blank("shipment", &subject(account, Kind::Shipment, &id)?);
    figures.state = Some("created".to_owned());
    let link = doc.text("tracking_link").or(doc.text("custom_tracking_link"));
    if link.is_some_and(suspicious) {
        let message = "a tracking address that no carrier would give";
        figures.warnings.push(Warning::new("suspicious_url", "tracking_link", message));
    }
    Ok(figures)
}
