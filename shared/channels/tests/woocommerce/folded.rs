//! The life of an order, in any order of its deliveries.

use serde_json::{Value, json};
use sluice_channels::Decoded;
use sluice_domain::{
    delivery::Delivery,
    order::{OrderState, PaymentState},
    state::{OrderFacets, fold},
};

use crate::{
    support::{decode_delivery, delivery, json, sane_with},
    variations::{permutations, set},
};

fn pushed(topic: &str, body: &Value, second: i64) -> Delivery {
    delivery(topic, body.to_string().as_bytes(), second)
}

fn state_of<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> OrderFacets {
    let mut state = OrderFacets::default();
    for delivery in deliveries {
        match decode_delivery(delivery).unwrap() {
            Decoded::Evidence { evidence, .. } => {
                for one in evidence {
                    fold(&mut state, one);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    state
}

/// "Paid" and "partly refunded" within one second (README: of one order under one delivery id); the whole refund a day later.
fn life() -> Vec<Delivery> {
    let unpaid = [("status", json!("pending")), ("date_paid", Value::Null), ("date_paid_gmt", Value::Null)];
    let refund = ("refunds", json!([{"id": 41, "total": "-10.00"}]));
    let later = ("date_modified_gmt", json!("2026-11-21T10:00:00"));
    let own = json!([{"id": 41, "total": "-10.00", "amount": "10.00", "date_created_gmt": "2026-11-20T10:00:05", "line_items": [
        {"id": 91, "quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "12"}]}]}]);
    vec![
        pushed("order.created", &sane_with(&unpaid), 0),
        pushed("order.updated", &sane_with(&[]), 0),
        pushed("order.updated", &sane_with(std::slice::from_ref(&refund)), 0),
        pushed("order.updated", &sane_with(&[refund, ("status", json!("completed")), later.clone()]), 5),
        pushed("pull:order", &sane_with(&[("refunds", own), ("status", json!("completed")), later]), 9),
    ]
}

#[test]
fn every_permutation_ends_in_the_same_state() {
    let life = life();
    let expected = state_of(&life);
    let order = &expected.order.as_ref().unwrap().value;
    assert_eq!((&order.state, &order.payment), (&OrderState::Closed, &PaymentState::PartiallyRefunded));
    assert_eq!(expected.refunds["41"].value.lines.len(), 1, "what says more counts");
    for permutation in permutations(&[0, 1, 2, 3, 4]) {
        let twice = permutation.iter().chain(&permutation);
        assert_eq!(state_of(twice.map(|at| &life[*at])), expected, "{permutation:?}");
    }
}

#[test]
fn within_one_second_the_later_fact_wins() {
    let life = life();
    for permutation in permutations(&[0, 1, 2]) {
        let order = state_of(permutation.iter().map(|at| &life[*at])).order.unwrap().value;
        assert_eq!(order.payment, PaymentState::PartiallyRefunded, "{permutation:?}");
    }
}

#[test]
fn every_permutation_of_a_real_orders_deliveries_ends_in_the_same_state() {
    let files =
        ["023-order.created", "024-order.updated", "025-order.updated", "029-order.updated", "030-order.updated"];
    let life: Vec<Delivery> = files
        .iter()
        .map(|file| {
            let one = json(&format!("captured_deliveries/{file}.json"));
            let topic = one["headers"]["X-WC-Webhook-Topic"].as_str().unwrap();
            delivery(topic, one["body_text"].as_str().unwrap().as_bytes(), 0)
        })
        .collect();
    let expected = state_of(&life);
    assert_eq!(expected.order.as_ref().unwrap().value.refunded.unwrap().to_string(), "12.90");
    for permutation in permutations(&[0, 1, 2, 3, 4]) {
        assert_eq!(state_of(permutation.iter().map(|at| &life[*at])), expected, "{permutation:?}");
    }
}

/// A deletion says only the id and no time; a version that is later, or a read that began later, shows the order to be there.
#[test]
fn a_deleted_order_may_come_back() {
    let gone = pushed("order.deleted", &json!({"id": 7301}), 100);
    let before = pushed("order.updated", &sane_with(&[]), 50);
    let mut back = sane_with(&[("status", json!("pending"))]);
    set(&mut back, "date_modified_gmt", json!("2026-11-25T00:05:00"));
    let restored = pushed("order.restored", &back, 400);
    let read = delivery("pull:order", sane_with(&[]).to_string().as_bytes(), 200);
    for (deliveries, deleted) in [
        (vec![&gone], true),
        (vec![&gone, &before], true),
        (vec![&before, &gone], true),
        (vec![&gone, &restored], false),
        (vec![&restored, &gone, &before], false),
        (vec![&gone, &read], false),
        (vec![&read, &gone], false),
    ] {
        assert_eq!(state_of(deliveries.clone()).is_deleted(), deleted, "{deliveries:?}");
    }
}
