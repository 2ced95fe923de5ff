//! From an answer to its items: bare ones, a list of them, or one of the provider's wrappers. An error is no item.

use crate::{
    Refusal,
    json::{self, Node, Tree, bound, refuse},
};

/// The most items of one answer (pages have 1000 at most).
const MAX_ITEMS: usize = 10_000;
/// How deep an answer may be wrapped.
const MAX_WRAPS: usize = 3;
/// The longest word of an error that is repeated, in characters.
const MAX_CODE: usize = 60;

/// How a provider wraps items.
pub(crate) struct Shape {
    /// Names of the fields that hold them, one or many.
    pub(crate) wrappers: &'static [&'static str],
    /// Fields that only an item has; the first is its id.
    pub(crate) own: &'static [&'static str],
}

/// An item, or why there is none in its place.
type Found<'t> = Result<Node<'t>, Refusal>;

/// Reads an answer.
pub(crate) fn tree(body: &[u8]) -> Result<Tree<'_>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    Tree::read_text(text)
}

/// The items of an answer.
pub(crate) fn split<'t>(answer: Node<'t>, shape: &Shape) -> Result<Vec<Found<'t>>, Refusal> {
    let (mut answer, mut depth) = (answer, 0_usize);
    loop {
        if let Some(list) = answer.items() {
            let items: Vec<Found<'_>> = list.take(MAX_ITEMS.saturating_add(1)).map(item).collect();
            bound("body", items.len(), MAX_ITEMS)?;
            return Ok(items);
        }
        if !answer.is_object() {
            return Err(refuse("body", "expected an object or a list"));
        }
        if let Some(error) = error_in(answer) {
            return Err(error);
        }
        if shape.own.iter().any(|own| answer.get(own).is_some()) {
            return Ok(vec![Ok(answer)]);
        }
        if depth >= MAX_WRAPS {
            return Err(refuse("body", "wrapped too deeply"));
        }
        let inner = shape.wrappers.iter().find_map(|name| answer.get(name)).filter(|value| !value.is_null());
        answer = inner.ok_or_else(|| refuse(shape.own.first().copied().unwrap_or("id"), "missing"))?;
        depth = depth.saturating_add(1);
    }
}

fn item(node: Node<'_>) -> Found<'_> {
    if !node.is_object() {
        return Err(refuse("items", "expected an object"));
    }
    error_in(node).map_or(Ok(node), Err)
}

/// `{"errors": [{"code", ...}]}`, or Amazon's token service's `{"error": "invalid_grant"}`.
fn error_in(answer: Node<'_>) -> Option<Refusal> {
    let listed = answer.get("errors").and_then(Node::items).and_then(|mut all| all.next());
    let word = match listed {
        Some(first) => first.get("code").and_then(Node::text).unwrap_or_default(),
        None => answer.get("error").and_then(Node::text)?,
    };
    let word: String = word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(MAX_CODE).collect();
    Some(refuse("errors", format!("an error answer, not data: {word}")))
}
