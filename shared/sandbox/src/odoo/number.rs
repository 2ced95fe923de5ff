//! Decimals, dates and their JSON. No binary float is named: `serde_json` reads and writes decimal text.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Number, Value as Json};

/// Sum.
pub(crate) fn add(left: Decimal, right: Decimal) -> Decimal {
    left.saturating_add(right)
}

/// Difference.
pub(crate) fn sub(left: Decimal, right: Decimal) -> Decimal {
    left.saturating_sub(right)
}

/// The opposite.
pub(crate) fn neg(value: Decimal) -> Decimal {
    sub(Decimal::ZERO, value)
}

/// Product.
pub(crate) fn mul(left: Decimal, right: Decimal) -> Decimal {
    left.saturating_mul(right)
}

/// Quotient; zero for a division by zero.
pub(crate) fn div(left: Decimal, right: Decimal) -> Decimal {
    left.checked_div(right).unwrap_or_default()
}

/// A percentage as a factor.
pub(crate) fn percent(value: Decimal) -> Decimal {
    mul(value, Decimal::new(1, 2))
}

/// Rounds half up, away from zero, as Odoo's `float_round`.
pub(crate) fn round(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// A JSON float: always with a decimal point, as Python prints it.
pub(crate) fn float(value: Decimal) -> Json {
    let mut text = value.normalize().to_string();
    if !text.contains('.') {
        text.push_str(".0");
    }
    text.parse::<Number>().map_or(Json::Null, Json::Number)
}

/// Reads a JSON number or its text.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

const DATETIME: &str = "%Y-%m-%d %H:%M:%S";

/// `YYYY-MM-DD HH:MM:SS` in UTC.
pub(crate) fn datetime_text(seconds: i64) -> String {
    let instant = Timestamp::from_second(seconds).unwrap_or_default();
    TimeZone::UTC.to_datetime(instant).strftime(DATETIME).to_string()
}

/// Reads what Odoo reads: the two forms above and nothing else (no `T`, no zone).
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let whole = match text.len() {
        10 => format!("{text} 00:00:00"),
        _ => text.to_owned(),
    };
    if whole.len() != 19 || whole.as_bytes().get(10) != Some(&b' ') {
        return None;
    }
    let civil = DateTime::strptime(DATETIME, &whole).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(round(Decimal::new(-4125, 4), 2), Decimal::new(-41, 2));
        assert_eq!(round(Decimal::new(125, 3), 2), Decimal::new(13, 2));
        assert_eq!(round(Decimal::new(-125, 3), 2), Decimal::new(-13, 2));
    }

    #[test]
    fn floats_print_as_python_prints_them() {
        assert_eq!(float(Decimal::new(2500, 2)).to_string(), "25.0");
        assert_eq!(float(Decimal::new(657, 2)).to_string(), "6.57");
    }

    #[test]
    fn only_odoos_own_date_forms_read() {
        assert_eq!(seconds("1970-01-02 00:00:01"), Some(86_401));
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-02T00:00:01"), None);
        assert_eq!(seconds("1970-01-02T00:00:01Z"), None);
        assert_eq!(datetime_text(86_401), "1970-01-02 00:00:01");
    }
}
