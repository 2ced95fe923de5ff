//! The comparison of schemas finds each kind of break, and nothing else.

use serde_json::{Value, json};
use sluice_tests::compatible::breaks;

fn schema() -> Value {
    json!({
        "version": "1.0",
        "anyOf": [{"$ref": "#/$defs/Order"}, {"$ref": "#/$defs/Gone"}],
        "$defs": {
            "Gone": {"type": "object", "required": ["id"], "properties": {"id": {"type": ["string", "integer"], "minimum": 0}}},
            "Order": {
                "type": "object",
                "description": "An order.",
                "required": ["id", "lines"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[a-z]+$"},
                    "state": {"type": "string", "enum": ["open", "closed"]},
                    "at": {"type": "string", "format": "date-time"},
                    "lines": {"type": "array", "maxItems": 10, "items": {"$ref": "#/$defs/Line"}},
                }
            },
            "Line": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "note": {"type": "string"}, "parts": {"type": "array", "items": {"$ref": "#/$defs/Line"}}},
            },
        }
    })
}

/// What the schema with another value somewhere breaks; `null` takes a keyword away.
fn changed(pointer: &str, value: Value) -> Vec<String> {
    let mut new = schema();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = new.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name).unwrap();
    } else {
        parent.insert(name.to_owned(), value);
    }
    breaks(&schema(), &new)
}

#[test]
fn each_kind_of_break_is_found() {
    for (pointer, value, expected) in [
        ("/$defs/Line/properties/note", Value::Null, "(Order)/lines/*/note: removed"),
        ("/$defs/Order/properties", Value::Null, "(Order)/id: removed"),
        ("/$defs/Line/required", json!(["sku", "note"]), "(Order)/lines/*/\"note\": newly required"),
        ("/$defs/Gone/properties/id/type", json!("string"), "(Gone)/id: type \"integer\" is no longer allowed"),
        ("/$defs/Order/properties/id/type", json!("integer"), "(Order)/id: type \"string\" is no longer allowed"),
        ("/$defs/Order/properties/state/enum", json!(["open"]), "(Order)/state: enum \"closed\" is no longer allowed"),
        ("/$defs/Line/properties/sku/enum", json!(["a"]), "(Order)/lines/*/sku: enum was added"),
        ("/$defs/Order/properties/id/pattern", json!("^[a-y]+$"), "(Order)/id: pattern was changed"),
        ("/$defs/Line/properties/sku/pattern", json!("^.$"), "(Order)/lines/*/sku: pattern was added"),
        ("/$defs/Order/properties/id/minLength", json!(2), "(Order)/id: minLength was changed"),
        ("/$defs/Order/properties/id/maxLength", json!(199), "(Order)/id: maxLength was changed"),
        ("/$defs/Line/properties/sku/maxLength", json!(9), "(Order)/lines/*/sku: maxLength was added"),
        ("/$defs/Order/properties/lines/maxItems", json!(9), "(Order)/lines: maxItems was changed"),
        ("/$defs/Gone/properties/id/minimum", json!(1), "(Gone)/id: minimum was changed"),
        ("/$defs/Line/properties/sku/format", json!("uuid"), "(Order)/lines/*/sku: format was added"),
        ("/$defs/Order/additionalProperties", json!(false), "(Order): additionalProperties was added"),
        ("/$defs/Order/propertyNames", json!({}), "(Order): propertyNames was added"),
        ("/$defs/Gone", Value::Null, "(Gone): what it refers to is gone"),
        ("/anyOf", json!([{"$ref": "#/$defs/Order"}]), "(Gone): removed"),
        ("/anyOf", Value::Null, "(Order): removed"),
    ] {
        let found = changed(pointer, value);
        assert!(found.iter().any(|found| found == expected), "{pointer}: {found:?} without {expected}");
    }
}

#[test]
fn what_lets_more_through_breaks_nothing() {
    assert_eq!(breaks(&schema(), &schema()), [""; 0]);
    for (pointer, value) in [
        ("/$defs/Line/properties/colour", json!({"type": "string", "enum": ["red"]})),
        ("/$defs/Order/required", json!(["id"])),
        ("/$defs/Order/required", Value::Null),
        ("/$defs/Order/description", json!("Another sentence.")),
        ("/$defs/Order/properties/id/type", json!(["string", "null"])),
        ("/$defs/Gone/properties/id/type", json!(["string", "number"])),
        ("/$defs/Order/properties/state/enum", json!(["open", "closed", "lost"])),
        ("/$defs/Order/properties/state/enum", Value::Null),
        ("/$defs/Order/properties/id/pattern", Value::Null),
        ("/$defs/Order/properties/id/maxLength", json!(201)),
        ("/$defs/Order/properties/id/minLength", json!(0)),
        ("/$defs/Order/properties/lines/maxItems", Value::Null),
        ("/anyOf", json!([{"$ref": "#/$defs/Gone"}, {"$ref": "#/$defs/Line"}, {"$ref": "#/$defs/Order"}])),
        ("/version", json!("1.1")),
    ] {
        assert_eq!(changed(pointer, value), [""; 0], "{pointer}");
    }
}
