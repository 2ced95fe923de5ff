//! JSON as a tree in one piece: for a reader that wants to name everything that is wrong with a body, and not only the first
//! thing, or that reads fields by several names. Text is borrowed from the body, and however many values there are, room is made
//! for them at once.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Num, Text, locate, refuse, utf8};
use crate::Refusal;

/// The most values of a body. An order of a thousand lines has 60 000.
const MAX_VALUES: usize = 500_000;
/// So many bytes of a body make a value, or more.
const BYTES_A_VALUE: usize = 12;

/// A body that was read.
pub(crate) struct Tree<'a>(Vec<Entry<'a>>);

/// A value with its name, where it is an object's; what is in it follows.
struct Entry<'a> {
    name: Cow<'a, str>,
    value: Value<'a>,
    /// How many entries it takes, with all that is in it.
    size: usize,
}

enum Value<'a> {
    Null,
    Flag(bool),
    Whole(i64),
    /// More than the largest whole number with a sign.
    Large(u64),
    /// The parser hands it over as a binary float: this is the shortest text of that.
    Fraction(Box<str>),
    Text(Cow<'a, str>),
    List,
    Object,
}

impl<'a> Tree<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is no UTF-8, no JSON, or has more values than anything real.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Refusal> {
        Self::read_text(utf8(body)?)
    }

    /// The same for what is known to be text.
    ///
    /// # Errors
    /// When it is no JSON, or has more values than anything real.
    pub(crate) fn read_text(text: &'a str) -> Result<Self, Refusal> {
        let likely = text.len().checked_div(BYTES_A_VALUE).unwrap_or_default().saturating_add(1);
        let mut entries = Vec::with_capacity(likely.min(MAX_VALUES));
        let mut parser = serde_json::Deserializer::from_str(text);
        let read = Grow { entries: &mut entries, name: Cow::Borrowed("") }.deserialize(&mut parser);
        match read.and_then(|()| parser.end()) {
            Ok(()) => Ok(Self(entries)),
            Err(_) if entries.len() >= MAX_VALUES => Err(refuse("body", format!("more than {MAX_VALUES} values"))),
            Err(error) => Err(locate::refusal(text, &error)),
        }
    }

    /// The value that the body is.
    pub(crate) fn root(&self) -> Node<'_> {
        Node(&self.0)
    }
}

/// A value in a tree.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t>(&'t [Entry<'t>]);

impl<'t> Node<'t> {
    fn value(self) -> &'t Value<'t> {
        self.0.first().map_or(&Value::Null, |entry| &entry.value)
    }

    /// What is in it, with its names; nothing where it is neither a list nor an object.
    fn inside(self) -> Inside<'t> {
        Inside(self.0.get(1..).unwrap_or_default())
    }

    /// The first field of that name, where this is an object.
    pub(crate) fn get(self, name: &str) -> Option<Node<'t>> {
        self.inside().find(|(key, _)| *key == name && self.is_object()).map(|(_, value)| value)
    }

    /// The fields as they were written, where this is an object: a name may be there twice.
    pub(crate) fn fields(self) -> Option<impl Iterator<Item = (&'t str, Node<'t>)> + use<'t>> {
        self.is_object().then(|| self.inside())
    }

    /// The items, where this is a list.
    pub(crate) fn items(self) -> Option<impl Iterator<Item = Node<'t>> + use<'t>> {
        self.is_list().then(|| self.inside().map(|(_, value)| value))
    }

    /// The text, where this is one.
    pub(crate) fn text(self) -> Option<&'t str> {
        if let Value::Text(text) = self.value() { Some(text) } else { None }
    }

    /// True or false, where this is one of them.
    pub(crate) fn flag(self) -> Option<bool> {
        if let Value::Flag(flag) = self.value() { Some(*flag) } else { None }
    }

    /// The digits of a whole number of zero or more.
    pub(crate) fn natural(self) -> Option<u64> {
        match self.value() {
            Value::Whole(number) => u64::try_from(*number).ok(),
            Value::Large(number) => Some(*number),
            Value::Null | Value::Flag(_) | Value::Fraction(_) | Value::Text(_) | Value::List | Value::Object => None,
        }
    }

    /// A number, or text that may be one.
    pub(crate) fn num(self) -> Option<Num<'t>> {
        match self.value() {
            Value::Whole(number) => Some(Num::Whole(*number)),
            Value::Large(number) => Some(Num::Text(Cow::Owned(number.to_string()))),
            Value::Fraction(text) => Some(Num::Text(Cow::Borrowed(text))),
            Value::Text(text) => Some(Num::Text(Cow::Borrowed(text))),
            Value::Null | Value::Flag(_) | Value::List | Value::Object => None,
        }
    }

    /// A number with decimals or an exponent, without quotes?
    pub(crate) fn is_fraction(self) -> bool {
        matches!(self.value(), Value::Fraction(_))
    }

    /// Nothing?
    pub(crate) fn is_null(self) -> bool {
        matches!(self.value(), Value::Null)
    }

    /// A list?
    pub(crate) fn is_list(self) -> bool {
        matches!(self.value(), Value::List)
    }

    /// An object?
    pub(crate) fn is_object(self) -> bool {
        matches!(self.value(), Value::Object)
    }

    /// What it is, in words.
    pub(crate) fn kind(self) -> &'static str {
        match self.value() {
            Value::Null => "null",
            Value::Flag(true) => "true",
            Value::Flag(false) => "false",
            Value::Whole(_) | Value::Large(_) | Value::Fraction(_) => "a number",
            Value::Text(_) => "text",
            Value::List => "a list",
            Value::Object => "an object",
        }
    }
}

