//! Reading JSON that others wrote: borrowed scalars that never pass through a float, and the name of the field that is
//! wrong.

mod locate;
mod path;
mod tree;
mod values;

pub(crate) use path::Path;
pub(crate) use tree::{Node, Pointer, Tree};
pub(crate) use values::{Field, Id, Items, Loose, MAX_MINOR, Num, Text};

use rust_decimal::Decimal;
use serde::Deserialize;
use sluice_domain::value::{Currency, Money, Rounding};

use crate::Refusal;

/// The longest text that identifies something (ids, SKUs, names of orders), in bytes.
pub(crate) const MAX_NAME: usize = 255;
/// The longest text for people (titles, address lines), in characters; the rest is cut.
pub(crate) const MAX_TEXT: usize = 1_000;

/// The most lines of an order, and of its shipping lines, refunds and the like.
pub(crate) const MAX_LINES: usize = 1_000;
/// The most parts (taxes, discounts, duties) of one line.
pub(crate) const MAX_PARTS: usize = 250;

/// Refuses a list that is longer than anything real.
pub(crate) fn bound(field: impl std::fmt::Display, length: usize, limit: usize) -> Result<(), Refusal> {
    if length > limit {
        return Err(refuse(field, format!("more than {limit}")));
    }
    Ok(())
}

/// Reads a payload; when it does not fit, names the field and what was expected. Never repeats a value.
///
/// # Errors
/// When the bytes are no UTF-8, no JSON, or do not have the fields of `T`.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    read_text(utf8(body)?)
}

/// The same for what is known to be text.
///
/// # Errors
/// When it is no JSON, or does not have the fields of `T`.
pub(crate) fn read_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| locate::refusal(text, &error))
}

/// The bytes as text, without the mark that some editors put before it.
///
/// # Errors
/// When they are no UTF-8.
pub(crate) fn utf8(body: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| refuse("body", "not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A refusal of a field.
pub(crate) fn refuse(field: impl std::fmt::Display, problem: impl Into<String>) -> Refusal {
    Refusal { field: field.to_string(), problem: problem.into(), external_id: None }
}

/// A computed amount in minor units.
pub(crate) fn round(value: Decimal, currency: Currency, path: impl std::fmt::Display) -> Result<Money, Refusal> {
    Money::round_major(value, currency, Rounding::HalfUp).map_err(|error| refuse(path, error.to_string()))
}
