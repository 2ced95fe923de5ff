//! From an answer to its items: a bare object, a list, the answer of a batch, and wrappers of those who pass answers on
//! (`captured_responses` have `data`). An error is no item.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    Refusal,
    json::{self, Id, Loose, Path, refuse},
};

/// The most items of one answer (pages have 100 at most).
const MAX_ITEMS: usize = 10_000;
/// How deep an answer may be wrapped.
const MAX_WRAPS: usize = 3;
/// The most places at which the JSON after a notice may begin: each costs a look at all of the rest.
const MAX_BEGINS: usize = 32;
/// The longest word of an error that is repeated, in characters.
const MAX_CODE: usize = 60;

/// Names under which items are wrapped, one or many.
const WRAPPERS: &[&str] = &[
    "data",
    "order",
    "orders",
    "refund",
    "refunds",
    "product",
    "products",
    "customer",
    "customers",
    "create",
    "update",
    "delete",
    "payload",
];
/// What a thing by itself has: an order has `refunds` too, and one that lost its id is no wrapper of them.
const OWN: &[&str] = &["id", "tracking_id", "line_items", "order_key", "amount", "sku"];

/// An item, or why there is none in its place.
type Found<'a> = Result<&'a str, Refusal>;

/// Splits an answer. An empty one has no items; an error is refused.
pub(super) fn split(body: &[u8]) -> Result<Vec<Found<'_>>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    let text = after_notice(text).unwrap_or(text);
    let mut items = Vec::new();
    collect(text, 0, &mut items)?;
    Ok(items)
}

/// The JSON after whatever PHP printed before it: a notice is text or a little HTML (README, errors), a page begins as a page.
pub(super) fn after_notice(text: &str) -> Option<&str> {
    if text.starts_with(['{', '[']) {
        return Some(text);
    }
    let begin = text.get(..15).unwrap_or_default().to_ascii_lowercase();
    if begin.starts_with("<!doctype") || begin.starts_with("<html") {
        return None;
    }
    let begins = text.match_indices(['{', '[']).take(MAX_BEGINS).map(|(at, _)| at);
    begins.filter_map(|at| text.get(at..)).find(|rest| serde_json::from_str::<&RawValue>(rest).is_ok())
}

fn collect<'a>(text: &'a str, depth: usize, items: &mut Vec<Found<'a>>) -> Result<(), Refusal> {
    match text.as_bytes().first() {
        Some(b'[') => {
            let list: Vec<&RawValue> = json::read_text(text)?;
            if list.len().saturating_add(items.len()) > MAX_ITEMS {
                return Err(refuse("body", format!("more than {MAX_ITEMS} items")));
            }
            items.extend(list.into_iter().map(|item| error_in(item.get()).map_or(Ok(item.get()), Err)));
            Ok(())
        }
        Some(b'{') => object(text, depth, items),
        Some(b'<') => Err(refuse("body", "a web page, not JSON")),
        Some(_) | None => Err(refuse("body", "expected an object or a list")),
    }
}

fn object<'a>(text: &'a str, depth: usize, items: &mut Vec<Found<'a>>) -> Result<(), Refusal> {
    if let Some(error) = error_in(text) {
        return Err(error);
    }
    let fields: BTreeMap<String, &'a RawValue> = json::read_text(text)?;
    if OWN.iter().any(|own| fields.contains_key(*own)) {
        items.push(Ok(text));
        return Ok(());
    }
    let wrapped = WRAPPERS.iter().filter_map(|name| fields.get(*name));
    let wrapped: Vec<&str> = wrapped.map(|value| value.get()).filter(|value| value.starts_with(['{', '['])).collect();
    if wrapped.is_empty() && !fields.is_empty() {
        return Err(refuse("id", "missing"));
    }
    if depth >= MAX_WRAPS {
        return Err(refuse("body", "wrapped too deeply"));
    }
    wrapped.into_iter().try_for_each(|part| collect(part, depth.saturating_add(1), items))
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the channel's")]
struct Error<'a> {
    #[serde(borrow, default)]
    id: Loose<Id<'a>>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Status {
    status: Option<u16>,
}

/// The error that an object is, in any of the forms of `errors/`: `{code, message, data: {status}}`, `{error, message}`, or one
/// item of a batch with its own `error`.
pub(super) fn error_in(text: &str) -> Option<Refusal> {
    let error: Error<'_> = serde_json::from_str(text).ok()?;
    let told = match (error.error, error.code, error.message, error.id.get()) {
        (Some(told), ..) if !is_nothing(told.get()) => told,
        (_, Some(code), Some(_), None) => code,
        _ => return None,
    };
    let word = match told.get().as_bytes().first() {
        Some(b'{') => serde_json::from_str::<Error<'_>>(told.get()).ok()?.code?.get(),
        _ => told.get(),
    };
    let fine = |letter: &char| letter.is_ascii_alphanumeric() || "_-.".contains(*letter);
    let word: String = word.chars().filter(fine).take(MAX_CODE).collect();
    let mut refusal = refuse("code", format!("an error answer, not data: {word}"));
    refusal.external_id = error.id.get().and_then(|id| id.checked(Path::root("id")).ok());
    Some(refusal)
}

/// What PHP writes for no error at all.
fn is_nothing(told: &str) -> bool {
    matches!(told, "null" | "false" | "\"\"" | "[]" | "{}")
}

/// The HTTP status that an error body states.
pub(super) fn status_in(text: &str) -> Option<u16> {
    let error: Error<'_> = serde_json::from_str(text).ok()?;
    error.code?;
    serde_json::from_str::<Status>(error.data?.get()).ok()?.status
}
