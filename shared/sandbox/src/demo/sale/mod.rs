//! A sale of the demonstration: what was put into the cart, by whom, and what became of it. Amounts are minor units.

mod buyer;
mod draw;
mod price;
mod recipes;

pub(super) use buyer::{Buyer, Person, Place};
pub(super) use draw::sales;
pub(super) use price::{Sums, ratio, repairs};

use super::catalogue::{DemoTax, Market};

/// One order of the day.
#[derive(Clone, Debug)]
pub(super) struct Sale {
    pub(super) id: u64,
    pub(super) number: u32,
    /// A few words on what is special about it.
    pub(super) what: &'static str,
    pub(super) market: Market,
    /// Unix seconds.
    pub(super) placed: i64,
    /// As it was placed.
    pub(super) cart: Cart,
    /// As it was edited, before it was paid.
    pub(super) edited: Option<Cart>,
    pub(super) buyer: Buyer,
    pub(super) payment: &'static [&'static str],
    pub(super) twists: &'static [Twist],
    pub(super) life: Life,
}

impl Sale {
    pub(super) fn has(&self, twist: Twist) -> bool {
        self.twists.contains(&twist)
    }

    /// As it stands in the end.
    pub(super) fn last_cart(&self) -> &Cart {
        self.edited.as_ref().unwrap_or(&self.cart)
    }

    /// An id of something that belongs to the order: 64 bits, beyond what a JavaScript number holds.
    pub(super) fn own_id(&self, index: u64) -> u64 {
        let mixed = self.id.wrapping_mul(31).wrapping_add(index.wrapping_mul(1_000_003));
        (mixed % 8_000_000_000_000_000_000) | 0x0100_0000_0000_0001
    }
}

/// What is special about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    /// A code takes a percentage off all lines.
    PercentOff,
    /// A code takes an amount off all lines.
    AmountOff,
    /// One line is reduced.
    LineOff,
    /// Shipping is reduced.
    ShippingOff,
    /// Shipping is free.
    FreeShipping,
    Tip,
    /// The tip is a line too.
    TipLine,
    GiftCardSold,
    GiftCardUsed,
    Duty,
    Fee,
    /// Paid in coins at a till: the total is rounded to five cents.
    CashRounding,
    /// No product of Odoo has its SKU.
    UnknownSku,
    /// A line that stands for no product.
    CustomLine,
    Test,
    /// Sold at a till.
    Till,
    Redacted,
    /// The buyer saw another currency.
    Presentment,
    ManyLines,
    /// Only books, coffee and the like.
    Reduced,
    /// Odoo's tax differs where its company rounds globally.
    RoundsGlobally,
    /// Odoo's tax differs where its company rounds per line.
    RoundsPerLine,
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Paid in the moment it was placed.
    Paid,
    /// Paid some minutes later.
    PaidLater,
    /// Authorised, then captured.
    Captured,
    Pending,
    Authorized,
    /// Paid, then shipped in full.
    Shipped,
    /// Paid, then shipped in part.
    PartShipped,
    CancelledUnpaid,
    CancelledPaid,
    /// Paid, then one line given back.
    PartRefunded,
    /// Paid, then all of it given back.
    Refunded,
    /// Units were added before it was paid.
    UnitsAdded,
    /// Units were taken away before it was paid.
    UnitsRemoved,
    /// A line was removed and another one added before it was paid.
    LinesChanged,
}

impl Life {
    pub(super) fn edits(self) -> bool {
        matches!(self, Self::UnitsAdded | Self::UnitsRemoved | Self::LinesChanged)
    }
}

/// What an order holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Cart {
    pub(super) lines: Vec<Line>,
    pub(super) shipping: Option<Shipping>,
    pub(super) offers: Vec<Offer>,
    pub(super) tip: i64,
    pub(super) duty: i64,
    pub(super) fee: i64,
    pub(super) rounding: i64,
}

/// A discount: `discount_applications`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    /// Code; `None` for an automatic one.
    pub(super) code: Option<&'static str>,
    pub(super) title: &'static str,
    /// Per cent, else an amount.
    pub(super) percentage: bool,
    /// Per cent, or minor units.
    pub(super) value: i64,
    /// Of one line only, of all lines (`across`), of shipping.
    pub(super) target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    OneLine,
    AllLines,
    Shipping,
}

/// The part of an offer that fell to a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its place among the offers.
    pub(super) offer: i64,
    pub(super) amount: i64,
}

/// A tax of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taxed {
    pub(super) tax: DemoTax,
    pub(super) amount: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) item: Item,
    pub(super) unit: i64,
    pub(super) quantity: i64,
    pub(super) parts: Vec<Part>,
    pub(super) taxes: Vec<Taxed>,
}

/// What a line sells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Item {
    pub(super) title: &'static str,
    pub(super) sku: Option<&'static str>,
    /// Ids of product and variant; `None` for a custom line.
    pub(super) ids: Option<(u64, u64)>,
    pub(super) gift_card: bool,
    pub(super) reduced: bool,
    pub(super) grams: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Shipping {
    pub(super) id: u64,
    pub(super) title: &'static str,
    pub(super) price: i64,
    pub(super) parts: Vec<Part>,
    pub(super) taxes: Vec<Taxed>,
}
