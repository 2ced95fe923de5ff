//! What is expected of the day follows from the last version of each order.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;
use sluice_domain::{
    order::{LineKind, OrderLine},
    plan::price_rows,
    value::{Currency, Money, Quantity, UnitPrice},
};

use super::{
    super::{Day, ExpectedOrder, Outcome, PRODUCTS},
    body::{charges, decimal, discount, is_item, items, orders, round, sold, tax},
    days,
};

/// Odoo keeps two decimals of a unit price.
const PRICE_DECIMALS: u32 = 2;

/// The last version of every order, by id.
fn last_versions(day: &Day) -> BTreeMap<String, Value> {
    let mut last: BTreeMap<String, Value> = BTreeMap::new();
    for (_, order) in orders(day) {
        let id = order["id"].to_string();
        let newer = last.get(&id).is_none_or(|known| known["updated_at"].as_str() <= order["updated_at"].as_str());
        if newer {
            last.insert(id, order);
        }
    }
    last
}

fn lines(order: &Value) -> impl Iterator<Item = &Value> {
    items(order, "line_items").iter().filter(|line| is_item(line) && !sold(order, line).is_zero())
}

fn net(order: &Value, line: &Value) -> Decimal {
    decimal(&line["price"]) * sold(order, line) - discount(line)
}

fn shipping(order: &Value) -> Decimal {
    items(order, "shipping_lines").iter().map(|line| decimal(&line["price"]) - discount(line)).sum()
}

fn outcome(order: &Value) -> Outcome {
    let known = |sku: &str| PRODUCTS.iter().any(|product| product.sku == sku);
    if order["test"] == true {
        Outcome::Ignored
    } else if lines(order).any(|line| line["gift_card"] != true && !line["sku"].as_str().is_some_and(known)) {
        Outcome::Parked
    } else if !order["cancelled_at"].is_null() {
        Outcome::Cancelled
    } else if ["pending", "authorized"].contains(&order["financial_status"].as_str().unwrap()) {
        Outcome::Quotation
    } else {
        Outcome::Confirmed
    }
}

