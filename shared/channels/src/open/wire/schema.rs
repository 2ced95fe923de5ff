//! The objects of a JSON Schema while it is being written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Definitions by name. Fields that are not named are allowed: they are not read, and a later version may name them.
#[derive(Default)]
pub(in crate::open) struct Definitions(BTreeMap<&'static str, Value>);

/// What the lines of a comment say, as one paragraph.
fn paragraph(text: &str) -> Value {
    Value::String(text.trim().to_owned())
}

impl Definitions {
    /// Begins an object; `false` where it is known already.
    pub(in crate::open) fn begin(&mut self, name: &'static str) -> bool {
        if self.0.contains_key(name) {
            return false;
        }
        self.0.insert(name, json!({"type": "object", "required": [], "properties": {}}));
        true
    }

    /// Adds a property, and whether it is required.
    pub(in crate::open) fn property(
        &mut self,
        name: &'static str,
        (field, required): (&'static str, bool),
        about: &str,
        mut schema: Value,
    ) {
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), paragraph(about));
        }
        let Some(Value::Object(object)) = self.0.get_mut(name) else { return };
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            properties.insert(field.to_owned(), schema);
        }
        if let (true, Some(Value::Array(all))) = (required, object.get_mut("required")) {
            all.push(Value::from(field));
        }
    }

    /// Says what an object is.
    pub(in crate::open) fn describe(&mut self, name: &'static str, about: &str) {
        if let Some(Value::Object(object)) = self.0.get_mut(name) {
            object.insert("description".to_owned(), paragraph(about));
        }
    }

    /// A reference to one of them.
    pub(in crate::open) fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// All of them.
    pub(in crate::open) fn into_value(self) -> Map<String, Value> {
        self.0.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
    }
}
