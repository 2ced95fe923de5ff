//! The canonical order: what every channel's order becomes, and all that a target needs to know of it.

mod buyer;
mod lines;
mod refund;

pub use buyer::{Address, Buyer, Customer, CustomerKind, Traits};
pub use lines::{Charge, ChargeKind, LineKind, OrderLine, ShippingLine, Tax};
pub use refund::{Refund, RefundLine, RefundState, RefundValue, Restock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::value::{Currency, Money};

/// A sale, as its channel states it: after edits, before refunds, in the shop's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What the shop shows the customer: `#1001`.
    pub number: String,
    /// The one currency of every amount in it: the shop's.
    pub currency: Currency,
    /// The currency that the buyer saw, where it is another one.
    pub presentment_currency: Option<Currency>,
    /// When the buyer placed it.
    pub placed_at: Timestamp,
    /// Test data: never to a ledger.
    pub test: bool,
    /// Where in the channel it came from (`web`, `pos`, a subscription app).
    pub source: Option<String>,
    /// The channel's id of the store that sold it over the counter; `None` for what was ordered from afar.
    #[serde(default)]
    pub location: Option<String>,
    /// Who holds the goods and sends them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sent_by: Sender,
    /// Do prices of lines and shipping contain tax?
    pub tax_included: bool,
    /// Item lines, as ordered and edited. Tips, fees and shipping are not among them.
    pub lines: Vec<OrderLine>,
    /// Shipping lines.
    pub shipping: Vec<ShippingLine>,
    /// Tips, duties, fees and cash rounding.
    pub charges: Vec<Charge>,
    /// The sums that the channel states.
    pub totals: StatedTotals,
    /// Where the order stands.
    pub state: OrderState,
    /// How far it is paid.
    pub payment: PaymentState,
    /// Captured before refunds, where the channel says.
    pub paid: Option<Money>,
    /// Settled refunds, where the channel says.
    pub refunded: Option<Money>,
    /// Has anything of it left the warehouse, as far as the channel knows?
    pub shipped: bool,
    /// Codes and titles of the discounts that were given.
    pub discount_codes: Vec<String>,
    /// Names of the means of payment, gift cards among them.
    pub payment_methods: Vec<String>,
    /// The merchant's tags.
    pub tags: Vec<String>,
    /// How many lines of other orders its lines add up, each with amounts that were rounded by itself; 0 for what was sold as it
    /// stands.
    #[serde(default, skip_serializing_if = "is_default")]
    pub summed: u32,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Who holds the goods of an order and sends them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The seller.
    #[default]
    Seller,
    /// The channel: nothing of it leaves a warehouse of the seller's.
    Channel,
}

/// What the channel says the sums are. Unknown is `None`, never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedTotals {
    /// Value of the sale: after edits, before refunds.
    pub total: Money,
    /// Item lines after every discount allotted to them.
    pub subtotal: Option<Money>,
    /// All tax, that of shipping too.
    pub tax: Option<Money>,
    /// Everything taken off, positive.
    pub discount: Option<Money>,
    /// Shipping after its discounts.
    pub shipping: Option<Money>,
}

/// Where an order stands in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Not yet an order that binds (Amazon pending).
    Pending,
    /// Binding, part-shipped too.
    Open,
    /// Held by the channel.
    OnHold,
    /// Called off.
    Cancelled,
    /// Completed: shipped in full, archived, or fully refunded.
    Closed,
}

/// How far an order is paid. Authorisation is not money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Nothing yet.
    Pending,
    /// The means of payment agreed.
    Authorized,
    /// Some of it is captured.
    PartiallyPaid,
    /// All of it is captured.
    Paid,
    /// Some of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
    /// The authorisation was withdrawn.
    Voided,
    /// The authorisation or the time to pay ran out.
    Expired,
    /// A word that this build does not know.
    Unknown(String),
}
