//! Odoo goes back to a backup: writing stops before anything is built on sand, and once an operator has named the backup's
//! instant, what was written since is brought back, once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::state::ExceptionClass;
use sluice_sandbox::odoo::SimOdoo;
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, edited_order, plain_order, start, then},
    shop::ShopOrder,
    world::{Plan, Strike, administer, later},
};

fn minute(minutes: i64) -> Timestamp {
    later(start(), SignedDuration::from_mins(minutes))
}

/// Places an order and tells of it in that minute, or now if that is over.
fn tell(scene: &mut Scene, order: ShopOrder, minutes: i64) -> Arc<ShopOrder> {
    let order = scene.place(order);
    scene.post(&order, (0, "orders/create"), minutes * 60);
    order
}

fn until(scene: &mut Scene, minutes: i64) {
    let left = minute(minutes).duration_since(scene.world.now());
    scene.world.run_for(left);
}

fn backup(scene: &Scene) -> SimOdoo {
    scene.world.odoo(|odoo| odoo.clone())
}

fn restore(scene: &Scene, backup: SimOdoo) {
    scene.world.odoo(|odoo| *odoo = backup);
}

/// Three orders, a backup after ten minutes, two more orders, the restore, and one more order.
fn restored(version: u16, plan: Plan) -> (Scene, [Arc<ShopOrder>; 6]) {
    let mut scene = Scene::new(version, plan);
    let early = [1, 2, 3].map(|number| tell(&mut scene, plain_order(number), 0));
    until(&mut scene, 10);
    let kept = backup(&scene);
    let late = [4, 5].map(|number| tell(&mut scene, plain_order(number), 11));
    until(&mut scene, 20);
    assert!(early.iter().chain(&late).all(|order| scene.state(order) == "sale"), "{version}");
    restore(&scene, kept);
    let last = tell(&mut scene, plain_order(6), 21);
    until(&mut scene, 30);
    let [one, two, three] = early;
    let [four, five] = late;
    (scene, [one, two, three, four, five, last])
}

#[test]
fn writing_stops_when_the_database_went_back() {
    for version in VERSIONS {
        let (scene, orders) = restored(version, CALM);
        assert_eq!(scene.waits(&orders[5]), Some(ExceptionClass::DatabaseChanged), "{version}");
        let reason = scene.record(&orders[5]).head.parked.unwrap().reason;
        assert!(reason.contains("went back") && reason.contains("sluice doctor --accept-database"), "{reason}");
        assert_eq!(scene.world.odoo(|odoo| odoo.orders().count()), 3, "{version}");
    }
}

#[test]
fn an_accepted_backup_gets_back_what_was_written_since_and_nothing_twice() {
    let plans = [
        CALM,
        Plan::Named("heads", Strike::Refuse, 3),
        Plan::Named("identity", Strike::Refuse, 3),
        Plan::Named("save_identity", Strike::Conflict, 4),
        Plan::Named("save_identity", Strike::Unsure, 4),
    ];
    for (version, plan) in VERSIONS.into_iter().flat_map(|version| plans.clone().map(|plan| (version, plan))) {
        let (mut scene, orders) = restored(version, plan);
        // The two that are missing, and the one that waits: what came to rest before is not looked at.
        assert_eq!(scene.world.accept_database(minute(10)), 3, "{version}");
        scene.finish_well();
        for order in &orders {
            assert_eq!(scene.state(order), "sale", "{version} {}", order.number);
            assert_eq!(scene.waits(order), None, "{version} {}", order.number);
        }
        // Writing goes on.
        let next = tell(&mut scene, plain_order(7), 60);
        scene.finish_well();
        assert_eq!(scene.state(&next), "sale", "{version}");
    }
}

#[test]
fn a_backup_older_than_the_first_mark_is_noticed_too() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let empty = backup(&scene);
        let first = tell(&mut scene, plain_order(1), 0);
        until(&mut scene, 10);
        restore(&scene, empty);
        let second = tell(&mut scene, plain_order(2), 11);
        until(&mut scene, 20);
        assert_eq!(scene.waits(&second), Some(ExceptionClass::DatabaseChanged), "{version}");
        assert_eq!(scene.world.accept_database(start()), 2, "{version}");
        scene.finish_well();
        assert_eq!([scene.state(&first), scene.state(&second)], ["sale", "sale"], "{version}");
    }
}

#[test]
fn a_database_with_another_uuid_is_another_one() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        tell(&mut scene, plain_order(1), 0);
        until(&mut scene, 10);
        // A copy made this minute: it has our mark.
        scene.world.odoo(|odoo| odoo.become_a_copy(2));
        scene.world.restart_writers();
        let second = tell(&mut scene, plain_order(2), 11);
        until(&mut scene, 20);
        assert_eq!(scene.waits(&second), Some(ExceptionClass::DatabaseChanged), "{version}");
        assert!(scene.record(&second).head.parked.unwrap().reason.contains("uuid"), "{version}");
        assert_eq!(scene.state(&second), "", "{version}");
    }
}

#[test]
fn one_order_that_a_person_deleted_stops_nothing() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let mut order = edited_order(1);
        order.versions.truncate(2);
        let gone = scene.tell(order);
        until(&mut scene, 5);
        let id = scene.in_odoo(&gone, |sale| sale.id).unwrap();
        let now = scene.world.now();
        scene.world.odoo(|odoo| administer(odoo, ("sale.order", "unlink"), &json!([[id]]), &json!({}), now));
        scene.post(&gone, (1, "orders/paid"), 400);
        let other = tell(&mut scene, plain_order(2), 12);
        scene.world.run();
        assert_eq!(scene.state(&other), "sale", "{version}");
        assert_eq!(scene.waits(&other), None, "{version}");
    }
}

#[test]
fn an_order_that_got_a_lost_ones_id_is_left_alone() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        tell(&mut scene, plain_order(1), 0);
        until(&mut scene, 1);
        let kept = backup(&scene);
        let mut order = plain_order(2);
        order.versions[0].payment = "pending";
        then(&mut order, "orders/cancelled", |version| version.cancelled = true);
        let lost = tell(&mut scene, order, 2);
        until(&mut scene, 3);
        let id = scene.in_odoo(&lost, |sale| sale.id).unwrap();
        restore(&scene, kept);
        // Somebody in Odoo is faster than the next look at the mark.
        let values = json!([{"partner_id": 1, "client_order_ref": "by telephone"}]);
        let now = scene.world.now();
        let made =
            scene.world.odoo(|odoo| administer(odoo, ("sale.order", "create"), &json!([values]), &json!({}), now));
        assert_eq!(made, json!([id]), "{version}: the same number is given again");
        scene.post(&lost, (1, "orders/cancelled"), 200);
        until(&mut scene, 4);
        let states = scene.world.odoo(|odoo| odoo.orders().map(|sale| sale.state().to_owned()).collect::<Vec<_>>());
        assert_eq!(states, ["sale", "draft"], "{version}");
        assert!(scene.waits(&lost).is_some(), "{version}");
    }
}
