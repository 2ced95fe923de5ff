//! From an answer to its items: a bare object, a list, REST's `{order: …}` and `{orders: […]}`, GraphQL's `data` with nodes
//! or edges, and the JSON lines of a bulk operation. Every item comes out as REST would write it.

mod bulk;
mod graph;

use std::borrow::Cow;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    Refusal,
    json::{self, Id, Text, refuse},
};

/// How an answer names its items.
pub(super) struct Shape {
    /// REST's name of one: `order`.
    pub(super) one: &'static str,
    /// REST's name of many: `orders`.
    pub(super) many: &'static str,
    /// GraphQL's names of one and of many.
    pub(super) graph: &'static [&'static str],
    /// GraphQL's types, as in `gid://shopify/Order/1`.
    pub(super) kinds: &'static [&'static str],
}

/// Orders.
pub(super) const ORDER: Shape =
    Shape { one: "order", many: "orders", graph: &["order", "orders", "node", "nodes"], kinds: &["Order"] };
/// Refunds.
pub(super) const REFUND: Shape =
    Shape { one: "refund", many: "refunds", graph: &["refund", "refunds", "node", "nodes"], kinds: &["Refund"] };

/// The most items of one answer (REST pages have 250, bulk files may have many more: they are cut by who downloads them).
pub(super) const MAX_ITEMS: usize = 10_000;

/// One item, as REST would write it.
pub(super) struct Item<'a> {
    /// JSON text.
    pub(super) text: Cow<'a, str>,
    /// It came from GraphQL, so fields may be missing because nobody asked for them.
    pub(super) selected: bool,
}

impl<'a> Item<'a> {
    fn plain(raw: &'a RawValue) -> Self {
        Self { text: Cow::Borrowed(raw.get()), selected: false }
    }
}

/// The fields of an object, in their order, unread.
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            fields.push((Cow::Owned(key), value));
        }
        Ok(Fields(fields))
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value).filter(|value| value.get() != "null")
    }
}

/// An item, or why there is none in its place.
type Found<'a> = Result<Item<'a>, Refusal>;

/// Splits an answer. An empty one has no items; an error is refused.
pub(super) fn split<'a>(body: &'a [u8], shape: &Shape) -> Result<Vec<Found<'a>>, Refusal> {
    let text = json::utf8(body)?.trim();
    match text.as_bytes().first() {
        None => Err(refuse("body", "empty")),
        Some(b'[') => list(text, shape),
        Some(b'{') if bulk::is_lines(text) => bulk::items(text, shape),
        Some(b'{') => object(text, shape),
        Some(_) => json::read::<Fields<'_>>(text.as_bytes()).map(|_| Vec::new()),
    }
}

fn list<'a>(text: &'a str, shape: &Shape) -> Result<Vec<Found<'a>>, Refusal> {
    let items: Vec<&RawValue> = json::read(text.as_bytes())?;
    if items.len() > MAX_ITEMS {
        return Err(refuse("body", format!("more than {MAX_ITEMS} items")));
    }
    Ok(items.into_iter().map(|item| one(item, shape)).collect())
}

/// A list that is a field.
fn part<'a>(list: &'a RawValue, name: &'static str, shape: &Shape) -> Result<Vec<Found<'a>>, Refusal> {
    self::list(list.get(), shape).map_err(|refusal| refuse(name, refusal.problem))
}

fn good(items: Vec<Item<'_>>) -> Vec<Found<'_>> {
    items.into_iter().map(Ok).collect()
}

#[derive(Deserialize)]
struct Ids<'a> {
    #[serde(borrow)]
    id: Option<Id<'a>>,
    #[serde(borrow)]
    admin_graphql_api_id: Option<Text<'a>>,
}

