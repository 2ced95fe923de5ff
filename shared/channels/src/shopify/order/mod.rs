//! From the wire to the canonical order. Shop money only: `price` and `*_set.shop_money` (README, edge case 4).

mod charges;
mod edits;
mod lines;
mod payment;
mod shipping;
mod taxes;
mod totals;

pub(super) use edits::refunded;

use jiff::Timestamp;
use serde_json::value::RawValue;
use sluice_domain::{
    order::{Order, OrderState, Sender},
    value::{Currency, Money},
};

use super::{
    refund,
    wire::{self, MoneySet},
};
use crate::{
    OrderSums, Refusal, Warning,
    json::{MAX_LINES, MAX_PARTS, Num, Path, Text, bound, refuse},
};

/// An order as it was read.
pub(super) struct ReadOrder {
    /// The order.
    pub(super) order: Order,
    /// Its refunds, each with its version and progress.
    pub(super) refunds: Vec<refund::ReadRefund>,
    /// `updated_at` in microseconds.
    pub(super) version: i64,
    /// Facts that only grow.
    pub(super) progress: u32,
    /// Oddities.
    pub(super) warnings: Vec<Warning>,
}

/// Reads an order.
pub(super) fn read(wire: &wire::Order<'_>) -> Result<ReadOrder, Refusal> {
    let mut warnings = Vec::new();
    is_order(wire)?;
    let currency = shop_currency(wire)?;
    check_sets(wire, currency)?;
    is_whole(wire, currency)?;
    bound("line_items", wire.line_items.len(), MAX_LINES)?;
    bound("refunds", wire.refunds.as_deref().unwrap_or_default().len(), MAX_LINES)?;
    bound("fulfillments", wire.fulfillments.as_deref().unwrap_or_default().len(), MAX_LINES)?;
    let version = required_instant(wire.updated_at.as_ref(), "updated_at")?.as_microsecond();
    let refunds = refund::of_order(wire, currency, &mut warnings)?;
    let gone = edits::Refunds::of(wire)?;
    let mut items = lines::read(wire, &gone, currency, &mut warnings)?;
    let mut shipping = shipping::read(wire, currency, &mut warnings)?;
    taxes::allot(wire, currency, &mut items, &mut shipping, &mut warnings)?;
    let charges = charges::read(wire, currency, &items, gone.none_returned())?;
    let current = totals::Current::of(wire, &gone, currency)?;
    edits::settle(&mut items, (&shipping, &charges), &current)?;
    let sums = OrderSums::of(currency, &items.lines, &shipping, &charges)
        .map_err(|error| refuse("line_items", error.to_string()))?;
    let (totals, edited) = totals::read(wire, &current, (&sums, items.edited), &mut warnings)?;
    let paid = payment::read(wire, (currency, edited), &totals, &refunds, &mut warnings)?;
    let progress = payment::progress(wire, &paid.state, &refunds);
    let order = Order {
        number: number(wire, &mut warnings)?,
        currency,
        presentment_currency: wire
            .presentment_currency
            .as_ref()
            .filter(|code| code.as_str() != currency.code())
            .and_then(|code| Currency::parse(code.as_str()).ok()),
        placed_at: placed_at(wire)?,
        test: wire.test.unwrap_or_default(),
        source: wire.source_name.as_ref().and_then(Text::shown),
        location: store(wire)?,
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: wire.taxes_included.unwrap_or_default(),
        lines: items.lines,
        shipping,
        charges,
        totals,
        state: state(wire, &mut warnings)?,
        payment: paid.state,
        paid: paid.captured,
        refunded: paid.refunded,
        shipped: shipped(wire),
        discount_codes: codes(wire),
        payment_methods: texts(wire.payment_gateway_names.as_deref()),
        tags: wire.tags.0.clone(),
    };
    Ok(ReadOrder { order, refunds, version, progress, warnings })
}

/// Shopify POS sells in the place that the order names; other orders may name the place that somebody worked at.
fn store(wire: &wire::Order<'_>) -> Result<Option<String>, Refusal> {
    let sold_there = wire.source_name.as_ref().is_some_and(|source| source.as_str() == "pos");
    let id = wire.location_id.as_ref().filter(|_| sold_there);
    id.map(|id| id.checked(Path::root("location_id"))).transpose()
}

/// Edge case 11: a draft order has the shape of an order, and says by its global id that it is none.
fn is_order(wire: &wire::Order<'_>) -> Result<(), Refusal> {
    let gid = wire.admin_graphql_api_id.as_ref().map_or("", Text::as_str);
    if gid.starts_with("gid://shopify/") && !gid.starts_with("gid://shopify/Order/") {
        return Err(refuse("admin_graphql_api_id", "not an order"));
    }
    Ok(())
}

/// An answer gives what was asked for. Without these lists the order would be another one.
fn is_whole(wire: &wire::Order<'_>, currency: Currency) -> Result<(), Refusal> {
    if wire.selected != Some(true) {
        return Ok(());
    }
    if wire.first_page_of.as_ref().is_some_and(|list| ["line_items", "shipping_lines"].contains(&list.as_str())) {
        return Err(refuse("line_items", "missing: the answer holds the first page only"));
    }
    let mut refunds = wire.refunds.iter().flatten();
    if let Some(list) = refunds.find_map(|refund| refund.first_page_of.as_ref()) {
        return Err(refuse(format!("refunds.{}", list.as_str()), "missing: the answer holds the first page only"));
    }
    let path = Path::root("total_shipping_price_set");
    let shipping = wire.total_shipping_price_set.as_ref().map_or(Ok(None), |set| set.shop(currency, path))?;
    if wire.shipping_lines.is_none() && shipping.is_some_and(|shipping| !shipping.is_zero()) {
        return Err(refuse("shipping_lines", "missing"));
    }
    Ok(())
}

