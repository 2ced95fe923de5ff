//! The refund on the wire: in an order only `{id, reason, total}` with a negative total, by itself a positive amount and what
//! came back, with negative quantities (README, edge case 4).

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{Id, Items, Loose, Num, Text};

/// A refund: of an order's list, or by itself.
#[derive(Deserialize)]
pub(crate) struct Refund<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Loose<Id<'a>>,
    /// Its order, where it is read without one (`/refunds`, since 9.0).
    #[serde(borrow, default)]
    pub(crate) parent_id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_created: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_created_gmt: Loose<Text<'a>>,
    /// In an order.
    #[serde(borrow, default)]
    pub(crate) total: Loose<Num<'a>>,
    /// By itself.
    #[serde(borrow, default)]
    pub(crate) amount: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) line_items: Items<RefundItem<'a>>,
    #[serde(borrow, default, rename = "_links")]
    pub(crate) links: Loose<Links<'a>>,
}

/// Units of a line in a refund.
#[derive(Deserialize)]
pub(crate) struct RefundItem<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Loose<Id<'a>>,
    #[serde(borrow)]
    pub(crate) quantity: Num<'a>,
    #[serde(borrow)]
    pub(crate) meta_data: Option<&'a RawValue>,
}

/// Where a thing stands: `up` is its order.
#[derive(Deserialize)]
pub(crate) struct Links<'a> {
    #[serde(borrow, default)]
    pub(crate) up: Items<Link<'a>>,
}

/// One of them.
#[derive(Deserialize)]
pub(crate) struct Link<'a> {
    #[serde(borrow, default)]
    pub(crate) href: Loose<Text<'a>>,
}
