//! From the wire to the canonical order. Amounts of lines are without tax even where the shop's prices contain it (README, edge
//! case 1), so a canonical order of this channel never has tax in its prices.

mod dates;
mod extras;
mod lines;
mod payment;
mod status;
mod taxes;
mod totals;

pub(super) use dates::{Clock, utc};
pub(super) use status::is_draft;

use sluice_domain::{
    order::{Order, OrderState, PaymentState, Sender},
    value::{Currency, Money},
};

use super::{refund, wire, wire::Meta};
use crate::{
    OrderSums, Refusal, Warning,
    evidence::ReadRefund,
    json::{Loose, MAX_LINES, MAX_PARTS, Num, Path, Text, bound, refuse},
};

/// An order as it was read.
pub(super) struct ReadOrder {
    /// The order.
    pub(super) order: Order,
    /// Its refunds, each with its version and progress.
    pub(super) refunds: Vec<ReadRefund>,
    /// `date_modified_gmt` in microseconds; it has whole seconds.
    pub(super) version: i64,
    /// Facts that only grow.
    pub(super) progress: u32,
    /// Oddities.
    pub(super) warnings: Vec<Warning>,
}

/// What reading the amounts of one order needs.
pub(super) struct Amounts {
    pub(super) currency: Currency,
    /// An amount had more decimals than the currency.
    finer: bool,
}

impl Amounts {
    /// An amount of the currency; a finer one is rounded.
    pub(super) fn read(&mut self, num: &Num<'_>, path: Path<'_>) -> Result<Money, Refusal> {
        let (amount, finer) = num.rounded(self.currency, path)?;
        self.finer |= finer;
        Ok(amount)
    }

    /// The same where it may be absent.
    pub(super) fn maybe(&mut self, num: &Loose<Num<'_>>, path: Path<'_>) -> Result<Option<Money>, Refusal> {
        num.get().map(|num| self.read(num, path)).transpose()
    }

    pub(super) fn zero(&self) -> Money {
        Money::zero(self.currency)
    }
}

/// Reads an order.
pub(super) fn read(wire: &wire::Order<'_>) -> Result<ReadOrder, Refusal> {
    let mut warnings = Vec::new();
    let mut amounts = Amounts { currency: currency(wire)?, finer: false };
    bound("line_items", wire.line_items.get().len(), MAX_LINES)?;
    bound("refunds", wire.refunds.get().len(), MAX_LINES)?;
    bound("tax_lines", wire.tax_lines.get().len(), MAX_PARTS)?;
    let clock = Clock::of(wire)?;
    let version = clock.modified().map_err(|missing| legacy(wire).unwrap_or(missing))?.as_microsecond();
    let meta = Meta::all(wire.meta_data);
    let rates = taxes::Rates::of(wire, &mut warnings)?;
    let refunds = refund::of_order(wire, &mut amounts, &mut warnings)?;
    let mut charges = extras::fees(wire, &rates, &mut amounts, &mut warnings)?;
    let (lines, strange) = lines::read(wire, &rates, &mut amounts, &mut warnings)?;
    charges.extend(strange);
    let shipping = extras::shipping(wire, &rates, &mut amounts, &mut warnings)?;
    let sums = OrderSums::of(amounts.currency, &lines, &shipping, &charges)
        .map_err(|error| refuse("line_items", error.to_string()))?;
    let (totals, cards) = totals::read(wire, &sums, &meta, &mut amounts, &mut warnings)?;
    let standing = status::read(wire, &clock, &mut warnings);
    let paid = payment::read(wire, (&clock, &meta), (totals.total, &refunds), &standing, &mut warnings);
    let over = paid.state == PaymentState::Refunded && standing.state == OrderState::Open;
    let progress = payment::progress(&clock, &standing, &refunds);
    let mut methods: Vec<String> = wire.payment_method.get().and_then(Text::shown).into_iter().collect();
    methods.extend(cards.then(|| "gift_card".to_owned()));
    if amounts.finer {
        let message = "amounts have more decimals than the currency and were rounded";
        warnings.push(Warning::new("more_decimals", "total", message));
    }
    let order = Order {
        number: number(wire, &mut warnings)?,
        currency: amounts.currency,
        presentment_currency: None,
        placed_at: clock.placed()?,
        test: is_test(&meta),
        source: wire.created_via.get().and_then(Text::shown),
        location: None,
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: false,
        lines,
        shipping,
        charges,
        totals,
        state: if over { OrderState::Closed } else { standing.state },
        payment: paid.state,
        paid: paid.captured,
        refunded: paid.refunded,
        shipped: standing.shipped || meta.iter().any(is_parcel),
        discount_codes: codes(wire),
        payment_methods: methods,
        tags: Vec::new(),
    };
    warnings.extend(clock.warning());
    Ok(ReadOrder { order, refunds, version, progress, warnings })
}

/// A webhook may be set to the API that WooCommerce 9 took out, whose orders are another form under some of the same names.
fn legacy(wire: &wire::Order<'_>) -> Option<Refusal> {
    let fix = "an order of the legacy REST API, which is not read; set the webhook's API version to WP REST API Integration v3";
    wire.created_at.get().map(|_| refuse("created_at", fix))
}

fn currency(wire: &wire::Order<'_>) -> Result<Currency, Refusal> {
    let code = wire.currency.get().ok_or_else(|| refuse("currency", "missing"))?;
    Currency::parse(code.as_str()).map_err(|_| refuse("currency", "not an ISO 4217 currency"))
}

/// Plugins change the number; the id is another thing (README, edge case 9).
fn number(wire: &wire::Order<'_>, warnings: &mut Vec<Warning>) -> Result<String, Refusal> {
    if let Some(number) = wire.number.get() {
        let number = number.name(Path::root("number"))?;
        if let Some(number) = number {
            return Ok(number);
        }
    }
    warnings.push(Warning::new("no_order_reference", "number", "the order has no number; its id stands for it"));
    wire.id.checked(Path::root("id"))
}

/// Entries by which the payment plugins of `WooPayments` (`captured_responses`), PayPal (its class `PayPalGateway`) and Mollie
/// (its class `Data`, `getActiveMolliePaymentMode`) say that no money moved.
const TEST_MODES: &[(&str, &str)] =
    &[("wcpay_mode", "test"), ("ppcp_paypal_payment_mode", "sandbox"), ("mollie_payment_mode", "test")];

fn is_test(meta: &[Meta<'_>]) -> bool {
    meta.iter().any(|entry| {
        let mode = TEST_MODES.iter().find(|(name, _)| *name == entry.name());
        mode.is_some_and(|(_, mode)| entry.text().is_some_and(|text| text.as_str().eq_ignore_ascii_case(mode)))
    })
}

/// Parcels of the shipment tracking plugin.
fn is_parcel(entry: &Meta<'_>) -> bool {
    entry.name() == "wc_shipment_tracking_items" && entry.value.is_some_and(|value| value.get().contains('{'))
}

fn codes(wire: &wire::Order<'_>) -> Vec<String> {
    let coupons = wire.coupon_lines.get().iter().take(MAX_PARTS);
    coupons.filter_map(|coupon| coupon.code.get().and_then(Text::shown)).collect()
}
