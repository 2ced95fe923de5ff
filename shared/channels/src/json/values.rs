//! Scalars as channels write them: a number may be text and text may be a number.

use std::{borrow::Cow, fmt};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{
        Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer},
    },
};
use sluice_domain::value::{Currency, Money, Quantity, Rate};

use super::{MAX_NAME, MAX_TEXT, Path, refuse};
use crate::Refusal;

/// The most decimal places of a tax rate that are kept (Shopify computes some to eighteen).
const RATE_SCALE: u32 = 12;
/// The largest amount, in minor units, and the largest quantity that any shop states. Beyond it, it is an error.
pub(crate) const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// Text, borrowed from the payload where it has no escapes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(super) Cow<'a, str>);

/// A decimal number, exactly as written.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Num<'a> {
    /// With a decimal point, or in quotes.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
}

/// An id: a whole number of 64 bits, or text. Never a float.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Id<'a> {
    /// In quotes.
    Text(Cow<'a, str>),
    /// A number, which becomes text only where it is read: most ids of a payload are not.
    Number(u64),
}

struct TextVisitor;
struct NumVisitor;
struct IdVisitor;

macro_rules! borrowed {
    ($lifetime:lifetime, $make:expr) => {
        fn visit_borrowed_str<E: Error>(self, text: &$lifetime str) -> Result<Self::Value, E> {
            Ok($make(Cow::Borrowed(text)))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok($make(Cow::Owned(text.to_owned())))
        }

        fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
            Ok($make(Cow::Owned(text)))
        }
    };
}

impl<'a> Visitor<'a> for TextVisitor {
    type Value = Text<'a>;

    borrowed!('a, Text);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }
}

impl<'a> Visitor<'a> for NumVisitor {
    type Value = Num<'a>;

    borrowed!('a, Num::Text);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal string")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| Num::Text(Cow::Owned(number.to_string())), Num::Whole))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Num::Whole(number))
    }

    #[expect(
        clippy::disallowed_types,
        reason = "the parser hands decimals over as floats; the shortest text is the one sent"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Num::Text(Cow::Owned(number.to_string())))
    }
}

impl<'a> Visitor<'a> for IdVisitor {
    type Value = Id<'a>;

    borrowed!('a, Id::Text);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id (a whole number or text)")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Id::Number(number))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Num<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

impl Text<'_> {
    /// As it stands.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// For people: trimmed, cut to [`MAX_TEXT`] characters; `None` when nothing is left.
    pub(crate) fn shown(&self) -> Option<String> {
        let trimmed = self.0.trim();
        if trimmed.is_empty() {
            return None;
        }
        // No character is shorter than a byte, so short text need not be counted.
        let cut = if trimmed.len() > MAX_TEXT { trimmed.char_indices().nth(MAX_TEXT) } else { None };
        trimmed.get(..cut.map_or(trimmed.len(), |(at, _)| at)).map(str::to_owned)
    }

    /// What identifies something: exactly as it stands; `None` when empty.
    pub(crate) fn name(&self, path: Path<'_>) -> Result<Option<String>, Refusal> {
        if self.0.len() > MAX_NAME {
            return Err(refuse(path, format!("longer than {MAX_NAME} bytes")));
        }
        Ok((!self.0.trim().is_empty()).then(|| self.0.clone().into_owned()))
    }
}

impl Id<'_> {
    /// The id as it stands, `gid://` and all; none where it is a number, which has no more to say.
    pub(crate) fn whole(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Number(_) => "",
        }
    }

    /// The id as text; the last part of a `gid://shopify/Order/123`.
    pub(crate) fn as_str(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.rsplit('/').next().unwrap_or_default()),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }

    /// The id, checked.
    pub(crate) fn checked(&self, path: Path<'_>) -> Result<String, Refusal> {
        let id = self.as_str();
        let fine = !id.is_empty() && id.len() <= MAX_NAME && id.bytes().all(|byte| byte.is_ascii_graphic());
        if fine { Ok(id.into_owned()) } else { Err(refuse(path, "expected an id (a whole number or text)")) }
    }
}

/// Sign, digits and scale of plain decimal text; no exponent, no blanks, no separators.
fn digits(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let plain = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    (plain && !whole.is_empty()).then_some((negative, whole, fraction))
}

