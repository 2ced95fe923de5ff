//! T35: what was written comes back as a change, from the channel that it was written to or from another reader of it. It is no
//! change, and no write follows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::{Value, json};
use sluice_domain::account::{ConfirmPolicy, UnknownProduct};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order, refunded_order},
    shop::{ShopOrder, order_body},
    world::{Content, Pulls, account},
};

/// The order as it was, changed a moment ago: what a shop says when a connector wrote a tag, a note or a metafield of its own.
fn echo(order: &ShopOrder, version: usize, minutes: i64) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&order_body(order, version)).unwrap();
    let at = order.versions.get(version).unwrap().at.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
    body["updated_at"] = json!(at.to_string());
    body.to_string().into_bytes()
}

#[test]
fn t35_an_order_that_is_told_again_as_changed_makes_no_new_version_and_no_write() {
    for version in VERSIONS {
        for order in [plain_order(1), refunded_order(2)] {
            let mut scene = Scene::new(version, CALM);
            let last = order.versions.len().saturating_sub(1);
            let order = scene.tell(order);
            scene.finish_well();
            let (before, calls) = (scene.record(&order), scene.world.asked_of_odoo());
            assert!(calls > 0);
            for minutes in 1..=10_i64 {
                let content = Content::Bytes(echo(&order, last, minutes));
                scene.send("orders/updated", content, 86_400 + minutes * 60);
            }
            scene.world.run();
            let after = scene.record(&order);
            assert_eq!(after.head.desired, before.head.desired, "no version of ours for what says nothing new");
            assert_eq!(after.head.applied, before.head.applied);
            assert_eq!(
                after.body.facets.order.map(|ranked| ranked.value),
                before.body.facets.order.map(|ranked| ranked.value)
            );
            assert_eq!(scene.world.asked_of_odoo(), calls, "Odoo was asked or told something for an echo");
        }
    }
}

#[test]
fn t35_a_shop_that_is_read_while_it_sends_is_written_down_once() {
    let mut scene = Scene::reading(CALM, account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park), Pulls::CALM);
    let order = scene.tell(plain_order(1));
    scene.finish_well();
    let (before, calls) = (scene.record(&order), scene.world.asked_of_odoo());
    // Read for another day, within the overlap of every run.
    scene.world.run_for(jiff::SignedDuration::from_hours(24));
    scene.finish_well();
    assert_eq!(scene.record(&order).head.desired, before.head.desired);
    assert_eq!(scene.world.asked_of_odoo(), calls);
}
