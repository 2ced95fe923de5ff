//! GraphQL's shapes as REST's: connections become lists, `camelCase` becomes `snake_case`, ids lose their `gid://`, enum
//! words become lower case. Source: `admin_2026-10_slice.graphql`.

use serde_json::{Map, Value};

use super::{Item, MAX_ITEMS, Shape};
use crate::{
    Refusal,
    json::{self, refuse},
};

/// How deep an item may lie in `data` (`productVariants { nodes { inventoryItem { inventoryLevels { nodes } } } }`).
const MAX_DEPTH: usize = 12;

/// What a node is, by its id: `Order` of `gid://shopify/Order/1`.
pub(super) fn kind(node: &Value) -> Option<&str> {
    named(node.get("id")?.as_str()?)
}

/// What a global id is of.
pub(super) fn named(gid: &str) -> Option<&str> {
    gid.strip_prefix("gid://shopify/")?.split('/').next()
}

/// A node as REST's.
pub(super) fn from_node(node: Value) -> Item<'static> {
    let gid = node.get("id").filter(|_| kind(&node).is_some()).cloned();
    let mut plain = rest(node, "");
    if let (Some(object), Some(gid)) = (plain.as_object_mut(), gid) {
        object.insert("admin_graphql_api_id".to_owned(), gid);
        object.insert("selected".to_owned(), Value::Bool(true));
    }
    Item { text: plain.to_string().into(), selected: true }
}

/// The nodes in `data`.
pub(super) fn items(data: &str, shape: &Shape) -> Result<Vec<Item<'static>>, Refusal> {
    let data: Value = json::read(data.as_bytes())?;
    if failed(&data, MAX_DEPTH) {
        return Err(refuse("userErrors", "an error answer, not data"));
    }
    let mut walk = Walk { shape, found: Vec::new(), named: false, others: false };
    walk.look_in(data, "data", &Around::default(), MAX_DEPTH);
    let Walk { found, named, others, .. } = walk;
    if found.len() > MAX_ITEMS {
        return Err(refuse("data", format!("more than {MAX_ITEMS} items")));
    }
    if found.is_empty() && others && !named {
        return Err(refuse("data", format!("holds no {}", shape.one)));
    }
    Ok(found.into_iter().map(from_node).collect())
}

/// A mutation that ran and failed says so in `userErrors` (or `orderCancelUserErrors` and the like), with HTTP 200.
fn failed(value: &Value, depth: usize) -> bool {
    let Some(object) = value.as_object().filter(|_| depth > 0) else { return false };
    object.iter().any(|(key, inner)| {
        let errors = key.ends_with("serErrors") && inner.as_array().is_some_and(|errors| !errors.is_empty());
        errors || failed(inner, depth.saturating_sub(1))
    })
}

