//! The order on the wire. Source: `captured_deliveries`, `captured_responses` and `rest_examples`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Refund;
use crate::json::{Field, Id, Items, Loose, Num, Text};

/// An order.
#[derive(Deserialize)]
pub(crate) struct Order<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow, default)]
    pub(crate) number: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) status: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) currency: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) created_via: Loose<Text<'a>>,
    /// Of the legacy API, whose orders are another form.
    #[serde(borrow, default)]
    pub(crate) created_at: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_created: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_created_gmt: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_modified: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_modified_gmt: Loose<Text<'a>>,
    /// Absent is not the same as null: null says that it is not paid.
    #[serde(borrow, default)]
    pub(crate) date_paid: Field<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_paid_gmt: Field<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_completed: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) date_completed_gmt: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) discount_total: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) shipping_total: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) shipping_tax: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) total: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) total_tax: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) payment_method: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) customer_id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) billing: Loose<Address<'a>>,
    #[serde(borrow, default)]
    pub(crate) shipping: Loose<Address<'a>>,
    /// Entries of plugins, where a value may be anything: read only when one is looked for.
    #[serde(borrow)]
    pub(crate) meta_data: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) line_items: Items<Line<'a>>,
    #[serde(borrow, default)]
    pub(crate) tax_lines: Items<TaxLine<'a>>,
    #[serde(borrow, default)]
    pub(crate) shipping_lines: Items<Extra<'a>>,
    #[serde(borrow, default)]
    pub(crate) fee_lines: Items<Extra<'a>>,
    #[serde(borrow, default)]
    pub(crate) coupon_lines: Items<Coupon<'a>>,
    #[serde(borrow, default)]
    pub(crate) gift_cards: Items<GiftCard<'a>>,
    #[serde(borrow, default)]
    pub(crate) refunds: Items<Refund<'a>>,
}

/// A line of goods.
#[derive(Deserialize, PartialEq)]
pub(crate) struct Line<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow, default)]
    pub(crate) name: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) product_id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) variation_id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) sku: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) global_unique_id: Loose<Text<'a>>,
    #[serde(borrow)]
    pub(crate) quantity: Num<'a>,
    #[serde(borrow, default)]
    pub(crate) subtotal: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) total: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) total_tax: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) taxes: Items<ItemTax<'a>>,
}

/// What a rate gave on one line.
#[derive(Deserialize, PartialEq)]
pub(crate) struct ItemTax<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) total: Loose<Num<'a>>,
}

/// A rate of the order.
#[derive(Deserialize)]
pub(crate) struct TaxLine<'a> {
    #[serde(borrow, default)]
    pub(crate) rate_id: Loose<Id<'a>>,
    #[serde(borrow, default)]
    pub(crate) rate_code: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) label: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) rate_percent: Loose<Num<'a>>,
}

/// What is paid beside goods: a way of shipping, or a fee (signed, since plugins give discounts by it).
#[derive(Deserialize, PartialEq)]
pub(crate) struct Extra<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Loose<Id<'a>>,
    #[serde(borrow, default, alias = "method_title")]
    pub(crate) name: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) total: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) total_tax: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) taxes: Items<ItemTax<'a>>,
}

/// A coupon: what it gave is in the lines already.
#[derive(Deserialize)]
pub(crate) struct Coupon<'a> {
    #[serde(borrow, default)]
    pub(crate) code: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) discount: Loose<Num<'a>>,
    #[serde(borrow, default)]
    pub(crate) discount_tax: Loose<Num<'a>>,
}

/// A gift card that paid a part of the order (WooCommerce Gift Cards).
#[derive(Deserialize)]
pub(crate) struct GiftCard<'a> {
    #[serde(borrow, default)]
    pub(crate) amount: Loose<Num<'a>>,
}

/// A postal address.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the channel's")]
pub(crate) struct Address<'a> {
    #[serde(borrow, default)]
    pub(crate) first_name: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) last_name: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) company: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) address_1: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) address_2: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) city: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) postcode: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) state: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) country: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) email: Loose<Text<'a>>,
    #[serde(borrow, default)]
    pub(crate) phone: Loose<Text<'a>>,
}
