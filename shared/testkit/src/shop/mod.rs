//! A simulated shop: orders as their buyers and merchants make them, version by version, and the webhooks about them.
//!
//! What an order must look like in Odoo is computed from the types here (see `check`), never with the code under test.

mod back;
mod body;
mod mail;
mod make;
mod money;

pub use back::{Back, refund};
pub use body::{deleted_body, edited_body, held_body, order_body, refund_body};
pub use mail::webhooks;
pub use make::{Maker, Mix};
pub use money::{Coin, LineSums, VersionSums};

use jiff::Timestamp;

/// A tax rate in hundred-thousandths: `8_250` is 8.25 %.
pub type Rate = i64;

/// The rates that the simulated Odoo has taxes of.
pub const RATES: [Rate; 5] = [8_250, 10_000, 19_000, 7_000, 21_000];

/// An order with its whole life.
#[derive(Clone, Debug)]
pub struct ShopOrder {
    /// The shop's id.
    pub id: u64,
    /// `#A1001`.
    pub number: String,
    /// Which of the world's accounts it belongs to.
    pub account: usize,
    /// Its currency.
    pub coin: Coin,
    /// Do prices contain tax?
    pub tax_included: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Test data?
    pub test: bool,
    /// Odoo refuses to load it, for a reason of its own.
    pub refused: bool,
    /// Who buys.
    pub buyer: Buyer,
    /// Its states, each a whole snapshot, the oldest first. Never empty.
    pub versions: Vec<Version>,
}

/// Who buys.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Customer id at the shop; `None` is a guest.
    pub id: Option<u64>,
    /// E-mail address, as typed.
    pub email: String,
    /// Full name.
    pub name: String,
    /// Company, for business customers.
    pub company: Option<String>,
    /// House number of the first address: what tells addresses apart.
    pub house: u32,
}

/// An order at one moment.
#[derive(Clone, Debug)]
pub struct Version {
    /// `updated_at`.
    pub at: Timestamp,
    /// The topic that announces it, beside `orders/updated`.
    pub topic: &'static str,
    /// `financial_status`.
    pub payment: &'static str,
    /// Cancelled?
    pub cancelled: bool,
    /// Shipped in full?
    pub shipped: bool,
    /// Has an edit changed it since the sale?
    pub edited: bool,
    /// Lines.
    pub lines: Vec<Line>,
    /// Shipping: price and discount, in minor units.
    pub shipping: Option<(i64, i64)>,
    /// The rate on shipping.
    pub shipping_rate: Option<Rate>,
    /// Tip, in minor units.
    pub tip: i64,
    /// House number of the delivery address.
    pub house: u32,
    /// Refunds so far, the oldest first.
    pub refunds: Vec<ShopRefund>,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopRefund {
    /// The shop's id.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// What came back: line, units, and what they were worth.
    pub lines: Vec<(u64, i64, LineSums)>,
    /// Of shipping.
    pub shipping: Option<LineSums>,
    /// The money that moved, or is to.
    pub moved: i64,
    /// `success`, `pending`, `failure`.
    pub status: &'static str,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The shop's id.
    pub id: u64,
    /// What is sold.
    pub item: Item,
    /// Units sold at first.
    pub ordered: i64,
    /// Units after edits.
    pub sold: i64,
    /// Units that came back.
    pub refunded: i64,
    /// Price of one, in minor units.
    pub price: i64,
    /// Everything taken off the line, in minor units.
    pub discount: i64,
    /// Its tax.
    pub rate: Option<Rate>,
    /// Minor units that the shop's rounding over the whole order moved onto the tax of this line.
    pub shift: i64,
}

/// What a line sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A product that Odoo has: `SIM-001` and so on.
    Known(u32),
    /// A SKU that Odoo does not have.
    Unknown,
    /// A SKU that two products in Odoo have.
    Twice,
    /// No SKU: a custom line or a deleted product.
    Custom,
    /// A gift card.
    GiftCard,
}

/// How many products Odoo has.
pub const PRODUCTS: u32 = 20;

impl Item {
    /// The SKU, where the shop has one.
    #[must_use]
    pub fn sku(self) -> Option<String> {
        match self {
            Self::Known(number) => Some(format!("SIM-{number:03}")),
            Self::Unknown => Some("NOT-IN-ODOO".into()),
            Self::Twice => Some("SIM-TWICE".into()),
            Self::Custom | Self::GiftCard => None,
        }
    }

    /// Can it be matched without a fallback?
    #[must_use]
    pub fn matches(self) -> bool {
        matches!(self, Self::Known(_) | Self::GiftCard)
    }
}

impl ShopOrder {
    /// The last version.
    #[must_use]
    pub fn last(&self) -> &Version {
        self.versions.last().expect("an order has a version")
    }

    /// The key of its buyer within the shop: two orders of one key are one customer's.
    #[must_use]
    pub fn buyer_key(&self) -> String {
        self.buyer.id.map_or_else(|| self.buyer.email.to_lowercase(), |id| id.to_string())
    }
}
