//! Daily summaries: one order in the target for all that a store sold over the counter on a day.
//!
//! Each sale is a *part* of exactly one summary. While the day is open, a part follows its sale; once it is closed its sales
//! stay what they are, and only refunds still come in, as those of any order do. So what stands in the target for a closed day
//! changes by credit notes and transfers back alone.

mod compose;

pub use compose::{composed, line_name};

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, CounterSales, DayEnd},
    order::{Order, OrderState, Refund, RefundState, Sender},
    plan::wants_confirmation,
    state::{Head, OrderFacets},
    value::{AccountName, Kind, Money, NameError, SubjectKey},
};

/// How long after its end a day takes sales that are told late.
const GRACE: SignedDuration = SignedDuration::from_hours(1);
/// From the middle of a day to its last second.
const HALF_A_DAY: SignedDuration = SignedDuration::from_secs(12 * 3_600 - 1);
/// How long a sale that is not handed over yet may become one of the counter's: channels tell both in two deliveries.
const COUNTER: SignedDuration = SignedDuration::from_mins(15);
/// The most sales of one summary; a store that sells more has several a day, since its record is one item in the store.
pub const MAX_PARTS: usize = 500;
/// The most lines of all its sales together; one more sale may go beyond it.
pub const MAX_PART_LINES: usize = 2_000;
/// The most summaries of a store and day.
pub const MAX_SUMMARIES: u32 = 99;

/// The sales of a store's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The channel's id of the store.
    pub store: String,
    /// The day.
    pub day: Date,
    /// Which of the day's summaries, from 1.
    pub number: u32,
    /// The last instant of the day.
    pub ends: Timestamp,
    /// Nothing is sold in it any more.
    pub closed: bool,
    /// Its sales, by the channel's id of the order.
    pub parts: BTreeMap<String, Part>,
}

/// What one order contributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The version of the order that it is of: an earlier one never replaces it.
    pub version: u64,
    /// What was sold; `None` where it was called off while the day was open.
    pub sale: Option<Box<Order>>,
    /// What was given back of it.
    pub refunds: Vec<Refund>,
}

/// Which summary a sale goes to. What it says is enough to make that summary, so that two workers never make two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The summary.
    pub key: SubjectKey,
    /// Its store.
    pub store: String,
    /// Its day.
    pub day: Date,
    /// Which of the day's summaries.
    pub number: u32,
}

/// How a sale comes into the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// As an order of its own.
    Own,
    /// In its day's summary.
    Summary,
    /// It may still become one of the counter's: look again then.
    Later(Timestamp),
    /// Nothing was sold.
    Nowhere,
}

/// Decides how a sale comes into the target. Once it went one way, it stays there.
#[must_use]
pub fn way(account: &Account, facets: &OrderFacets, head: &Head, now: Timestamp) -> Way {
    if head.summary.is_some() {
        return Way::Summary;
    }
    let Some(order) = facets.order.as_ref().map(|held| &held.value) else { return Way::Own };
    let counter = order.location.is_some() && order.sent_by == Sender::Seller;
    let before = account.cut_over.is_some_and(|instant| order.placed_at < instant);
    if account.counter_sales != CounterSales::DailySummary || !counter || head.odoo.is_some() || before {
        return Way::Own;
    }
    if order.state == OrderState::Cancelled {
        return Way::Nowhere;
    }
    if order.shipped && wants_confirmation(account.confirm, &order.payment) {
        return Way::Summary;
    }
    let until = order.placed_at.checked_add(COUNTER).unwrap_or(now);
    if now < until { Way::Later(until) } else { Way::Own }
}

/// What an order contributes: its sale as it stands, and what was given back of it.
#[must_use]
pub fn part(order: &Order, facets: &OrderFacets, version: u64) -> Part {
    let sale = (order.state != OrderState::Cancelled).then(|| {
        // What a summary has no place for.
        let (discount_codes, payment_methods, tags) = (Vec::new(), Vec::new(), Vec::new());
        Box::new(Order { discount_codes, payment_methods, tags, ..order.clone() })
    });
    Part { version, sale, refunds: facets.refunds.values().map(|held| held.value.clone()).collect() }
}

