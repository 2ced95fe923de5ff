//! Two writers of one order side by side: whatever one of them does last, and however it ends, Odoo holds the newest version
//! when the record says so. Each of these stories is a counterexample of `model_of_the_protocol`, told with the real code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

mod stage;

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_domain::{state::ExceptionClass, value::SubjectKey};
use sluice_sandbox::odoo::{Effect, On, SimFault};
use sluice_testkit::{
    scene::{plain_order, then},
    shop::{ShopOrder, order_body},
};
use stage::{ASLEEP, Hand, Stage, When};

const READ: &str = "sale.order/search_read";
const LINES_READ: &str = "sale.order.line/search_read";
const LOAD: &str = "sale.order/load";
const CONFIRM: &str = "sale.order/action_confirm";
const LOAD_LINES: &str = "sale.order.line/load";

/// A quotation, whose first line sells fewer units with each version: 2, 1.
fn shrinking() -> ShopOrder {
    let mut order = plain_order(1);
    let first = &mut order.versions[0];
    // Without tax no cent needs a rounding line.
    (first.payment, first.shipping_rate) = ("pending", None);
    first.lines.iter_mut().for_each(|line| line.rate = None);
    then(&mut order, "orders/updated", |version| {
        version.edited = true;
        version.lines[0].sold = 1;
    });
    order
}

/// A quotation that is delivered to another house with each version: 7, 8, 9.
fn moving() -> ShopOrder {
    let mut order = plain_order(1);
    order.versions[0].payment = "pending";
    for house in [8, 9] {
        then(&mut order, "orders/updated", |version| version.house = house);
    }
    order
}

fn units(stage: &Stage) -> Decimal {
    stage.sale(|sale| sale.lines().find(|line| line.sku() == "SIM-001").unwrap().quantity())
}

fn rests(stage: &Stage) -> bool {
    let head = stage.head();
    head.due.is_none() && head.parked.is_none() && head.applied.settled == head.desired
}

#[test]
fn who_dies_after_a_change_leaves_word_of_it() {
    let (stage, order) = (Stage::new(4), shrinking());
    stage.tell(order_body(&order, 0));
    let mut slow = stage.writer();
    slow.until(When::Before, LOAD);
    stage.tell(order_body(&order, 1));
    let mut quick = stage.writer();
    quick.until(When::After, LOAD);
    quick.until(When::After, LINES_READ);
    // It finds its order there, another one, and makes it the first version again.
    slow.until(When::After, LOAD_LINES);
    slow.until(When::Before, READ);
    assert_eq!(units(&stage), Decimal::TWO);
    drop(slow);
    quick.finish();
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(units(&stage), Decimal::ONE);
}

#[test]
fn who_changed_the_order_says_so_even_where_the_record_stays_as_it_was() {
    let (stage, order) = (Stage::new(4), shrinking());
    // The first version waits for a person: the shop's total is not that of its lines.
    let mut first: Value = serde_json::from_slice(&order_body(&order, 0)).unwrap();
    for field in ["total_price", "current_total_price"] {
        first[field] = json!("1.00");
    }
    stage.tell(first.to_string().into_bytes());
    stage.writer().finish();
    assert_eq!(stage.head().parked.unwrap().class, ExceptionClass::TotalsDiffer);
    // Its wake comes again.
    let mut slow = stage.writer();
    slow.until(When::Before, READ);
    stage.tell(order_body(&order, 1));
    let mut quick = stage.writer();
    quick.until(When::After, LOAD_LINES);
    quick.until(When::After, LINES_READ);
    assert_eq!(units(&stage), Decimal::ONE);
    slow.finish();
    assert_eq!(units(&stage), Decimal::TWO);
    quick.finish();
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(units(&stage), Decimal::ONE);
}

#[test]
fn running_out_of_time_is_no_proof() {
    let (stage, order) = (Stage::new(4), moving());
    stage.tell(order_body(&order, 0));
    stage.writer().finish();
    let before = stage.delivered_to();
    stage.tell(order_body(&order, 1));
    stage.writer_of(stage.subjects(), SignedDuration::from_millis(500)).finish();
    assert_eq!(stage.delivered_to(), before);
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_ne!(stage.delivered_to(), before);
}

/// What has no time for anything does not go in circles.
#[test]
fn who_could_do_nothing_pauses_before_its_orders_are_woken_again() {
    let stage = Stage::new(4);
    stage.tell(order_body(&plain_order(1), 0));
    let mut idle = stage.writer_of(stage.subjects(), SignedDuration::ZERO);
    let last = std::iter::from_fn(|| idle.step()).last().unwrap();
    assert_eq!(last.1.url, ASLEEP);
    assert!(stage.states().is_empty());
    let mut busy = stage.writer();
    assert!(std::iter::from_fn(|| busy.step()).all(|(_, request)| request.url != ASLEEP));
    assert_eq!(stage.states(), ["sale"]);
}

