//! Webhook bodies as Shopify writes them. Shapes: `webhook_payloads/orders__create.json`, `orders__edited.json`,
//! `refunds__create.json` and the official REST examples 2026-07.

pub(super) mod json;
mod line;
mod order;
mod people;
mod refund;
mod totals;

pub(super) use json::{Json, Object, object};
pub(super) use order::order_body;
pub(super) use refund::{edit_body, refund_body};

use jiff::{Timestamp, tz};
use sluice_domain::value::{Currency, Money};

use super::sale::{Sale, Twist, ratio};

/// The shop's clock: Central European summer time.
const CLOCK: tz::Offset = tz::offset(2);
/// Where the goods are.
const LOCATION: u64 = 655_441_491;
/// The currency that a buyer saw, and how much of it, in per cent of the shop's money.
const BUYERS_MONEY: (&str, i64) = ("USD", 108);

/// A time as the shop writes it.
pub(super) fn clock(second: i64) -> String {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH).display_with_offset(CLOCK).to_string()
}

/// Writes the amounts of one order.
#[derive(Clone, Copy, Debug)]
struct Coins {
    shop: &'static str,
    buyer: &'static str,
    rate: i64,
    /// With the `*_set` beside every plain amount.
    full: bool,
}

impl Coins {
    fn of(sale: &Sale, full: bool) -> Self {
        let shop = sale.market.currency();
        let (buyer, rate) = if sale.has(Twist::Presentment) { BUYERS_MONEY } else { (shop, 100) };
        Self { shop, buyer, rate, full }
    }

    /// `"19.90"`, or `"5900"` of yen.
    fn text(self, minor: i64) -> String {
        amount(minor, self.shop)
    }

    fn set(self, minor: i64) -> Json {
        let seen = ratio(minor.saturating_abs(), self.rate, 100).saturating_mul(minor.signum());
        let money = |amount: String, code: &str| object! { "amount": amount, "currency_code": code };
        object! {
            "shop_money": money(self.text(minor), self.shop),
            "presentment_money": money(amount(seen, self.buyer), self.buyer),
        }
    }
}

/// An amount of minor units as text at the currency's precision.
pub(super) fn amount(minor: i64, code: &str) -> String {
    Currency::parse(code).map_or_else(|_| String::new(), |currency| Money::from_minor(minor, currency).to_string())
}

impl Object {
    /// A field that only a full body has.
    fn also(self, coins: Coins, name: &str, value: impl Into<Json>) -> Self {
        if coins.full { self.with(name, value) } else { self }
    }

    /// A plain amount and, in a full body, its set.
    fn money(self, name: &str, minor: i64, coins: Coins) -> Self {
        let plain = self.with(name, coins.text(minor));
        if coins.full { plain.with(&format!("{name}_set"), coins.set(minor)) } else { plain }
    }
}
