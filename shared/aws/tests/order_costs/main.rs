//! What an order costs: invocations, requests, write units, calls to Odoo, and from these its price. A hundred orders of three
//! lines come by one webhook each, from a hundred new customers, to functions that have just started.
//!
//! The handlers are the real ones, and so is the adapter that sends to SQS: its requests are counted at a peer on loopback. The
//! state is kept in memory; every write and read is planned by the adapter of `DynamoDB` as well, and weighed: transactions
//! twice, index entries, permits, pressure, notes of calls included. Odoo is the simulated one, and takes as long as the
//! measured one under load. `cargo test -p sluice-aws --test order_costs -- --nocapture` prints the figures.
//!
//! What is assumed, and not counted: a receive of Lambda's pollers brings as many messages as wait, up to a batch (the
//! template's batching window lets them gather); what a batch left is deleted by one request; nothing is delivered twice; one
//! process per function lives through the batches. With fewer orders a second than fill a batch, the last test tells.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod bill;
mod logs;
mod metered;
mod queues;
#[path = "../answers/server.rs"]
#[allow(dead_code, reason = "the other tests want faults of it as well")]
mod server;
mod shop;
mod tally;

use std::collections::BTreeMap;

use metered::Spent;
use shop::Shop;
use sluice_aws::{planned, table::units::item_bytes};
use sluice_domain::{
    ports::state::Save,
    state::{Body, Head, OdooOrder},
    value::{Currency, Money},
};
use sluice_testkit::conformance::{body_of, head_of};
use tally::{Counts, sum};

/// Orders of one batch.
const BATCH: u64 = 10;
/// All orders: as many batches.
const ORDERS: u64 = 100;
/// The most write units of an order.
const WRITE_UNITS: u64 = 16;
/// The most invocations of ten orders, the ingress's included.
const INVOCATIONS_OF_TEN: u64 = 14;
/// The most requests to SQS of ten orders, the pollers' receives and deletes included.
const QUEUE_REQUESTS_OF_TEN: u64 = 17;
/// The most calls to Odoo of ten orders.
const ODOO_CALLS_OF_TEN: u64 = 15;
/// The most that a million orders cost, in millionths of a dollar.
const PRICE: u64 = 15_000_000;

/// So many orders come, so many together; each group is folded, waits so many seconds, and is written before the next one comes.
async fn orders(shop: &Shop, (orders, together): (u64, u64), waited: i64) {
    let batch = usize::try_from(together).unwrap();
    for first in (1..=orders).step_by(batch) {
        for number in first..first + together {
            shop.webhook(number, 0).await;
        }
        shop.normalize(batch).await;
        shop.wait(waited);
        shop.write(batch).await;
    }
    assert!(shop.is_idle());
    shop.check_confirmed(orders);
}

fn print<K: std::fmt::Display>(what: &str, counts: &BTreeMap<K, u64>, orders: u64) {
    let hundredths = |count: u64| format!("{}.{:02}", count * 100 / orders / 100, count * 100 / orders % 100);
    println!("{what}: {} an order", hundredths(sum(counts)));
    for (part, count) in counts {
        println!("  {:>6} {part}", hundredths(*count));
    }
}

fn print_counts(counts: &Counts, orders: u64) {
    print("invocations", &counts.invocations, orders);
    print("milliseconds", &counts.milliseconds, orders);
    print("requests to SQS", &counts.queue, orders);
    print("calls to Odoo", &counts.odoo, orders);
}

fn print_units(spent: &[Spent], orders: u64) {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for Spent { what, units } in spent {
        for (part, units) in &units.0 {
            *sums.entry(format!("{what}: {part}")).or_default() += u64::try_from(*units).unwrap();
        }
    }
    print("write units", &sums, orders);
}

/// The memory of every function, from the template.
fn memory_mb() -> u64 {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/template.yaml");
    let template = std::fs::read_to_string(path).unwrap();
    let mut sizes = template.lines().filter_map(|line| line.trim().strip_prefix("MemorySize: "));
    let size = sizes.next().unwrap().parse().unwrap();
    assert_eq!(sizes.next(), None, "one for all");
    size
}

#[track_caller]
fn check(what: &str, counted: u64, most_of_ten: u64) {
    assert!(
        counted * 10 <= ORDERS * most_of_ten,
        "{counted} {what} of {ORDERS} orders, more than {most_of_ten} of ten"
    );
}