/// One object: GraphQL's nodes have a `gid://` as id, REST's often one beside it. One of another kind is not what was asked
/// for.
fn one<'a>(raw: &'a RawValue, shape: &Shape) -> Found<'a> {
    // Where even that cannot be read, who reads the item says what is wrong with it.
    let Ok(ids) = serde_json::from_str::<Ids<'_>>(raw.get()) else { return Ok(Item::plain(raw)) };
    let kind = ids.id.as_ref().and_then(|id| graph::named(id.whole()));
    let beside = ids.admin_graphql_api_id.as_ref().and_then(|id| graph::named(id.as_str()));
    if kind.or(beside).is_some_and(|kind| !shape.kinds.contains(&kind)) {
        let field = if kind.is_some() { "id" } else { "admin_graphql_api_id" };
        return Err(refuse(field, format!("not of the kind {}", shape.one)));
    }
    if kind.is_none() {
        return Ok(Item::plain(raw));
    }
    json::read(raw.get().as_bytes()).map(graph::from_node)
}

/// Does an answer say that there is none? An empty list of errors says nothing.
fn is_error(fields: &Fields<'_>) -> bool {
    let stated = [fields.get("errors"), fields.get("error")];
    stated.into_iter().flatten().any(|errors| !["[]", "{}", "\"\"", "false"].contains(&errors.get()))
}

fn object<'a>(text: &'a str, shape: &Shape) -> Result<Vec<Found<'a>>, Refusal> {
    let fields: Fields<'a> = json::read(text.as_bytes())?;
    if is_error(&fields) {
        return Err(refuse("errors", "an error answer, not data"));
    }
    // A stock level has no id of its own in REST's lists.
    if ["id", "admin_graphql_api_id", "inventory_item_id"].iter().any(|own| fields.get(own).is_some()) {
        let whole: &RawValue = json::read(text.as_bytes())?;
        return Ok(vec![one(whole, shape)]);
    }
    if let Some(data) = fields.get("data") {
        return graph::items(data.get(), shape).map(good);
    }
    if let Some(many) = fields.get(shape.many) {
        return if many.get().starts_with('{') {
            graph::items(text, shape).map(good)
        } else {
            part(many, shape.many, shape)
        };
    }
    if let Some(single) = fields.get(shape.one) {
        return if single.get().starts_with('{') {
            Ok(vec![one(single, shape)])
        } else {
            part(single, shape.one, shape)
        };
    }
    // EventBridge wraps the body of the webhook (`graphql_examples/eventbridge_envelope.json`).
    let payload = fields.get("detail").and_then(|detail| serde_json::from_str::<Fields<'a>>(detail.get()).ok());
    if let Some(payload) = payload.and_then(|detail| detail.get("payload")) {
        return object(payload.get(), shape);
    }
    // A part of an answer, cut out of its `data`: a connection.
    if fields.get("nodes").or(fields.get("edges")).is_some() {
        let part = format!(r#"{{"{}":{text}}}"#, shape.graph.first().unwrap_or(&shape.one));
        return graph::items(&part, shape).map(good);
    }
    if fields.0.is_empty() || fields.0.iter().any(|(key, _)| key == shape.many || key == shape.one || key == "data") {
        return Ok(Vec::new());
    }
    // `original_fulfillment_order` and `moved_fulfillment_order` of one answer.
    let is_part = |key: &str| {
        let part = key.strip_suffix(shape.one);
        part.is_some_and(|part| ["original_", "moved_", "remaining_"].contains(&part))
    };
    let named = fields.0.iter().filter(|(key, value)| is_part(key) && value.get().starts_with('{'));
    let items: Vec<Found<'a>> = named.map(|(_, value)| one(value, shape)).collect();
    if !items.is_empty() {
        return Ok(items);
    }
    // A wrapper of something else, or a count, has nothing of its own; what has is the thing itself, and lost its id.
    let wrapper = fields.0.len() == 1 || fields.0.iter().all(|(_, value)| value.get().starts_with(['{', '[']));
    Err(refuse(if wrapper { shape.one } else { "id" }, "missing"))
}
