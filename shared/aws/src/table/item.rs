//! Items and their values, apart from the SDK's types: what is planned can be looked at, and weighed.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use sluice_domain::ports::state::StateError;

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// S.
    Text(String),
    /// N: whole numbers are all that Sluice keeps.
    Number(i128),
    /// B.
    Bytes(Vec<u8>),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<&Value> for AttributeValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::S(text.clone()),
            Value::Number(number) => Self::N(number.to_string()),
            Value::Bytes(bytes) => Self::B(bytes.clone().into()),
        }
    }
}

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Place within it.
    pub sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub(crate) fn to_sdk(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// The attributes of an item, its key apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item(BTreeMap<String, Value>);

impl Item {
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// An attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Every attribute, in order of name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The attributes of this item, and of the other one those that this one lacks.
    pub(crate) fn over(mut self, other: Self, forgotten: &[&str]) -> Self {
        for (name, value) in other.0 {
            if !forgotten.contains(&name.as_str()) {
                self.0.entry(name).or_insert(value);
            }
        }
        self
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str, StateError> {
        match self.get(name) {
            Some(Value::Text(text)) => Ok(text),
            Some(Value::Number(_) | Value::Bytes(_)) | None => Err(lacks(name, "text")),
        }
    }

    pub(crate) fn number<N: TryFrom<i128>>(&self, name: &str) -> Result<N, StateError> {
        match self.get(name) {
            Some(Value::Number(number)) => N::try_from(*number).map_err(|_| lacks(name, "number of that size")),
            Some(Value::Text(_) | Value::Bytes(_)) | None => Err(lacks(name, "number")),
        }
    }

    pub(crate) fn bytes(&self, name: &str) -> Result<&[u8], StateError> {
        match self.get(name) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(Value::Text(_) | Value::Number(_)) | None => Err(lacks(name, "bytes")),
        }
    }

    pub(crate) fn to_sdk(&self, key: &Key) -> HashMap<String, AttributeValue> {
        let mut sdk = key.to_sdk();
        sdk.extend(self.0.iter().map(|(name, value)| (name.clone(), value.into())));
        sdk
    }

    /// Takes an item apart. Attributes of types that Sluice does not write are somebody else's, and not looked at.
    pub(crate) fn from_sdk(sdk: HashMap<String, AttributeValue>) -> Result<(Key, Self), StateError> {
        let mut item = Self::default();
        for (name, value) in sdk {
            if let Some(value) = from_sdk(value) {
                item.0.insert(name, value);
            }
        }
        let key = Key::new(item.text("pk")?, item.text("sk")?);
        item.0.remove("pk");
        item.0.remove("sk");
        Ok((key, item))
    }
}

fn from_sdk(value: AttributeValue) -> Option<Value> {
    if let AttributeValue::S(text) = value {
        return Some(Value::Text(text));
    }
    if let AttributeValue::B(bytes) = value {
        return Some(Value::Bytes(bytes.into_inner()));
    }
    value.as_n().ok().and_then(|number| number.parse().ok()).map(Value::Number)
}

fn lacks(name: &str, what: &str) -> StateError {
    StateError::Broken(format!("an item whose attribute `{name}` is no {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_survive_the_sdk() {
        let item = Item::default().with("t", "ä").with("n", u64::MAX).with("b", Value::Bytes(vec![0, 255]));
        let key = Key::new("p", "s");
        assert_eq!(Item::from_sdk(item.to_sdk(&key)), Ok((key.clone(), item.clone())));
        let mut foreign = item.to_sdk(&key);
        foreign.insert("m".into(), AttributeValue::Bool(true));
        assert_eq!(Item::from_sdk(foreign), Ok((key, item)));
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_named() {
        let item = Item::default().with("t", "x").with("n", Value::Number(-1));
        let broken = |what: &str| StateError::Broken(format!("an item whose attribute {what}"));
        assert_eq!(item.number::<u64>("n"), Err(broken("`n` is no number of that size")));
        assert_eq!(item.number::<u64>("t"), Err(broken("`t` is no number")));
        assert_eq!(item.bytes("t"), Err(broken("`t` is no bytes")));
        assert_eq!(item.text("gone"), Err(broken("`gone` is no text")));
        assert_eq!(Item::from_sdk(HashMap::new()), Err(broken("`pk` is no text")));
    }
}
