//! T5: a call that commits after its caller is gone brings a second look, and the newer state stands at the end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, edited_order, then},
    shop::ShopOrder,
    world::{Plan, Trouble},
};

/// Edited again and again while an earlier edit is still on its way.
fn order() -> ShopOrder {
    let mut order = edited_order(1);
    order.versions.pop();
    for sold in [2, 1] {
        then(&mut order, "orders/updated", |version| version.lines[0].sold = sold);
    }
    order
}

/// Delivered elsewhere with each version.
fn moving_order() -> ShopOrder {
    let mut order = edited_order(1);
    order.versions.truncate(1);
    for house in [8, 9] {
        then(&mut order, "orders/updated", |version| version.house = house);
    }
    order
}

#[test]
fn t05_an_address_that_commits_late_is_looked_at_again() {
    for version in VERSIONS {
        let mut smooth = Scene::new(version, CALM);
        smooth.tell(moving_order());
        smooth.finish_well();
        for call in 0..smooth.world.calls().1 {
            let mut scene = Scene::new(version, Plan::OdooCall(call, Trouble::Late));
            let placed = scene.tell(moving_order());
            scene.finish_well();
            assert_eq!(
                (scene.state(&placed).as_str(), scene.waits(&placed)),
                ("draft", None),
                "call {call} on {version}"
            );
        }
    }
}

#[test]
fn t05_a_late_commit_is_looked_at_again() {
    for version in VERSIONS {
        let mut smooth = Scene::new(version, CALM);
        let placed = smooth.tell(order());
        smooth.finish_well();
        let total = smooth.total(&placed);
        for call in 0..smooth.world.calls().1 {
            let mut scene = Scene::new(version, Plan::OdooCall(call, Trouble::Late));
            let placed = scene.tell(order());
            scene.finish_well();
            assert_eq!(scene.total(&placed), total, "call {call} on {version}");
            assert_eq!(scene.world.open_calls(), 0);
        }
    }
}
