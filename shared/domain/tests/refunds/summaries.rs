//! Daily summaries: which day a sale is of, which way it goes, and what a day's sales come to.

use jiff::Timestamp;
use sluice_domain::{
    account::{Account, CounterSales, DayEnd},
    order::{Order, OrderState, PaymentState, Refund, RefundState},
    state::{Decision, Head, OrderFacets, Ranked},
    summary::{Part, Summary, Way, change_after_closing, composed, day_of, end_of, part, way},
    value::SubjectKey,
};

use crate::{at, goods, line, order, rank, support, usd};

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn time(text: &str) -> DayEnd {
    DayEnd::try_from(text.to_owned()).unwrap()
}

#[test]
fn a_day_ends_at_night_wherever_the_stores_are() {
    // Where, when the day ends, a sale in UTC, the day that people there have, and that day's last second.
    let cases = [
        ("Berlin", "02:00", "2026-11-27T08:00:00Z", "2026-11-27", "2026-11-28T01:59:59Z"),
        ("Berlin, after midnight", "02:00", "2026-11-28T01:30:00Z", "2026-11-27", "2026-11-28T01:59:59Z"),
        ("Chicago, in the evening", "09:00", "2026-11-28T03:00:00Z", "2026-11-27", "2026-11-28T08:59:59Z"),
        ("Tokyo, in the morning", "18:00", "2026-11-27T01:00:00Z", "2026-11-27", "2026-11-27T17:59:59Z"),
        ("Auckland, in the morning", "14:00", "2026-11-26T21:00:00Z", "2026-11-27", "2026-11-27T13:59:59Z"),
        ("London", "00:00", "2026-11-27T23:59:59Z", "2026-11-27", "2026-11-27T23:59:59Z"),
    ];
    for (place, ends, sold, day, last) in cases {
        let found = day_of(instant(sold), time(ends));
        assert_eq!((found.to_string(), end_of(found, time(ends))), (day.to_owned(), instant(last)), "{place}");
        let middle = Summary::new("L1", found, 1, time(ends)).middle();
        assert!(middle.to_string().starts_with(day), "{place}: the date of its order and invoice, {middle}");
    }
}

#[test]
fn a_time_of_day_is_hours_and_minutes() {
    assert_eq!(String::from(time("18:05")), "18:05");
    for text in ["", "2:00", "24:00", "00:60", "02:00:00", "+2:00", "aa:bb", "noon"] {
        assert!(DayEnd::try_from(text.to_owned()).is_err(), "{text}");
    }
}

/// Sold over the counter, handed over and paid.
fn counter(id: &str, lines: &[(&str, &str, &str)]) -> (String, Order) {
    let lines: Vec<_> = lines.iter().map(|(units, price, tax)| line("A", units, price, tax)).collect();
    let mut sale = Order { location: Some("L1".into()), shipped: true, payment: PaymentState::Paid, lines, ..order() };
    sale.shipping = vec![];
    let sums = |taxed: fn(&sluice_domain::order::OrderLine) -> sluice_domain::value::Money| {
        sale.lines.iter().map(taxed).fold(usd("0"), |sum, amount| sum.plus(amount).unwrap())
    };
    let net = sums(|line| {
        let whole = line.unit_price.get() * line.quantity.get();
        sluice_domain::value::Money::from_major(whole, line.discount.currency()).unwrap()
    });
    let total = net.plus(sums(|line| line.taxes[0].amount)).unwrap();
    (sale.totals.total, sale.paid) = (total, Some(total));
    (id.to_owned(), sale)
}

fn facets(order: Order) -> OrderFacets {
    OrderFacets { order: Some(Ranked { rank: rank(0), value: order }), ..OrderFacets::default() }
}

fn account() -> Account {
    Account { counter_sales: CounterSales::DailySummary, ..support::account() }
}

fn head() -> Head {
    Head::new(SubjectKey::parse("shop/order/1").unwrap(), at(0))
}

#[test]
fn only_what_the_counter_sold_and_handed_over_is_summed_up() {
    let (_, sold) = counter("1", &[("1", "10.00", "1.00")]);
    let soon = at(60);
    let go = |order: Order| way(&account(), &facets(order), &head(), soon);
    assert_eq!(go(sold.clone()), Way::Summary);
    assert_eq!(go(Order { location: None, ..sold.clone() }), Way::Own, "ordered from afar");
    assert_eq!(go(Order { state: OrderState::Cancelled, ..sold.clone() }), Way::Nowhere);
    let waits = Order { shipped: false, ..sold.clone() };
    assert_eq!(go(waits.clone()), Way::Later(at(900)), "told in two deliveries");
    assert_eq!(way(&account(), &facets(waits), &head(), at(900)), Way::Own, "collected later");
    assert_eq!(go(Order { payment: PaymentState::Pending, ..sold.clone() }), Way::Later(at(900)));
    let own = support::account();
    assert_eq!(way(&own, &facets(sold.clone()), &head(), soon), Way::Own, "the account does not ask for it");
    let before = Account { cut_over: Some(at(1)), ..account() };
    assert_eq!(way(&before, &facets(sold), &head(), soon), Way::Own, "sold before Sluice");
}

