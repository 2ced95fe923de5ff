//! Shopify: every order and number of copies of the same deliveries ends in the same state.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a test stops where it is surprised, and tables of cases are long"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use sluice_channels::Decoded;
use sluice_domain::{
    delivery::Delivery,
    order::{OrderState, PaymentState},
    state::{OrderFacets, ReadOrPush, fold},
};
use support::{decode_delivery, delivery, sane_with, variations::permutations};

const PLACED: &str = "2026-11-01T10:00:05+01:00";
const LATER: &str = "2026-11-01T12:00:00+01:00";

fn refund() -> Value {
    json!({"id": 31, "order_id": 9_007_199_254_740_993_u64, "created_at": "2026-11-01T11:59:00+01:00",
        "total_duties_set": {"shop_money": {"amount": "0.00", "currency_code": "EUR"},
                             "presentment_money": {"amount": "0.00", "currency_code": "EUR"}},
        "refund_line_items": [{"line_item_id": 11, "quantity": 1, "restock_type": "return", "location_id": 5,
            "subtotal": 18.0, "total_tax": 1.8}],
        "transactions": [{"kind": "refund", "status": "success", "amount": "19.80", "currency": "EUR"}]})
}

/// The life of an order. Created, updated, paid and shipped within one second, so with one `updated_at`; then one mug comes
/// back, and the rest is called off.
fn life() -> Vec<Delivery> {
    let pushed = |topic: &str, body: &Value, at: i64| delivery(topic, body.to_string().as_bytes(), at);
    let paid = [("financial_status", json!("paid")), ("total_outstanding", json!("0.00"))];
    let mut shipped = paid.to_vec();
    shipped
        .extend([("fulfillments", json!([{"id": 41, "status": "success"}])), ("fulfillment_status", json!("partial"))]);
    let mut cancelled = shipped.clone();
    cancelled.extend([
        ("updated_at", json!(LATER)),
        ("cancelled_at", json!(LATER)),
        ("financial_status", json!("partially_refunded")),
        ("line_items/0/current_quantity", json!(1)),
        ("current_total_price", json!("36.30")),
        ("refunds", json!([refund()])),
    ]);
    vec![
        pushed("orders/create", &sane_with(&[]), 1_000),
        pushed("orders/updated", &sane_with(&[("tags", json!("vip, gift, seen"))]), 1_001),
        pushed("orders/paid", &sane_with(&paid), 1_002),
        pushed("orders/partially_fulfilled", &sane_with(&shipped), 1_003),
        pushed("refunds/create", &refund(), 2_000),
        pushed("orders/cancelled", &sane_with(&cancelled), 2_001),
    ]
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

#[test]
fn every_permutation_ends_in_the_same_state() {
    let life = life();
    let expected = state_of(&life);
    let order = &expected.order.as_ref().unwrap().value;
    assert_eq!((&order.state, &order.payment), (&OrderState::Cancelled, &PaymentState::PartiallyRefunded));
    assert_eq!(expected.refunds["31"].value.amount.unwrap().to_string(), "19.80");
    for permutation in permutations(&[0, 1, 2, 3, 4, 5]) {
        assert_eq!(state_of(permutation.iter().map(|at| &life[*at])), expected, "{permutation:?}");
    }
}

#[test]
fn within_one_version_the_later_fact_wins() {
    let life = life();
    for permutation in permutations(&[0, 1, 2, 3]) {
        let state = state_of(permutation.iter().map(|at| &life[*at]));
        let order = state.order.unwrap().value;
        assert!(order.shipped && order.payment == PaymentState::Paid, "{permutation:?}");
    }
}

#[test]
fn a_refund_is_one_facet_on_both_paths() {
    let life = life();
    let (own, listed) = (state_of([&life[4]]), state_of([&life[5]]));
    assert_eq!(own.refunds["31"].value, listed.refunds["31"].value);
    assert_eq!(own.refunds["31"].rank.version, listed.refunds["31"].rank.version);
}

#[test]
fn a_read_beats_a_push_of_the_same_version() {
    let push = delivery("orders/updated", sane_with(&[]).to_string().as_bytes(), 5_000);
    let body = json!({"order": sane_with(&[("tags", json!("read"))])});
    let read = delivery("pull:order", body.to_string().as_bytes(), 4_000);
    for pair in [[&push, &read], [&read, &push]] {
        let kept = state_of(pair).order.unwrap();
        assert_eq!((kept.value.tags.as_slice(), kept.rank.source), (["read".to_owned()].as_slice(), ReadOrPush::Read));
    }
}

#[test]
fn an_edit_outdates_what_is_held_until_the_order_follows() {
    let edit = json!({"order_edit": {"id": 1, "order_id": 9_007_199_254_740_993_u64, "committed_at": LATER}});
    let edit = delivery("orders/edited", edit.to_string().as_bytes(), 3_000);
    let before = delivery("orders/updated", sane_with(&[("updated_at", json!(PLACED))]).to_string().as_bytes(), 1_000);
    let after = delivery("orders/updated", sane_with(&[("updated_at", json!(LATER))]).to_string().as_bytes(), 3_001);
    assert!(state_of([&edit]).is_outdated());
    assert!(state_of([&before, &edit]).is_outdated() && state_of([&edit, &before]).is_outdated());
    assert!(!state_of([&edit, &after]).is_outdated() && !state_of([&after, &edit]).is_outdated());
}

#[test]
fn a_deletion_needs_only_the_id() {
    let gone = delivery("orders/delete", br#"{"id": 9007199254740993}"#, 9_000);
    let life = life();
    assert_eq!(state_of([&gone, &life[0]]), state_of([&life[0], &gone, &gone]));
    assert!(state_of([&gone]).deleted.is_some());
}

proptest! {
    #[test]
    fn copies_and_order_do_not_matter(picks in proptest::collection::vec(0_usize..6, 0..12)) {
        let life = life();
        let mut order: Vec<usize> = picks;
        order.extend(0..6);
        let expected = state_of(&life);
        prop_assert_eq!(&state_of(order.iter().map(|at| &life[*at])), &expected);
        order.reverse();
        prop_assert_eq!(&state_of(order.iter().map(|at| &life[*at])), &expected);
    }
}