/// The shop's currency; where the order does not name it, that of the first total in shop money.
fn shop_currency(wire: &wire::Order<'_>) -> Result<Currency, Refusal> {
    let set = wire.total_price_set.filter(|_| wire.currency.is_none());
    let set = set.and_then(|set| serde_json::from_str::<MoneySet<'_>>(set.get()).ok());
    let named = set.and_then(|set| set.shop_money).and_then(|amount| amount.currency_code);
    currency(wire.currency.as_ref().or(named.as_ref()), "currency")
}

/// A currency of the ISO table.
pub(super) fn currency(code: Option<&Text<'_>>, field: &'static str) -> Result<Currency, Refusal> {
    let code = code.ok_or_else(|| refuse(field, "missing"))?;
    Currency::parse(code.as_str()).map_err(|_| refuse(field, "not an ISO 4217 currency"))
}

/// The first total names the shop's currency once more: two currencies in one order are nobody's order.
fn check_sets(wire: &wire::Order<'_>, currency: Currency) -> Result<(), Refusal> {
    amount(None, wire.total_price_set, currency, Path::root("total_price_set")).map(|_| ())
}

/// An amount: plain, else the shop money of its set; `None` when neither is stated.
pub(super) fn amount(
    plain: Option<&Num<'_>>,
    set: Option<&RawValue>,
    currency: Currency,
    path: Path<'_>,
) -> Result<Option<Money>, Refusal> {
    if let Some(plain) = plain {
        return plain.money(currency, path).map(Some);
    }
    let Some(set) = set else { return Ok(None) };
    let set: MoneySet<'_> = serde_json::from_str(set.get()).map_err(|_| refuse(path, "expected a set of amounts"))?;
    set.shop(currency, path)
}

/// An instant, where one is stated.
pub(super) fn instant(text: Option<&Text<'_>>, field: &'static str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text.filter(|text| !text.as_str().is_empty()) else { return Ok(None) };
    let parsed = text.as_str().parse().map_err(|_| refuse(field, "expected an RFC 3339 time with an offset"));
    parsed.map(Some)
}

fn required_instant(text: Option<&Text<'_>>, field: &'static str) -> Result<Timestamp, Refusal> {
    instant(text, field)?.ok_or_else(|| refuse(field, "missing"))
}

/// When it was placed: `processed_at` is the date that the shop shows, also for imported orders.
fn placed_at(wire: &wire::Order<'_>) -> Result<Timestamp, Refusal> {
    match instant(wire.processed_at.as_ref(), "processed_at")? {
        Some(placed) => Ok(placed),
        None => required_instant(wire.created_at.as_ref(), "created_at"),
    }
}

fn number(wire: &wire::Order<'_>, warnings: &mut Vec<Warning>) -> Result<String, Refusal> {
    let name = wire.name.as_ref().map_or(Ok(None), |name| name.name(Path::root("name")))?;
    if let Some(name) = name {
        return Ok(name);
    }
    warnings.push(Warning::new("no_order_reference", "name", "the order has no name; its number or id stands for it"));
    let plain = wire.order_number.as_ref().map(|id| id.checked(Path::root("order_number"))).transpose()?;
    plain.map_or_else(|| wire.id.checked(Path::root("id")), |number| Ok(format!("#{number}")))
}

fn state(wire: &wire::Order<'_>, warnings: &mut Vec<Warning>) -> Result<OrderState, Refusal> {
    let cancelled = instant(wire.cancelled_at.as_ref(), "cancelled_at")?.is_some();
    let closed = instant(wire.closed_at.as_ref(), "closed_at")?.is_some();
    let fulfilment = wire.fulfillment_status.as_ref().map_or("", Text::as_str);
    let held = match fulfilment {
        "on_hold" => true,
        // The REST words, and those of GraphQL's `OrderDisplayFulfillmentStatus` in lower case.
        ""
        | "fulfilled"
        | "partial"
        | "restocked"
        | "unfulfilled"
        | "partially_fulfilled"
        | "open"
        | "in_progress"
        | "scheduled"
        | "pending_fulfillment"
        | "request_declined"
        | "fulfillment_not_required" => false,
        _ => {
            warnings.push(Warning::new("schema_drift", "fulfillment_status", "a word that this build does not know"));
            false
        }
    };
    let refunded = wire.financial_status.as_ref().is_some_and(|status| status.as_str() == "refunded");
    Ok(if cancelled {
        OrderState::Cancelled
    } else if closed || fulfilment == "fulfilled" || refunded {
        OrderState::Closed
    } else if held {
        OrderState::OnHold
    } else {
        OrderState::Open
    })
}

/// Edge case 14: a fulfilment with status `failure`, `error` or `cancelled` shipped nothing.
fn shipped(wire: &wire::Order<'_>) -> bool {
    let parcels = wire.fulfillments.as_deref().unwrap_or_default();
    let sent = parcels.iter().any(|parcel| parcel.status.as_ref().is_some_and(|status| status.as_str() == "success"));
    let stated = wire.fulfillment_status.as_ref().map_or("", Text::as_str);
    sent || matches!(stated, "fulfilled" | "partial" | "partially_fulfilled")
}

fn codes(wire: &wire::Order<'_>) -> Vec<String> {
    let codes = wire.discount_codes.as_deref().unwrap_or_default();
    codes.iter().take(MAX_PARTS).filter_map(|code| code.code.as_ref().and_then(Text::shown)).collect()
}

fn texts(list: Option<&[Text<'_>]>) -> Vec<String> {
    list.unwrap_or_default().iter().take(MAX_PARTS).filter_map(Text::shown).collect()
}
