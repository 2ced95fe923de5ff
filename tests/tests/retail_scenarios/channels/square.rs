//! An order as Square's counters have it, what comes back over the counter, and the event that says there is something to read.

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_testkit::shop::{Coin, Line, LineSums, ShopRefund};

use crate::market::{Sale, percent};

pub(crate) fn order_id(sale: &Sale) -> String {
    format!("SQUAREORDER{}", sale.order.id)
}

fn variation(line: &Line) -> String {
    format!("VARIATION-{}", line.item.sku().unwrap())
}

/// The catalogue's objects for what an order sells.
pub(crate) fn catalogue(sale: &Sale) -> Vec<(String, Value)> {
    let lines = sale.order.versions.iter().flat_map(|version| &version.lines);
    let object = |line: &Line| {
        let data = json!({"item_id": "ITEM", "name": "Regular", "sku": line.item.sku()});
        json!({"type": "ITEM_VARIATION", "id": variation(line), "version": 1, "item_variation_data": data})
    };
    lines.map(|line| (variation(line), object(line))).collect()
}

fn money(coin: Coin, minor: i64) -> Value {
    json!({"amount": minor, "currency": coin.code})
}

fn taxes(sale: &Sale, applied: &Value) -> Value {
    let kind = if sale.order.tax_included { "INCLUSIVE" } else { "ADDITIVE" };
    let rate = sale.order.versions[0].lines[0].rate.unwrap();
    json!([{"uid": "t1", "name": "USt", "percentage": percent(rate), "type": kind, "scope": "ORDER",
        "applied_money": applied}])
}

pub(crate) fn order(sale: &Sale, version: usize) -> Value {
    let (number, order, version) = (version, &sale.order, &sale.order.versions[version]);
    let (coin, included) = (order.coin, order.tax_included);
    let sums = version.sums(included);
    let line = |line: &Line| {
        let LineSums { amount, tax } = line.sums(included);
        let gross = line.sold * line.price;
        let (total, net) = if included { (amount, gross) } else { (amount + tax, gross) };
        let mut one = json!({
            "uid": line.id.to_string(), "catalog_object_id": variation(line), "name": "Article",
            "quantity": line.sold.to_string(), "item_type": "ITEM", "base_price_money": money(coin, line.price),
            "gross_sales_money": money(coin, net), "variation_total_price_money": money(coin, gross),
            "total_tax_money": money(coin, tax), "total_discount_money": money(coin, line.discount),
            "total_money": money(coin, total),
            "applied_taxes": [{"uid": "a", "tax_uid": "t1", "applied_money": money(coin, tax)}],
        });
        if line.discount > 0 {
            one["applied_discounts"] =
                json!([{"uid": "d", "discount_uid": "d1", "applied_money": money(coin, line.discount)}]);
        }
        one
    };
    let off: i64 = version.lines.iter().map(|line| line.discount).sum();
    let discount = json!({"uid": "d1", "name": "Regulars", "type": "FIXED_AMOUNT", "scope": "LINE_ITEM",
        "amount_money": money(coin, off), "applied_money": money(coin, off)});
    json!({
        "id": order_id(sale), "location_id": sale.place.store, "reference_id": order.number, "state": "COMPLETED",
        "version": number + 1, "source": {"name": sale.place.source},
        "created_at": order.placed_at.to_string(), "updated_at": version.at.to_string(),
        "closed_at": version.at.to_string(),
        "line_items": version.lines.iter().map(line).collect::<Vec<_>>(),
        "taxes": taxes(sale, &money(coin, sums.tax)),
        "discounts": if off > 0 { json!([discount]) } else { json!([]) },
        "tenders": [{"id": "tender", "location_id": sale.place.store, "type": "CARD", "payment_id": "PAYMENT",
            "amount_money": money(coin, sums.total), "card_details": {"status": "CAPTURED"}}],
        "total_money": money(coin, sums.total), "total_tax_money": money(coin, sums.tax),
        "total_discount_money": money(coin, off), "total_tip_money": money(coin, 0),
        "total_service_charge_money": money(coin, 0), "net_amount_due_money": money(coin, 0),
    })
}

/// What came back over the counter is an order of its own, which names the sale.
pub(crate) fn returned(sale: &Sale, refund: &ShopRefund) -> (String, Value) {
    let (coin, included) = (sale.order.coin, sale.order.tax_included);
    let line = |(line, units, worth): &(u64, i64, LineSums)| {
        json!({
            "uid": format!("r{line}"), "source_line_item_uid": line.to_string(), "quantity": units.to_string(),
            "name": "Article", "item_type": "ITEM", "base_price_money": money(coin, worth.amount / units),
            "gross_return_money": money(coin, worth.amount), "total_tax_money": money(coin, worth.tax),
            "total_discount_money": money(coin, 0), "total_money": money(coin, worth.gross(included)),
            "applied_taxes": [{"uid": "a", "tax_uid": "t1", "applied_money": money(coin, worth.tax)}],
        })
    };
    let amounts = json!({"total_money": money(coin, refund.moved), "tax_money": money(coin, refund.tax()),
        "discount_money": money(coin, 0), "tip_money": money(coin, 0), "service_charge_money": money(coin, 0)});
    let id = format!("SQUARERETURN{}", refund.id);
    let body = json!({
        "id": id, "location_id": sale.place.store, "state": "COMPLETED", "version": 1,
        "created_at": refund.at.to_string(), "updated_at": refund.at.to_string(),
        "returns": [{"uid": "ret", "source_order_id": order_id(sale),
            "return_line_items": refund.lines.iter().map(line).collect::<Vec<_>>(),
            "return_taxes": taxes(sale, &money(coin, refund.tax())), "return_amounts": amounts}],
        "return_amounts": amounts,
        "refunds": [{"id": "refund", "location_id": sale.place.store, "tender_id": "tender", "reason": "return",
            "amount_money": money(coin, refund.moved), "status": "APPROVED"}],
        "total_money": money(coin, 0),
    });
    (id, body)
}

/// That an order changed: neither money nor lines.
pub(crate) fn event(id: &str, location: &str, at: Timestamp, number: usize) -> Vec<u8> {
    let object = json!({"order_id": id, "location_id": location, "state": "COMPLETED", "version": 1,
        "created_at": at.to_string(), "updated_at": at.to_string()});
    json!({"merchant_id": "SIMULATED", "type": "order.updated", "event_id": format!("event-{number}"),
        "created_at": at.to_string(),
        "data": {"type": "order_updated", "id": id, "object": {"order_updated": object}}})
    .to_string()
    .into_bytes()
}