/// The second version is on its way when its writer dies; the third one rests; then the second commits.
fn another_house_commits_late(stage: &Stage, order: &ShopOrder) -> i64 {
    stage.tell(order_body(order, 0));
    stage.writer().finish();
    stage.tell(order_body(order, 1));
    let mut gone = stage.writer();
    let call = gone.until(When::Before, LOAD);
    drop(gone);
    stage.tell(order_body(order, 2));
    stage.writer().finish();
    assert!(rests(stage));
    let last = stage.delivered_to();
    stage.commits_late(&call);
    assert_ne!(stage.delivered_to(), last);
    last
}

#[test]
fn a_look_that_was_asked_for_compares_contacts_too() {
    let (stage, order) = (Stage::new(4), moving());
    let last = another_house_commits_late(&stage, &order);
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(stage.delivered_to(), last);
}

#[test]
fn a_confirmed_order_that_a_late_call_sent_elsewhere_waits_for_a_person() {
    let (stage, mut order) = (Stage::new(4), moving());
    order.versions[2].payment = "paid";
    another_house_commits_late(&stage, &order);
    assert_eq!(stage.sale(|sale| sale.state().to_owned()), "sale");
    stage.half_an_hour();
    assert_eq!(stage.head().parked.unwrap().class, ExceptionClass::ChangedAfterConfirmation);
}

#[test]
fn an_address_that_comes_with_the_payment_is_applied_and_confirmed() {
    let (stage, mut order) = (Stage::new(4), moving());
    order.versions[1].payment = "paid";
    stage.tell(order_body(&order, 0));
    stage.writer().finish();
    let before = stage.delivered_to();
    stage.tell(order_body(&order, 1));
    stage.writer().finish();
    assert!(rests(&stage), "{:?}", stage.head().parked);
    assert_eq!(stage.sale(|sale| sale.state().to_owned()), "sale");
    assert_ne!(stage.delivered_to(), before);
}

#[test]
fn a_hold_that_saw_nothing_of_the_order_is_no_look() {
    let (stage, order) = (Stage::new(4), moving());
    let last = another_house_commits_late(&stage, &order);
    let products = stage.administer(("product.product", "search"), &json!([[["default_code", "=", "SIM-001"]]]));
    let rename =
        |code: &str| stage.administer(("product.product", "write"), &json!([products, {"default_code": code}]));
    rename("ELSEWHERE");
    stage.wait(200);
    stage.sweep();
    stage.writer().finish();
    assert_eq!(stage.head().parked.unwrap().class, ExceptionClass::UnknownProduct);
    rename("SIM-001");
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(stage.delivered_to(), last);
}

#[test]
fn a_hold_after_a_look_is_no_proof_either() {
    let (stage, order) = (Stage::new(4), moving());
    let last = another_house_commits_late(&stage, &order);
    let name = stage.sale(|sale| sale.external_id().to_owned());
    let refusal = Effect::RowError { external_id: name, message: "not today".into() };
    stage.inject(SimFault::once(On::call("sale.order", "load"), refusal));
    stage.wait(200);
    stage.sweep();
    stage.writer().finish();
    assert_eq!(stage.head().parked.unwrap().class, ExceptionClass::RefusedByOdoo);
    // A person asks for another attempt.
    stage.writer().finish();
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(stage.delivered_to(), last);
}

/// Two paid orders: one writer has just begun to confirm the first, another one takes the second.
fn while_one_confirms(stage: &Stage) -> (Hand, Vec<String>) {
    for number in [1, 2] {
        stage.tell(order_body(&plain_order(number), 0));
    }
    let [first, second] = <[SubjectKey; 2]>::try_from(stage.subjects()).unwrap();
    let time = SignedDuration::from_secs(240);
    let mut confirms = stage.writer_of(vec![first], time);
    confirms.until(When::Before, CONFIRM);
    (confirms, stage.writer_of(vec![second], time).finish())
}

#[test]
fn one_writer_confirms_at_a_time_and_the_others_load() {
    let stage = Stage::new(4);
    let (confirms, others) = while_one_confirms(&stage);
    assert!(others.iter().any(|call| call == LOAD) && !others.iter().any(|call| call == CONFIRM), "{others:?}");
    assert_eq!(stage.states(), ["draft", "draft"]);
    confirms.finish();
    assert_eq!(stage.states(), ["sale", "draft"]);
    let woken = stage.writer_of(stage.subjects(), SignedDuration::from_secs(240)).finish();
    assert_eq!(stage.states(), ["sale", "sale"]);
    // What was seen to be right is not compared again, contacts and all.
    assert!(!woken.iter().any(|call| call == "res.partner/load"), "{woken:?}");
}