/// The entries of a list or an object, each jumping over what is in it.
struct Inside<'t>(&'t [Entry<'t>]);

impl<'t> Iterator for Inside<'t> {
    type Item = (&'t str, Node<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.0.first()?;
        let (one, rest) = self.0.split_at_checked(first.size)?;
        self.0 = rest;
        Some((&first.name, Node(one)))
    }
}

/// Reads a value to the end of the entries.
struct Grow<'t, 'a> {
    entries: &'t mut Vec<Entry<'a>>,
    name: Cow<'a, str>,
}

impl<'a> Grow<'_, 'a> {
    fn push<E: Error>(self, value: Value<'a>) -> Result<(), E> {
        if self.entries.len() >= MAX_VALUES {
            return Err(E::custom("too many values"));
        }
        self.entries.push(Entry { name: self.name, value, size: 1 });
        Ok(())
    }
}

/// The entry at `at` takes all that came since.
fn close(entries: &mut [Entry<'_>], at: usize) {
    let size = entries.len().saturating_sub(at);
    if let Some(entry) = entries.get_mut(at) {
        entry.size = size;
    }
}

impl<'de> DeserializeSeed<'de> for Grow<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grow<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.push(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.push(Value::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.push(i64::try_from(number).map_or(Value::Large(number), Value::Whole))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.push(Value::Whole(number))
    }

    #[expect(
        clippy::disallowed_types,
        reason = "the parser hands decimals over as floats; the shortest text is the one sent"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.push(Value::Fraction(number.to_string().into_boxed_str()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.push(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.push(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let (at, Self { entries, name }) = (self.entries.len(), self);
        Grow { entries, name }.push(Value::List)?;
        while list.next_element_seed(Grow { entries, name: Cow::Borrowed("") })?.is_some() {}
        close(entries, at);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (at, Self { entries, name }) = (self.entries.len(), self);
        Grow { entries, name }.push(Value::Object)?;
        while let Some(Text(name)) = map.next_key()? {
            map.next_value_seed(Grow { entries, name })?;
        }
        close(entries, at);
        Ok(())
    }
}

/// A place in a body as RFC 6901 writes it: `/data/lines/0/quantity`. Built without allocation, and written out only when
/// something is wrong there. Names are those of the reader, so none needs an escape.
#[derive(Clone, Copy)]
pub(crate) struct Pointer<'p> {
    parent: Option<&'p Pointer<'p>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Whole,
    Field(&'static str),
    Item(usize),
}

impl<'p> Pointer<'p> {
    /// The whole body.
    pub(crate) const WHOLE: Self = Self { parent: None, step: Step::Whole };

    /// A field of the body.
    pub(crate) fn root(name: &'static str) -> Self {
        Self { parent: None, step: Step::Field(name) }
    }

    /// A field below.
    pub(crate) fn field(&'p self, name: &'static str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    /// An item below.
    pub(crate) fn item(&'p self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Whole => Ok(()),
            Step::Field(name) => write!(f, "/{name}"),
            Step::Item(index) => write!(f, "/{index}"),
        }
    }
}
