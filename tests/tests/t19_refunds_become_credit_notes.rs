//! T19: a refund of what was invoiced becomes one credit note, to the cent and once; nothing is skipped silently.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use jiff::SignedDuration;
use sluice_domain::account::CreditNotes;
use sluice_testkit::{
    books,
    scene::{CALM, Scene, VERSIONS, refunded_order, with_credit_notes},
    shop::ShopOrder,
    world::{Plan, Strike, Trouble},
};

type Books = Vec<(String, String, String, bool)>;

fn entry(kind: &str, state: &str, total: &str, ours: bool) -> (String, String, String, bool) {
    (kind.into(), state.into(), total.into(), ours)
}

fn credited(total: &str) -> Books {
    vec![entry("out_invoice", "posted", "53.99", false), entry("out_refund", "posted", total, true)]
}

fn scene(version: u16, plan: Plan) -> Scene {
    Scene::with(version, plan, with_credit_notes(CreditNotes::Posted))
}

/// The order is told, and after so many minutes somebody invoices it.
fn told_then_invoiced(scene: &mut Scene, order: ShopOrder, minutes: i64) -> std::sync::Arc<ShopOrder> {
    let order = scene.tell(order);
    scene.world.run_for(SignedDuration::from_mins(minutes));
    assert!(scene.world.invoice_by_hand(&order, 0).is_some());
    order
}

#[test]
fn t19_a_unit_of_an_invoiced_order_comes_back() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM);
        let order = scene.place(refunded_order(1));
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run_for(SignedDuration::from_mins(2));
        assert!(scene.world.invoice_by_hand(&order, 0).is_some());
        // The refund's own webhook, twice, and the order's.
        for (topic, seconds) in [("refunds/create", 200), ("refunds/create", 200), ("orders/updated", 201)] {
            scene.post(&order, (1, topic), seconds);
        }
        scene.finish_well();
        assert_eq!(scene.books(&order), credited("21.64"), "{version}");
        assert_eq!(scene.refunds(&order), ["RINV/2026/00001 posted, 21.64"]);
    }
}

#[test]
fn t19_a_refund_before_the_invoice_waits_for_it() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM);
        let order = told_then_invoiced(&mut scene, refunded_order(1), 10);
        let head = scene.record(&order).head;
        assert_eq!(head.waiting.as_deref(), Some("refund 900000000130: no invoice is posted yet"));
        assert!(head.due.is_some());
        scene.finish_well();
        assert_eq!(scene.books(&order), credited("21.64"), "{version}");
        let head = scene.record(&order).head;
        assert_eq!((head.waiting, head.due), (None, None));
    }
}

/// Order, invoice by hand, refund; whatever goes wrong.
fn play(version: u16, plan: Plan) -> Scene {
    let what = format!("Odoo {version}, {plan:?}");
    let mut scene = scene(version, plan);
    let order = told_then_invoiced(&mut scene, refunded_order(1), 5);
    let findings = scene.finish();
    assert!(findings.is_clean(), "{what}: {:#?}", findings.shown(5));
    assert_eq!(scene.books(&order), credited("21.64"), "{what}");
    scene
}

#[test]
fn t19_a_credit_note_once_however_a_call_ends() {
    let troubles = [Trouble::Lost, Trouble::Late, Trouble::Dropped, Trouble::Serialization, Trouble::Refused];
    for version in VERSIONS {
        for write in ["account.move.load", "account.move.action_post"] {
            for trouble in troubles {
                for times in [1, 3] {
                    play(version, Plan::Named(write, Strike::Http(trouble), times));
                }
            }
        }
        let (all, _) = play(version, CALM).world.calls();
        for call in (30..all).step_by(9) {
            for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::Unsure] {
                play(version, Plan::Call(call, strike));
            }
        }
    }
}

#[test]
fn t19_accounts_that_do_not_ask_for_it_keep_their_books_to_themselves() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, with_credit_notes(CreditNotes::None));
        let order = told_then_invoiced(&mut scene, refunded_order(1), 10);
        scene.finish_well();
        assert_eq!(scene.books(&order), [entry("out_invoice", "posted", "53.99", false)], "{version}");
        assert_eq!(scene.refunds(&order), ["no credit note: the account leaves the books to people"]);
    }
}

#[test]
fn t19_a_draft_is_left_to_people_who_post() {
    for version in VERSIONS {
        let mut scene = Scene::with(version, CALM, with_credit_notes(CreditNotes::Draft));
        let order = told_then_invoiced(&mut scene, refunded_order(1), 10);
        scene.finish_well();
        let invoice = entry("out_invoice", "posted", "53.99", false);
        assert_eq!(scene.books(&order), [invoice, entry("out_refund", "draft", "21.64", true)], "{version}");
    }
}

#[test]
fn t19_a_credit_note_that_somebody_made_is_the_one() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM);
        let order = scene.place(refunded_order(1));
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run_for(SignedDuration::from_mins(2));
        let invoice = scene.world.invoice_by_hand(&order, 0).unwrap();
        let now = scene.world.now();
        scene.world.odoo(|odoo| {
            let made = books::credit_by_hand(odoo, invoice, "21.64", now);
            books::post(odoo, made, now);
        });
        scene.post(&order, (1, "orders/updated"), 200);
        scene.finish_well();
        let by_hand = entry("out_refund", "posted", "21.64", false);
        assert_eq!(scene.books(&order), [entry("out_invoice", "posted", "53.99", false), by_hand]);
        assert_eq!(scene.refunds(&order), ["RINV/2026/00001 21.64, made in Odoo"]);
    }
}