#[tokio::test]
async fn an_order_of_three_lines_stays_within_its_budget() {
    let shop = Shop::open().await;
    orders(&shop, (ORDERS, BATCH), 0).await;
    let counts = shop.counted();
    print_counts(&counts, ORDERS);
    print_units(&shop.spent(), ORDERS);
    shop.sweep().await;
    let sweep = shop.counted();
    let price = bill::print_orders("by tens", &counts, (ORDERS, memory_mb())) + bill::print_month(&sweep, memory_mb());
    check("invocations", sum(&counts.invocations), INVOCATIONS_OF_TEN);
    check("requests to SQS", sum(&counts.queue), QUEUE_REQUESTS_OF_TEN);
    check("calls to Odoo", sum(&counts.odoo), ODOO_CALLS_OF_TEN);
    check("write units", counts.writes, WRITE_UNITS * 10);
    assert!(price <= PRICE, "{price} millionths of a dollar, more than {PRICE}");
}

#[tokio::test]
async fn a_webhook_that_says_nothing_new_costs_its_journal_entry_alone() {
    let shop = Shop::open().await;
    orders(&shop, (BATCH, BATCH), 0).await;
    shop.spent();
    shop.counted();
    for number in 1..=BATCH {
        shop.webhook(number, 1).await;
    }
    shop.normalize(10).await;
    let spent = shop.spent();
    assert!(spent.iter().all(|spent| spent.what == "journal: evidence"), "{spent:?}");
    assert!(shop.is_idle(), "nobody is woken");
    bill::print_orders("a further webhook of each", &shop.counted(), (BATCH, memory_mb()));
}

/// For whoever wonders: not a budget, since the shop decides how its orders come.
#[tokio::test]
async fn orders_that_come_alone_or_in_a_rush_cost_more() {
    let tens = {
        let shop = Shop::open().await;
        orders(&shop, (ORDERS, BATCH), 0).await;
        bill::print_orders("by tens", &shop.counted(), (ORDERS, memory_mb()))
    };
    let alone = {
        let shop = Shop::open().await;
        orders(&shop, (20, 1), 0).await;
        bill::print_orders("one by one", &shop.counted(), (20, memory_mb()))
    };
    let shop = Shop::open().await;
    // They waited: so they are all loaded first, and confirmed by later invocations.
    orders(&shop, (ORDERS, BATCH), 30).await;
    let counts = shop.counted();
    print_counts(&counts, ORDERS);
    let rush = bill::print_orders("in a rush", &counts, (ORDERS, memory_mb()));
    assert!(tens < rush && rush < alone, "{tens} {rush} {alone}");
}

/// The weight of the head and of the body that a save writes.
fn weights(save: Save) -> Vec<usize> {
    use sluice_aws::table::Change;
    let writes = planned::save(save).unwrap();
    let weight = |write: &sluice_aws::table::Write| match &write.change {
        Change::Put(item) | Change::Update { set: item, .. } => item_bytes(&write.key, item),
        Change::Delete => 0,
    };
    writes.iter().map(weight).collect()
}

#[test]
fn a_head_is_one_unit() {
    // Every field in use, with two wakes to send and an exception.
    let fullest = weights(Save { head: head_of("820982911946154508"), body: None });
    // As it usually is: settled in Odoo.
    let total = Some(Money::from_minor(12_345, Currency::parse("EUR").unwrap()));
    let odoo = Some(OdooOrder { id: 123_456, name: "S123456".into(), state: "sale".into(), total, adopted: false });
    let hash = "0123456789abcdef".to_owned();
    let usual = Head {
        desired: 2,
        odoo,
        addresses: Some((hash.clone(), hash)),
        due: None,
        attempts: 0,
        parked: None,
        pending_wakes: Vec::new(),
        recheck: false,
        ..head_of("820982911946154508")
    };
    let usual = weights(Save { head: usual, body: None });
    let bodies: Vec<usize> = [0, 1, 3, 10, 500]
        .iter()
        .map(|lines| weights(Save { head: head_of("1"), body: Some(body_of(*lines)) })[1])
        .collect();
    let none = weights(Save { head: head_of("1"), body: Some(Body::default()) })[1];
    println!(
        "heads: usual {usual:?}, fullest {fullest:?} bytes; bodies of 0, 1, 3, 10, 500 lines {bodies:?}, none {none}"
    );
    assert!(usual[0] <= 1_024, "{usual:?}");
    assert!(fullest[0] <= 2_048, "{fullest:?}");
    assert!(bodies[2] <= 1_024, "{bodies:?}");
}
