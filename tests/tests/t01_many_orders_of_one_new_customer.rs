//! T1: workers that import one new customer at the same moment make one contact, and every order.

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
    world::{Plan, Strike, Trouble},
};

const ORDERS: u64 = 32;

fn orders() -> Vec<ShopOrder> {
    let one = plain_order(1);
    (1..=ORDERS).map(|number| ShopOrder { buyer: one.buyer.clone(), ..plain_order(number) }).collect()
}

#[test]
fn t01_many_orders_of_one_new_customer_at_once() {
    let conflicts = Plan::Named("res.partner.load", Strike::Http(Trouble::Serialization), 12);
    for plan in [CALM, conflicts] {
        for version in VERSIONS {
            let mut scene = Scene::new(version, plan.clone());
            let placed: Vec<Arc<ShopOrder>> = orders().into_iter().map(|order| scene.tell(order)).collect();
            scene.finish_well();
            assert!(placed.iter().all(|order| scene.state(order) == "sale"));
            let named = scene
                .world
                .odoo(|odoo| odoo.partners().filter(|partner| partner.external_id() == "alpha.customer_70001").count());
            assert_eq!(named, 1);
        }
    }
}
