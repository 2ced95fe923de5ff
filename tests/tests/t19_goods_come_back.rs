//! T19: goods of which the channel says that they are in stock again are in stock again in Odoo, once, however calls end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use jiff::SignedDuration;
use serde_json::{Value, json};
use sluice_domain::account::{Account, CreditNotes, Returns};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order, refunded_order, then, with_credit_notes},
    shop::{Back, ShopOrder, refund},
    world::{Plan, Strike, Trouble, administer},
};

fn account(returns: Returns) -> Account {
    let mut account = with_credit_notes(CreditNotes::None);
    account.books.returns = returns;
    account
}

fn clerk(scene: &Scene, place: (&str, &str), args: &Value) -> Value {
    let now = scene.world.now();
    scene.world.odoo(|odoo| administer(odoo, place, args, &json!({}), now))
}

/// Somebody does the deliveries that are open.
fn deliver(scene: &Scene) {
    let open = json!([[["state", "not in", ["done", "cancel"]], ["return_id", "=", false]]]);
    for id in clerk(scene, ("stock.picking", "search"), &open).as_array().unwrap() {
        clerk(scene, ("stock.picking", "button_validate"), &json!([[id]]));
    }
}

/// Moves back: units, state, and whether the order would count them as not delivered.
fn back(scene: &Scene) -> Vec<(String, String, bool)> {
    let domain = json!([["origin_returned_move_id", "!=", false]]);
    let args = json!([domain, ["product_uom_qty", "state", "to_refund"]]);
    let moves = clerk(scene, ("stock.move", "search_read"), &args);
    let read = |one: &Value| {
        let state = one["state"].as_str().unwrap().to_owned();
        (one["product_uom_qty"].to_string(), state, one["to_refund"].as_bool().unwrap())
    };
    moves.as_array().unwrap().iter().map(read).collect()
}

fn moved(units: &str, state: &str) -> (String, String, bool) {
    (units.to_owned(), state.to_owned(), false)
}

/// The order is told and delivered, and after so many minutes its refund is known.
fn delivered_then_refunded(scene: &mut Scene, order: ShopOrder) -> std::sync::Arc<ShopOrder> {
    let order = scene.place(order);
    scene.post(&order, (0, "orders/create"), 1);
    scene.world.run_for(SignedDuration::from_mins(4));
    deliver(scene);
    for (number, topic) in [(1, "refunds/create"), (1, "refunds/create"), (1, "orders/updated")] {
        scene.post(&order, (number, topic), 300);
    }
    order
}

#[test]
fn t19_a_unit_that_came_back_is_received_once() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, account(Returns::Received));
        let order = delivered_then_refunded(&mut scene, refunded_order(1));
        scene.finish_well();
        assert_eq!(back(&scene), [moved("1.0", "done")], "{version}");
        // What the order delivered and was worth stays.
        assert_eq!(
            scene.in_odoo(&order, |sale| sale.lines().next().unwrap().delivered().to_string()),
            Some("2".into()),
            "{version}"
        );
        assert_eq!(scene.state(&order), "sale");
    }
}

#[test]
fn t19_what_is_expected_is_received_by_the_warehouse() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, account(Returns::Expected));
        delivered_then_refunded(&mut scene, refunded_order(1));
        scene.finish_well();
        assert_eq!(back(&scene), [moved("1.0", "assigned")], "{version}");
    }
}

#[test]
fn t19_accounts_that_do_not_ask_for_it_move_no_goods() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, account(Returns::None));
        delivered_then_refunded(&mut scene, refunded_order(1));
        scene.finish_well();
        assert_eq!(back(&scene), [], "{version}");
    }
}

#[test]
fn t19_goods_wait_for_their_delivery() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, account(Returns::Received));
        let order = scene.tell(refunded_order(1));
        scene.world.run_for(SignedDuration::from_mins(20));
        let head = scene.record(&order).head;
        assert!(head.waiting.unwrap().contains("came back and is not delivered in Odoo"), "{version}");
        assert_eq!(back(&scene), [], "{version}");
        deliver(&scene);
        scene.world.run_for(SignedDuration::from_hours(2));
        scene.finish_well();
        assert_eq!(back(&scene), [moved("1.0", "done")], "{version}");
    }
}

