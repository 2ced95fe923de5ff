//! T20: a deleted product or a custom line blocks neither its neighbours nor what comes after it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::{
    account::{ConfirmPolicy, UnknownProduct},
    ports::journal::Happening,
    state::ExceptionClass,
    value::{Kind, SubjectKey},
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::{Item, ShopOrder, order_body},
    world::{Content, FALLBACK, account},
};

fn with(number: u64, item: Item) -> ShopOrder {
    let mut order = plain_order(number);
    order.versions[0].lines[0].item = item;
    order
}

#[test]
fn t20_both_neighbours_pass_and_the_bad_one_waits_with_its_reason() {
    for (item, class) in [
        (Item::Custom, ExceptionClass::UnknownProduct),
        (Item::Unknown, ExceptionClass::UnknownProduct),
        (Item::Twice, ExceptionClass::AmbiguousProduct),
    ] {
        for version in VERSIONS {
            let mut scene = Scene::new(version, CALM);
            let placed = [scene.tell(plain_order(1)), scene.tell(with(2, item)), scene.tell(plain_order(3))];
            scene.finish_well();
            assert_eq!(placed.each_ref().map(|order| scene.state(order)), ["sale", "", "sale"]);
            assert_eq!(scene.waits(&placed[1]), Some(class));
        }
    }
}

#[test]
fn t20_by_policy_it_lands_with_the_fallback_product() {
    for item in [Item::Custom, Item::Unknown] {
        let policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Fallback(FALLBACK.into()));
        let mut scene = Scene::with(19, CALM, policy);
        let order = scene.tell(with(1, item));
        scene.finish_well();
        assert_eq!(scene.state(&order), "sale");
        let skus = scene.in_odoo(&order, |sale| sale.lines().map(|line| line.sku().to_owned()).collect::<Vec<_>>());
        assert_eq!(skus.unwrap_or_default()[0], FALLBACK);
    }
}

#[test]
fn t20_odoo_blames_the_first_order_of_a_call_for_what_another_one_did() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let placed: Vec<_> = (1..=8).map(|number| scene.place(plain_order(number))).collect();
        scene.world.refuse(&placed[6]);
        for order in &placed {
            scene.post(order, (0, "orders/create"), 1);
        }
        scene.world.run();
        for (number, order) in placed.iter().enumerate() {
            let refused = number == 6;
            assert_eq!(scene.waits(order), refused.then_some(ExceptionClass::RefusedByOdoo), "{number} on {version}");
            assert_eq!(scene.state(order), if refused { "" } else { "sale" }, "{number} on {version}");
        }
    }
}

#[test]
fn t20_one_order_of_a_page_that_cannot_be_read_blocks_no_other() {
    let mut scene = Scene::new(19, CALM);
    let placed = [1, 2, 3].map(|number| scene.place(plain_order(number)));
    let bodies = placed.each_ref().map(|order| String::from_utf8(order_body(order, 0)).unwrap());
    let broken = bodies[1].replacen("\"quantity\":", "\"quantity\":-", 1);
    let page = format!(r#"{{"orders":[{},{broken},{}]}}"#, bodies[0], bodies[2]);
    scene.send("pull:order", Content::Bytes(page.into_bytes()), 1);
    scene.world.run();
    assert_eq!(placed.each_ref().map(|order| scene.state(order)), ["sale", "", "sale"]);
    assert_eq!(scene.record(&placed[0]).head.number, Some(placed[0].number.clone()), "found by what the shop calls it");

    let account = scene.world.accounts()[0].name.clone();
    let own = SubjectKey::new(account, Kind::Delivery, "delivery-1").unwrap();
    let parked = scene.world.record(&own).unwrap().head.parked.unwrap();
    assert_eq!(parked.class, ExceptionClass::UnreadablePayload);
    assert_eq!(parked.cause, "pull:order line_items[0].quantity");
    let said =
        format!("1 of its items cannot be read, the others were taken; id {}: line_items[0].quantity", placed[1].id);
    assert!(parked.reason.contains(&said), "{}", parked.reason);
    let kept = scene.world.journal(&own);
    assert!(
        matches!(&kept[0].what, Happening::Evidence { outcome, body, .. } if outcome == "parked" && !body.is_empty()),
        "kept, to be read again"
    );
}
