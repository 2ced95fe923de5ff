//! Fields of an order as Amazon writes them: amounts are objects, and what has another form than it should is refused, since
//! it is not absent.

use sluice_domain::value::{Currency, Money};

pub(in crate::amazon) use crate::doc::{object, objects};
use crate::{
    Refusal,
    doc::Doc,
    json::{MAX_TEXT, Node, refuse},
};

/// A word; `None` where the field is absent, is no text, or is longer than any word.
pub(in crate::amazon) fn word<'a>(doc: &Doc<'a>, names: [&str; 2]) -> Option<&'a str> {
    names.iter().find_map(|name| doc.text(name))
}

/// Text for people: cut where it is too long.
pub(super) fn title(doc: &Doc<'_>, name: &str) -> String {
    let text = doc.get(name).and_then(Node::text).unwrap_or_default();
    text.trim().chars().take(MAX_TEXT).collect()
}

/// v0 writes booleans as text (README, edge case 10).
pub(in crate::amazon) fn flag(doc: &Doc<'_>, name: &str) -> bool {
    doc.flag(name) || doc.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// An amount with its currency: `{amount, currencyCode}`, in v0 with capitals.
pub(in crate::amazon) fn money(doc: &Doc<'_>, field: &'static str) -> Result<Option<Money>, Refusal> {
    let Some(stated) = object(doc, field)? else { return Ok(None) };
    let below = |name: &'static str| format!("{field}.{name}");
    let (named, code) =
        if stated.get("Amount").is_some() { ("Amount", "CurrencyCode") } else { ("amount", "currencyCode") };
    if stated.get(named).is_none() {
        return Ok(None);
    }
    let word = stated.text(code).ok_or_else(|| refuse(below(code), "missing"))?;
    let currency = Currency::parse(word).map_err(|_| refuse(below(code), "not an ISO 4217 currency"))?;
    stated.money(named, currency).map_err(|refusal| refuse(below(named), refusal.problem))
}

/// An amount that cannot be below nothing.
pub(super) fn positive(doc: &Doc<'_>, field: &'static str) -> Result<Option<Money>, Refusal> {
    let amount = money(doc, field)?;
    match amount.filter(|amount| amount.is_negative()) {
        Some(_) => Err(refuse(field, "expected zero or more")),
        None => Ok(amount),
    }
}
