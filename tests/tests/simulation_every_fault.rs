//! Every fault at every call: however one call ends, one confirmed order with the right totals stands at the end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, edited_order, plain_order, then},
    shop::ShopOrder,
    world::{Plan, Strike, Trouble},
};

const STRIKES: [Strike; 5] =
    [Strike::CrashBefore, Strike::CrashAfter, Strike::Refuse, Strike::Unsure, Strike::Conflict];
const TROUBLES: [Trouble; 11] = [
    Trouble::Lost,
    Trouble::Dropped,
    Trouble::Late,
    Trouble::Serialization,
    Trouble::Deadlock,
    Trouble::TooMany,
    Trouble::Unavailable,
    Trouble::BadGateway,
    Trouble::Refused,
    Trouble::Slow,
    Trouble::Retried,
];

fn play(version: u16, plan: Plan, order: ShopOrder) -> Scene {
    let what = format!("Odoo {version}, {plan:?}");
    let mut scene = Scene::new(version, plan);
    let order = scene.tell(order);
    let findings = scene.finish();
    assert!(findings.is_clean(), "{what}: {:#?}", findings.shown(5));
    assert_eq!(scene.state(&order), "sale", "{what}");
    scene
}

/// Port calls of a run in which nothing goes wrong, and those of Odoo among them.
fn calls(version: u16, order: ShopOrder) -> (u64, u64) {
    play(version, CALM, order).world.calls()
}

#[test]
fn a_crash_before_and_after_or_an_error_at_every_port_call() {
    for version in VERSIONS {
        let (all, _) = calls(version, plain_order(1));
        assert!(all > 30, "{all} calls are too few to be the whole story");
        for call in 0..all {
            for strike in STRIKES {
                play(version, Plan::Call(call, strike), plain_order(1));
            }
        }
    }
}

/// Pending, then paid and delivered elsewhere, both at once.
fn moved_order() -> ShopOrder {
    let mut order = plain_order(1);
    order.versions[0].payment = "pending";
    then(&mut order, "orders/paid", |version| (version.payment, version.house) = ("paid", 8));
    order
}

#[test]
fn a_crash_before_and_after_every_port_call_of_an_order_that_changes() {
    for order in [edited_order(1), moved_order()] {
        let (all, _) = calls(19, order.clone());
        for call in 0..all {
            for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::Unsure] {
                let scene = play(19, Plan::Call(call, strike), order.clone());
                assert_eq!(scene.waits(&scene.orders[0]), None, "call {call}, {strike:?}");
            }
        }
    }
}

#[test]
fn trouble_at_every_call_of_odoo() {
    for version in VERSIONS {
        for order in [plain_order(1), edited_order(1)] {
            let (_, odoo) = calls(version, order.clone());
            for call in 0..odoo {
                for trouble in TROUBLES {
                    play(version, Plan::OdooCall(call, trouble), order.clone());
                }
            }
        }
    }
}
