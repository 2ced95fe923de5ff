//! R126: one brand in Germany, France, Great Britain, the United States and Japan: three companies, five regimes of tax, two
//! regional warehouses in Europe, four own shops and a marketplace seller of three countries.

use sluice_sandbox::odoo::{SimCompany, SimConfig, SimOdoo, SimWarehouse};
use sluice_testkit::{scene::start, shop::Coin, world::stocked_odoo};

use crate::{
    market::{Entity, Place, Sale, Terms, sale},
    office::{Ground, Outside, levy},
    retailer::{Office, Retailer, Weather},
};

const ACCOUNTS: &str = r#"
- name: brand_eu
  channel: shopify
  shop_domain: brand-eu.myshopify.com
  odoo: { company: Retail EU }
  entities:
    - { when: { countries: [FR] }, odoo: { warehouse: 3PLFR }, taxes: [{ rate: "0.2", odoo_tax: TVA 20% OSS incl }] }
    - { when: { countries: [DE] }, odoo: { warehouse: WHEU } }
  books: { invoices: on_confirm, credit_notes: posted, returns: received }
- name: brand_uk
  channel: shopify
  shop_domain: brand-uk.myshopify.com
  odoo: { company: Retail UK, warehouse: WHUK }
  books: { invoices: on_confirm, credit_notes: posted, returns: received }
- name: brand_us
  channel: shopify
  shop_domain: brand-us.myshopify.com
  entities:
    - { when: { tax_by_channel: true }, odoo: { company: Retail US, warehouse: WH } }
    - { when: { regions: [US-TX] }, odoo: { company: Retail US, warehouse: WH }, taxes: [{ rate: "0.0825", odoo_tax: TX 8.25% }] }
  books: { invoices: on_confirm, credit_notes: posted, returns: received }
- name: amazon_eu
  channel: amazon
  shop_domain: sellingpartnerapi-eu.amazon.com
  entities:
    - { when: { sources: [A1PA6795UKMFR9] }, odoo: { company: Retail EU, warehouse: WHEU } }
    - { when: { sources: [A13V1IB3VIYZZH] }, odoo: { company: Retail EU, warehouse: 3PLFR } }
    - { when: { sources: [A1F83G8C2ARO7P] }, odoo: { company: Retail UK, warehouse: WHUK } }
  books: { invoices: on_shipment, credit_notes: posted, returns: received }
- name: brand_jp
  channel: woocommerce
  shop_domain: brand.example.jp
  odoo: { company: Retail US, warehouse: WH }
  taxes: [{ rate: "0.1", odoo_tax: JCT 10% }]
  books: { invoices: on_confirm, credit_notes: posted, returns: received }
"#;

const DE: Terms = Terms { coin: Coin::EUR, included: true, rate: 19_000 };
const FR: Terms = Terms { rate: 20_000, ..DE };
const UK: Terms = Terms { coin: Coin::GBP, ..FR };
const US: Terms = Terms { coin: Coin::USD, included: false, rate: 8_250 };
const JP: Terms = Terms { coin: Coin::JPY, included: true, rate: 10_000 };

const fn entity(company: &'static str, warehouse: &'static str, tax: &'static str) -> Entity {
    Entity { company, warehouse, tax }
}

/// Without tax, as the marketplace states it.
const fn on_top(terms: Terms) -> Terms {
    Terms { included: false, ..terms }
}

const fn marketplace(source: &'static str, country: &'static str) -> Place {
    Place { source, ..Place::web(country) }
}

const GROUND: Ground = Ground {
    companies: &[("Retail EU", "EUR"), ("Retail UK", "GBP"), ("Retail US", "USD")],
    warehouses: &[("Retail EU", "WHEU"), ("Retail EU", "3PLFR"), ("Retail UK", "WHUK"), ("Retail US", "WH")],
    taxes: &[
        (
            "Retail EU",
            &[
                ("19% incl", "19", true),
                ("19%", "19", false),
                ("TVA 20% OSS incl", "20", true),
                ("TVA 20% OSS", "20", false),
            ],
        ),
        ("Retail UK", &[("VAT 20% incl", "20", true), ("VAT 20%", "20", false)]),
        ("Retail US", &[("TX 8.25%", "8.25", false), ("JCT 10%", "10", false)]),
    ],
    currencies: &["EUR", "GBP", "USD", "JPY"],
};

