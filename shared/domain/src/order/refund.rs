//! A refund: money given back, and what came back with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::value::{Money, Quantity};

/// Money given back for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The channel's id of the refund.
    pub id: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What moved, in the shop's currency; `None` where only presentment money is known.
    pub amount: Option<Money>,
    /// Where it stands.
    pub state: RefundState,
    /// What came back.
    pub lines: Vec<RefundLine>,
    /// What was given back of shipping; `None` is nothing.
    #[serde(default)]
    pub shipping: Option<RefundValue>,
    /// The channel keeps it apart from the order, which need not change with it.
    #[serde(default)]
    pub apart: bool,
}

/// The value of a part of a refund, in the shop's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundValue {
    /// After discounts, as prices go: with tax where prices contain it.
    pub amount: Money,
    /// The tax on it, or in it.
    pub tax: Money,
}

/// Units of one order line that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// The order line.
    pub line: String,
    /// Units.
    pub quantity: Quantity,
    /// What happens with the goods.
    pub restock: Restock,
    /// What these units were worth; `None` where the channel does not say it in the shop's currency.
    #[serde(default)]
    pub value: Option<RefundValue>,
}

/// What happens with the goods of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restock {
    /// Nothing: they stay where they are, or are lost.
    None,
    /// They never left, and are free again.
    Cancel,
    /// They came back.
    Return,
    /// A word that this build does not know.
    Unknown(String),
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Asked for.
    Requested,
    /// On its way.
    Pending,
    /// Money moved, or none was to move.
    Succeeded,
    /// It did not work.
    Failed,
    /// Called off.
    Cancelled,
}
