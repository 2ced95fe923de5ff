//! T16: a discount is taken off before tax: 100 less 20 at 10 % is 88.00, not 90.00.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::sync::Arc;

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::ShopOrder,
};

/// One article at 100.00 and 10 %, with shipping and its discount.
fn order(off: i64, shipping: Option<(i64, i64)>) -> ShopOrder {
    let mut order = plain_order(1);
    let version = &mut order.versions[0];
    version.lines.truncate(1);
    let line = &mut version.lines[0];
    (line.ordered, line.sold, line.price, line.discount, line.rate) = (1, 1, 10_000, off, Some(10_000));
    (version.shipping, version.shipping_rate) = (shipping, Some(10_000));
    order
}

#[track_caller]
fn check(order: &ShopOrder, total: &str) {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order: Arc<ShopOrder> = scene.tell(order.clone());
        scene.finish_well();
        assert_eq!(scene.total(&order), total, "on {version}");
    }
}

#[test]
fn t16_a_discount_on_a_line() {
    check(&order(2_000, None), "88.00");
}

#[test]
fn t16_a_discount_on_the_order_is_spread_over_its_lines() {
    let mut order = order(1_200, None);
    let mut second = order.versions[0].lines[0].clone();
    (second.id, second.price, second.discount) = (second.id + 1, 6_000, 800);
    order.versions[0].lines.push(second);
    check(&order, "154.00");
}

#[test]
fn t16_a_discount_on_shipping() {
    check(&order(0, Some((1_000, 500))), "115.50");
    check(&order(0, Some((1_000, 1_000))), "110.00");
}

#[test]
fn t16_a_discount_of_everything() {
    check(&order(10_000, None), "0.00");
}