fn day(sales: &[(String, Order)], facets: &OrderFacets) -> Summary {
    let mut summary = Summary::new("L1", day_of(at(0), DayEnd::default()), 1, DayEnd::default());
    for (id, sale) in sales {
        summary.parts.insert(id.clone(), part(sale, facets, 1));
    }
    summary
}

#[test]
fn lines_of_the_same_are_added_up_and_nothing_else_is() {
    let sales = [
        counter("1", &[("2", "10.00", "2.00"), ("1", "5.00", "0.50")]),
        counter("2", &[("3", "10.00", "3.00")]),
        counter("3", &[("1", "9.99", "1.00")]),
    ];
    let (sum, refunds) = composed(&day(&sales, &OrderFacets::default())).unwrap().unwrap();
    let mut lines: Vec<String> = sum
        .lines
        .iter()
        .map(|line| format!("{} x {} tax {}", line.quantity.get(), line.unit_price.get(), line.taxes[0].amount))
        .collect();
    lines.sort();
    assert_eq!(lines, ["1 x 5 tax 0.50", "1 x 9.99 tax 1.00", "5 x 10 tax 5.00"]);
    assert_eq!((sum.totals.total, sum.paid, sum.summed), (usd("71.49"), Some(usd("71.49")), 4));
    assert_eq!((sum.number.as_str(), sum.placed_at, refunds), ("L1 1970-01-01", at(43_200), vec![]));
    let nothing = Summary::new("L1", day_of(at(0), DayEnd::default()), 1, DayEnd::default());
    assert_eq!(composed(&nothing), Ok(None));
}

#[test]
fn what_comes_back_of_a_sale_comes_back_of_the_line_that_it_was_added_to() {
    let (id, sale) = counter("7", &[("1", "100.00", "10.00")]);
    let mut known = facets(sale.clone());
    known.refunds.insert("1".into(), Ranked { rank: rank(60), value: goods("110") });
    let (sum, refunds) = composed(&day(&[(id, sale)], &known)).unwrap().unwrap();
    let [refund] = refunds.as_slice() else { panic!("{refunds:?}") };
    assert_eq!((refund.id.as_str(), refund.apart, refund.amount), ("7_1", true, Some(usd("110"))));
    assert_eq!(refund.lines[0].line, sum.lines[0].id);
    assert_eq!(refund.lines[0].value.unwrap().amount, usd("100"));
}

#[test]
fn a_closed_day_takes_refunds_and_no_other_change() {
    let (_, sold) = counter("1", &[("1", "100.00", "10.00")]);
    let of =
        |sale: &Order, refunds: Vec<_>| Part { version: 1, sale: part(sale, &OrderFacets::default(), 1).sale, refunds };
    let known = of(&sold, vec![]);
    let back = of(&Order { payment: PaymentState::Refunded, ..sold.clone() }, vec![goods("110")]);
    assert_eq!(change_after_closing(&known, &back), None);
    let called_off = Order { state: OrderState::Cancelled, ..sold.clone() };
    assert_eq!(change_after_closing(&known, &of(&called_off, vec![goods("110")])), None, "all of it was given back");
    for state in [RefundState::Pending, RefundState::Failed, RefundState::Cancelled] {
        let refund = Refund { state, ..goods("110") };
        let waits = change_after_closing(&known, &of(&called_off, vec![refund]));
        assert!(waits.is_some(), "no money has gone back: {state:?}");
    }
    let some = change_after_closing(&known, &of(&called_off, vec![goods("50")]));
    assert_eq!(some.as_deref(), Some("it was sold for 110.00 USD and is called off now"));
    let (_, dearer) = counter("1", &[("1", "101.00", "10.00")]);
    let some = change_after_closing(&known, &of(&dearer, vec![]));
    assert_eq!(some.as_deref(), Some("it was sold for 110.00 USD and is 111.00 now"));
}

#[test]
fn a_release_counts_for_the_version_that_it_was_given_for() {
    let (_, sold) = counter("1", &[("1", "100.00", "10.00")]);
    let mut known = facets(sold);
    assert!(!known.is_released());
    known.decision = Some(Ranked { rank: rank(5), value: Decision::Release });
    assert!(known.is_released());
    known.order.as_mut().unwrap().rank = rank(6);
    assert!(!known.is_released(), "it changed again");
}
