//! Bodies that nobody should send.

use serde_json::{Value, json};
use sluice_channels::Decoded;

use crate::sample::{Sample, pointers, samples};

/// What stands in a refusal or a warning only if it was repeated.
const MARK: &str = "Zq-Mark-77";

/// What a value is replaced by.
fn odd() -> Vec<Value> {
    let deep = (0..200).fold(json!(1), |inside, _| json!([inside]));
    vec![
        Value::Null,
        json!(true),
        json!(false),
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(0.1),
        json!(""),
        json!(MARK),
        json!("-0.001"),
        json!("9".repeat(400)),
        json!("2026-11-20T10:00:00"),
        json!("gid://x/y/z"),
        json!("\u{0}\u{202e}\u{ffff}"),
        json!([]),
        json!({}),
        json!([MARK]),
        json!({"a": MARK}),
        deep,
    ]
}

/// What decoding said, to be looked through.
fn said(sample: &Sample, topic: &str, body: &[u8]) -> String {
    match sample.decode(&sample.delivery(topic, body, 0)) {
        Ok(Decoded::Evidence { warnings, refused, .. }) => format!("{warnings:?} {refused:?}"),
        Ok(Decoded::Ignored { .. } | Decoded::Thin { .. } | Decoded::Notice { .. }) => String::new(),
        Err(refusal) => {
            assert!(!refusal.field.is_empty() && !refusal.problem.is_empty(), "{refusal:?}");
            refusal.to_string()
        }
    }
}

#[test]
fn d7_no_value_makes_an_adapter_panic() {
    for sample in samples() {
        let order = sample.order();
        for pointer in pointers(&order) {
            for odd in odd() {
                let body = sample.order_with(&[(pointer.as_str(), odd)]).to_string();
                for topic in [sample.text("topic"), "pull:order"] {
                    said(&sample, topic, body.as_bytes());
                    sample.explain(topic, body.as_bytes());
                }
            }
            let mut without = order.clone();
            if let Some((parent, name)) = pointer.rsplit_once('/')
                && let Some(Value::Object(fields)) = without.pointer_mut(parent)
            {
                fields.remove(name);
                said(&sample, sample.text("topic"), without.to_string().as_bytes());
            }
        }
    }
}

#[test]
fn d8_nothing_personal_is_repeated() {
    for sample in samples() {
        let order = sample.order();
        for pointer in pointers(&order) {
            for odd in [json!(MARK), json!({"a": MARK}), json!([MARK])] {
                let body = sample.order_with(&[(pointer.as_str(), odd)]).to_string();
                let said = said(&sample, sample.text("topic"), body.as_bytes());
                // The number and the id of an order are nobody's.
                assert!(!said.contains(MARK) || said.contains("external_id: Some"), "{pointer}: {said}");
            }
        }
        for personal in sample.pointer("personal").as_array().unwrap() {
            let personal = personal.as_str().unwrap();
            assert!(order.pointer(personal).is_some_and(Value::is_string), "{personal}");
        }
    }
}

/// Cut anywhere, garbled anywhere, wrapped as deep as it goes.
#[test]
fn d7_no_bytes_make_an_adapter_panic() {
    for sample in samples() {
        let body = sample.order().to_string().into_bytes();
        for at in (0..body.len()).step_by(7) {
            for topic in [sample.text("topic"), "pull:order"] {
                said(&sample, topic, &body[..at]);
                let mut garbled = body.clone();
                garbled[at] = 0xff;
                said(&sample, topic, &garbled);
                garbled[at] = b'"';
                said(&sample, topic, &garbled);
                sample.explain(topic, &garbled);
            }
        }
        for deep in ["[".repeat(100_000), "{\"data\":".repeat(50_000), "{\"a\":[".repeat(20_000)] {
            for topic in [sample.text("topic"), "pull:order", "pull:refund", "pull:product"] {
                said(&sample, topic, deep.as_bytes());
                sample.explain(topic, deep.as_bytes());
            }
        }
    }
}
