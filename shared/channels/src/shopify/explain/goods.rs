//! Returns, shipments, stock, products and customers.

use sluice_domain::{account::Account, value::Kind};

use crate::{
    Figures, Refusal, Warning,
    doc::{Doc, suspicious},
    evidence::subject,
    explain::blank,
    json::Node,
};

/// A return. Edge case 19: it may have no refund, and exchanges add new lines, which are not what comes back.
pub(super) fn a_return(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("return", &subject(account, Kind::Return, &doc.own_id()?)?);
    figures.number = doc.text("name").map(str::to_owned);
    let listed = doc.list("return_line_items").count();
    let stated = doc.quantity("total_return_line_items")?;
    if listed > 0 {
        figures.lines = Some(listed);
        figures.units = Some(doc.units("return_line_items", "quantity")?);
    } else if let Some(units) = doc.quantity("total_quantity")? {
        figures.units = Some(units.normalize().to_string());
    }
    if listed == 0 && stated.is_some_and(|stated| !stated.is_zero()) {
        let message = "the lines are counted and not listed";
        figures.warnings.push(Warning::new("contradiction", "total_return_line_items", message));
    }
    // Source: `ReturnStatus`, Admin API 2026-10.
    figures.state = match doc.text("status").map(str::to_lowercase).unwrap_or_default().as_str() {
        "requested" => Some("requested"),
        "open" => Some("approved"),
        "closed" => Some("closed"),
        "canceled" | "cancelled" | "declined" => Some("cancelled"),
        "" => None,
        _ => drift(&mut figures, "status"),
    }
    .map(str::to_owned);
    Ok(figures)
}

fn drift(figures: &mut Figures, field: &'static str) -> Option<&'static str> {
    figures.warnings.push(Warning::new("schema_drift", field, "a word that this build does not know"));
    None
}

/// A fulfilment: what the carrier says counts before what the shop says. Edge case 14: a failed one ships nothing.
pub(super) fn shipment(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("shipment", &subject(account, Kind::Shipment, &doc.own_id()?)?);
    figures.number = doc.text("name").map(str::to_owned);
    contents(doc, &mut figures)?;
    let word = |name| doc.text(name).map(str::to_lowercase).unwrap_or_default();
    // Source: REST `shipment_status` and `FulfillmentDisplayStatus`, Admin API 2026-10.
    let on_the_way = [word("shipment_status"), word("display_status")].into_iter().find(|word| !word.is_empty());
    figures.state = match (word("status").as_str(), on_the_way.unwrap_or_default().as_str()) {
        ("cancelled", _) | (_, "canceled") => Some("cancelled"),
        ("failure" | "error", _) | (_, "failure" | "attempted_delivery" | "not_delivered" | "delayed") => {
            Some("exception")
        }
        (_, "delivered" | "picked_up") => Some("delivered"),
        (_, "out_for_delivery") => Some("out_for_delivery"),
        (_, "ready_for_pickup") => Some("available_for_pickup"),
        (_, "in_transit" | "carrier_picked_up") => Some("in_transit"),
        (
            "pending" | "open" | "success" | "",
            "confirmed"
            | "label_printed"
            | "label_purchased"
            | "label_voided"
            | "submitted"
            | "fulfilled"
            | "marked_as_fulfilled",
        )
        | ("pending" | "open" | "success", "") => Some("created"),
        (..) => drift(&mut figures, "status"),
    }
    .map(str::to_owned);
    let urls = doc.get("tracking_urls").and_then(Node::items).into_iter().flatten();
    let urls = urls.chain(doc.get("tracking_url")).filter_map(Node::text);
    let info: Vec<Doc<'_>> = doc.list("tracking_info").collect();
    if urls.chain(info.iter().filter_map(|info| info.text("url"))).any(suspicious) {
        let message = "a tracking address that no carrier would give";
        figures.warnings.push(Warning::new("suspicious_url", "tracking_url", message));
    }
    Ok(figures)
}

/// A fulfilment order: what is to be shipped from one place.
pub(super) fn fulfillment_order(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("shipment", &subject(account, Kind::Shipment, &doc.own_id()?)?);
    contents(doc, &mut figures)?;
    // Source: `FulfillmentOrderStatus`, Admin API 2026-10. A closed one says nothing of its parcels.
    figures.state = match doc.text("status").map(str::to_lowercase).unwrap_or_default().as_str() {
        "open" | "scheduled" | "in_progress" => Some("created"),
        "on_hold" | "incomplete" => Some("exception"),
        "cancelled" => Some("cancelled"),
        "closed" | "" => None,
        _ => drift(&mut figures, "status"),
    }
    .map(str::to_owned);
    Ok(figures)
}

fn contents(doc: &Doc<'_>, figures: &mut Figures) -> Result<(), Refusal> {
    let list = if doc.get("fulfillment_line_items").is_some() { "fulfillment_line_items" } else { "line_items" };
    if doc.get(list).is_some() {
        figures.lines = Some(doc.list(list).count());
        // GraphQL calls it so on the lines of a fulfilment order.
        let total = doc.list(list).any(|line| line.get("total_quantity").is_some());
        figures.units = Some(doc.units(list, if total { "total_quantity" } else { "quantity" })?);
    } else if let Some(units) = doc.quantity("total_quantity")? {
        figures.units = Some(units.normalize().to_string());
    }
    Ok(())
}

/// Sellable units of one inventory item at one location: null where the shop does not count them.
pub(super) fn stock(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let id = match (doc.id("location_id")?, doc.id("inventory_item_id")?) {
        (Some(location), Some(item)) => format!("{location}?inventory_item_id={item}"),
        (Some(_) | None, Some(_) | None) => doc.own_id()?,
    };
    let mut figures = blank("stock", &subject(account, Kind::Stock, &id)?);
    let listed = doc.list("quantities").find(|one| one.text("name") == Some("available"));
    let available = match listed {
        Some(one) => one.quantity("quantity")?,
        None => doc.quantity("available")?,
    };
    figures.units = available.map(|units| units.normalize().to_string());
    if available.is_some_and(|units| units.is_sign_negative() && !units.is_zero()) {
        figures.warnings.push(Warning::new("negative_stock", "available", "less than nothing can be sold"));
    }
    Ok(figures)
}

/// The most variants of a product that are looked at (`Product` has 2,048 at most, Admin API 2026-10).
const MAX_VARIANTS: usize = 2_048;

/// A product.
pub(super) fn product(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("product", &subject(account, Kind::Product, &doc.own_id()?)?);
    for (index, variant) in doc.list("variants").take(MAX_VARIANTS).enumerate() {
        if variant.text("sku").is_none() {
            let field = format!("variants[{index}].sku");
            figures.warnings.push(Warning::new("line_without_sku", field, "the variant names no SKU"));
        }
    }
    // README, `products/*`: only the first 100 variants are given in full.
    if doc.list("variant_gids").count() > doc.list("variants").count() {
        let message = "the payload names more variants than it describes";
        figures.warnings.push(Warning::new("incomplete", "variants", message));
    }
    Ok(figures)
}

/// A customer: the id and nothing personal.
pub(super) fn customer(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    Ok(blank("customer", &subject(account, Kind::Customer, &doc.own_id()?)?))
}
