//! What an order costs in write units of `DynamoDB`, and where each of them goes: ten orders of three lines, each created by
//! one delivery, loaded and confirmed in one invocation of the writer.
//!
//! The handlers run over the store in memory. Every write that they ask for is planned by the adapter as well, and weighed.
//! What is in the figures: transactions twice, index entries, permits, pressure, notes of calls. `cargo test -p sluice-aws
//! --test write_units -- --nocapture` prints them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod metered;
mod shop;

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

/// Orders of one batch.
const ORDERS: u64 = 10;
/// The most write units of an order.
const BUDGET: usize = 16;

fn print(title: &str, spent: &[Spent]) -> usize {
    let mut sums: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for Spent { what, units } in spent {
        for (part, units) in &units.0 {
            *sums.entry((what.clone(), part)).or_default() += units;
        }
    }
    let all: usize = sums.values().sum();
    println!("{title}: {}.{} units an order", all / 10, all % 10);
    for ((what, part), units) in sums {
        println!("  {:>3}.{} {what}: {part}", units / 10, units % 10);
    }
    all
}

#[tokio::test]
async fn an_order_of_three_lines_stays_within_its_budget() {
    let shop = Shop::open().await;
    let deliveries = (1..=ORDERS).map(shop::delivery).collect();
    let (folded, wakes) = shop.fold(deliveries).await;
    let written = shop.write(wakes).await;
    shop.check_confirmed(ORDERS);
    let all = print("folding", &folded) + print("writing", &written);
    let order = all.div_ceil(10);
    println!("together: {}.{} units an order, of {BUDGET}", all / 10, all % 10);
    assert!(order <= BUDGET, "{order} write units an order, more than {BUDGET}");
}

#[tokio::test]
async fn a_delivery_that_says_nothing_new_costs_its_journal_entry_alone() {
    let shop = Shop::open().await;
    let (_, wakes) = shop.fold(vec![shop::delivery(1)]).await;
    shop.write(wakes).await;
    let mut again = shop::delivery(1);
    again.delivery_id = "another".into();
    let (spent, wakes) = shop.fold(vec![again]).await;
    assert!(spent.iter().all(|spent| spent.what == "journal: evidence"), "{spent:?}");
    assert!(wakes.is_empty());
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
