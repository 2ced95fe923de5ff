//! Every delivery, answer and example that was collected is read as what it is.

use rust_decimal::Decimal;
use serde_json::Value;
use sluice_channels::{Decoded, Explained};

use crate::support::{decode_delivery, delivery, explain, figures, files, fixture, json};

/// The bodies of a real shop, with topic and body.
fn deliveries() -> Vec<(String, String, Vec<u8>)> {
    let all = files("captured_deliveries").into_iter().filter_map(|file| {
        let one = json(&file);
        let topic = one["headers"].get("X-WC-Webhook-Topic")?.as_str()?.to_owned();
        Some((file, topic, one["body_text"].as_str()?.as_bytes().to_vec()))
    });
    all.collect()
}

#[test]
fn a_real_shop_is_understood_without_a_doubt() {
    let mut orders = 0;
    for (file, topic, body) in deliveries() {
        let decoded = decode_delivery(&delivery(&topic, &body, 0)).unwrap_or_else(|error| panic!("{file}: {error}"));
        match (topic.split_once('.').unwrap().0, decoded) {
            ("order", Decoded::Evidence { warnings, refused, .. }) => {
                orders += 1;
                assert!(refused.is_empty(), "{file}");
                let odd: Vec<_> = warnings.iter().filter(|one| one.code != "line_without_sku").collect();
                assert!(odd.is_empty(), "{file}: {odd:?}");
            }
            ("product" | "customer" | "coupon", Decoded::Ignored { .. }) => {}
            other => panic!("{file}: {other:?}"),
        }
    }
    assert_eq!(orders, 29);
}

/// README: over lines, shipping and fees the sum of `total + total_tax` is the order's total in every captured order.
#[test]
fn figures_of_a_real_shop_follow_from_its_bodies() {
    let number = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
    let sum = |body: &Value, list: &str, field: &str| -> Decimal {
        body[list].as_array().unwrap().iter().map(|line| number(&line[field])).sum()
    };
    for (file, topic, body) in deliveries() {
        let Ok(wire) = serde_json::from_slice::<Value>(&body) else { continue };
        if wire.get("line_items").is_none() {
            continue;
        }
        let figures = figures(&topic, &body);
        let stated = |text: &Option<String>| text.as_ref().unwrap().parse::<Decimal>().unwrap();
        assert_eq!(stated(&figures.total), number(&wire["total"]), "{file}");
        assert_eq!(stated(&figures.subtotal), sum(&wire, "line_items", "total"), "{file}");
        assert_eq!(stated(&figures.fees), sum(&wire, "fee_lines", "total"), "{file}");
        assert_eq!(stated(&figures.shipping), number(&wire["shipping_total"]), "{file}");
        assert_eq!(stated(&figures.discount), number(&wire["discount_total"]), "{file}");
        assert_eq!(stated(&figures.tax), number(&wire["total_tax"]), "{file}");
        assert_eq!(-stated(&figures.refunded), sum(&wire, "refunds", "total"), "{file}");
        let paid = if wire["date_paid_gmt"].is_null() { Decimal::ZERO } else { number(&wire["total"]) };
        assert_eq!(stated(&figures.paid), paid, "{file}");
        assert_eq!(figures.tax_included, Some(false), "{file}");
        assert_eq!(figures.external_id, wire["id"].to_string(), "{file}");
    }
}

/// What each file of answers holds: the topic to look at it with, its items, and how many of them are refused.
const ANSWERS: &[(&str, &str, usize, usize)] = &[
    ("broken-orders-mark-2.json", "pull:order", 6, 0),
    ("customer.json", "pull:customer", 1, 0),
    ("order-notes.json", "pull:order", 19, 19),
    ("order-with-attribution-info.json", "pull:order", 1, 0),
    ("order-with-line-item-attributes-before-API-support.json", "pull:order", 1, 0),
    ("order-with-subscription-renewal.json", "pull:order", 1, 0),
    ("order.json", "pull:order", 1, 0),
    ("orders-load-all.json", "pull:order", 4, 0),
    ("product-variation.json", "pull:stock", 1, 0),
    ("product-variations-load-all-manage-stock-two-states.json", "pull:stock", 2, 0),
    ("product.json", "pull:product", 1, 0),
    ("refund-single.json", "pull:refund", 1, 0),
    ("refunds-all.json", "pull:refund", 2, 0),
    ("shipment_tracking_multiple.json", "pull:shipment", 4, 0),
    // Rates of tax are nothing that is read.
    ("taxes.json", "pull:order", 3, 3),
];

#[test]
fn every_answer_of_a_test_shop_is_read() {
    let listed: Vec<String> = ANSWERS.iter().map(|(file, ..)| format!("captured_responses/{file}")).collect();
    assert_eq!(files("captured_responses"), listed);
    for (file, topic, items, refused) in ANSWERS {
        let explained = explain(topic, &fixture(&format!("captured_responses/{file}")));
        let bad = explained.iter().filter(|one| matches!(one, Explained::Refused(_))).count();
        assert_eq!((explained.len(), bad), (*items, *refused), "{file}: {explained:?}");
    }
}

#[test]
fn every_documented_example_is_read_or_refused_by_name() {
    for file in files("rest_examples") {
        let name = file.rsplit('/').next().unwrap();
        let topic = match name.split("__").next().unwrap() {
            "order_refunds" => "pull:refund",
            "products" | "product_variations" => "pull:product",
            "customers" => "pull:customer",
            _ => "pull:order",
        };
        // A request has no ids, and a webhook, a coupon, a note or a download is no order.
        let is_thing = !name.contains("request")
            && !name.contains("downloads")
            && !["webhooks", "coupons", "order_notes"].iter().any(|other| name.starts_with(other));
        for one in explain(topic, &fixture(&file)) {
            match one {
                Explained::Item { figures, .. } => {
                    // A request of a batch names what it changes by id.
                    assert!((is_thing || name.contains("batch_request")) && !figures.external_id.is_empty(), "{file}");
                }
                Explained::Refused(refusal) => assert!(!is_thing && !refusal.field.is_empty(), "{file}: {refusal}"),
                Explained::Ignored { .. } => panic!("{file}"),
            }
        }
    }
}

#[test]
fn errors_never_become_an_order() {
    for file in files("errors").into_iter().chain(["webhook_deliveries/resource_gone.body".to_owned()]) {
        let body = fixture(&file);
        for topic in ["order.updated", "pull:order", "pull:refund", "order.deleted"] {
            for one in explain(topic, &body) {
                assert!(matches!(one, Explained::Refused(_)), "{file} {topic}: {one:?}");
            }
        }
        match decode_delivery(&delivery("order.updated", &body, 0)) {
            // The right to read orders is gone: a person must give it back.
            Ok(Decoded::Notice { what: "access_denied", .. }) => {
                assert!(file.contains("cannot_view") || file.contains("forbidden"));
            }
            Err(refusal) => assert!(["code", "id"].contains(&refusal.field.as_str()), "{file}: {refusal}"),
            other => panic!("{file}: {other:?}"),
        }
    }
}