impl Num<'_> {
    /// The whole part, where it is zero or more and no larger than a machine counts.
    pub(crate) fn whole(&self) -> Option<u32> {
        match self {
            Self::Whole(number) => u32::try_from(*number).ok(),
            Self::Text(text) => digits(text).filter(|(negative, ..)| !negative)?.1.parse().ok(),
        }
    }

    /// An amount of a currency, exactly.
    pub(crate) fn money(&self, currency: Currency, path: Path<'_>) -> Result<Money, Refusal> {
        let whole;
        let text = match self {
            Self::Text(text) => text.as_ref(),
            Self::Whole(number) => {
                whole = number.to_string();
                &whole
            }
        };
        let (negative, units, fraction) = digits(text).ok_or_else(|| refuse(path, "expected a decimal string"))?;
        let places = usize::try_from(currency.exponent()).unwrap_or_default();
        let kept = fraction.len().min(places);
        let (fraction, finer) = fraction.split_at_checked(kept).unwrap_or_default();
        if finer.bytes().any(|byte| byte != b'0') {
            return Err(refuse(path, format!("more decimals than {currency} has")));
        }
        let padding = std::iter::repeat_n(b'0', places.saturating_sub(kept));
        let minor = units
            .bytes()
            .chain(fraction.bytes())
            .chain(padding)
            .try_fold(0_i64, |sum, byte| sum.checked_mul(10)?.checked_add(i64::from(byte.wrapping_sub(b'0'))));
        match minor {
            Some(minor) if minor <= MAX_MINOR => {
                Ok(Money::from_minor(if negative { minor.saturating_neg() } else { minor }, currency))
            }
            Some(_) | None => Err(refuse(path, "the amount is out of range")),
        }
    }

    /// An amount that cannot be below nothing.
    pub(crate) fn positive(&self, currency: Currency, path: Path<'_>) -> Result<Money, Refusal> {
        let amount = self.money(currency, path)?;
        if amount.is_negative() {
            return Err(refuse(path, "expected zero or more"));
        }
        Ok(amount)
    }

    /// An amount in minor units, where a shop may compute with more decimals than its currency has: rounded half up, and
    /// whether it had to be.
    pub(crate) fn rounded(&self, currency: Currency, path: Path<'_>) -> Result<(Money, bool), Refusal> {
        match self.money(currency, path) {
            Ok(amount) => Ok((amount, false)),
            Err(refusal) => {
                let value = self.decimal(path).map_err(|_| refusal)?;
                super::round(value, currency, path).map(|amount| (amount, true))
            }
        }
    }

    /// The number, exactly.
    pub(crate) fn decimal(&self, path: Path<'_>) -> Result<Decimal, Refusal> {
        let value = match self {
            Self::Whole(number) => Decimal::from(*number),
            Self::Text(text) => decimal(text).ok_or_else(|| refuse(path, "expected a number"))?,
        };
        if value.abs() > Decimal::from(MAX_MINOR) {
            return Err(refuse(path, "the number is out of range"));
        }
        Ok(value)
    }

    /// A quantity, zero or more.
    pub(crate) fn quantity(&self, path: Path<'_>) -> Result<Quantity, Refusal> {
        let quantity = self.signed_quantity(path)?;
        if quantity.get().is_sign_negative() && !quantity.is_zero() {
            return Err(refuse(path, "expected zero or more"));
        }
        Ok(quantity)
    }

    /// A quantity, which may be below zero.
    pub(crate) fn signed_quantity(&self, path: Path<'_>) -> Result<Quantity, Refusal> {
        let value = match self {
            Self::Whole(number) => Decimal::from(*number),
            Self::Text(text) => decimal(text).ok_or_else(|| refuse(path, "expected a number"))?,
        };
        if value.abs() > Decimal::from(MAX_MINOR) {
            return Err(refuse(path, "the quantity is out of range"));
        }
        Ok(Quantity::new(value))
    }

    /// A tax rate as a fraction.
    pub(crate) fn rate(&self, path: Path<'_>) -> Result<Rate, Refusal> {
        let value = match self {
            Self::Whole(number) => Decimal::from(*number),
            Self::Text(text) => decimal(text).ok_or_else(|| refuse(path, "expected a number"))?,
        };
        if value.abs() > Decimal::TEN {
            return Err(refuse(path, "the rate is out of range"));
        }
        Ok(Rate::new(value.round_dp(RATE_SCALE)))
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    digits(text)?;
    text.parse().ok()
}

/// A value that a loosely typed program may leave out as `null`, `false`, `""` or an empty list.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Loose<T>(Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Loose<T> {
    /// The value, where there is one.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

struct LooseVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another kind of value")
    }

    fn visit_unit<E: Error>(self) -> Result<Loose<T>, E> {
        Ok(Loose(None))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Loose<T>, E> {
        if value { T::deserialize(value.into_deserializer()).map(|value| Loose(Some(value))) } else { Ok(Loose(None)) }
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Loose<T>, E> {
        if text.is_empty() {
            return Ok(Loose(None));
        }
        T::deserialize(BorrowedStrDeserializer::new(text)).map(|value| Loose(Some(value)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Loose<T>, E> {
        T::deserialize(text.to_owned().into_deserializer()).map(|value| Loose(Some(value)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Loose<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| Loose(Some(value)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Loose<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| Loose(Some(value)))
    }

    #[expect(clippy::disallowed_types, reason = "the parser hands decimals over as floats; they are only passed on")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Loose<T>, E> {
        T::deserialize(number.into_deserializer()).map(|value| Loose(Some(value)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Loose(Some(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose<T>, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(Loose(None)),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(std::marker::PhantomData))
    }
}

/// A list, or an object whose values are its items: PHP writes an array with gaps as an object. Nothing, `false` and `""` are
/// an absent list.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Items<T>(Option<Vec<T>>);

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Items<T> {
    /// The items.
    pub(crate) fn get(&self) -> &[T] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Was there a list?
    pub(crate) fn stated(&self) -> bool {
        self.0.is_some()
    }
}

struct ItemsVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ItemsVisitor<T> {
    type Value = Items<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_unit<E: Error>(self) -> Result<Items<T>, E> {
        Ok(Items(None))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Items<T>, E> {
        if value { Err(E::invalid_type(Unexpected::Bool(value), &self)) } else { Ok(Items(None)) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Items<T>, E> {
        if text.is_empty() { Ok(Items(None)) } else { Err(E::invalid_type(Unexpected::Str(text), &self)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items<T>, A::Error> {
        let mut items = Vec::new();
        while let Some((_, item)) = map.next_entry::<IgnoredAny, T>()? {
            items.push(item);
        }
        Ok(Items(Some(items)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Items(Some(items)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemsVisitor(std::marker::PhantomData))
    }
}

/// A loose value that knows whether its field was there at all: absent is not the same as `null`.
pub(crate) struct Field<T> {
    stated: bool,
    value: Loose<T>,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { stated: false, value: Loose(None) }
    }
}

impl<T> Field<T> {
    /// Was the field there?
    pub(crate) fn stated(&self) -> bool {
        self.stated
    }

    /// Its value.
    pub(crate) fn loose(&self) -> &Loose<T> {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Loose::deserialize(deserializer).map(|value| Self { stated: true, value })
    }
}
