//! Lines of an order.

use serde::{Deserialize, Serialize};

use crate::value::{Money, Quantity, Rate, UnitPrice};

/// A line of goods or services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The channel's id of the line, stable over edits.
    pub id: String,
    /// What it is.
    pub kind: LineKind,
    /// The title as sold.
    pub title: String,
    /// SKU, exactly as the channel has it. SKUs are not unique.
    pub sku: Option<String>,
    /// Barcode, where the channel gives one.
    pub barcode: Option<String>,
    /// The channel's id of the variant; `None` for custom lines and deleted products.
    pub variant: Option<String>,
    /// Units sold: after edits, before refunds.
    pub quantity: Quantity,
    /// Price of one unit before discounts.
    pub unit_price: UnitPrice,
    /// Everything taken off this line, its part of order-level discounts too; positive.
    pub discount: Money,
    /// Taxes on the line.
    pub taxes: Vec<Tax>,
}

/// What a line sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods or a service.
    Product,
    /// A gift card: a liability, untaxed.
    GiftCard,
}

/// A tax on a line or on shipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// Its name at the channel.
    pub title: String,
    /// Its rate.
    pub rate: Rate,
    /// Its amount, for the whole line.
    pub amount: Money,
    /// The marketplace remits it, not the seller: it is never the seller's tax.
    pub remitted_by_channel: bool,
}

/// A way of shipping that the buyer pays, or would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingLine {
    /// The channel's id of the line.
    pub id: String,
    /// The title as sold.
    pub title: String,
    /// Price before discounts.
    pub price: Money,
    /// Everything taken off, positive.
    pub discount: Money,
    /// Taxes on it.
    pub taxes: Vec<Tax>,
}

/// An amount beside goods and shipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// An id, stable over the versions of the order: the channel's own, or the kind.
    pub id: String,
    /// What it is.
    pub kind: ChargeKind,
    /// The title as sold.
    pub title: String,
    /// The amount; rounding may be negative.
    pub amount: Money,
    /// Taxes on it.
    pub taxes: Vec<Tax>,
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// For the staff.
    Tip,
    /// Import duties.
    Duty,
    /// Any other fee.
    Fee,
    /// The sum was rounded to what coins can pay.
    CashRounding,
}
