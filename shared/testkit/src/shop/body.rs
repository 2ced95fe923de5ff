//! Bodies of webhooks, written straight into text: a million orders do not pass through a tree of values.

use std::fmt::Write;

use jiff::Timestamp;

use super::{Item, Line, Rate, ShopOrder, ShopRefund, Version, money::tax};

/// `orders/create`, `orders/updated`, `orders/paid` and the like: the whole order at one version.
#[must_use]
pub fn order_body(order: &ShopOrder, version: usize) -> Vec<u8> {
    let mut text = String::with_capacity(2_048);
    write_order(&mut text, order, (version, false));
    text.into_bytes()
}

/// The same as the shop itself holds it: nothing is left out.
#[must_use]
pub fn held_body(order: &ShopOrder, version: usize) -> Vec<u8> {
    let mut text = String::with_capacity(2_048);
    write_order(&mut text, order, (version, true));
    text.into_bytes()
}

/// `refunds/create`.
#[must_use]
pub fn refund_body(order: &ShopOrder, version: usize) -> Vec<u8> {
    let mut text = String::with_capacity(512);
    if let Some(refund) = order.versions[version].refunds.last() {
        write_refund(&mut text, order, refund);
    }
    text.into_bytes()
}

/// `orders/edited`: ids and deltas, no prices.
#[must_use]
pub fn edited_body(order: &ShopOrder, version: usize) -> Vec<u8> {
    let at = order.versions[version].at;
    let id = order.id;
    format!(
        r#"{{"order_edit":{{"id":{},"order_id":{id},"created_at":"{at}","committed_at":"{at}","line_items":{{"additions":[],"removals":[]}}}}}}"#,
        id * 10 + 7
    )
    .into_bytes()
}

/// `orders/delete`.
#[must_use]
pub fn deleted_body(order: &ShopOrder) -> Vec<u8> {
    format!(r#"{{"id":{}}}"#, order.id).into_bytes()
}

fn put(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part).expect("writing to text does not fail");
}

