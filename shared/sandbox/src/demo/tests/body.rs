//! Reads bodies for the tests, by another way than the adapter's.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::super::{Day, Delivery};

/// Topics whose body is an order.
const ORDER_TOPICS: &[&str] = &[
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/partially_fulfilled",
];

pub(super) fn decimal(value: &Value) -> Decimal {
    match value {
        Value::String(text) => text.parse().unwrap(),
        Value::Number(number) => number.to_string().parse().unwrap(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Decimal::ZERO,
    }
}

pub(super) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// Half up, to the minor unit of the currency.
pub(super) fn round(value: Decimal, currency: &str) -> Decimal {
    let digits = if currency == "JPY" { 0 } else { 2 };
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// The orders that signed deliveries carry, with their delivery.
pub(super) fn orders(day: &Day) -> Vec<(&Delivery, Value)> {
    let signed = day.deliveries.iter().filter(|one| one.signed && ORDER_TOPICS.contains(&one.topic.as_str()));
    signed.filter_map(|one| Some((one, serde_json::from_str(&one.body).ok()?))).collect()
}

/// The shop money of a set; nothing where it is null or absent.
pub(super) fn in_set(order: &Value, field: &str) -> Decimal {
    decimal(&order[field]["shop_money"]["amount"])
}

pub(super) fn discount(line: &Value) -> Decimal {
    items(line, "discount_allocations").iter().map(|part| decimal(&part["amount"])).sum()
}

pub(super) fn tax(line: &Value) -> Decimal {
    items(line, "tax_lines").iter().map(|tax| decimal(&tax["price"])).sum()
}

/// A line that is no tip.
pub(super) fn is_item(line: &Value) -> bool {
    line["title"] != "Tip"
}

/// Tip, duties, fees and cash rounding.
pub(super) fn charges(order: &Value) -> Decimal {
    decimal(&order["total_tip_received"])
        + in_set(order, "original_total_duties_set")
        + in_set(order, "original_total_additional_fees_set")
        + in_set(order, "total_cash_rounding_payment_adjustment_set")
}

/// Units of a line that came back.
pub(super) fn refunded(order: &Value, line: &Value) -> Decimal {
    let lines = items(order, "refunds").iter().flat_map(|refund| items(refund, "refund_line_items"));
    lines.filter(|back| back["line_item_id"] == line["id"]).map(|back| decimal(&back["quantity"])).sum()
}

/// Units of a line after edits and before refunds.
pub(super) fn sold(order: &Value, line: &Value) -> Decimal {
    decimal(&line["current_quantity"]) + refunded(order, line)
}

/// Were units or lines changed after the sale?
pub(super) fn edited(order: &Value) -> bool {
    let lines = || items(order, "line_items").iter().filter(|line| is_item(line));
    let gross: Decimal = lines().map(|line| decimal(&line["price"]) * decimal(&line["quantity"])).sum();
    gross != decimal(&order["total_line_items_price"])
        || lines().any(|line| sold(order, line) != decimal(&line["quantity"]))
}
