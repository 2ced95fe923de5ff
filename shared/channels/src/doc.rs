//! A payload read without a type: for kinds that no flow takes yet, and for answers with fields left out.

use sluice_domain::value::{Currency, Money};

use crate::{
    Refusal,
    json::{MAX_NAME, Node, Num, Path, refuse},
};

/// A JSON object.
#[derive(Clone, Copy)]
pub(crate) struct Doc<'a>(Node<'a>);

impl<'a> Doc<'a> {
    pub(crate) fn new(value: Node<'a>) -> Self {
        Self(value)
    }

    /// The value that it is.
    pub(crate) fn node(&self) -> Node<'a> {
        self.0
    }

    pub(crate) fn get(&self, name: &str) -> Option<Node<'a>> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn doc(&self, name: &str) -> Option<Doc<'a>> {
        self.get(name).filter(|value| value.is_object()).map(Doc)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.text().map(str::trim).filter(|text| !text.is_empty() && text.len() <= MAX_NAME)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Node::flag).unwrap_or_default()
    }

    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = Doc<'a>> + use<'a> {
        self.get(name).and_then(Node::items).into_iter().flatten().map(Doc)
    }

    /// An id: a whole number or text, without `gid://shopify/Order/`.
    pub(crate) fn id(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        let id = value.text().map(last).or_else(|| Some(value.natural()?.to_string())).unwrap_or_default();
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

fn number<'v>(value: Node<'v>, name: &'static str) -> Result<Num<'v>, Refusal> {
    value.num().ok_or_else(|| refuse(name, "expected a decimal string"))
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
        Some(list) if list.items().is_some_and(|mut all| all.all(Node::is_object)) => {
            Ok(Some(doc.list(field).collect()))
        }
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
