//! An order as WooCommerce tells it, by webhook and when it is read.

use serde_json::{Value, json};
use sluice_testkit::shop::Line;

use crate::market::{Sale, percent};

pub(crate) fn order(sale: &Sale, version: usize) -> Value {
    let (order, version) = (&sale.order, &sale.order.versions[version]);
    let (coin, included) = (order.coin, order.tax_included);
    let sums = version.sums(included);
    // Its amounts are without tax, whatever its prices are.
    let net = |amount: i64, tax: i64| coin.text(if included { amount - tax } else { amount });
    let line = |line: &Line| {
        let worth = line.sums(included);
        json!({
            "id": line.id, "name": "Article", "product_id": line.id, "variation_id": 0, "quantity": line.sold,
            "tax_class": "", "subtotal": net(worth.amount, worth.tax), "subtotal_tax": coin.text(worth.tax),
            "total": net(worth.amount, worth.tax), "total_tax": coin.text(worth.tax),
            "taxes": [{"id": 1, "total": coin.text(worth.tax), "subtotal": coin.text(worth.tax)}],
            "meta_data": [], "sku": line.item.sku(),
        })
    };
    let (shipping, off) = version.shipping.unwrap_or_default();
    let goods: i64 = version.lines.iter().map(|line| line.sums(included).tax).sum();
    let shipping_tax = sums.tax - goods;
    let shipping = json!({"id": 14, "method_title": "Courier", "method_id": "flat_rate",
        "total": net(shipping - off, shipping_tax), "total_tax": coin.text(shipping_tax),
        "taxes": [{"id": 1, "total": coin.text(shipping_tax), "subtotal": ""}], "meta_data": []});
    let status = match (version.cancelled, version.payment) {
        (true, _) => "cancelled",
        (false, "pending") => "pending",
        (false, _) => "processing",
    };
    let paid = (status == "processing").then(|| order.placed_at.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    let at = |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let address = json!({"first_name": "Kim", "last_name": "Buyer", "company": "", "address_1": "7 Main Street",
        "address_2": "", "city": "Anywhere", "state": "", "postcode": "12345", "country": sale.place.country,
        "email": order.buyer.email, "phone": ""});
    json!({
        "id": order.id, "parent_id": 0, "status": status, "currency": coin.code, "version": "11.0.1",
        "prices_include_tax": included, "number": order.number, "created_via": "checkout",
        "date_created": at(order.placed_at), "date_created_gmt": at(order.placed_at),
        "date_modified": at(version.at), "date_modified_gmt": at(version.at),
        "date_paid": paid, "date_paid_gmt": paid,
        "discount_total": coin.text(0), "discount_tax": coin.text(0),
        "shipping_total": shipping["total"], "shipping_tax": coin.text(shipping_tax), "cart_tax": coin.text(goods),
        "total": coin.text(sums.total), "total_tax": coin.text(sums.tax),
        "customer_id": order.buyer.id, "billing": address, "shipping": address,
        "payment_method": "card", "payment_method_title": "Card", "transaction_id": "",
        "line_items": version.lines.iter().map(line).collect::<Vec<_>>(),
        "tax_lines": [{"id": 13, "rate_code": "JP-JCT-1", "rate_id": 1, "label": "JCT", "compound": false,
            "tax_total": coin.text(goods), "shipping_tax_total": coin.text(shipping_tax),
            "rate_percent": percent(version.lines[0].rate.unwrap()).parse::<serde_json::Number>().unwrap(),
            "meta_data": []}],
        "shipping_lines": if version.shipping.is_some() { json!([shipping]) } else { json!([]) },
        "fee_lines": [], "coupon_lines": [], "refunds": [], "meta_data": [],
    })
}
