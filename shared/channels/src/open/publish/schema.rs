//! The JSON Schema (2020-12) of an event.

use serde_json::{Map, Value, json};

use crate::open::wire::{Customer, Definitions, Gone, Order, Product, Refund, Stock, VERSION, Version, Wire};

/// A kind of event: its name among the definitions, the pattern of its `type`, what it is, and its thing.
type Kind = (&'static str, &'static str, &'static str, fn(&mut Definitions) -> Value);

const KINDS: &[Kind] = &[
    (
        "OrderEvent",
        "^order\\.[a-z_]{1,40}$",
        "Something happened to an order: `order.created`, `order.updated` or a word of your own. It states all of the order.",
        Order::schema,
    ),
    ("OrderDeleted", "^order\\.deleted$", "An order is gone.", Gone::schema),
    (
        "RefundEvent",
        "^refund\\.[a-z_]{1,40}$",
        "Something happened to a refund. It states all of the refund.",
        Refund::schema,
    ),
    (
        "ProductEvent",
        "^product\\.[a-z_]{1,40}$",
        "Something happened to a product. It is checked and kept, and no flow takes it yet.",
        Product::schema,
    ),
    (
        "ProductDeleted",
        "^product\\.deleted$",
        "A product is gone. It is checked and kept, and no flow takes it yet.",
        Gone::schema,
    ),
    (
        "StockEvent",
        "^stock\\.[a-z_]{1,40}$",
        "A count of a SKU at a place. It is checked and kept, and no flow takes it yet.",
        Stock::schema,
    ),
    (
        "CustomerEvent",
        "^customer\\.[a-z_]{1,40}$",
        "Something happened to a customer. It is checked and kept, and no flow takes it yet.",
        Customer::schema,
    ),
    (
        "CustomerDeleted",
        "^customer\\.deleted$",
        "A customer is gone. It is checked and kept, and no flow takes it yet.",
        Gone::schema,
    ),
];

/// The definitions of everything, and the names of the events among them.
pub(super) fn definitions() -> (Map<String, Value>, Vec<&'static str>) {
    let mut all = Definitions::default();
    let events: Vec<(&'static str, Value)> = KINDS
        .iter()
        .map(|(name, pattern, about, thing)| {
            let data = thing(&mut all);
            (*name, event(pattern, about, &data, Version::schema(&mut all)))
        })
        .collect();
    let mut all = all.into_value();
    let names = events.iter().map(|(name, _)| *name).collect();
    all.extend(events.into_iter().map(|(name, event)| (name.to_owned(), event)));
    (all, names)
}

fn event(pattern: &str, about: &str, data: &Value, version: Value) -> Value {
    let described = |mut schema: Value, about: &str| {
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".into(), about.into());
        }
        schema
    };
    let text = |about: &str| json!({"type": "string", "minLength": 1, "maxLength": 255, "description": about});
    json!({
        "type": "object",
        "description": about,
        "required": ["schema_version", "type", "timestamp", "source", "data"],
        "properties": {
            "schema_version": described(version, "The version of this contract that the body is written in."),
            "type": described(json!({"type": "string", "pattern": pattern}), "What happened."),
            "timestamp": described(json!({"type": "string", "format": "date-time"}), "When it happened; the same in every repetition."),
            "source": text("Whose event it is: the host name that the account has as `shop_domain`."),
            "data": data,
        }
    })
}

/// The JSON Schema of an event. `null` and `""` in a field that is not required are the same as leaving it out.
#[must_use]
pub fn schema() -> Value {
    let (definitions, events) = definitions();
    let any_of: Vec<Value> = events.iter().map(|name| Definitions::reference(name)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sluice open channel: an event",
        "description": "What a shop, a middleware, a product-information or customer-relationship system sends. Written by a program from the types that read it: do not edit.",
        "version": VERSION,
        "anyOf": any_of,
        "$defs": definitions,
    })
}
