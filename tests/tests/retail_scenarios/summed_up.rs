//! Three stores whose counters are summed up: one order, one delivery and one invoice in Odoo for all that a store sold on a day.

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_domain::{state::ExceptionClass, summary::MAX_PARTS};
use sluice_sandbox::{
    odoo::{SimConfig, SimOdoo},
    seller::LOCATIONS,
};
use sluice_testkit::{
    scene::{start, then},
    shop::{Back, Coin, refund},
    world::{Strike, Trouble, administer},
};

use crate::{
    books::{Books, Sum},
    market::{Entity, Place, Sale, Terms, sale},
    mid_market::{ACCOUNTS, odoo},
    retailer::{Retailer, Weather},
};

const TERMS: Terms = Terms { coin: Coin::EUR, included: true, rate: 19_000 };

/// The stores of the scenario, summed up by days that end at that time.
fn accounts(day_ends: &str) -> String {
    let (_, stores) = ACCOUNTS.split_once("- name: stores").unwrap();
    let summed_up = format!("counter_sales: daily_summary\n  day_ends: \"{day_ends}\"");
    let stores = stores.replace("counter_sales: handed_over", &summed_up);
    format!("- name: stores{}", stores.replace("invoices: on_shipment", "invoices: summarised"))
}

/// What one store sells, so many minutes after the beginning.
fn counter(store: usize, number: u64, minutes: i64) -> Sale {
    let (location, warehouse) = [("ST1", 0), ("ST2", 1), ("ST3", 2)].map(|(code, at)| (LOCATIONS[at], code))[store];
    let product = (number % 3) as u32 + 1;
    let goods = [(product, 2, 1_990, 0), (6, 1, 933, if number.is_multiple_of(3) { 100 } else { 0 })];
    let entity = Entity { company: "Retail EU", warehouse, tax: "19% incl" };
    let id = 3_000 + 1_000 * store as u64 + number;
    sale((0, id, minutes), TERMS, &goods, 0, (Place::store(location, "Point of Sale"), entity))
}

/// Ten sales of each store, some of which come back at once.
fn day() -> Vec<Sale> {
    let sales = (0..30_u64).map(|number| {
        let sold = counter((number % 3) as usize, number / 3, number.cast_signed() * 2 + 1);
        if number % 5 == 4 { sold.returned() } else { sold }
    });
    sales.collect()
}

fn sum<'a>(sums: impl Iterator<Item = &'a Sum>) -> (usize, Decimal) {
    sums.fold((0, Decimal::ZERO), |(count, total), sum| (count + sum.count, total + sum.total))
}

/// The same goods left and the same money came in as by the sales themselves; answers in how many orders.
#[track_caller]
fn summed_up(retailer: &Retailer, books: &Books, when: &str) -> usize {
    let due = retailer.due();
    let (orders, total) = sum(books.orders.values());
    assert_eq!(total, sum(due.orders.values()).1, "{when}: {books:#?}");
    assert_eq!(books.sent, due.sent, "{when}");
    let of = |books: &Books, wanted: &str| {
        let entries: Vec<Sum> =
            books.entries.iter().filter(|((_, kind, ..), _)| kind == wanted).map(|(_, sum)| *sum).collect();
        sum(entries.iter())
    };
    assert_eq!(of(books, "out_invoice"), (orders, of(&due, "out_invoice").1), "{when}");
    assert_eq!(of(books, "out_refund"), of(&due, "out_refund"), "{when}");
    let tax = |books: &Books| books.orders.values().map(|sum| sum.tax).sum::<Decimal>();
    let cents = (tax(books) - tax(&due)).abs() * Decimal::ONE_HUNDRED;
    assert!(cents <= Decimal::from(retailer.sales.len()), "{when}: {cents} cents of tax by rounding");
    orders
}

