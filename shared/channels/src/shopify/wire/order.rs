//! The order on the wire. Source: `webhook_payloads/orders__create.json` and the official REST examples 2026-07.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{List, MoneySet, Refund, Tags, Transaction};
use crate::json::{Id, Num, Text};

/// An order.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the channel's")]
pub(crate) struct Order<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow)]
    pub(crate) admin_graphql_api_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) order_number: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) currency: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) presentment_currency: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) created_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) processed_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) updated_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) cancelled_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) closed_at: Option<Text<'a>>,
    pub(crate) test: Option<bool>,
    /// It came from GraphQL: what is absent may not have been asked for.
    pub(crate) selected: Option<bool>,
    /// A list of which GraphQL gave the first page only.
    #[serde(borrow)]
    pub(crate) first_page_of: Option<Text<'a>>,
    /// GraphQL says it; of REST it follows from the lines.
    pub(crate) edited: Option<bool>,
    #[serde(borrow)]
    pub(crate) source_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) location_id: Option<Id<'a>>,
    pub(crate) taxes_included: Option<bool>,
    pub(crate) duties_included: Option<bool>,
    #[serde(borrow)]
    pub(crate) financial_status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) fulfillment_status: Option<Text<'a>>,
    #[serde(default)]
    pub(crate) tags: Tags,
    #[serde(borrow)]
    pub(crate) discount_codes: List<DiscountCode<'a>>,
    #[serde(borrow)]
    pub(crate) payment_gateway_names: List<Text<'a>>,

    #[serde(borrow)]
    pub(crate) total_price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_price_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) current_total_price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) current_total_price_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) current_total_tax: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) current_total_tax_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) subtotal_price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) subtotal_price_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_line_items_price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_tax: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_tax_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_discounts: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_discounts_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_outstanding: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_outstanding_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_shipping_price_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) total_tip_received: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_tip_received_set: Option<&'a RawValue>,
    /// GraphQL's sums of what was captured and of what was given back.
    #[serde(borrow)]
    pub(crate) total_received_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) total_refunded_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) original_total_duties_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) current_total_duties_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) original_total_additional_fees_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) current_total_additional_fees_set: Option<MoneySet<'a>>,
    #[serde(borrow)]
    pub(crate) total_cash_rounding_payment_adjustment_set: Option<MoneySet<'a>>,

    #[serde(borrow)]
    pub(crate) line_items: Vec<Line<'a>>,
    #[serde(borrow)]
    pub(crate) shipping_lines: List<ShippingLine<'a>>,
    #[serde(borrow)]
    pub(crate) tax_lines: List<TaxLine<'a>>,
    #[serde(borrow)]
    pub(crate) fulfillments: List<Fulfillment<'a>>,
    #[serde(borrow)]
    pub(crate) refunds: List<Refund<'a>>,
    #[serde(borrow)]
    pub(crate) transactions: List<Transaction<'a>>,

    #[serde(borrow)]
    pub(crate) customer: Option<Customer<'a>>,
    #[serde(borrow)]
    pub(crate) billing_address: Option<Address<'a>>,
    #[serde(borrow)]
    pub(crate) shipping_address: Option<Address<'a>>,
    #[serde(borrow)]
    pub(crate) email: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) contact_email: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) phone: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) customer_locale: Option<Text<'a>>,
    /// A list of `{name, value}`, where a value may be anything: read only when it may hold a VAT number.
    #[serde(borrow)]
    pub(crate) note_attributes: Option<&'a RawValue>,
}

/// A discount code.
#[derive(Deserialize)]
pub(crate) struct DiscountCode<'a> {
    #[serde(borrow)]
    pub(crate) code: Option<Text<'a>>,
}

/// A line.
#[derive(Deserialize)]
pub(crate) struct Line<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow)]
    pub(crate) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) sku: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) variant_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) product_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) quantity: Num<'a>,
    #[serde(borrow)]
    pub(crate) current_quantity: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) price_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) total_discount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) total_discount_set: Option<&'a RawValue>,
    pub(crate) gift_card: Option<bool>,
    pub(crate) taxable: Option<bool>,
    #[serde(borrow)]
    pub(crate) tax_lines: List<TaxLine<'a>>,
    #[serde(borrow)]
    pub(crate) discount_allocations: List<Allocation<'a>>,
    #[serde(borrow)]
    pub(crate) duties: List<Duty<'a>>,
}

/// A tax.
#[derive(Deserialize)]
pub(crate) struct TaxLine<'a> {
    #[serde(borrow)]
    pub(crate) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) rate: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) price_set: Option<&'a RawValue>,
    pub(crate) channel_liable: Option<bool>,
}

/// The part of a discount that fell to a line.
#[derive(Deserialize)]
pub(crate) struct Allocation<'a> {
    #[serde(borrow)]
    pub(crate) amount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) amount_set: Option<&'a RawValue>,
}

/// An import duty on a line.
#[derive(Deserialize)]
pub(crate) struct Duty<'a> {
    #[serde(borrow, alias = "price_set")]
    pub(crate) shop_money: Option<DutyMoney<'a>>,
    #[serde(borrow)]
    pub(crate) tax_lines: List<TaxLine<'a>>,
}

/// A duty's money: the amount itself (`shop_money`), or a set (`price_set`).
#[derive(Deserialize)]
pub(crate) struct DutyMoney<'a> {
    #[serde(borrow)]
    pub(crate) amount: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) shop_money: Option<super::Amount<'a>>,
}

/// A way of shipping.
#[derive(Deserialize)]
pub(crate) struct ShippingLine<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) price_set: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) discounted_price: Option<Num<'a>>,
    #[serde(borrow)]
    pub(crate) discounted_price_set: Option<&'a RawValue>,
    pub(crate) is_removed: Option<bool>,
    #[serde(borrow)]
    pub(crate) tax_lines: List<TaxLine<'a>>,
    #[serde(borrow)]
    pub(crate) discount_allocations: List<Allocation<'a>>,
}

/// A parcel, as far as an order needs it.
#[derive(Deserialize)]
pub(crate) struct Fulfillment<'a> {
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
}

/// A customer.
#[derive(Deserialize)]
pub(crate) struct Customer<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) first_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) last_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) email: Option<Text<'a>>,
    pub(crate) verified_email: Option<bool>,
    #[serde(borrow)]
    pub(crate) phone: Option<Text<'a>>,
}

/// A postal address.
#[derive(Deserialize)]
pub(crate) struct Address<'a> {
    #[serde(borrow)]
    pub(crate) first_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) last_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) company: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) address1: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) address2: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) city: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) zip: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) province_code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) country_code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) phone: Option<Text<'a>>,
}
