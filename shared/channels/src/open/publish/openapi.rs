//! The `OpenAPI` document (3.1, whose schemas are JSON Schema 2020-12): one address, and what it answers.

use serde_json::{Value, json};

use super::schema::definitions;
use crate::open::wire::VERSION;

/// Where `OpenAPI` keeps what JSON Schema has in `$defs`.
const SCHEMAS: &str = "#/components/schemas/";

/// The `OpenAPI` document.
#[must_use]
pub fn openapi() -> Value {
    let (definitions, events) = definitions();
    let mut schemas = Value::Object(definitions);
    moved(&mut schemas);
    let any_of: Vec<Value> = events.iter().map(|name| json!({"$ref": format!("{SCHEMAS}{name}")})).collect();
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.insert("Event".into(), json!({"description": "Any event.", "anyOf": any_of}));
        schemas.insert("Problem".into(), problem());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sluice open channel",
            "version": VERSION,
            "description": "Send events about orders, refunds, products, stock and customers. Signed as Standard Webhooks 1.0.0 has it \
                            (https://www.standardwebhooks.com). Written by a program from the types that read it: do not edit.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {"/webhooks/open/{account}": {"post": operation()}},
        "components": {"schemas": schemas},
    })
}

fn operation() -> Value {
    let header = |name: &str, about: &str, schema: Value| json!({"name": name, "in": "header", "required": true, "description": about, "schema": schema});
    json!({
        "operationId": "sendEvent",
        "summary": "Sends one event",
        "parameters": [
            {"name": "account", "in": "path", "required": true, "description": "The account's name.", "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,31}$"}},
            header("webhook-id", "The event's own id, the same in every repetition; no full stop in it.", json!({"type": "string", "minLength": 1, "pattern": "^[^.]+$"})),
            header("webhook-timestamp", "Seconds since 1970 when this attempt was made; at most 5 minutes from now.", json!({"type": "string", "pattern": "^[0-9]+$"})),
            header("webhook-signature", "`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, with the bytes that the secret has in base64 behind `whsec_`. Several stand with blanks between them.", json!({"type": "string", "pattern": "^v1,"})),
        ],
        "requestBody": {
            "required": true,
            "description": "At most 1 MiB. Signed byte for byte as it is sent.",
            "content": {"application/json": {"schema": {"$ref": format!("{SCHEMAS}Event")}}},
        },
        "responses": {
            "200": {"description": "It is kept for good. A sentence where nothing comes of it yet.", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "401": {"description": "The signature, the account or the source is not accepted; nothing was kept."},
            "413": {"description": "Larger than 1 MiB; nothing was kept."},
            "422": {"description": "The body is not as this contract has it; nothing was kept. Correct it: sending it again as it is does not help.", "content": {"application/problem+json": {"schema": {"$ref": format!("{SCHEMAS}Problem")}}}},
            "503": {"description": "Not now; nothing was kept. Send it again."},
        },
    })
}

/// What 422 says (RFC 9457; pointers are RFC 6901).
fn problem() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    json!({
        "type": "object",
        "description": "What is wrong with a body. No value of it is repeated.",
        "required": ["type", "title", "status", "detail", "errors", "more"],
        "properties": {
            "type": text("Always `about:blank`."),
            "title": text("That of the status."),
            "status": {"type": "integer", "description": "422."},
            "detail": text("A sentence."),
            "errors": {
                "type": "array",
                "description": "What is wrong: up to 50 fields.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "problem", "fix"],
                    "properties": {
                        "pointer": text("Where, as RFC 6901 writes it; empty for the whole body."),
                        "problem": text("What is wrong."),
                        "fix": text("What to write instead."),
                    },
                },
            },
            "more": {"type": "integer", "description": "How many more fields are wrong."},
        },
    })
}

/// Rewrites references to where `OpenAPI` keeps schemas.
fn moved(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let target = value.as_str().and_then(|text| text.strip_prefix("#/$defs/")).filter(|_| name == "$ref");
                match target.map(|target| format!("{SCHEMAS}{target}")) {
                    Some(target) => *value = Value::String(target),
                    None => moved(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(moved),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