fn play(odoo: SimOdoo, weather: Weather) {
    let mut retailer = Retailer::open(odoo, &accounts("02:00"), weather);
    for sale in day() {
        retailer.tell(sale);
    }
    retailer.world.run_for(SignedDuration::from_hours(6));
    assert_eq!(retailer.rest(), Books::default(), "{weather:?}: the day is not over");
    retailer.world.run_for(SignedDuration::from_hours(20));
    let books = retailer.close();
    assert_eq!(summed_up(&retailer, &books, &format!("{weather:?}")), 3, "{weather:?}");
    let now = retailer.world.now();
    let invoices = json!([[["move_type", "=", "out_invoice"]], ["invoice_date"]]);
    let invoices =
        retailer.world.odoo(|odoo| administer(odoo, ("account.move", "search_read"), &invoices, &json!({}), now));
    let of_the_day = |invoice: &Value| invoice["invoice_date"] == "2026-11-20";
    assert!(invoices.as_array().unwrap().iter().all(of_the_day), "made in the night after it: {invoices}");
}

#[test]
fn each_store_s_day_is_one_order_one_delivery_and_one_invoice_to_the_cent() {
    play(odoo(SimConfig::odoo18()), Weather::Fair);
    play(odoo(SimConfig::odoo19()), Weather::Fair);
}

#[test]
fn every_sale_is_in_exactly_one_summary_in_any_weather() {
    for seed in 0..6 {
        play(odoo(if seed % 2 == 0 { SimConfig::odoo18() } else { SimConfig::odoo19() }), Weather::Foul(seed));
    }
    for call in ["sale.order.load", "sale.order.action_confirm", "stock.picking.button_validate"] {
        for trouble in [Trouble::Lost, Trouble::Late, Trouble::Dropped] {
            play(odoo(SimConfig::odoo19()), Weather::Once(call, trouble));
        }
    }
}

/// The day ends five minutes after the first sale (10:06), and is closed while sales and what came back are still told, some of them
/// long after they happened.
#[test]
fn what_is_told_while_a_day_is_closed_is_in_exactly_one_summary() {
    for seed in 0..12 {
        let weather = if seed == 0 { Weather::Fair } else { Weather::Foul(seed) };
        let mut retailer = Retailer::open(odoo(SimConfig::odoo19()), &accounts("10:06"), weather);
        for sale in day() {
            retailer.tell(sale);
        }
        retailer.world.run_for(SignedDuration::from_hours(40));
        let books = retailer.close();
        let orders = summed_up(&retailer, &books, &format!("{weather:?}"));
        assert!((3..=9).contains(&orders), "{weather:?}: {orders} summaries");
        assert!(seed > 0 || orders == 6, "three stores sold on two days");
    }
}

#[test]
fn a_store_that_sells_more_than_a_summary_holds_has_several_a_day() {
    let mut retailer = Retailer::open(odoo(SimConfig::odoo19()), &accounts("02:00"), Weather::Fair);
    for number in 0..u64::try_from(MAX_PARTS).unwrap() + 7 {
        retailer.tell(counter(0, number, number.cast_signed() % 240));
    }
    retailer.world.run_for(SignedDuration::from_hours(20));
    let books = retailer.close();
    assert_eq!(summed_up(&retailer, &books, "a busy store"), 2);
}

/// A store's day is about to be closed when a sale of it is told at last.
fn told_late(weather: Weather) -> Retailer {
    let mut retailer = Retailer::open(odoo(SimConfig::odoo19()), &accounts("10:06"), weather);
    retailer.tell(counter(0, 1, 1));
    let mut late = counter(0, 2, 2);
    late.order.versions[0].at = start() + SignedDuration::from_secs(64 * 60 + 50);
    retailer.tell(late);
    retailer.world.run_for(SignedDuration::from_mins(64));
    retailer
}

