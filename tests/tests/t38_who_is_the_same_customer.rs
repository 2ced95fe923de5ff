//! T38: who is the same customer: a guest by e-mail address in any case; a customer by the shop's id and by nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::{Buyer, ShopOrder},
};

fn by(number: u64, id: Option<u64>, email: &str) -> ShopOrder {
    let plain = plain_order(number);
    ShopOrder { buyer: Buyer { id, email: email.into(), name: "Kim Buyer".into(), ..plain.buyer.clone() }, ..plain }
}

/// How many customers two orders make.
fn customers(one: ShopOrder, two: ShopOrder, version: u16) -> usize {
    let mut scene = Scene::new(version, CALM);
    let placed = [scene.tell(one), scene.tell(two)];
    scene.world.run();
    let mut partners = placed.map(|order| scene.in_odoo(&order, |sale| sale.partner_ids()[0]).unwrap()).to_vec();
    partners.sort_unstable();
    partners.dedup();
    partners.len()
}

#[test]
fn t38_who_is_the_same_customer() {
    for version in VERSIONS {
        let shared = "family@example.com";
        for (one, two, expect, why) in [
            (by(1, None, shared), by(2, None, "FAMILY@Example.COM"), 1, "a guest who types in another case"),
            (by(1, None, shared), by(2, None, "family2@example.com"), 2, "two guests"),
            (by(1, Some(5), shared), by(2, Some(5), "new@example.com"), 1, "a customer with a new address"),
            (by(1, Some(5), shared), by(2, Some(6), shared), 2, "a family that shares an address"),
            (by(1, Some(5), shared), by(2, None, shared), 2, "a guest who has an account: nobody proved it"),
        ] {
            assert_eq!(customers(one, two, version), expect, "{why}");
        }
    }
}
