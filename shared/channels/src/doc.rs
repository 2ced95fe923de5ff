//! A payload read without a type: for kinds that no flow takes yet, and for answers with fields left out.

use std::borrow::Cow;

use serde_json::Value;
use sluice_domain::value::{Currency, Money};

use crate::{
    Refusal,
    json::{MAX_NAME, Num, Path, refuse},
};

/// A JSON object.
pub(crate) struct Doc<'a>(&'a Value);

impl<'a> Doc<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self(value)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn doc(&self, name: &str) -> Option<Doc<'a>> {
        self.get(name).filter(|value| value.is_object()).map(Doc)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty() && text.len() <= MAX_NAME)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = Doc<'a>> + use<'a> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().map(Doc)
    }

    /// An id: a whole number or text, without `gid://shopify/Order/`.
    pub(crate) fn id(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let id = match value {
            Value::String(text) => text.rsplit('/').next().unwrap_or_default().to_owned(),
            Value::Number(number) if number.is_u64() => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let fine = !id.is_empty() && id.len() <= MAX_NAME && id.bytes().all(|byte| byte.is_ascii_graphic());
        if fine { Ok(Some(id)) } else { Err(refuse(name, "expected an id (a whole number or text)")) }
    }

    /// The id of the thing itself.
    pub(crate) fn own_id(&self) -> Result<String, Refusal> {
        match self.id("id")? {
            Some(id) => Ok(id),
            None => self.id("admin_graphql_api_id")?.ok_or_else(|| refuse("id", "missing")),
        }
    }

    /// The currency that a field names; `None` where there is none, or one without minor units (`XXX`).
    pub(crate) fn currency(&self, name: &str) -> Option<Currency> {
        Currency::parse(self.text(name)?).ok()
    }

    /// An amount.
    pub(crate) fn money(&self, name: &'static str, currency: Currency) -> Result<Option<Money>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        number(value, name)?.money(currency, Path::root(name)).map(Some)
    }

    /// An amount in the shop money of a set.
    pub(crate) fn shop(&self, name: &'static str) -> Result<Option<Money>, Refusal> {
        let Some(amount) = self.doc(name).and_then(|set| set.doc("shop_money")) else { return Ok(None) };
        let currency = amount.currency("currency_code").or_else(|| amount.currency("currency"));
        currency.map_or(Ok(None), |currency| amount.money("amount", currency))
    }

    /// A quantity, which may be below zero.
    pub(crate) fn quantity(&self, name: &'static str) -> Result<Option<rust_decimal::Decimal>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        number(value, name)?.signed_quantity(Path::root(name)).map(|quantity| Some(quantity.get()))
    }

    /// The sum of a quantity over a list.
    pub(crate) fn units(&self, list: &str, name: &'static str) -> Result<String, Refusal> {
        let mut sum = rust_decimal::Decimal::ZERO;
        for item in self.list(list) {
            sum = sum.saturating_add(item.quantity(name)?.unwrap_or_default());
        }
        Ok(sum.normalize().to_string())
    }
}

fn number<'v>(value: &'v Value, name: &'static str) -> Result<Num<'v>, Refusal> {
    match value {
        Value::String(text) => Ok(Num::Text(Cow::Borrowed(text))),
        Value::Number(number) => {
            Ok(number.as_i64().map_or_else(|| Num::Text(Cow::Owned(number.to_string())), Num::Whole))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(refuse(name, "expected a decimal string"))
        }
    }
}

/// An object; `None` where the field is absent.
pub(crate) fn object<'a>(doc: &Doc<'a>, field: &'static str) -> Result<Option<Doc<'a>>, Refusal> {
    match (doc.get(field), doc.doc(field)) {
        (Some(_), None) => Err(refuse(field, "expected an object")),
        (_, found) => Ok(found),
    }
}

/// A list of objects; `None` where the field is absent.
pub(crate) fn objects<'a>(doc: &Doc<'a>, field: &'static str) -> Result<Option<Vec<Doc<'a>>>, Refusal> {
    match doc.get(field) {
        None => Ok(None),
        Some(Value::Array(list)) if list.iter().all(Value::is_object) => Ok(Some(doc.list(field).collect())),
        Some(_) => Err(refuse(field, "expected a list of objects")),
    }
}

/// Anything but plain https to a public host name: whoever follows it should not be led into our own network.
pub(crate) fn suspicious(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else { return true };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let local = [".local", ".internal", ".localhost", ".lan"].iter().any(|end| name.ends_with(end));
    let letters = name.split('.').next_back().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    host.contains(['@', '[', '\\', ' ']) || !name.contains('.') || local || !letters || name.ends_with('.')
}
