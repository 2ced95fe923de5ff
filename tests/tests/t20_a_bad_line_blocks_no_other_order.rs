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
    state::ExceptionClass,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::{Item, ShopOrder},
    world::{FALLBACK, account},
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