#[test]
fn a_confirmer_that_dies_leaves_its_turn_to_the_next() {
    let stage = Stage::new(4);
    let (confirms, _) = while_one_confirms(&stage);
    drop(confirms);
    stage.half_an_hour();
    assert_eq!(stage.states(), ["sale", "sale"]);
}

/// Two paid orders, and an Odoo that takes one call at a time: one writer loads the first, another one has taken the second.
fn while_one_calls(stage: &Stage) -> (Hand, Hand) {
    for number in [1, 2] {
        stage.tell(order_body(&plain_order(number), 0));
    }
    let [first, second] = <[SubjectKey; 2]>::try_from(stage.subjects()).unwrap();
    let time = SignedDuration::from_secs(240);
    let mut calls = stage.writer_of(vec![first], time);
    calls.until(When::Before, LOAD);
    (calls, stage.writer_of(vec![second], time))
}

#[test]
fn who_has_no_permit_waits_for_its_turn() {
    let stage = Stage::new(2);
    let (calls, mut waits) = while_one_calls(&stage);
    for _ in 0..3 {
        assert_eq!(waits.step().unwrap().1.url, ASLEEP);
    }
    calls.finish();
    waits.finish();
    assert_eq!(stage.states(), ["sale", "sale"]);
}

#[test]
fn who_waited_long_enough_leaves_its_orders_to_the_sweep() {
    let stage = Stage::new(2);
    let (calls, waits) = while_one_calls(&stage);
    assert!(waits.finish().is_empty());
    calls.finish();
    assert_eq!(stage.states(), ["sale"]);
    stage.half_an_hour();
    assert_eq!(stage.states(), ["sale", "sale"]);
}

#[test]
fn a_call_is_not_repeated_when_it_could_commit_after_its_record_s_deadline() {
    let (stage, order) = (Stage::new(4), shrinking());
    stage.tell(order_body(&order, 0));
    stage.writer().finish();
    stage.tell(order_body(&order, 1));
    stage.inject(SimFault::once(On::call("sale.order.line", "load"), Effect::Serialization));
    let mut slow = stage.writer();
    let sent = slow.until(When::Before, LOAD_LINES);
    stage.wait(100);
    let rest = slow.finish();
    assert!(!rest.iter().any(|call| call == LOAD_LINES), "{} was sent again: {rest:?}", sent.url);
    stage.half_an_hour();
    assert!(rests(&stage));
    assert_eq!(units(&stage), Decimal::ONE);
}

#[test]
fn what_a_call_without_an_answer_wrote_is_nobody_else_s_change() {
    let (mut stage, mut order) = (Stage::new(4), shrinking());
    stage.applies_edits();
    order.versions[1].payment = "paid";
    then(&mut order, "orders/updated", |version| version.lines[0].sold = 3);
    stage.tell(order_body(&order, 0));
    stage.writer().finish();
    stage.tell(order_body(&order, 1));
    stage.inject(SimFault::once(On::call("sale.order.line", "load"), Effect::LostAnswer));
    stage.writer().finish();
    stage.wait(60);
    // It sees what became of the lines, confirms, and dies before it has noted either.
    let mut gone = stage.writer();
    gone.until(When::After, CONFIRM);
    drop(gone);
    assert_eq!((stage.states(), units(&stage)), (vec!["sale".to_owned()], Decimal::ONE));
    stage.tell(order_body(&order, 2));
    stage.half_an_hour();
    assert!(rests(&stage), "{:?}", stage.head().parked);
    assert_eq!(units(&stage), Decimal::from(3));
}

#[test]
fn more_orders_than_are_worked_on_at_once_need_no_sweep() {
    let stage = Stage::new(4);
    for number in 1..=101 {
        stage.tell(order_body(&plain_order(number), 0));
    }
    stage.writer().finish();
    stage.writer().finish();
    assert_eq!(stage.states(), vec!["sale"; 101]);
}

#[test]
fn a_backlog_is_not_woken_again_each_minute() {
    let stage = Stage::new(4);
    for number in 1..=1_010 {
        stage.tell(order_body(&plain_order(number), 0));
    }
    assert_eq!(stage.woken(), 1_010);
    for _ in 0..3 {
        stage.wait(100);
        stage.sweep();
        assert_eq!(stage.woken(), 1_010);
    }
    // What the queue lost is woken.
    stage.lose_wakes();
    stage.sweep();
    assert_eq!(stage.woken(), 1_000);
}
