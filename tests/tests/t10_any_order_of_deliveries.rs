//! T10: every permutation of what is said about an order, with copies, ends in the same state.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, edited_order, then},
    shop::{Back, ShopOrder, refund},
};

/// Every order of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let insert = |old: &Vec<usize>, place: usize| {
        let mut new = old.clone();
        new.insert(place, count - 1);
        new
    };
    shorter.iter().flat_map(|old| (0..count).map(move |place| insert(old, place))).collect()
}

/// Sends all versions in that order, each twice, so many seconds apart; answers what stands at the end.
fn end(order: &ShopOrder, sequence: &[usize], apart: i64) -> (String, String) {
    let mut scene = Scene::new(18, CALM);
    let order = scene.place(order.clone());
    for (place, version) in sequence.iter().chain(sequence).enumerate() {
        let topic = order.versions[*version].topic;
        scene.post(&order, (*version, topic), 600 + i64::try_from(place).unwrap() * apart);
    }
    scene.finish_well();
    (scene.state(&order), scene.total(&order))
}

fn check(order: &ShopOrder, expect: &str) {
    let total = order.coin.text(order.sums().total);
    for sequence in permutations(order.versions.len()) {
        for apart in [0, 20] {
            let found = end(order, &sequence, apart);
            assert_eq!(found, (expect.to_owned(), total.clone()), "{sequence:?}, {apart} s apart");
        }
    }
}

/// Created, edited, paid, shipped.
fn shipped() -> ShopOrder {
    let mut order = edited_order(1);
    then(&mut order, "orders/fulfilled", |version| version.shipped = true);
    order
}

#[test]
fn t10_create_updated_paid_fulfilled_in_any_order() {
    check(&shipped(), "sale");
}

#[test]
fn t10_with_a_refund() {
    let mut order = edited_order(1);
    refund(&mut order, Back::Unit, 60);
    check(&order, "sale");
}

#[test]
fn t10_cancelled_before_anything_was_paid() {
    let mut order = edited_order(1);
    order.versions[2].payment = "pending";
    order.versions[2].lines = order.versions[0].lines.clone();
    order.versions[1].lines = order.versions[0].lines.clone();
    then(&mut order, "orders/cancelled", |version| {
        version.cancelled = true;
        version.payment = "voided";
    });
    check(&order, "cancel");
}