fn write_order(text: &mut String, order: &ShopOrder, (index, whole): (usize, bool)) {
    let version = &order.versions[index];
    let first = &order.versions[0];
    let (coin, included) = (order.coin, order.tax_included);
    let (now, sold) = (version.sums(included), first.sums(included));
    let (back, tax_back) = version.back(included);
    put(
        text,
        format_args!(
            r#"{{"id":{},"name":"{}","currency":"{}","created_at":"{}","processed_at":"{}","updated_at":"{}","test":{},"taxes_included":{included},"financial_status":"{}","fulfillment_status":{},"cancelled_at":{},"#,
            order.id,
            order.number,
            coin.code,
            order.placed_at,
            order.placed_at,
            version.at,
            order.test,
            version.payment,
            if version.shipped { r#""fulfilled""# } else { "null" },
            quoted(version.cancelled.then_some(version.at)),
        ),
    );
    put(
        text,
        format_args!(
            r#""total_price":"{}","current_total_price":"{}","current_total_tax":{},"subtotal_price":"{}","total_tax":"{}","total_tip_received":"{}","total_line_items_price":"{}","tags":"","#,
            coin.text(sold.total),
            coin.text(now.total - back),
            // Some bodies leave it out: then the rates tell.
            quoted_text((whole || order.id.is_multiple_of(3)).then(|| coin.text(now.tax - tax_back))),
            coin.text(sold.subtotal),
            coin.text(sold.tax),
            coin.text(version.tip),
            coin.text(first.lines.iter().map(|line| line.ordered * line.price).sum()),
        ),
    );
    text.push_str(r#""line_items":["#);
    for (place, line) in version.lines.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write_line(text, order, line);
    }
    text.push_str("],");
    write_shipping(text, order, version);
    text.push_str(r#""refunds":["#);
    let removed = write_removal(text, order, version);
    for (place, refund) in version.refunds.iter().enumerate() {
        text.push_str(if removed || place > 0 { "," } else { "" });
        write_refund(text, order, refund);
    }
    text.push_str("],");
    if version.shipped {
        text.push_str(r#""fulfillments":[{"status":"success"}],"#);
    }
    write_buyer(text, order, version);
    text.push('}');
}

fn quoted(at: Option<Timestamp>) -> String {
    quoted_text(at.map(|at| at.to_string()))
}

fn quoted_text(text: Option<String>) -> String {
    text.map_or_else(|| "null".into(), |text| format!("\"{text}\""))
}

/// Every other shop leaves a line's taxes those of all units that were ordered, and lists the units that an edit took away
/// in a refund without money, as Shopify does; the rest states them for the units that are left.
fn keeps_the_sale(order: &ShopOrder) -> bool {
    order.id.is_multiple_of(2)
}

/// The line as it was sold, or added.
fn as_sold<'o>(order: &'o ShopOrder, line: &Line) -> Option<&'o Line> {
    order.versions.iter().flat_map(|version| &version.lines).find(|sold| sold.id == line.id)
}

/// The refund without money that lists what an edit took away. Was there one?
fn write_removal(text: &mut String, order: &ShopOrder, version: &Version) -> bool {
    let Some(edit) = order.versions.iter().find(|one| one.edited).filter(|edit| edit.at <= version.at) else {
        return false;
    };
    let (coin, included) = (order.coin, order.tax_included);
    let gone = version.lines.iter().filter(|line| line.sold < line.ordered && keeps_the_sale(order));
    let lines: Vec<String> = gone
        .filter_map(|line| {
            let (sold, left) = (as_sold(order, line)?.sums(included), line.sums(included));
            Some(format!(
                r#"{{"line_item_id":{},"quantity":{},"restock_type":"cancel","location_id":1,"subtotal":"{}","total_tax":"{}"}}"#,
                line.id,
                line.ordered - line.sold,
                coin.text(sold.amount - left.amount),
                coin.text(sold.tax - left.tax),
            ))
        })
        .collect();
    if lines.is_empty() {
        return false;
    }
    put(
        text,
        format_args!(
            r#"{{"id":{},"order_id":{},"created_at":"{}","processed_at":"{}","refund_line_items":[{}],"transactions":[],"order_adjustments":[]}}"#,
            order.id * 10 + 9,
            order.id,
            edit.at,
            edit.at,
            lines.join(",")
        ),
    );
    true
}

fn write_line(text: &mut String, order: &ShopOrder, line: &Line) {
    let coin = order.coin;
    let variant = if matches!(line.item, Item::Custom | Item::GiftCard) { None } else { Some(line.id + 1) };
    put(
        text,
        format_args!(
            r#"{{"id":{},"title":"Article {}","name":"Article {}","sku":{},"variant_id":{},"product_id":{},"quantity":{},"current_quantity":{},"price":"{}","gift_card":{},"taxable":{},"tax_lines":["#,
            line.id,
            line.id % 100,
            line.id % 100,
            line.item.sku().map_or_else(|| "null".into(), |sku| format!("\"{sku}\"")),
            variant.map_or_else(|| "null".into(), |id: u64| id.to_string()),
            variant.map_or_else(|| "null".into(), |id: u64| id.to_string()),
            line.ordered,
            line.sold - line.refunded,
            coin.text(line.price),
            line.item == Item::GiftCard,
            line.rate.is_some(),
        ),
    );
    let taxed = as_sold(order, line).filter(|_| keeps_the_sale(order)).unwrap_or(line);
    write_tax(text, order, line.rate, taxed.sums(order.tax_included).tax);
    text.push_str(r#"],"discount_allocations":["#);
    if line.discount != 0 {
        put(text, format_args!(r#"{{"amount":"{}"}}"#, coin.text(line.discount)));
    }
    text.push_str("]}");
}

fn write_tax(text: &mut String, order: &ShopOrder, rate: Option<Rate>, amount: i64) {
    if let Some(rate) = rate {
        let (percent, rest) = (rate / 100_000, rate % 100_000);
        let amount = order.coin.text(amount);
        put(text, format_args!(r#"{{"title":"Sales tax","rate":{percent}.{rest:05},"price":"{amount}"}}"#));
    }
}

fn write_shipping(text: &mut String, order: &ShopOrder, version: &Version) {
    text.push_str(r#""shipping_lines":["#);
    if let Some((price, discount)) = version.shipping {
        let coin = order.coin;
        put(
            text,
            format_args!(
                r#"{{"id":{},"title":"Standard","price":"{}","discounted_price":"{}","tax_lines":["#,
                order.id * 10 + 1,
                coin.text(price),
                coin.text(price - discount)
            ),
        );
        write_tax(text, order, version.shipping_rate, tax(price - discount, version.shipping_rate, order.tax_included));
        text.push_str("]}");
    }
    text.push_str("],");
}

fn write_refund(text: &mut String, order: &ShopOrder, refund: &ShopRefund) {
    let (coin, id, at) = (order.coin, refund.id, refund.at);
    put(
        text,
        format_args!(
            r#"{{"id":{id},"order_id":{},"created_at":"{at}","processed_at":"{at}","refund_line_items":["#,
            order.id
        ),
    );
    let set = |amount: i64| {
        let amount = coin.text(amount);
        format!(r#"{{"shop_money":{{"amount":"{amount}","currency_code":"{}"}}}}"#, coin.code)
    };
    for (place, (line, units, worth)) in refund.lines.iter().enumerate() {
        put(
            text,
            format_args!(
                r#"{}{{"line_item_id":{line},"quantity":{units},"restock_type":"return","location_id":1,"subtotal":"{}","subtotal_set":{},"total_tax":"{}","total_tax_set":{}}}"#,
                if place > 0 { "," } else { "" },
                coin.text(worth.amount),
                set(worth.amount),
                coin.text(worth.tax),
                set(worth.tax),
            ),
        );
    }
    text.push_str(r#"],"refund_shipping_lines":["#);
    if let Some(worth) = refund.shipping {
        put(
            text,
            format_args!(r#"{{"subtotal_amount_set":{},"tax_amount_set":{}}}"#, set(worth.amount), set(worth.tax)),
        );
    }
    put(
        text,
        format_args!(
            r#"],"transactions":[{{"id":{},"kind":"refund","status":"{}","amount":"{}","currency":"{}","amount_set":{}}}]}}"#,
            id + 1,
            refund.status,
            coin.text(refund.moved),
            coin.code,
            set(refund.moved),
        ),
    );
}

fn write_buyer(text: &mut String, order: &ShopOrder, version: &Version) {
    let buyer = &order.buyer;
    let company = buyer.company.as_ref().map_or_else(|| "null".into(), |company| format!("\"{company}\""));
    match buyer.id {
        Some(id) => {
            let (first, last) = buyer.name.split_once(' ').unwrap_or((&buyer.name, ""));
            put(
                text,
                format_args!(
                    r#""customer":{{"id":{id},"first_name":"{first}","last_name":"{last}","email":"{}"}},"#,
                    buyer.email
                ),
            );
        }
        None => put(text, format_args!(r#""customer":null,"email":"{}","#, buyer.email)),
    }
    for (field, house) in [("billing_address", buyer.house), ("shipping_address", version.house)] {
        put(
            text,
            format_args!(
                r#""{field}":{{"name":"{}","company":{company},"address1":"{house} Main Street","city":"Springfield","zip":"12345","province_code":"CA","country_code":"US"}},"#,
                buyer.name
            ),
        );
    }
    text.push_str(r#""source_name":"web""#);
}