#[test]
fn expected_orders_follow_from_their_last_versions() {
    for day in days() {
        let last = last_versions(day);
        assert_eq!(last.len(), day.expected.orders.len());
        for expected in &day.expected.orders {
            let at = format!("seed {}, {} ({})", day.expected.seed, expected.number, expected.what);
            let order = &last[&expected.external_id];
            let all_tax: Decimal = lines(order).chain(items(order, "shipping_lines")).map(tax).sum();
            let subtotal: Decimal = lines(order).map(|line| net(order, line)).sum();
            let on_top = if order["taxes_included"] == true { Decimal::ZERO } else { all_tax };
            let total = subtotal + shipping(order) + on_top + charges(order);
            assert_eq!(expected.number, order["name"].as_str().unwrap(), "{at}");
            assert_eq!(expected.currency, order["currency"].as_str().unwrap(), "{at}");
            assert_eq!(expected.outcome, outcome(order), "{at}");
            assert_eq!(amount(&expected.total), total, "{at}");
            assert_eq!(amount(&expected.tax), all_tax, "{at}");
            assert_eq!(amount(&expected.untaxed), total - all_tax, "{at}");
            rounding_is_as_stated(expected, order, &at);
        }
    }
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The rows that the plan writes for a line, as amounts.
fn rows(order: &Value, line: &Value) -> Vec<Decimal> {
    let currency = Currency::parse(order["currency"].as_str().unwrap()).unwrap();
    let money = |value| Money::from_major(value, currency).unwrap();
    let line_of_order = OrderLine {
        id: line["id"].to_string(),
        kind: LineKind::Product,
        title: String::new(),
        sku: None,
        barcode: None,
        variant: None,
        quantity: Quantity::new(sold(order, line)),
        unit_price: UnitPrice::new(decimal(&line["price"])),
        discount: money(discount(line)),
        taxes: Vec::new(),
    };
    let rows = price_rows(&line_of_order, money(net(order, line)), PRICE_DECIMALS);
    let kept = |discount: Decimal| (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED;
    rows.iter().map(|row| row.quantity * row.unit_price * kept(row.discount)).collect()
}

/// Both of Odoo's rules over the very rows of the plan: only the marked orders need a rounding line.
fn rounding_is_as_stated(expected: &ExpectedOrder, order: &Value, at: &str) {
    let included = order["taxes_included"] == true;
    let mut sums: BTreeMap<String, (Decimal, Decimal, Decimal)> = BTreeMap::new();
    let shipping =
        items(order, "shipping_lines").iter().map(|line| (line, vec![decimal(&line["price"]) - discount(line)]));
    for (line, rows) in lines(order).map(|line| (line, rows(order, line))).chain(shipping) {
        for tax in items(line, "tax_lines") {
            let rate = decimal(&tax["rate"]);
            let (charged, per_line, exact) = sums.entry(format!("{} {rate}", tax["title"])).or_default();
            *charged += decimal(&tax["price"]);
            for row in &rows {
                let base = if included { row / (Decimal::ONE + rate) } else { *row };
                *per_line += round(base * rate, &expected.currency);
                *exact += base * rate;
            }
        }
    }
    let (mut per_line, mut globally) = (Decimal::ZERO, Decimal::ZERO);
    for (charged, lines, exact) in sums.values() {
        per_line += charged - lines;
        globally += charged - round(*exact, &expected.currency);
    }
    let stated = expected.rounding.as_ref();
    let stated = stated.map(|line| (amount(&line.per_line), amount(&line.globally)));
    assert_eq!((per_line, globally), stated.unwrap_or_default(), "{at}");
}

#[test]
fn a_few_orders_need_a_rounding_line_in_one_mode_or_the_other() {
    for day in days() {
        let marked: Vec<_> = day.expected.orders.iter().filter_map(|order| order.rounding.as_ref()).collect();
        assert_eq!(marked.len(), 3);
        assert!(marked.iter().any(|line| amount(&line.per_line).is_zero() && !amount(&line.globally).is_zero()));
        assert!(marked.iter().any(|line| !amount(&line.per_line).is_zero() && amount(&line.globally).is_zero()));
    }
}

#[test]
fn counts_and_sums_are_those_of_the_lists() {
    for day in days() {
        let counts = day.expected.counts;
        assert_eq!(counts.deliveries, day.deliveries.len());
        let ids: BTreeSet<_> = day.deliveries.iter().map(|one| &one.delivery_id).collect();
        assert_eq!(counts.distinct_deliveries, ids.len());
        assert_eq!(counts.subjects, day.expected.orders.len());
        assert_eq!(counts.unauthorised, day.deliveries.iter().filter(|one| !one.signed).count());
        assert_eq!((counts.unauthorised, counts.notices, counts.unreadable), (1, 1, 1));
        let ending = |outcome| day.expected.orders.iter().filter(|order| order.outcome == outcome).count();
        let outcomes = counts.outcomes;
        assert_eq!(outcomes.confirmed, ending(Outcome::Confirmed));
        assert_eq!(outcomes.quotation, ending(Outcome::Quotation));
        assert_eq!(outcomes.cancelled, ending(Outcome::Cancelled));
        assert_eq!(outcomes.parked, ending(Outcome::Parked));
        assert_eq!(outcomes.ignored, ending(Outcome::Ignored));
        for (code, sums) in &day.expected.sums {
            let in_odoo = || day.expected.orders.iter().filter(|one| one.outcome.in_odoo() && one.currency == *code);
            assert_eq!(sums.orders, in_odoo().count());
            assert_eq!(amount(&sums.total), in_odoo().map(|order| amount(&order.total)).sum::<Decimal>());
            assert_eq!(amount(&sums.untaxed), in_odoo().map(|order| amount(&order.untaxed)).sum::<Decimal>());
            assert_eq!(amount(&sums.tax), in_odoo().map(|order| amount(&order.tax)).sum::<Decimal>());
        }
    }
}
