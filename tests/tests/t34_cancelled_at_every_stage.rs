//! T34: an order that is cancelled at any stage is cancelled, or waits for a person; an order whose goods have
//! left is never cancelled silently.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::json;
use sluice_domain::{
    account::{CreditNotes, Invoices},
    state::ExceptionClass,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order, then, with_credit_notes},
    shop::{Back, ShopOrder, refund},
    world::administer,
};

fn cancelled(payment: &'static str, shipped: bool) -> ShopOrder {
    let mut order = plain_order(1);
    order.versions[0].payment = payment;
    then(&mut order, "orders/cancelled", |version| {
        version.cancelled = true;
        version.shipped = shipped;
        version.payment = "refunded";
    });
    order
}

#[test]
fn t34_before_odoo_knows_it_as_a_quotation_and_confirmed() {
    for version in VERSIONS {
        // Cancelled before anything else arrives; while it is a quotation; when it is confirmed.
        for (payment, first) in [("paid", None), ("pending", Some(1)), ("paid", Some(1))] {
            let mut scene = Scene::new(version, CALM);
            let order = scene.place(cancelled(payment, false));
            if let Some(seconds) = first {
                scene.post(&order, (0, "orders/create"), seconds);
            }
            scene.post(&order, (1, "orders/cancelled"), 600);
            scene.finish_well();
            assert_eq!((scene.state(&order).as_str(), scene.waits(&order)), ("cancel", None), "{payment} {first:?}");
        }
    }
}

#[test]
fn t34_shipped_at_the_channel_waits_for_a_person() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.tell(cancelled("paid", true));
        scene.finish_well();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::CancelledAfterShipping));
        assert_eq!(scene.state(&order), "sale");
    }
}

/// Somebody in Odoo ships everything.
fn ship(scene: &mut Scene, order: &ShopOrder) {
    let now = scene.world.now();
    let sale = scene.in_odoo(order, |sale| sale.id).unwrap();
    scene.world.odoo(|odoo| {
        let context = json!({"allowed_company_ids": [1]});
        let find = json!([[["sale_id", "=", sale]], ["id"]]);
        let found = administer(odoo, ("stock.picking", "search_read"), &find, &context, now);
        let picking = found[0]["id"].as_i64().unwrap();
        let find = json!([[["picking_id", "=", picking]], ["product_uom_qty"]]);
        let moves = administer(odoo, ("stock.move", "search_read"), &find, &context, now);
        for one in moves.as_array().unwrap() {
            let done = json!([[one["id"]], {"quantity": one["product_uom_qty"], "picked": true}]);
            administer(odoo, ("stock.move", "write"), &done, &context, now);
        }
        administer(odoo, ("stock.picking", "button_validate"), &json!([[picking]]), &context, now);
    });
}

#[test]
fn t34_shipped_in_odoo_waits_for_a_person() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.place(cancelled("paid", false));
        scene.post(&order, (0, "orders/create"), 1);
        scene.world.run();
        assert_eq!(scene.state(&order), "sale");
        ship(&mut scene, &order);
        scene.post(&order, (1, "orders/cancelled"), 3_600);
        scene.world.run();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::CancelledAfterShipping));
        assert_eq!(scene.state(&order), "sale");
        let delivered = scene.in_odoo(&order, |sale| sale.lines().any(|line| !line.delivered().is_zero()));
        assert_eq!(delivered, Some(true));
    }
}

/// Invoiced, shipped or not: what went back is credited, and the order is never cancelled under its invoice.
#[test]
fn t34_invoiced_waits_for_a_person_and_its_refund_is_credited() {
    for version in VERSIONS {
        for shipped in [false, true] {
            let mut account = with_credit_notes(CreditNotes::Posted);
            account.books.invoices = Invoices::OnConfirm;
            let mut scene = Scene::with(version, CALM, account);
            let mut order = plain_order(1);
            refund(&mut order, Back::All, 120);
            then(&mut order, "orders/cancelled", |version| {
                version.cancelled = true;
                version.shipped = shipped;
            });
            let order = scene.tell(order);
            scene.finish_well();
            let class =
                if shipped { ExceptionClass::CancelledAfterShipping } else { ExceptionClass::CancelledAfterInvoicing };
            assert_eq!((scene.state(&order).as_str(), scene.waits(&order)), ("sale", Some(class)), "{version}");
            let entry = |kind: &str| (kind.to_owned(), "posted".to_owned(), "53.99".to_owned(), true);
            assert_eq!(scene.books(&order), [entry("out_invoice"), entry("out_refund")]);
        }
    }
}
