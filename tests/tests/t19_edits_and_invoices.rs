//! An edit of a confirmed order is brought to Odoo where its state allows it, and an account that asks for invoices gets them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::json;
use sluice_domain::{
    account::{CreditNotes, EditPolicy, Invoices},
    state::ExceptionClass,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order, then, with_credit_notes},
    shop::{Back, Item, Line, ShopOrder, refund},
    world::{Plan, Strike, Trouble, administer},
};

/// A unit less of the first line, the second line gone, another one more.
fn edited_after_confirmation() -> ShopOrder {
    let mut order = plain_order(1);
    then(&mut order, "orders/updated", |version| {
        version.edited = true;
        version.lines[0].sold = 1;
        version.lines[1].sold = 0;
        let first = version.lines[0].clone();
        version.lines.push(Line { id: 1_009, item: Item::Known(3), ordered: 2, sold: 2, price: 250, ..first });
    });
    order
}

fn scene(version: u16, plan: Plan, edits: EditPolicy) -> Scene {
    let mut account = with_credit_notes(CreditNotes::None);
    account.edits = edits;
    Scene::with(version, plan, account)
}

#[test]
fn lines_are_added_removed_and_changed() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM, EditPolicy::Apply);
        let order = scene.tell(edited_after_confirmation());
        scene.finish_well();
        // 19.99 + 2 x 2.50 + 4.90 at 8.25 %.
        assert_eq!((scene.state(&order).as_str(), scene.waits(&order)), ("sale", None), "{version}");
        assert_eq!(scene.total(&order), "32.35");
    }
}

#[test]
fn an_edit_once_however_a_call_ends() {
    for version in VERSIONS {
        for trouble in [Trouble::Lost, Trouble::Late, Trouble::Dropped, Trouble::Serialization] {
            let plan = Plan::Named("sale.order.line.load", Strike::Http(trouble), 1);
            let mut scene = scene(version, plan, EditPolicy::Apply);
            let order = scene.tell(edited_after_confirmation());
            let findings = scene.finish();
            assert!(findings.is_clean(), "{trouble:?}: {:#?}", findings.shown(3));
            assert_eq!((scene.total(&order).as_str(), scene.waits(&order)), ("32.35", None), "{trouble:?}");
        }
    }
}

#[test]
fn without_the_setting_a_person_makes_the_edit() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM, EditPolicy::Hold);
        let order = scene.tell(edited_after_confirmation());
        scene.finish_well();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::ChangedAfterConfirmation), "{version}");
        assert_eq!(scene.total(&order), "53.99");
    }
}

/// Somebody in Odoo sells one more of the first line.
fn edit_by_hand(scene: &mut Scene, order: &ShopOrder) {
    let line = scene.in_odoo(order, |sale| sale.lines().next().unwrap().id).unwrap();
    let now = scene.world.now();
    let values = json!([[line], { "product_uom_qty": 3 }]);
    scene.world.odoo(|odoo| administer(odoo, ("sale.order.line", "write"), &values, &json!({}), now));
}

#[test]
fn what_somebody_changed_in_odoo_is_not_overwritten() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM, EditPolicy::Apply);
        let order = scene.place(edited_after_confirmation());
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run_for(jiff::SignedDuration::from_mins(2));
        edit_by_hand(&mut scene, &order);
        scene.post(&order, (1, "orders/updated"), 180);
        scene.world.run();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::ChangedAfterConfirmation), "{version}");
        let reason = scene.record(&order).head.parked.unwrap().reason;
        assert!(reason.contains("somebody changed it in Odoo as well"), "{reason}");
        let units = scene.in_odoo(&order, |sale| sale.lines().next().unwrap().quantity());
        assert_eq!(units, Some(3.into()));
    }
}

#[test]
fn an_invoiced_line_is_left_alone() {
    for version in VERSIONS {
        let mut scene = scene(version, CALM, EditPolicy::Apply);
        let order = scene.place(edited_after_confirmation());
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run_for(jiff::SignedDuration::from_mins(2));
        assert!(scene.world.invoice_by_hand(&order, 0).is_some());
        scene.post(&order, (1, "orders/updated"), 180);
        scene.finish_well();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::ChangedAfterConfirmation), "{version}");
        let reason = scene.record(&order).head.parked.unwrap().reason;
        assert!(reason.contains("is delivered or invoiced already"), "{reason}");
        assert_eq!(scene.total(&order), "53.99");
    }
}

#[test]
fn an_order_is_invoiced_when_it_is_confirmed_and_its_refund_credited() {
    for version in VERSIONS {
        for write in ["", "account.move.load", "account.move.action_post"] {
            let plan = if write.is_empty() { CALM } else { Plan::Named(write, Strike::Http(Trouble::Lost), 2) };
            let mut account = with_credit_notes(CreditNotes::Posted);
            account.books.invoices = Invoices::OnConfirm;
            let mut scene = Scene::with(version, plan, account);
            let mut order = plain_order(1);
            refund(&mut order, Back::Unit, 300);
            let order = scene.tell(order);
            scene.finish_well();
            let books = scene.books(&order);
            let entry = |kind: &str, total: &str| (kind.to_owned(), "posted".to_owned(), total.to_owned(), true);
            assert_eq!(books, [entry("out_invoice", "53.99"), entry("out_refund", "21.64")], "{version} {write}");
        }
    }
}

/// Somebody in Odoo ships everything that is open.
fn ship(scene: &mut Scene, order: &ShopOrder) {
    let id = scene.in_odoo(order, |sale| sale.id).unwrap();
    let now = scene.world.now();
    scene.world.odoo(|odoo| {
        let ask = json!([[["sale_id", "=", id], ["state", "not in", ["done", "cancel"]]]]);
        let found = administer(odoo, ("stock.picking", "search"), &ask, &json!({}), now);
        administer(odoo, ("stock.picking", "button_validate"), &json!([found]), &json!({}), now);
    });
}

#[test]
fn an_order_is_invoiced_when_it_is_shipped() {
    for version in VERSIONS {
        let mut account = with_credit_notes(CreditNotes::None);
        account.books.invoices = Invoices::OnShipment;
        let mut scene = Scene::with(version, CALM, account);
        let order = scene.tell(plain_order(1));
        scene.world.run_for(jiff::SignedDuration::from_mins(5));
        assert_eq!(scene.books(&order), []);
        assert_eq!(scene.record(&order).head.waiting.as_deref(), Some("it is invoiced when it is shipped"));
        ship(&mut scene, &order);
        scene.world.run_for(jiff::SignedDuration::from_mins(40));
        let invoice = ("out_invoice".to_owned(), "posted".to_owned(), "53.99".to_owned(), true);
        assert_eq!(scene.books(&order), [invoice], "{version}");
        assert_eq!(scene.record(&order).head.waiting, None);
    }
}
