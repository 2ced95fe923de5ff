//! The refund on the wire. Source: `webhook_payloads/refunds__create.json`, `rest_examples_2026-07/refund_get.json`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{List, MoneySet};
use crate::json::{Id, Num, Text};

/// A refund: its own webhook, or an item of an order's `refunds`.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the channel's")]
pub(crate) struct Refund<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) order_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) created_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) processed_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) refund_line_items: List<RefundLine<'a>>,
    #[serde(borrow)]
    pub(crate) refund_shipping_lines: List<RefundShipping<'a>>,
    #[serde(borrow)]
    pub(crate) transactions: List<Transaction<'a>>,
    #[serde(borrow)]
    pub(crate) order_adjustments: List<Adjustment<'a>>,
    /// Names the shop's currency even where it is zero.
    #[serde(borrow)]
    pub(crate) total_duties_set: Option<&'a RawValue>,
    /// A list of which GraphQL gave the first page only.
    #[serde(borrow)]
    pub(crate) first_page_of: Option<Text<'a>>,
    /// GraphQL's sum of what was given back.
    #[serde(borrow)]
    pub(crate) total_refunded_set: Option<MoneySet<'a>>,
}

/// Units of a line in a refund.
#[derive(Deserialize)]
pub(crate) struct RefundLine<'a> {
    #[serde(borrow)]
    pub(crate) line_item_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) quantity: Num<'a>,
    #[serde(borrow)]
    pub(crate) restock_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) location_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) subtotal: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) subtotal_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_tax: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_tax_set: Option<&'a RawValue>,
}

/// Shipping in a refund.
#[derive(Deserialize)]
pub(crate) struct RefundShipping<'a> {
    #[serde(borrow)]
    pub(crate) subtotal_amount_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) tax_amount_set: Option<MoneySet<'a>>,
}

/// Money given back beside lines, or a difference between what came back and the money given back. Below zero where the
/// buyer gets it.
#[derive(Deserialize)]
pub(crate) struct Adjustment<'a> {
    #[serde(borrow)]
    pub(crate) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) amount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) amount_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) tax_amount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) tax_amount_set: Option<&'a RawValue>,
}

/// A movement of money, or an attempt.
#[derive(Deserialize)]
pub(crate) struct Transaction<'a> {
    #[serde(borrow)]
    pub(crate) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) amount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) amount_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) currency: Option<Text<'a>>,
    pub(crate) test: Option<bool>,
}
