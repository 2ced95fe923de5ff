//! Every order's sums agree, from its own lines.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    body::{charges, decimal, discount, edited, in_set, is_item, items, orders, refunded, round, sold, tax},
    days,
};

#[test]
fn every_body_adds_up() {
    for day in days() {
        for (delivery, order) in orders(day) {
            let at = format!("seed {}, {} of {}", day.expected.seed, delivery.topic, order["name"]);
            taxes_follow_from_rates(&order, &at);
            current_sums_agree(&order, &at);
            sets_say_what_stands_beside_them(&order, order["currency"].as_str().unwrap(), &at);
            if !edited(&order) {
                sums_of_the_sale_agree(&order, &at);
            }
        }
    }
}

fn line_value(order: &Value, line: &Value) -> Decimal {
    decimal(&line["price"]) * sold(order, line) - discount(line)
}

fn sums_of_the_sale_agree(order: &Value, at: &str) {
    let lines: Vec<&Value> = items(order, "line_items").iter().filter(|line| is_item(line)).collect();
    let shipping = items(order, "shipping_lines");
    let subtotal: Decimal = lines.iter().map(|line| line_value(order, line)).sum();
    let shipped: Decimal = shipping.iter().map(|line| decimal(&line["price"]) - discount(line)).sum();
    let off: Decimal = lines.iter().copied().chain(shipping).map(discount).sum();
    let all_tax: Decimal = lines.iter().copied().chain(shipping).map(tax).sum();
    assert_eq!(subtotal, decimal(&order["subtotal_price"]), "{at}");
    assert_eq!(off, decimal(&order["total_discounts"]), "{at}");
    assert_eq!(all_tax, decimal(&order["total_tax"]), "{at}");
    if order["total_shipping_price_set"].is_object() {
        assert_eq!(shipped, in_set(order, "total_shipping_price_set"), "{at}");
        assert_eq!(all_tax, tax(order), "{at}");
    }
    for line in shipping {
        assert_eq!(decimal(&line["discounted_price"]), decimal(&line["price"]) - discount(line), "{at}");
    }
    let on_top = if order["taxes_included"] == true { Decimal::ZERO } else { all_tax };
    assert_eq!(subtotal + shipped + on_top + charges(order), decimal(&order["total_price"]), "{at}");
    codes_agree(order, at);
}

fn codes_agree(order: &Value, at: &str) {
    let offers = items(order, "discount_applications");
    let lines = items(order, "line_items").iter().chain(items(order, "shipping_lines"));
    let parts: Vec<&Value> = lines.flat_map(|line| items(line, "discount_allocations")).collect();
    for (index, offer) in offers.iter().enumerate() {
        let of_offer = parts.iter().filter(|part| part["discount_application_index"] == index);
        let sum: Decimal = of_offer.map(|part| decimal(&part["amount"])).sum();
        assert!(sum > Decimal::ZERO, "{at}");
        let code = items(order, "discount_codes").iter().find(|code| code["code"] == offer["code"]);
        assert_eq!(code.is_some(), offer["type"] == "discount_code", "{at}");
        assert_eq!(code.map_or(sum, |code| decimal(&code["amount"])), sum, "{at}");
    }
    assert!(parts.iter().all(|part| part["discount_application_index"].as_u64() < u64::try_from(offers.len()).ok()));
}

/// Each tax is its rate of the discounted line, half up.
fn taxes_follow_from_rates(order: &Value, at: &str) {
    let currency = order["currency"].as_str().unwrap();
    let included = order["taxes_included"] == true;
    let shipping = items(order, "shipping_lines").iter().map(|line| (line, decimal(&line["price"]) - discount(line)));
    let lines = items(order, "line_items").iter().map(|line| {
        let units = if decimal(&line["current_quantity"]).is_zero() && refunded(order, line).is_zero() {
            decimal(&line["quantity"])
        } else {
            sold(order, line)
        };
        (line, decimal(&line["price"]) * units - discount(line))
    });
    for (line, net) in lines.chain(shipping) {
        assert!(net >= Decimal::ZERO, "{at}");
        assert!(line["gift_card"] != true || items(line, "tax_lines").is_empty(), "{at}");
        for tax in items(line, "tax_lines") {
            let rate = decimal(&tax["rate"]);
            let base = if included { net / (Decimal::ONE + rate) } else { net };
            assert_eq!(decimal(&tax["price"]), round(base * rate, currency), "{at}");
        }
    }
}

/// What is left after edits and refunds.
fn current_sums_agree(order: &Value, at: &str) {
    let left: Vec<&Value> = items(order, "line_items")
        .iter()
        .filter(|line| is_item(line) && !decimal(&line["current_quantity"]).is_zero())
        .collect();
    let nothing = left.is_empty();
    let subtotal: Decimal = left.iter().map(|line| line_value(order, line)).sum();
    assert_eq!(subtotal, decimal(&order["current_subtotal_price"]), "{at}");
    let shipping = if nothing { &[] } else { items(order, "shipping_lines") };
    let shipped: Decimal = shipping.iter().map(|line| decimal(&line["price"]) - discount(line)).sum();
    let all_tax: Decimal = left.iter().copied().chain(shipping).map(tax).sum();
    assert_eq!(all_tax, decimal(&order["current_total_tax"]), "{at}");
    let on_top = if order["taxes_included"] == true { Decimal::ZERO } else { all_tax };
    let rest = if nothing { Decimal::ZERO } else { charges(order) };
    let total = decimal(&order["current_total_price"]);
    assert_eq!(subtotal + shipped + on_top + rest, total, "{at}");
    let owed = decimal(&order["total_outstanding"]);
    let unpaid = order["financial_status"] == "pending" || order["financial_status"] == "authorized";
    assert_eq!(owed, if unpaid { total } else { Decimal::ZERO }, "{at}");
    refunds_agree(order, total, at);
}

/// Settled money is what the order lost in value.
fn refunds_agree(order: &Value, left: Decimal, at: &str) {
    let made = decimal(&order["total_price"]);
    for refund in items(order, "refunds") {
        let money: Decimal = items(refund, "transactions").iter().map(|one| decimal(&one["amount"])).sum();
        let unpaid = order["financial_status"] == "voided";
        assert_eq!(money, if unpaid { Decimal::ZERO } else { made - left }, "{at}");
        let lines = items(refund, "refund_line_items").iter();
        let back: Decimal = lines.map(|line| decimal(&line["subtotal"])).sum();
        assert!(back > Decimal::ZERO, "{at}");
    }
}

/// `price_set` says in shop money what `price` says, at the currency's precision.
fn sets_say_what_stands_beside_them(value: &Value, currency: &str, at: &str) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| sets_say_what_stands_beside_them(item, currency, at)),
        Value::Object(fields) => {
            for (name, field) in fields {
                sets_say_what_stands_beside_them(field, currency, at);
                let Some(plain) = name.strip_suffix("_set") else { continue };
                let Some(money) = field.get("shop_money") else { continue };
                assert_eq!(money["currency_code"], currency, "{at}: {name}");
                let places = money["amount"].as_str().unwrap().split_once('.').map_or(0, |(_, cents)| cents.len());
                assert_eq!(places, if currency == "JPY" { 0 } else { 2 }, "{at}: {name}");
                if let Some(plain) = fields.get(plain) {
                    assert_eq!(decimal(&money["amount"]), decimal(plain), "{at}: {name}");
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
