//! Fields as Square writes them. Source: `openapi-slice.json`; money is a whole number of the smallest unit (README, money).

use sluice_domain::value::{Currency, Money};

pub(super) use crate::doc::{object, objects};
use crate::{
    Refusal,
    doc::Doc,
    json::{MAX_MINOR, MAX_TEXT, Node, Num, refuse},
};

/// An amount with its currency: `{amount, currency}`; payouts in events write `currency_code`. `None` where it is absent, or has
/// no amount.
pub(super) fn money(doc: &Doc<'_>, field: &'static str) -> Result<Option<Money>, Refusal> {
    let Some(stated) = object(doc, field)? else { return Ok(None) };
    let Some(amount) = stated.get("amount") else { return Ok(None) };
    let word = stated.text("currency").or_else(|| stated.text("currency_code"));
    let word = word.ok_or_else(|| refuse(format!("{field}.currency"), "missing"))?;
    let currency =
        Currency::parse(word).map_err(|_| refuse(format!("{field}.currency"), "not an ISO 4217 currency"))?;
    // Text is refused too: `"50.00"` would be half a dollar or fifty.
    match amount.num().filter(|_| amount.text().is_none()) {
        Some(Num::Whole(minor)) if (-MAX_MINOR..=MAX_MINOR).contains(&minor) => {
            Ok(Some(Money::from_minor(minor, currency)))
        }
        _ => Err(refuse(format!("{field}.amount"), "expected a whole number of the currency's smallest unit")),
    }
}

/// An amount of the order's currency.
pub(super) fn own(doc: &Doc<'_>, field: &'static str, currency: Currency) -> Result<Option<Money>, Refusal> {
    let amount = money(doc, field)?;
    if amount.is_some_and(|amount| amount.currency() != currency) {
        return Err(refuse(format!("{field}.currency"), format!("another currency than the order's {currency}")));
    }
    Ok(amount)
}

/// The same; nothing where it is absent.
pub(super) fn own_or_zero(doc: &Doc<'_>, field: &'static str, currency: Currency) -> Result<Money, Refusal> {
    Ok(own(doc, field, currency)?.unwrap_or(Money::zero(currency)))
}

/// Text for people: cut where it is too long.
pub(super) fn title(doc: &Doc<'_>, name: &str) -> String {
    let text = doc.get(name).and_then(Node::text).unwrap_or_default();
    text.trim().chars().take(MAX_TEXT).collect()
}

/// A refusal of something in a list: `line_items[2].quantity`.
pub(super) fn at(list: &str, index: usize, refusal: Refusal) -> Refusal {
    Refusal { field: format!("{list}[{index}].{}", refusal.field), ..refusal }
}

/// An amount that does not fit.
pub(super) fn out_of_range(field: &'static str) -> impl Fn(sluice_domain::value::MoneyError) -> Refusal {
    move |error| refuse(field, error.to_string())
}