#[test]
fn t19_several_refunds_bring_back_what_each_says() {
    for version in VERSIONS {
        let mut order = plain_order(1);
        for minutes in [60, 120] {
            refund(&mut order, Back::Unit, minutes);
        }
        let mut scene = Scene::with(version, CALM, account(Returns::Received));
        let order = delivered_then_refunded(&mut scene, order);
        scene.post(&order, (2, "orders/updated"), 600);
        scene.post(&order, (2, "refunds/create"), 601);
        scene.finish_well();
        assert_eq!(back(&scene), [moved("1.0", "done"), moved("1.0", "done")], "{version}");
    }
}

#[test]
fn t19_what_somebody_took_back_already_is_not_taken_back_again() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, account(Returns::Received));
        let order = scene.place(refunded_order(1));
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run_for(SignedDuration::from_mins(4));
        deliver(&scene);
        let delivery = clerk(&scene, ("stock.picking", "search"), &json!([[]]))[0].clone();
        let wizard = clerk(&scene, ("stock.return.picking", "create"), &json!([[{ "picking_id": delivery }]]));
        let lines = json!([[["wizard_id", "=", wizard[0]]]]);
        let line = clerk(&scene, ("stock.return.picking.line", "search"), &lines)[0].clone();
        let values = json!([[line], { "quantity": 1, "to_refund": false }]);
        clerk(&scene, ("stock.return.picking.line", "write"), &values);
        clerk(&scene, ("stock.return.picking", "action_create_returns"), &json!([wizard]));
        scene.post(&order, (1, "orders/updated"), 300);
        scene.finish_well();
        // The channel says that they are there: the one transfer is received.
        assert_eq!(back(&scene), [moved("1.0", "done")], "{version}");
    }
}

#[test]
fn t19_goods_come_back_once_however_a_call_ends() {
    let play = |version: u16, plan: Plan| {
        let what = format!("Odoo {version}, {plan:?}");
        let mut scene = Scene::with(version, plan, account(Returns::Received));
        delivered_then_refunded(&mut scene, refunded_order(1));
        let findings = scene.finish();
        assert!(findings.is_clean(), "{what}: {:#?}", findings.shown(5));
        assert_eq!(back(&scene), [moved("1.0", "done")], "{what}");
        scene
    };
    let troubles = [Trouble::Lost, Trouble::Late, Trouble::Dropped, Trouble::Serialization, Trouble::Refused];
    let calls = ["action_create_returns", "button_validate"];
    for version in VERSIONS {
        for (call, model) in calls.iter().zip(["stock.return.picking", "stock.picking"]) {
            let name: &'static str = format!("{model}.{call}").leak();
            for trouble in troubles {
                for times in [1, 3] {
                    play(version, Plan::Named(name, Strike::Http(trouble), times));
                }
            }
        }
        let (all, _) = play(version, CALM).world.calls();
        for call in (all / 2..all).step_by(3) {
            for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::Unsure] {
                play(version, Plan::Call(call, strike));
            }
        }
    }
}

#[test]
fn t19_who_comes_while_a_transfer_may_still_be_made_makes_no_second_one() {
    for version in VERSIONS {
        // How late a call commits is drawn: copies of the first webhook move the draw.
        for copies in 0..16 {
            let plan = Plan::Named("stock.return.picking.action_create_returns", Strike::Http(Trouble::Late), 1);
            let mut scene = Scene::with(version, plan, account(Returns::Received));
            let mut order = refunded_order(1);
            for number in 0..20 {
                // Something of the order changes again and again, and each change is worked on at once.
                let payment = if number % 2 == 0 { "partially_refunded" } else { "paid" };
                then(&mut order, "orders/updated", |version| version.payment = payment);
            }
            let order = scene.place(order);
            for _ in 0..copies {
                scene.post(&order, (0, "orders/create"), 2);
            }
            let order = delivered_then_refunded(&mut scene, order.as_ref().clone());
            for number in 2..order.versions.len() {
                scene.post(&order, (number, "orders/updated"), 300 + 12 * i64::try_from(number).unwrap());
            }
            scene.finish();
            assert_eq!(back(&scene), [moved("1.0", "done")], "Odoo {version}, {copies} copies");
        }
    }
}
