//! An order as Amazon's Orders API 2026-01-01 has it. Its prices are without tax here.

use serde_json::{Value, json};
use sluice_testkit::shop::Line;

use crate::market::Sale;

/// `302-1000001-1000001`
pub(crate) fn order_id(sale: &Sale) -> String {
    format!("302-{:07}-{:07}", sale.order.id, sale.order.id)
}

pub(crate) fn order(sale: &Sale, version: usize) -> Value {
    let (order, version) = (&sale.order, &sale.order.versions[version]);
    let coin = order.coin;
    let money = |minor: i64| json!({"amount": coin.text(minor), "currencyCode": coin.code});
    let part = |kind: &str, minor: i64| json!({"type": kind, "subtotal": money(minor)});
    let item = |(place, line): (usize, &Line)| {
        let sums = line.sums(false);
        let shipping = version.shipping.filter(|_| place == 0).map_or(0, |(price, _)| price);
        let shipping_tax = version.sums(false).tax - version.lines.iter().map(|line| line.sums(false).tax).sum::<i64>();
        let shipping_tax = if place == 0 { shipping_tax } else { 0 };
        let detail = |kind: &str, minor: i64| json!({"subtype": kind, "value": money(minor)});
        let mut parts = vec![part("ITEM", line.sold * line.price)];
        if shipping > 0 {
            parts.push(part("SHIPPING", shipping));
        }
        if line.discount > 0 {
            let mut discount = part("DISCOUNT", -line.discount);
            discount["detailedBreakdowns"] = json!([detail("ITEM", -line.discount)]);
            parts.push(discount);
        }
        let mut tax = part("TAX", sums.tax + shipping_tax);
        tax["detailedBreakdowns"] = json!([detail("ITEM", sums.tax), detail("SHIPPING", shipping_tax)]);
        parts.push(tax);
        let sent = if version.shipped { line.sold } else { 0 };
        let mut item = json!({
            "orderItemId": line.id.to_string(),
            "quantityOrdered": line.sold,
            "product": {"asin": format!("B{:09}", line.id), "title": format!("Article {}", line.id),
                "sellerSku": line.item.sku(), "price": {"unitPrice": money(line.price)}},
            "proceeds": {"proceedsTotal": money(sums.amount + sums.tax + shipping + shipping_tax), "breakdowns": parts},
            "fulfillment": {"quantityFulfilled": sent, "quantityUnfulfilled": line.sold - sent},
        });
        if sale.place.remitted {
            item["tax"] = json!({"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]});
        }
        item
    };
    let status = match (version.cancelled, version.shipped) {
        (true, _) => "CANCELLED",
        (false, true) => "SHIPPED",
        (false, false) => "UNSHIPPED",
    };
    let (marketplace, by) = match sale.place.source.split_once('/') {
        Some((marketplace, _)) => (marketplace, "AMAZON"),
        None => (sale.place.source, "MERCHANT"),
    };
    json!({
        "orderId": order_id(sale),
        "createdTime": order.placed_at.to_string(),
        "lastUpdatedTime": version.at.to_string(),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace},
        "buyer": {"buyerName": order.buyer.name, "buyerEmail": format!("relay{}@marketplace.amazon.de", order.id)},
        "recipient": {"deliveryAddress": {"name": order.buyer.name, "addressLine1": "Beispielweg 5", "city": "Anywhere",
            "postalCode": "10115", "stateOrRegion": sale.place.region, "countryCode": sale.place.country}},
        "proceeds": {"grandTotal": money(version.sums(false).total)},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by},
        "orderItems": version.lines.iter().enumerate().map(item).collect::<Vec<_>>(),
    })
}
