//! T38: who is the same customer: a guest by e-mail address in any case; a customer by the shop's id and by nothing else, unless
//! accounts share their customers by a rule of their own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::{
    account::{Account, ConfirmPolicy, Customers, KnownBy, UnknownProduct},
    value::AccountName,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, odoo_with, plain_order},
    shop::{Buyer, ShopOrder},
    world::account,
};

fn by(number: u64, id: Option<u64>, email: &str) -> ShopOrder {
    let plain = plain_order(number);
    ShopOrder { buyer: Buyer { id, email: email.into(), name: "Kim Buyer".into(), ..plain.buyer.clone() }, ..plain }
}

/// How many customers two orders make.
fn customers(one: ShopOrder, two: ShopOrder, version: u16) -> usize {
    customers_in(Scene::new(version, CALM), one, two)
}

fn customers_in(mut scene: Scene, one: ShopOrder, two: ShopOrder) -> usize {
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

/// Two shops, alpha and beta, whose customers are known by the same rule.
fn two_shops(version: u16, group: Option<&str>, known_by: &[KnownBy]) -> Scene {
    let group = group.map(|name| AccountName::parse(name).unwrap());
    let shop = |name: &str| Account {
        customers: Customers { group: group.clone(), known_by: known_by.to_vec() },
        ..account(name, ConfirmPolicy::Paid, UnknownProduct::Park)
    };
    Scene::of(odoo_with(version, |_| {}), CALM, vec![shop("alpha"), shop("beta")])
}

#[test]
fn t38_shops_share_customers_by_the_rule_that_they_have() {
    let house = Some("house");
    let relay = "x1@marketplace.amazon.de";
    for version in VERSIONS {
        for (group, known_by, emails, expect, why) in [
            (house, vec![KnownBy::Email], ["kim@example.com", "KIM@example.com"], 1, "one mailbox, two shops"),
            (
                house,
                vec![KnownBy::Vat, KnownBy::Email],
                ["kim@example.com", "kim@example.com"],
                1,
                "the first that is stated",
            ),
            (house, vec![KnownBy::Email], ["kim@example.com", "jo@example.com"], 2, "two mailboxes"),
            (house, vec![KnownBy::Email], [relay, relay], 2, "a marketplace hides who it is"),
            (house, vec![KnownBy::VerifiedEmail], ["kim@example.com", "kim@example.com"], 2, "nobody verified it"),
            (house, vec![], ["kim@example.com", "kim@example.com"], 2, "no rule"),
            (None, vec![KnownBy::Email], ["kim@example.com", "kim@example.com"], 2, "shops of their own"),
        ] {
            let [one, two] = emails;
            let two = ShopOrder { account: 1, ..by(2, Some(9), two) };
            assert_eq!(customers_in(two_shops(version, group, &known_by), by(1, Some(5), one), two), expect, "{why}");
        }
        // Within one shop the rule holds as well: who typed the address is taken for its owner.
        let family = [by(1, Some(5), "family@example.com"), by(2, Some(6), "family@example.com")];
        let [one, two] = family;
        assert_eq!(customers_in(two_shops(version, None, &[KnownBy::Email]), one, two), 1);
    }
}
