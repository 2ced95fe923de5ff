//! Shopify: whole payloads as other shops send them, each with the figures that were worked out from it by hand. They were
//! written for these tests (`tests/fixtures/shopify/shops`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it is surprised"
)]

mod support;

use serde_json::Value;
use support::{fixture, json, summary};

fn expected() -> Vec<(String, Value)> {
    json("shops/expected.json").as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn every_shop_has_the_figures_of_its_payload() {
    for (name, expect) in expected() {
        let topic = expect["topic"].as_str().unwrap();
        let (shown, warnings) = summary(topic, &fixture(&format!("shops/{name}.json")));
        for (key, value) in expect["figures"].as_object().unwrap() {
            assert_eq!(&shown[key], value, "{name}: {key}");
        }
        let codes: Vec<&str> = warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
        assert_eq!(serde_json::to_value(codes).unwrap(), expect["warnings"], "{name}");
    }
}

#[test]
fn every_payload_is_expected_to_be_something() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/shopify/shops");
    let names = expected();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(name == "expected" || names.iter().any(|(known, _)| *known == name), "{name}");
    }
}

/// A total that the payload's own parts give: subtotal, shipping, fees and tip, and tax where prices do not contain it.
#[test]
fn the_figures_add_up() {
    let cents = |value: &Value| value.as_str().map(|text| text.replace('.', "").parse::<i64>().unwrap());
    for (name, expect) in expected() {
        let topic = expect["topic"].as_str().unwrap();
        let (shown, _) = summary(topic, &fixture(&format!("shops/{name}.json")));
        let Some(total) = cents(&shown["total"]) else { continue };
        let mut parts = vec!["subtotal", "shipping", "fees", "tip"];
        if shown["tax_included"] == false {
            parts.push("tax");
        }
        assert_eq!(parts.into_iter().filter_map(|key| cents(&shown[key])).sum::<i64>(), total, "{name}");
    }
}
