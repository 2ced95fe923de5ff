//! Single values of the contract: text with a form.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::value::{Currency, Money, Quantity, Rate, UnitPrice};

use super::{Definitions, Reader, Wire};
use crate::json::{MAX_NAME, MAX_TEXT, Node, Num, Path, Pointer};

/// The longest id: it becomes part of a subject and of an external id.
const MAX_ID: usize = 200;

/// What identifies a thing.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::open) struct Id(pub(in crate::open) String);

/// What names a thing exactly: a number, a SKU.
#[derive(PartialEq)]
pub(in crate::open) struct Name(pub(in crate::open) String);

/// Text for people.
#[derive(PartialEq)]
pub(in crate::open) struct Text(pub(in crate::open) String);

/// The text of an optional field.
pub(in crate::open) fn bare(text: Option<Text>) -> Option<String> {
    text.map(|text| text.0).filter(|text| !text.is_empty())
}

impl Wire for Id {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write 1 to 200 letters, digits and signs, without blanks and `/`";
        let id = node.text().map(str::to_owned).or_else(|| Some(node.natural()?.to_string()));
        let Some(id) = id else { return reader.wrong(at, "an id", node, fix) };
        let fine = id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
        if fine && (1..=MAX_ID).contains(&id.len()) { Some(Self(id)) } else { reader.fault(at, "not an id", fix) }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": ["string", "integer"], "minimum": 0, "pattern": "^[!-.0-~]+$", "minLength": 1, "maxLength": MAX_ID})
    }
}

impl Wire for Name {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write 1 to 255 bytes of text";
        let text = reader.text(node, at, fix)?;
        let control = if text.is_ascii() {
            text.bytes().any(|byte| byte.is_ascii_control())
        } else {
            text.chars().any(char::is_control)
        };
        let fine = !text.trim().is_empty() && text.len() <= MAX_NAME && !control;
        if fine {
            Some(Self(text.to_owned()))
        } else {
            reader.fault(at, "empty, too long, or with control characters", fix)
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "minLength": 1, "maxLength": MAX_NAME})
    }
}

impl Wire for Text {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write text of up to 1000 characters";
        let text = reader.text(node, at, fix)?.trim();
        let short = text.len() <= MAX_TEXT || text.chars().count() <= MAX_TEXT;
        if short { Some(Self(text.to_owned())) } else { reader.fault(at, "longer than 1000 characters", fix) }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "maxLength": MAX_TEXT})
    }
}

impl Wire for bool {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        node.flag().or_else(|| reader.wrong(at, "true or false", node, "without quotes"))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "boolean"})
    }
}

impl Wire for Timestamp {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write it as RFC 3339 has it, with `Z` or an offset: 2026-11-20T10:00:05Z";
        let text = reader.text(node, at, fix)?;
        text.parse().ok().or_else(|| reader.fault(at, "not a date and time with an offset", fix))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "format": "date-time"})
    }
}

impl Wire for Currency {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write three capital letters of ISO 4217: EUR";
        let text = reader.text(node, at, fix)?;
        Self::parse(text).ok().or_else(|| reader.fault(at, "not an ISO 4217 currency", fix))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "pattern": "^[A-Z]{3}$"})
    }
}

const DECIMAL: &str = "write it as decimal text: \"19.90\"";

/// A number as text. One without quotes is refused: on its way it may have been a binary float.
fn decimal<'n>(node: Node<'n>, at: Pointer<'_>, reader: &mut Reader) -> Option<Num<'n>> {
    let text = node.text().or_else(|| reader.wrong(at, "decimal text", node, DECIMAL))?;
    Some(Num::Text(Cow::Borrowed(text)))
}

/// An amount of the currency around it, which may be below zero.
impl Wire for Money {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let number = decimal(node, at, reader)?;
        let read = match reader.currency() {
            Some(currency) => number.money(currency, Path::top()).map(Some),
            // That the currency is missing is told where it is missing.
            None => number.decimal(Path::top()).map(|_| None),
        };
        read.unwrap_or_else(|refusal| reader.fault(at, refusal.problem, DECIMAL))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"})
    }
}

impl Wire for UnitPrice {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let number = decimal(node, at, reader)?;
        let price = number.decimal(Path::top());
        let fix = "write decimal text with up to 12 decimals: \"8.2645\"";
        match price {
            Ok(price) if price.scale() <= 12 || price.normalize().scale() <= 12 => Some(Self::new(price)),
            Ok(_) => reader.fault(at, "more than 12 decimals", fix),
            Err(refusal) => reader.fault(at, refusal.problem, fix),
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,12})?$"})
    }
}

/// A count: text, or a whole number, which no float can spoil.
pub(super) fn number(node: Node<'_>) -> Option<Num<'_>> {
    node.num().filter(|_| !node.is_fraction())
}

impl Wire for Quantity {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let fix = "write zero or more, as decimal text or a whole number: \"2\", \"0.75\", 2";
        match number(node).ok_or(node).map(|number| number.quantity(Path::top())) {
            Ok(Ok(quantity)) => Some(quantity),
            Ok(Err(refusal)) => reader.fault(at, refusal.problem, fix),
            Err(node) => reader.wrong(at, "a quantity", node, fix),
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": ["string", "integer"], "minimum": 0, "pattern": "^[0-9]+(\\.[0-9]+)?$"})
    }
}

impl Wire for Rate {
    fn read(node: Node<'_>, at: Pointer<'_>, reader: &mut Reader) -> Option<Self> {
        let number = decimal(node, at, reader)?;
        let fix = "write the rate as a fraction in decimal text: \"0.19\" for 19 %";
        match number.rate(Path::top()) {
            Ok(rate) if !rate.get().is_sign_negative() => Some(rate),
            Ok(_) => reader.fault(at, "below zero", fix),
            Err(refusal) => reader.fault(at, refusal.problem, fix),
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$"})
    }
}