#[test]
fn whoever_dies_of_a_sale_while_its_day_is_closed_loses_none_and_sells_none_twice() {
    let mut calm = told_late(Weather::Fair);
    let first = calm.world.calls().0;
    calm.world.run_for(SignedDuration::from_mins(2));
    let last = calm.world.calls().0;
    for strike in [Strike::CrashBefore, Strike::CrashAfter] {
        let mut too_late = 0;
        for call in first..last {
            let mut retailer = told_late(Weather::Dies(call, strike));
            retailer.world.run_for(SignedDuration::from_hours(26));
            let books = retailer.close();
            too_late += summed_up(&retailer, &books, &format!("{strike:?} {call}")) - 1;
        }
        assert!(too_late > 0, "{strike:?}: the sale was never too late for its day ({first} to {last})");
    }
}

/// One sale, as it is first and as it becomes when its day is closed.
fn after_closing(change: impl FnOnce(Sale) -> Sale) -> Retailer {
    let mut retailer = Retailer::open(odoo(SimConfig::odoo19()), &accounts("10:06"), Weather::Fair);
    retailer.tell(change(counter(0, 1, 1)));
    retailer.world.run_for(SignedDuration::from_hours(40));
    retailer
}

#[test]
fn goods_that_come_back_after_the_day_is_closed_are_credited_on_its_invoice() {
    let mut retailer = after_closing(|mut sale| {
        refund(&mut sale.order, Back::Unit, 30 * 3_600);
        sale
    });
    let books = retailer.close();
    assert_eq!(summed_up(&retailer, &books, "refunded the next day"), 1);
    assert_eq!(books.entries.len(), 2, "an invoice and a credit note: {books:?}");
}

#[test]
fn a_sale_that_changes_after_its_day_is_closed_waits_for_a_person_and_says_what_to_do() {
    let later = |topic: &'static str, change: fn(&mut sluice_testkit::shop::Version)| {
        move |mut sale: Sale| {
            then(&mut sale.order, topic, change);
            sale.order.versions.last_mut().unwrap().at += SignedDuration::from_hours(30);
            sale
        }
    };
    let mut retailer = after_closing(later("orders/updated", |version| version.lines[0].price += 100));
    let record = retailer.world.record(&retailer.key(&retailer.sales[0])).unwrap();
    let parked = record.head.parked.unwrap();
    assert_eq!(parked.class, ExceptionClass::ChangedAfterConfirmation);
    assert!(
        parked.reason.starts_with("its day is closed, and it was sold for 49.13 EUR and is 51.13 now"),
        "{}",
        parked.reason
    );
    let summary = retailer.world.record(&record.head.summary.unwrap().key).unwrap();
    assert_eq!(summary.head.odoo.unwrap().total.unwrap().to_string(), "49.13", "what is closed stays");
    // Somebody brought the difference in by hand.
    retailer.world.release(&record.head.key.to_string());
    retailer.world.run();
    assert_eq!(retailer.world.record(&record.head.key).unwrap().head.parked, None);
}

#[test]
fn a_trace_of_a_sale_shows_its_day_and_a_trace_of_the_day_its_sales() {
    let mut retailer = after_closing(|sale| sale);
    let sale = retailer.key(&retailer.sales[0]).to_string();
    let [of_sale] = retailer.world.traces("N-3001").try_into().unwrap();
    let odoo = of_sale.odoo.unwrap();
    assert_eq!((of_sale.subject, odoo.state.as_str(), odoo.total.as_deref()), (sale, "sale", Some("49.13")));
    let day = "stores/summary/day_LOCATIONBERLIN_2026-11-19_EUR_gross";
    assert_eq!(
        of_sale.outcome,
        format!("sold in {day}: done: {} is `sale` in Odoo; invoice 1: account.move 1", odoo.name)
    );
    let [of_day] = retailer.world.traces(&odoo.name).try_into().unwrap();
    assert_eq!(of_day.subject, day);
    let sales: Vec<(&str, &str)> =
        of_day.evidence.iter().map(|sold| (sold.topic.as_str(), sold.outcome.as_str())).collect();
    assert_eq!(sales, [("N-3001", "sold for 49.13 EUR")]);
}
