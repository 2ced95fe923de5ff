//! A page of orders: each its own item, whole or with a rest that did not fit the page.

use jiff::Timestamp;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use super::{answer::part, rest};
use crate::{Answer, Pulled, Trouble, shopify::topics};

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    orders: Option<Orders<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Orders<'a> {
    page_info: PageInfo,
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
}

/// Where a connection goes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

impl PageInfo {
    /// The place that the next page begins at.
    ///
    /// # Errors
    /// When there is a next page and nobody knows where.
    pub(super) fn next(self) -> Result<Option<String>, Trouble> {
        match (self.has_next_page, self.end_cursor) {
            (false, _) => Ok(None),
            (true, Some(cursor)) => Ok(Some(cursor)),
            (true, None) => Err(Trouble::Unreadable("a next page without a cursor".into())),
        }
    }
}

/// What of an order tells whether its node is the whole of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Glance {
    id: String,
    updated_at: Option<Timestamp>,
    line_items: Connection,
    shipping_lines: Connection,
    refunds: Vec<IgnoredAny>,
    original_total_duties_set: Option<IgnoredAny>,
    current_total_duties_set: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    page_info: More,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct More {
    has_next_page: bool,
}

impl Glance {
    fn is_whole(&self) -> bool {
        let more = self.line_items.page_info.has_next_page || self.shipping_lines.page_info.has_next_page;
        let duties = self.original_total_duties_set.is_some() || self.current_total_duties_set.is_some();
        !more && !duties && self.refunds.is_empty()
    }
}

pub(super) fn page(data: &str) -> Result<Answer, Trouble> {
    let orders = part::<Data<'_>>(data)?.orders.ok_or_else(|| Trouble::Unreadable("no orders".into()))?;
    let nodes = orders.nodes.iter().filter(|node| node.get() != "null");
    Ok(Answer::Page { items: nodes.map(|node| item(node.get())).collect(), next: orders.page_info.next()? })
}

/// A node that does not even read as this is an item all the same: it is parked by its own delivery and blocks nobody.
fn item(node: &str) -> Pulled {
    let body = node.as_bytes().to_vec();
    let topic = topics::PULLED_ORDER;
    let Ok(glance) = serde_json::from_str::<Glance>(node) else {
        return Pulled { topic, id: None, changed: None, body, rest: None };
    };
    let (id, changed) = (Some(plain(&glance.id).to_owned()), glance.updated_at);
    if glance.is_whole() {
        return Pulled { topic, id, changed, body, rest: None };
    }
    Pulled { topic, id, changed, body: partial(node), rest: Some(rest::of_order(&glance.id)) }
}

/// Should the rest never come, this says so itself: a part of an order must not pass for one.
fn partial(node: &str) -> Vec<u8> {
    let mut node: Value = serde_json::from_str(node).unwrap_or_default();
    if let Some(more) = node.pointer_mut("/lineItems/pageInfo/hasNextPage") {
        *more = Value::Bool(true);
    }
    node.to_string().into_bytes()
}

/// `5001` of `gid://shopify/Order/5001`.
pub(super) fn plain(gid: &str) -> &str {
    gid.rsplit('/').next().unwrap_or_default()
}
