//! T29: the same product in a warehouse of the seller's and in the marketplace's. What the marketplace sends is no stock of ours.

use sluice_sandbox::odoo::{SimConfig, SimOdoo, SimWarehouse};
use sluice_testkit::{scene::start, shop::Coin, world::stocked_odoo};

use crate::{
    market::{Entity, Place, Sale, Terms, sale},
    office::{Ground, levy},
    retailer::{Retailer, Weather},
};

const ACCOUNT: &str = r"
- name: amazon_de
  channel: amazon
  shop_domain: sellingpartnerapi-eu.amazon.com
  odoo: { company: Retail EU, warehouse: WHEU }
  counter_sales: handed_over
";
const RULE: &str = r"
  entities:
    - { when: { sources: [A1PA6795UKMFR9/AFN] }, odoo: { warehouse: FBADE } }
    - { when: {} }
";
const GROUND: Ground = Ground {
    companies: &[("Retail EU", "EUR")],
    warehouses: &[("Retail EU", "WHEU"), ("Retail EU", "FBADE")],
    taxes: &[("Retail EU", &[("19%", "19", false)])],
    currencies: &["EUR"],
};

fn odoo(mut config: SimConfig) -> SimOdoo {
    config.warehouses = vec![SimWarehouse { company: "Retail EU".into(), name: "Amazon".into(), code: "FBADE".into() }];
    let mut odoo = stocked_odoo(config, start());
    levy(&mut odoo, &GROUND);
    odoo
}

/// Six orders of one product, every other one sent by the marketplace; of each kind two are sent already.
fn orders() -> Vec<Sale> {
    let terms = Terms { coin: Coin::EUR, included: false, rate: 19_000 };
    let order = |number: u64| {
        let (source, warehouse) =
            if number.is_multiple_of(2) { ("A1PA6795UKMFR9", "WHEU") } else { ("A1PA6795UKMFR9/AFN", "FBADE") };
        let place = Place { source, ..Place::web("DE") };
        let entity = Entity { company: "Retail EU", warehouse, tax: "19%" };
        let order = sale((0, 1_000 + number, number.cast_signed() + 1), terms, &[(1, 2, 1_990, 0)], 0, (place, entity));
        if number < 4 { order.shipped() } else { order }
    };
    (0..6).map(order).collect()
}

fn play(config: SimConfig, rule: &str) -> Retailer {
    let mut retailer =
        Retailer::open(odoo(config), &format!("{ACCOUNT}{}", rule.trim_start_matches('\n')), Weather::Fair);
    for order in orders() {
        retailer.tell(order);
    }
    retailer
}

#[test]
fn t29_what_the_marketplace_sends_leaves_the_warehouse_that_stands_for_its_stock_and_none_of_ours() {
    for config in [SimConfig::odoo18(), SimConfig::odoo19()] {
        let mut retailer = play(config, RULE);
        // Sent by the marketplace: nobody has to say so in Odoo. What we send ourselves waits for people.
        let sent = retailer.rest().sent;
        let units: Vec<(&str, String)> =
            sent.iter().map(|((place, _), units)| (place.as_str(), units.normalize().to_string())).collect();
        assert_eq!(units, [("FBADE/Stock", "4".to_owned())]);
        let due = retailer.due().sent;
        assert_eq!(retailer.close().sent, due);
    }
}

#[test]
fn t29_without_a_rule_what_the_marketplace_sends_is_held_and_names_the_rule_to_add() {
    for config in [SimConfig::odoo18(), SimConfig::odoo19()] {
        let mut retailer = play(config, "");
        let books = retailer.rest();
        assert_eq!(books.orders.values().map(|sum| sum.count).sum::<usize>(), 3, "ours alone are in Odoo: {books:?}");
        for order in &retailer.sales {
            let parked = retailer.world.record(&retailer.key(order)).unwrap().head.parked;
            let reason = parked.map(|parked| parked.reason);
            let by_marketplace = order.place.source.ends_with("/AFN");
            assert_eq!(
                reason.is_some_and(|reason| reason.contains(r#"sources: ["A1PA6795UKMFR9/AFN"]"#)),
                by_marketplace,
                "{}",
                order.order.number
            );
        }
    }
}
