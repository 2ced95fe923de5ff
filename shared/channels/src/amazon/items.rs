//! From an answer to its orders: `{order}`, `{orders}`, v0's `{payload}` and `{Orders}`, or bare orders. An error is no order.

use crate::{
    Refusal,
    json::{self, Node, Tree, bound, refuse},
};

/// The most orders of one answer (pages have 100 at most).
const MAX_ITEMS: usize = 10_000;
/// How deep an answer may be wrapped.
const MAX_WRAPS: usize = 3;
/// The longest word of an error that is repeated, in characters.
const MAX_CODE: usize = 60;

const WRAPPERS: &[&str] = &["payload", "order", "orders", "Orders", "Order"];

/// An order, or why there is none in its place.
type Found<'t> = Result<Node<'t>, Refusal>;

/// Reads an answer.
pub(super) fn tree(body: &[u8]) -> Result<Tree<'_>, Refusal> {
    let text = json::utf8(body)?.trim();
    if text.is_empty() {
        return Err(refuse("body", "empty"));
    }
    Tree::read_text(text)
}

/// The orders of an answer.
pub(super) fn split(answer: Node<'_>) -> Result<Vec<Found<'_>>, Refusal> {
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
        if answer.get("orderId").is_some() || answer.get("AmazonOrderId").is_some() {
            return Ok(vec![Ok(answer)]);
        }
        if depth >= MAX_WRAPS {
            return Err(refuse("body", "wrapped too deeply"));
        }
        let inner = WRAPPERS.iter().find_map(|name| answer.get(name)).filter(|value| !value.is_null());
        answer = inner.ok_or_else(|| refuse("orderId", "missing"))?;
        depth = depth.saturating_add(1);
    }
}

fn item(node: Node<'_>) -> Found<'_> {
    if !node.is_object() {
        return Err(refuse("orders", "expected an object"));
    }
    error_in(node).map_or(Ok(node), Err)
}

/// `{"errors": [{"code", ...}]}`, or the token service's `{"error": "invalid_grant"}`.
fn error_in(answer: Node<'_>) -> Option<Refusal> {
    let listed = answer.get("errors").and_then(Node::items).and_then(|mut all| all.next());
    let word = match listed {
        Some(first) => first.get("code").and_then(Node::text).unwrap_or_default(),
        None => answer.get("error").and_then(Node::text)?,
    };
    let word: String = word.chars().filter(char::is_ascii_alphanumeric).take(MAX_CODE).collect();
    Some(refuse("errors", format!("an error answer, not data: {word}")))
}
