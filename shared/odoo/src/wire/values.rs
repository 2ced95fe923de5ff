//! Odoo's JSON values: `false` for empty, floats for money, `[id, name]` for a reference.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::Value;
use sluice_domain::value::{Currency, Money, Rounding};

/// A number of Odoo as a decimal, through its shortest text.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    let Value::Number(number) = value else {
        return None;
    };
    let text = number.to_string();
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// An amount; Odoo's floats are not rounded (exchange 405: `4.7700000000000005`).
pub(crate) fn money(value: &Value, currency: Currency) -> Option<Money> {
    Money::round_major(decimal(value)?, currency, Rounding::HalfUp).ok()
}

/// The id of a many2one: `[7, "Widget"]`, or `false`.
pub(crate) fn reference(value: &Value) -> Option<i64> {
    value.as_array()?.first()?.as_i64()
}

/// Text; `false` is none.
pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// Ids of a many2many.
pub(crate) fn ids(value: &Value) -> Vec<i64> {
    value.as_array().map(|ids| ids.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
}

/// `2026-11-20 10:00:00`, UTC.
pub(crate) fn instant(value: &Value) -> Option<Timestamp> {
    let civil: DateTime = text(value)?.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// An instant as Odoo writes it.
pub(crate) fn odoo_date(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
