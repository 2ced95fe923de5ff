//! What is published, is what is read.

use serde_json::{Value, json};
use sluice_channels::{Checked, Inbound, channel, open_openapi, open_schema, open_version};
use sluice_tests::{
    compatible::breaks,
    contract::{FOLDER, documents},
    source::root,
};

use crate::schema;

fn published(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(root().join(FOLDER).join(name)).unwrap()).unwrap()
}

fn sample(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(root().join("tests/fixtures/open").join(file)).unwrap()).unwrap()
}

const SAMPLES: &[&str] = &["order.json", "refund.json", "product.json", "stock.json", "customer.json"];

#[test]
fn the_documents_are_those_of_the_types() {
    for (name, text) in documents() {
        let found = std::fs::read_to_string(root().join(FOLDER).join(&name)).unwrap_or_default();
        assert!(
            found == text,
            "{FOLDER}/{name} is not what the types say. What was released is another version: raise VERSION and MINOR in \
             shared/channels/src/open/wire/event.rs if `published/` has this one already; then write the documents anew \
             (cargo run -p sluice-tests --bin contract)"
        );
    }
}

#[test]
fn nothing_that_was_published_is_broken() {
    let major = |version: &str| version.split('.').next().map(ToOwned::to_owned);
    let mut compared = 0;
    for entry in std::fs::read_dir(root().join(FOLDER).join("published")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let version = name.strip_suffix(".json").unwrap();
        let old = published(&format!("published/{name}"));
        assert_eq!(old["version"], version);
        if major(version) == major(open_version()) {
            assert_eq!(breaks(&old, &open_schema()), [""; 0], "version {version}: raise the first number, or leave it");
            compared += 1;
        }
    }
    assert!(compared > 0);
}

/// Against the real schema too: each thing that is taken out of it is found.
#[test]
fn a_property_that_goes_is_found_wherever_it_stands() {
    let old = open_schema();
    let mut tried = 0;
    for (definition, schema) in old["$defs"].as_object().unwrap() {
        for property in schema["properties"].as_object().unwrap().keys() {
            let mut new = old.clone();
            new["$defs"][definition]["properties"].as_object_mut().unwrap().remove(property);
            let found = breaks(&old, &new);
            assert!(found.iter().any(|one| one.ends_with(&format!("/{property}: removed"))), "{definition}.{property}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn the_samples_fit_the_schema() {
    for file in SAMPLES {
        schema::check(&open_schema(), &sample(file)).unwrap_or_else(|why| panic!("{file}: {why}"));
    }
    let gone = json!({"schema_version": "1.0", "type": "order.deleted", "timestamp": "2026-11-20T10:00:00Z",
        "source": "shop.example.com", "data": {"id": 7}});
    schema::check(&open_schema(), &gone).unwrap();
}

/// What the schema forbids the reader refuses: a sender who holds bodies against the schema is not surprised either way.
#[test]
fn schema_and_reader_agree() {
    let open = channel("open").unwrap();
    let now = jiff::Timestamp::from_second(0).unwrap();
    let odd = [json!(true), json!(-1), json!({}), json!([]), json!([7]), json!("?/ ?"), json!(""), Value::Null];
    let (mut refused, mut taken) = (0, 0);
    for file in SAMPLES {
        let whole = sample(file);
        for pointer in pointers(&whole) {
            for odd in &odd {
                let mut body = whole.clone();
                *body.pointer_mut(&pointer).unwrap() = odd.clone();
                let text = body.to_string();
                let inbound = Inbound { headers: &[], body: text.as_bytes(), url: None, now };
                let is_refused = matches!(open.check(&inbound), Checked::Faulty { .. });
                let is_wrong = schema::check(&open_schema(), &body).is_err();
                // `null` and empty text stand for nothing in a field that is not required, which no schema of 2020-12 says briefly.
                let nothing = odd.is_null() || odd == "";
                assert!(!is_wrong || is_refused || nothing, "{file} {pointer}: {odd} does not fit and is taken");
                if is_refused { refused += 1 } else { taken += 1 }
            }
        }
    }
    println!("{refused} refused, {taken} taken");
    assert!(refused > 1_000 && taken > 20);
}

fn pointers(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let below = children.into_iter().flat_map(|(name, child)| {
        let below = pointers(child).into_iter().map(move |below| format!("/{name}{below}"));
        below.collect::<Vec<_>>()
    });
    std::iter::once(String::new()).chain(below).collect()
}

#[test]
fn every_reference_of_the_openapi_document_leads_somewhere() {
    let document = open_openapi();
    let text = document.to_string();
    let targets: Vec<&str> = text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 30, "{}", targets.len());
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{target}"));
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    assert_eq!(document["info"]["version"], open_version());
}

/// Whoever reads the schema alone knows what each field means.
#[test]
fn every_field_is_described() {
    for (definition, schema) in open_schema()["$defs"].as_object().unwrap() {
        assert!(schema["description"].as_str().is_some_and(|text| text.len() > 5), "{definition}");
        for (name, property) in schema["properties"].as_object().unwrap() {
            let told = property["description"].is_string() || property["$ref"].is_string();
            assert!(told, "{definition}.{name}");
        }
    }
}
