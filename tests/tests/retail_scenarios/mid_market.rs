//! R125: a Shopify shop, an Amazon marketplace and three stores with Square's counters, into one company of one Odoo; each store
//! sells out of a warehouse of its own.

use sluice_sandbox::{
    odoo::{SimConfig, SimOdoo, SimWarehouse},
    seller::LOCATIONS,
};
use sluice_testkit::{
    scene::start,
    shop::Coin,
    world::{Trouble, stocked_odoo},
};

use crate::{
    books::Books,
    market::{Entity, Place, Sale, Terms, sale},
    office::{Ground, Outside, levy},
    retailer::{Office, Retailer, Weather},
};

pub(crate) const ACCOUNTS: &str = r"
- name: webshop
  channel: shopify
  shop_domain: webshop.myshopify.com
  odoo: { company: Retail EU, warehouse: WHEU }
  books: { invoices: on_confirm, credit_notes: posted, returns: received }
- name: amazon_de
  channel: amazon
  shop_domain: sellingpartnerapi-eu.amazon.com
  odoo: { company: Retail EU, warehouse: WHEU }
  books: { invoices: on_shipment, credit_notes: posted, returns: received }
- name: stores
  channel: square
  shop_domain: simulated.squareup.com
  odoo: { company: Retail EU }
  entities:
    - { when: { stores: [LOCATIONBERLIN] }, odoo: { warehouse: ST1 } }
    - { when: { stores: [LOCATIONMUNICH] }, odoo: { warehouse: ST2 } }
    - { when: { stores: [LOCATIONHAMBURG] }, odoo: { warehouse: ST3 } }
  counter_sales: handed_over
  books: { invoices: on_shipment, credit_notes: posted, returns: received }
";

const INCLUDED: Terms = Terms { coin: Coin::EUR, included: true, rate: 19_000 };
const ON_TOP: Terms = Terms { included: false, ..INCLUDED };
const MARKETPLACE: Place = Place { source: "A1PA6795UKMFR9", ..Place::web("DE") };

const fn entity(warehouse: &'static str, tax: &'static str) -> Entity {
    Entity { company: "Retail EU", warehouse, tax }
}

const GROUND: Ground = Ground {
    companies: &[("Retail EU", "EUR")],
    warehouses: &[("Retail EU", "WHEU"), ("Retail EU", "ST1"), ("Retail EU", "ST2"), ("Retail EU", "ST3")],
    taxes: &[("Retail EU", &[("19% incl", "19", true), ("19%", "19", false)])],
    currencies: &["EUR"],
};

pub(crate) fn odoo(mut config: SimConfig) -> SimOdoo {
    config.track_changes = false;
    let store = |code: &str| SimWarehouse { company: "Retail EU".into(), name: code.into(), code: code.into() };
    config.warehouses = ["ST1", "ST2", "ST3"].map(store).into();
    let mut odoo = stocked_odoo(config, start());
    levy(&mut odoo, &GROUND);
    odoo
}

/// Twelve orders of every channel and store.
fn day() -> Vec<Sale> {
    let mut all = Vec::new();
    for number in 0..12_u64 {
        let minutes = number.cast_signed() * 5 + 1;
        let product = (number % 5) as u32 + 1;
        let goods = [(product, 2, 1_990, 0), (6, 1, 900, if number % 3 == 0 { 100 } else { 0 })];
        let web =
            sale((0, 1_000 + number, minutes), INCLUDED, &goods, 499, (Place::web("DE"), entity("WHEU", "19% incl")));
        all.push(match number % 4 {
            0 => web,
            1 => web.edited(),
            2 => web.returned(),
            _ => web.cancelled_unpaid(),
        });
        let amazon = sale((1, 2_000 + number, minutes), ON_TOP, &goods, 350, (MARKETPLACE, entity("WHEU", "19%")));
        all.push(if number % 4 == 3 { amazon.cancelled() } else { amazon });
        for (store, (location, warehouse)) in LOCATIONS.into_iter().zip(["ST1", "ST2", "ST3"]).enumerate() {
            let id = 3_000 + 100 * store as u64 + number;
            let place = Place::store(location, "Point of Sale");
            let counter = sale((2, id, minutes), INCLUDED, &goods, 0, (place, entity(warehouse, "19% incl")));
            all.push(if number % 4 == 2 { counter.returned() } else { counter });
        }
    }
    all
}

#[track_caller]
fn plays(office: impl Into<Office>, weather: Weather) {
    let mut retailer = Retailer::open(office, ACCOUNTS, weather);
    for sale in day() {
        retailer.tell(sale);
    }
    // The stores' goods have left with their buyers, and nobody had to say so in Odoo.
    let (early, due) = (retailer.rest(), retailer.due());
    let of_stores = |books: &Books| -> Vec<_> {
        let sent = books.sent.iter().filter(|((place, _), _)| place.starts_with("ST"));
        sent.map(|(of, units)| (of.clone(), units.normalize())).collect()
    };
    assert_eq!(of_stores(&early), of_stores(&due), "{weather:?}");
    assert!(early.sent.keys().all(|(place, _)| place.starts_with("ST")), "{weather:?}: {:?}", early.sent);
    let books = retailer.close();
    books.must_be(&retailer.due(), &format!("{weather:?}"));
    assert!(books.orders.len() >= 5, "{books:?}");
}

#[test]
fn r125_the_books_of_a_shop_a_marketplace_and_three_stores_are_right_to_the_cent() {
    plays(odoo(SimConfig::odoo18()), Weather::Fair);
    plays(odoo(SimConfig::odoo19()), Weather::Fair);
}

#[test]
fn r125_in_the_odoo_of_odoo_url_or_in_simulated_ones_over_their_api_alone() {
    Outside::each(&GROUND, |outside| plays(Office::Outside(Box::new(outside), &GROUND), Weather::Fair));
}

#[test]
fn r125_and_so_they_are_when_everything_goes_wrong() {
    for seed in 1..=6 {
        plays(odoo(SimConfig::odoo18()), Weather::Foul(seed));
        plays(odoo(SimConfig::odoo19()), Weather::Foul(seed + 100));
    }
}

#[test]
fn what_was_sold_over_the_counter_leaves_once_however_a_call_ends() {
    for call in ["stock.picking.write", "stock.picking.button_validate"] {
        for trouble in [Trouble::Lost, Trouble::Late, Trouble::Dropped, Trouble::Serialization, Trouble::Retried] {
            plays(odoo(SimConfig::odoo18()), Weather::Once(call, trouble));
            plays(odoo(SimConfig::odoo19()), Weather::Once(call, trouble));
        }
    }
}