/// What a node stands in, which it then need not name itself.
#[derive(Clone, Default)]
pub(super) struct Around(Vec<(&'static str, Value)>);

impl Around {
    /// The same within a node: its id, and what it is called.
    pub(super) fn within(&self, node: &Map<String, Value>, kind: &str) -> Self {
        let name = match kind {
            "Order" => "order",
            "InventoryItem" => "item",
            "Location" => "location",
            _ => return self.clone(),
        };
        let pointer = node.iter().filter(|(key, _)| ["id", "name"].contains(&key.as_str()));
        let pointer = Value::Object(pointer.map(|(key, value)| (key.clone(), value.clone())).collect());
        let mut around = self.clone();
        around.0.push((name, pointer));
        around
    }

    /// A node that names what it stands in.
    pub(super) fn named_in(&self, mut node: Map<String, Value>) -> Value {
        for (name, pointer) in &self.0 {
            node.entry(*name).or_insert_with(|| pointer.clone());
        }
        Value::Object(node)
    }
}

struct Walk<'s> {
    shape: &'s Shape,
    found: Vec<Value>,
    /// Something was called as the items are: an empty answer, if nothing was found.
    named: bool,
    /// There were nodes of other kinds.
    others: bool,
}

impl Walk<'_> {
    fn look_in(&mut self, value: Value, key: &str, around: &Around, depth: usize) {
        let called = self.shape.graph.contains(&key);
        self.named |= called;
        match listed(value) {
            Value::Array(list) if depth > 0 => {
                for inner in list {
                    self.look_in(inner, key, around, depth.saturating_sub(1));
                }
            }
            Value::Object(object) => {
                let value = Value::Object(object);
                let kind = kind(&value).map(str::to_owned);
                let Value::Object(object) = value else { return };
                if kind.as_deref().map_or(called, |kind| self.shape.kinds.contains(&kind)) {
                    self.found.push(around.named_in(object));
                } else if depth > 0 {
                    self.others |= kind.is_some();
                    let around = around.within(&object, kind.as_deref().unwrap_or_default());
                    for (key, inner) in object {
                        self.look_in(inner, &key, &around, depth.saturating_sub(1));
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
        }
    }
}

/// A connection as the list of its nodes; anything else as it is.
fn listed(value: Value) -> Value {
    let Value::Object(mut object) = value else { return value };
    if let Some(nodes) = object.remove("nodes") {
        return nodes;
    }
    match object.remove("edges") {
        Some(Value::Array(edges)) => {
            let node = |edge: Value| match edge {
                Value::Object(mut edge) => edge.remove("node"),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
            };
            Value::Array(edges.into_iter().filter_map(node).collect())
        }
        Some(other) => other,
        None => Value::Object(object),
    }
}

fn rest(value: Value, key: &str) -> Value {
    match listed(value) {
        Value::Object(object) => Value::Object(renamed(object)),
        Value::Array(list) => Value::Array(list.into_iter().map(|inner| rest(inner, key)).collect()),
        Value::String(text) => Value::String(word(text, key)),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain,
    }
}

fn renamed(object: Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            // REST names the id of what is pointed at.
            (
                "lineItem" | "order" | "variant" | "product" | "location" | "retailLocation" | "parentTransaction"
                | "item",
                Value::Object(pointed),
            ) => {
                let to = pointer(&key);
                if let Some(id) = pointed.get("id").cloned() {
                    fields.insert(to.to_owned(), rest(id, "id"));
                }
                if let (true, Some(name)) = (key == "order", pointed.get("name").cloned()) {
                    fields.insert("order_name".to_owned(), name);
                }
            }
            ("shippingLine", line @ Value::Object(_)) => {
                fields.entry("shipping_lines").or_insert_with(|| Value::Array(vec![rest(line, "")]));
            }
            ("totalCashRoundingAdjustment", Value::Object(mut sets)) => {
                let set = sets.remove("paymentSet").unwrap_or_default();
                fields.insert("total_cash_rounding_payment_adjustment_set".to_owned(), rest(set, ""));
            }
            // What the pull asks for under this name is the word that REST has, or nothing: REST says nothing of holds.
            ("fulfillmentStatus", Value::String(status)) => {
                fields.insert("fulfillment_status".to_owned(), fulfilment(&status));
            }
            // Asked for under this name, it adds to what follows from the lines, as it does with REST, and overrules nothing.
            ("wasEdited", edited @ Value::Bool(_)) => {
                fields.insert("edited".to_owned(), if edited == true { edited } else { Value::Null });
            }
            ("defaultEmailAddress", Value::Object(mut own)) => {
                fields.insert("email".to_owned(), own.remove("emailAddress").unwrap_or_default());
            }
            ("defaultPhoneNumber", Value::Object(mut own)) => {
                fields.insert("phone".to_owned(), own.remove("phoneNumber").unwrap_or_default());
            }
            // A duty's price is a set by another name.
            ("price", set @ Value::Object(_)) => {
                fields.insert("price_set".to_owned(), rest(set, ""));
            }
            ("discountCodes", Value::Array(codes)) => {
                let code = |code: Value| Value::Object(Map::from_iter([("code".to_owned(), code)]));
                fields.insert("discount_codes".to_owned(), Value::Array(codes.into_iter().map(code).collect()));
            }
            (_, value) => {
                let name = name(&key);
                if value.pointer("/pageInfo/hasNextPage") == Some(&Value::Bool(true)) {
                    fields.insert("first_page_of".to_owned(), Value::String(name.clone()));
                }
                let value = rest(value, &name);
                fields.insert(name, value);
            }
        }
    }
    fields
}

/// The word that REST's `fulfillment_status` has for one of `OrderDisplayFulfillmentStatus`.
fn fulfilment(status: &str) -> Value {
    match status {
        "FULFILLED" => Value::from("fulfilled"),
        "PARTIALLY_FULFILLED" => Value::from("partial"),
        "RESTOCKED" => Value::from("restocked"),
        _ => Value::Null,
    }
}

fn pointer(key: &str) -> &'static str {
    match key {
        "lineItem" => "line_item_id",
        "variant" => "variant_id",
        "product" => "product_id",
        "location" | "retailLocation" => "location_id",
        "parentTransaction" => "parent_id",
        "item" => "inventory_item_id",
        _ => "order_id",
    }
}

/// REST's name of a field.
fn name(key: &str) -> String {
    match key {
        "displayFinancialStatus" => "financial_status".to_owned(),
        "displayFulfillmentStatus" => "fulfillment_status".to_owned(),
        "currencyCode" => "currency".to_owned(),
        "presentmentCurrencyCode" => "presentment_currency".to_owned(),
        "originalUnitPriceSet" | "originalPriceSet" => "price_set".to_owned(),
        "allocatedAmountSet" => "amount_set".to_owned(),
        "isGiftCard" => "gift_card".to_owned(),
        "countryCodeV2" => "country_code".to_owned(),
        "customAttributes" => "note_attributes".to_owned(),
        other => snake(other),
    }
}

fn snake(key: &str) -> String {
    let mut out = String::with_capacity(key.len().saturating_add(4));
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Ids without `gid://shopify/Order/`, enum words in lower case.
fn word(text: String, key: &str) -> String {
    match key {
        "id" | "order_id" => {
            let last = text.rsplit('/').next().unwrap_or_default();
            if text.starts_with("gid:") { last.to_owned() } else { text }
        }
        "fulfillment_status" if text == "PARTIALLY_FULFILLED" => "partial".to_owned(),
        "financial_status" | "fulfillment_status" | "status" | "kind" | "restock_type" | "display_status" | "type" => {
            text.to_lowercase()
        }
        _ => text,
    }
}