fn odoo(mut config: SimConfig) -> SimOdoo {
    config.track_changes = false;
    config.companies = vec![SimCompany {
        name: "Retail UK".into(),
        warehouse: "WHUK".into(),
        currency: "GBP".into(),
        country: "uk".into(),
    }];
    config.warehouses =
        vec![SimWarehouse { company: "Retail EU".into(), name: "3PL Lille".into(), code: "3PLFR".into() }];
    let mut odoo = stocked_odoo(config, start());
    levy(&mut odoo, &GROUND);
    odoo
}

/// Every kind of order at every place.
fn days() -> Vec<Sale> {
    let in_texas = Place { region: Some("TX"), ..Place::web("US") };
    let in_washington = Place { region: Some("WA"), remitted: true, ..Place::web("US") };
    let places: [(usize, Terms, Place, Entity); 9] = [
        (0, DE, Place::web("DE"), entity("Retail EU", "WHEU", "19% incl")),
        (0, FR, Place::web("FR"), entity("Retail EU", "3PLFR", "TVA 20% OSS incl")),
        (1, UK, Place::web("GB"), entity("Retail UK", "WHUK", "VAT 20% incl")),
        (2, US, in_texas, entity("Retail US", "WH", "TX 8.25%")),
        (2, US, in_washington, entity("Retail US", "WH", "")),
        (3, on_top(DE), marketplace("A1PA6795UKMFR9", "DE"), entity("Retail EU", "WHEU", "19%")),
        (3, on_top(FR), marketplace("A13V1IB3VIYZZH", "FR"), entity("Retail EU", "3PLFR", "TVA 20% OSS")),
        (3, on_top(UK), marketplace("A1F83G8C2ARO7P", "GB"), entity("Retail UK", "WHUK", "VAT 20%")),
        (4, JP, Place::web("JP"), entity("Retail US", "WH", "JCT 10%")),
    ];
    let mut all = Vec::new();
    for (place, (account, terms, at, entity)) in places.into_iter().enumerate() {
        for number in 0..8_u64 {
            let id = 10_000 + 100 * place as u64 + number;
            let unit = if terms.coin.digits == 0 { 100 } else { 1 };
            let goods = [((number % 5) as u32 + 1, 2, 1_990 * unit, 0), (6, 1, 905 * unit, 0)];
            let minutes = number.cast_signed() * 7 + 1;
            let sold = sale((account, id, minutes), terms, &goods, 499 * unit, (at, entity));
            let amazon = account == 3;
            all.push(match number % 4 {
                0 => sold,
                1 if amazon => sold,
                1 => sold.edited(),
                // What comes back to them is told by reports, or by refunds of their own.
                2 if amazon || account == 4 => sold,
                2 => sold.returned(),
                _ if amazon => sold.cancelled(),
                _ => sold.cancelled_unpaid(),
            });
        }
    }
    all
}

#[track_caller]
fn plays(office: impl Into<Office>, weather: Weather) {
    let mut retailer = Retailer::open(office, ACCOUNTS, weather);
    for sale in days() {
        retailer.tell(sale);
    }
    let books = retailer.close();
    books.must_be(&retailer.due(), &format!("{weather:?}"));
    let regimes: std::collections::BTreeSet<&str> = books.entries.keys().map(|(_, _, regime, _)| &**regime).collect();
    assert_eq!(regimes.len(), 9, "every tax of the five regimes, in prices and on top, and none: {regimes:?}");
}

#[test]
fn r126_the_books_of_three_companies_in_five_regimes_are_right_to_the_cent() {
    plays(odoo(SimConfig::odoo18()), Weather::Fair);
    plays(odoo(SimConfig::odoo19()), Weather::Fair);
}

#[test]
fn r126_in_the_odoo_of_odoo_url_or_in_simulated_ones_over_their_api_alone() {
    Outside::each(&GROUND, |outside| plays(Office::Outside(Box::new(outside), &GROUND), Weather::Fair));
}

#[test]
fn r126_and_so_they_are_when_everything_goes_wrong() {
    for seed in 1..=6 {
        plays(odoo(SimConfig::odoo18()), Weather::Foul(seed));
        plays(odoo(SimConfig::odoo19()), Weather::Foul(seed + 100));
    }
}
