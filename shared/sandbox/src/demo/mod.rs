//! The demonstration day: the webhook deliveries of one shop on one day, and what Odoo must hold in the end.
//!
//! A seeded generator draws the orders (`sale`), tells what becomes of them (`life`) and writes the bodies (`wire`). Sums
//! are right by construction: the shop's taxes are rounded per line, half up, and a cart is drawn again until Odoo's taxes
//! are the same whether its company rounds per line or globally, but for the few orders that show the rounding line.
//!
//! The day of the default seed is committed under `demo/`; a test regenerates it and compares byte for byte.

mod catalogue;
mod expected;
mod life;
mod load;
mod random;
mod sale;
#[cfg(test)]
mod tests;
mod wire;

pub use catalogue::{DemoProduct, DemoTax, PRODUCTS, TAXES};
pub use expected::{Counts, CurrencySums, Expected, ExpectedOrder, Outcome, OutcomeCounts, RoundingLine};
pub use load::{CURRENCIES, DemoLoad, SERVICES, demo_data};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sluice_domain::{
    account::{
        Account, Books, ConfirmPolicy, CounterSales, Customers, DayEnd, EditPolicy, IncompleteAddresses, OdooTarget,
        RoundingPolicy, TestOrders, UnknownProduct,
    },
    value::{AccountName, NameError},
};

use random::Random;

/// The seed of the committed day.
pub const DEFAULT_SEED: u64 = 2026;
/// The shop of the demonstration.
pub const SHOP_DOMAIN: &str = "demo.myshopify.com";
/// The API version that its deliveries name.
pub const API_VERSION: &str = "2026-10";

/// The committed deliveries, one JSON object a line.
const COMMITTED_DAY: &str = include_str!("../../demo/day.jsonl");
/// The committed expectations.
const COMMITTED_EXPECTED: &str = include_str!("../../demo/expected.json");

/// One delivery of the day. The list is in the order of arrival; `at` is when the shop sent it first, so it goes back where
/// a delivery is late or repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Topic: `orders/create`.
    pub topic: String,
    /// The shop's id of the delivery (`X-Shopify-Webhook-Id`): a repetition has the same one.
    pub delivery_id: String,
    /// When it was sent (`X-Shopify-Triggered-At`).
    pub at: Timestamp,
    /// Is its signature to be right? One is forged.
    pub signed: bool,
    /// The raw body, byte for byte.
    pub body: String,
}

/// A day of deliveries and what must come of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// In the order of arrival.
    pub deliveries: Vec<Delivery>,
    /// What Odoo must hold once all of them are worked off, in any order and any number of copies.
    pub expected: Expected,
}

/// The day of a seed: the same on every machine.
#[must_use]
pub fn day(seed: u64) -> Day {
    let mut random = Random::new(seed);
    let sales = sale::sales(&mut random);
    let deliveries = life::deliveries(&sales, &mut random);
    let expected = Expected::of(seed, &sales, &deliveries);
    Day { deliveries, expected }
}

/// The deliveries of the committed day.
///
/// # Errors
/// When the data file that this binary was built with is malformed, which a test rules out.
pub fn deliveries() -> Result<Vec<Delivery>, serde_json::Error> {
    COMMITTED_DAY.lines().map(serde_json::from_str).collect()
}

/// What Odoo must hold after the committed day.
///
/// # Errors
/// When the data file that this binary was built with is malformed, which a test rules out.
pub fn expected() -> Result<Expected, serde_json::Error> {
    serde_json::from_str(COMMITTED_EXPECTED)
}

/// The account of the demonstration: everything is discovered, every policy is the default.
///
/// # Errors
/// Never: the name is well formed. A test says so.
pub fn demo_account() -> Result<Account, NameError> {
    Ok(Account {
        name: AccountName::parse("demo")?,
        channel: "shopify".into(),
        shop_domain: Some(SHOP_DOMAIN.into()),
        api_version: Some(API_VERSION.into()),
        odoo: OdooTarget::default(),
        entities: vec![],
        confirm: ConfirmPolicy::default(),
        unknown_product: UnknownProduct::default(),
        cut_over: None,
        rounding: RoundingPolicy::default(),
        taxes: Vec::new(),
        test_orders: TestOrders::default(),
        edits: EditPolicy::default(),
        incomplete_addresses: IncompleteAddresses::default(),
        counter_sales: CounterSales::default(),
        day_ends: DayEnd::default(),
        books: Books::default(),
        customers: Customers::default(),
    })
}