/// Why a change of a sale cannot come into its closed day, in words; `None` where refunds say it all.
#[must_use]
pub fn change_after_closing(known: &Part, now: &Part) -> Option<String> {
    let given_back = |part: &Part| {
        let settled = part.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
        let amounts = settled.filter_map(|refund| refund.amount);
        let currency = known.sale.as_ref().map(|sale| sale.currency);
        currency.and_then(|currency| Money::sum(currency, amounts).ok())
    };
    match (&known.sale, &now.sale) {
        (Some(sold), Some(sells)) if same_sale(sold, sells) => None,
        (Some(sold), Some(sells)) => {
            Some(format!("it was sold for {} {} and is {} now", sold.totals.total, sold.currency, sells.totals.total))
        }
        (Some(sold), None) if given_back(now) == Some(sold.totals.total) => None,
        (Some(sold), None) => {
            Some(format!("it was sold for {} {} and is called off now", sold.totals.total, sold.currency))
        }
        (None, Some(sells)) => {
            Some(format!("it was called off and is sold for {} {} now", sells.totals.total, sells.currency))
        }
        (None, None) => None,
    }
}

/// Is the same sold, whatever became of its payment since?
fn same_sale(one: &Order, other: &Order) -> bool {
    one.currency == other.currency
        && one.tax_included == other.tax_included
        && one.lines == other.lines
        && one.shipping == other.shipping
        && one.charges == other.charges
        && one.totals.total == other.totals.total
}

/// What is added to an instant, so that its date in UTC is the day that the store sells it on. Days end at night: before noon
/// UTC, the night after them is meant, later the one of their own date.
fn shift(day_ends: DayEnd) -> SignedDuration {
    let minutes = i64::from(day_ends.minutes());
    SignedDuration::from_mins(if minutes < 720 { minutes.saturating_neg() } else { 1_440_i64.saturating_sub(minutes) })
}

/// The day that a store sells at an instant on.
#[must_use]
pub fn day_of(at: Timestamp, day_ends: DayEnd) -> Date {
    let shifted = at.checked_add(shift(day_ends)).unwrap_or(at);
    TimeZone::UTC.to_datetime(shifted).date()
}

/// The last second of a day.
#[must_use]
pub fn end_of(day: Date, day_ends: DayEnd) -> Timestamp {
    let next = day.tomorrow().unwrap_or(day);
    let midnight = TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
    let end = midnight.checked_sub(shift(day_ends)).and_then(|end| end.checked_sub(SignedDuration::from_secs(1)));
    end.unwrap_or(midnight)
}

impl Summary {
    /// The empty summary of a store's day.
    #[must_use]
    pub fn new(store: &str, day: Date, number: u32, day_ends: DayEnd) -> Self {
        let ends = end_of(day, day_ends);
        Self { store: store.to_owned(), day, number, ends, closed: false, parts: BTreeMap::new() }
    }

    /// When it is closed: some time after the day's end.
    #[must_use]
    pub fn closes(&self) -> Timestamp {
        self.ends.checked_add(GRACE).unwrap_or(self.ends)
    }

    /// The middle of the day: an instant whose date is the day's, in UTC and where its store is.
    #[must_use]
    pub fn middle(&self) -> Timestamp {
        self.ends.checked_sub(HALF_A_DAY).unwrap_or(self.ends)
    }

    /// What people call it: `store-1 2026-11-27`.
    #[must_use]
    pub fn name(&self) -> String {
        let more = if self.number > 1 { format!(" ({})", self.number) } else { String::new() };
        format!("{} {}{more}", self.store, self.day)
    }

    /// Its subject. Sales of one summary have one currency, and prices of one kind.
    ///
    /// # Errors
    /// When the store's id has characters that no id may have.
    pub fn key(&self, account: &AccountName, sale: &Order) -> Result<SubjectKey, NameError> {
        let prices = if sale.tax_included { "gross" } else { "net" };
        let more = if self.number > 1 { format!("_{}", self.number) } else { String::new() };
        let id = format!("day_{}_{}_{}_{prices}{more}", self.store, self.day, sale.currency.code());
        SubjectKey::new(account.clone(), Kind::Summary, &id)
    }

    /// Has it the part of this order, or may that still become part of it, beside others that are on their way: so many, with
    /// so many lines?
    #[must_use]
    pub fn takes(&self, order: &str, (coming, lines): (usize, usize)) -> bool {
        let known = self.parts.values().filter_map(|part| part.sale.as_ref()).map(|sale| sale.lines.len());
        let lines = known.fold(lines, usize::saturating_add);
        let room = self.parts.len().saturating_add(coming) < MAX_PARTS && lines < MAX_PART_LINES;
        self.parts.contains_key(order) || (!self.closed && room)
    }
}

/// The day whose summary a sale goes to now: its own while that takes sales, else today's.
#[must_use]
pub fn day_for(order: &Order, day_ends: DayEnd, now: Timestamp) -> Date {
    let (own, today) = (day_of(order.placed_at, day_ends), day_of(now, day_ends));
    let open = end_of(own, day_ends).checked_add(GRACE).is_ok_and(|closes| now < closes);
    if open { own } else { today }
}
