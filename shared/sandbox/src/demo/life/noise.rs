//! What else arrives in a day: topics that no flow takes, a privacy request, a forged order, a body that was cut off.

use super::Event;
use crate::demo::{
    catalogue::PRODUCTS,
    wire::{Json, clock, object},
};

/// The number of the forged order: it must never be seen in Odoo.
pub(crate) const FORGED_NUMBER: &str = "#6666";

/// Topics that are ignored.
pub(crate) const IGNORED: &[&str] =
    &["products/update", "draft_orders/create", "returns/request", "inventory_levels/update"];
/// The topic about the account itself.
pub(crate) const NOTICE: &str = "customers/data_request";

/// A body that was cut off on its way, its signature made of what is left.
pub(crate) const UNREADABLE: &str =
    r##"{"id":6450982911777777777,"name":"#7777","currency":"EUR","line_items":[{"id":487817672276298554,"pri"##;

/// Each with its time as part of the day, out of a hundred.
pub(super) fn events(at: impl Fn(i64) -> i64) -> Vec<(Event, bool)> {
    let mut events = Vec::new();
    let mut add = |topic, part, body: Json, signed| {
        events.push((Event { topic, at: at(part), body: body.into_text() }, signed));
    };
    for (place, product) in PRODUCTS.iter().take(9).enumerate() {
        let part = i64::try_from(place).unwrap_or_default().saturating_mul(9).saturating_add(12);
        add("products/update", part, catalogue_entry(product.title, product.sku), true);
    }
    let draft = object! {
        "id": 994_118_539_u64, "name": "#D1", "status": "open", "currency": "EUR", "taxes_included": true,
        "total_price": "42.50", "subtotal_price": "42.50", "total_tax": "6.79", "line_items": Json::list([]),
        "created_at": clock(at(31)), "updated_at": clock(at(31)),
    };
    add("draft_orders/create", 31, draft, true);
    let order = object! { "id": 6_450_982_911_000_000_001_u64 };
    let wanted = object! {
        "id": 123_134_564_567_890_u64, "status": "requested", "order": order, "total_return_line_items": 1_i64,
        "return_line_items": Json::list([]), "exchange_line_items": Json::list([]),
    };
    add("returns/request", 72, wanted, true);
    let stock = object! {
        "inventory_item_id": 271_878_346_596_884_015_u64, "location_id": 655_441_491_u64, "available": 41_i64,
        "updated_at": clock(at(55)),
    };
    add("inventory_levels/update", 55, stock, true);
    let customer =
        object! { "id": 7_115_310_000_000_000_000_u64, "email": "somebody@example.com", "phone": Json::null() };
    let request = object! {
        "shop_id": 548_380_009_u64, "shop_domain": "demo.myshopify.com", "orders_requested": Json::list([]),
        "customer": customer, "data_request": object! { "id": 9_999_u64 },
    };
    add(NOTICE, 80, request, true);
    let forged = object! {
        "id": 6_666_982_911_946_154_508_u64, "name": FORGED_NUMBER, "currency": "EUR", "total_price": "0.01",
        "created_at": clock(at(44)), "updated_at": clock(at(44)), "financial_status": "paid",
        "line_items": Json::list([]),
    };
    add("orders/create", 44, forged, false);
    add("orders/updated", 61, Json::digits(UNREADABLE.to_owned()), true);
    events
}

fn catalogue_entry(title: &str, sku: &str) -> Json {
    let variant = object! { "id": 642_667_041_472_713_922_u64, "sku": sku, "inventory_quantity": 75_i64 };
    object! {
        "id": 788_032_119_674_292_922_u64, "title": title, "vendor": "Sluice demo", "status": "active",
        "variants": Json::list([variant]),
    }
}
