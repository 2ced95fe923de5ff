//! The order in which deliveries arrive: late ones, repeated ones, and stale ones after newer ones.

use jiff::Timestamp;

use super::{Event, Life, events, noise};
use crate::demo::{Delivery, random::Random, sale::Sale};

/// Of a hundred deliveries, how many the shop repeats because it saw no answer in time.
const RETRIED: u64 = 7;
/// Of a hundred deliveries, how many come from a second subscription too.
const TWICE: u64 = 6;

struct Arrival {
    /// Unix seconds, and the place among those of one second.
    at: (i64, usize),
    delivery: Delivery,
}

struct Schedule<'a> {
    random: &'a mut Random,
    arrivals: Vec<Arrival>,
}

/// Every delivery of the day, in the order of arrival.
pub(crate) fn deliveries(sales: &[Sale], random: &mut Random) -> Vec<Delivery> {
    let mut schedule = Schedule { random, arrivals: Vec::new() };
    for (place, sale) in sales.iter().enumerate() {
        let told = events(sale);
        let last = told.len();
        for (index, event) in told.into_iter().enumerate() {
            let delay = schedule.delay(sale, place, (index, last));
            schedule.deliver(event, delay);
        }
    }
    let opening = sales.first().map_or(0, |sale| sale.placed);
    let length = sales.last().map_or(0, |sale| sale.placed).saturating_sub(opening);
    let at = |part: i64| opening.saturating_add(length.saturating_mul(part).checked_div(100).unwrap_or(0));
    for (event, signed) in noise::events(at) {
        let delivery = schedule.delivery(event, signed);
        schedule.arrive(delivery.at.as_second().saturating_add(1), delivery);
    }
    schedule.arrivals.sort_by_key(|arrival| arrival.at);
    schedule.arrivals.into_iter().map(|arrival| arrival.delivery).collect()
}

impl Schedule<'_> {
    /// Seconds on the way. Most are quick; of every seventh order what came first comes last, of every eleventh the first
    /// statement is late, and of every thirteenth the last but one is.
    fn delay(&mut self, sale: &Sale, place: usize, (index, last): (usize, usize)) -> i64 {
        let quick = self.random.between(1, 3);
        let back = i64::try_from(last.saturating_sub(index)).unwrap_or_default();
        let turned = place % 7 == 3 || matches!(sale.life, Life::PartRefunded);
        if turned {
            return back.saturating_mul(9_000).saturating_add(quick);
        }
        let first = index == 0 && place % 11 == 5;
        let superseded = index.saturating_add(2) == last && place % 13 == 6;
        if first || superseded { self.random.between(1_200, 3_000) } else { quick }
    }

    fn delivery(&mut self, event: Event, signed: bool) -> Delivery {
        let at = Timestamp::from_second(event.at).unwrap_or(Timestamp::UNIX_EPOCH);
        Delivery { topic: event.topic.to_owned(), delivery_id: self.random.uuid(), at, signed, body: event.body }
    }

    /// Delivers, and now and then once more: with the same delivery id, or with another one.
    fn deliver(&mut self, event: Event, delay: i64) {
        let arrival = event.at.saturating_add(delay);
        let delivery = self.delivery(event, true);
        if self.random.chance(RETRIED) {
            let gap = self.random.between(60, 1_500);
            self.arrive(arrival.saturating_add(gap), delivery.clone());
        }
        if self.random.chance(TWICE) {
            let copy = Delivery { delivery_id: self.random.uuid(), ..delivery.clone() };
            self.arrive(arrival.saturating_add(1), copy);
        }
        self.arrive(arrival, delivery);
    }

    fn arrive(&mut self, second: i64, delivery: Delivery) {
        let at = (second, self.arrivals.len());
        self.arrivals.push(Arrival { at, delivery });
    }
}
