//! T36: what a channel leaves out, what could not be read and what is gone are three things. Nothing is taken away because
//! somebody did not speak of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::{Value, json};
use sluice_domain::{
    state::ExceptionClass,
    value::{Kind, SubjectKey},
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::{ShopOrder, deleted_body, order_body},
    world::Content,
};

/// A later state of the order that leaves something out, or says `null`, or nothing of it.
fn later(order: &ShopOrder, change: impl FnOnce(&mut Value)) -> Content {
    let mut body: Value = serde_json::from_slice(&order_body(order, order.versions.len().saturating_sub(1))).unwrap();
    let at = order.last().at.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    body["updated_at"] = json!(at.to_string());
    change(&mut body);
    Content::Bytes(body.to_string().into_bytes())
}

fn lines(scene: &Scene, order: &ShopOrder) -> usize {
    scene.record(order).body.facets.order.unwrap().value.lines.len()
}

/// Deliveries that are set aside, by why.
fn unread(scene: &Scene) -> Vec<ExceptionClass> {
    let account = scene.world.accounts()[0].name.clone();
    let own = (1..=10).map(|number| SubjectKey::new(account.clone(), Kind::Delivery, &format!("delivery-{number}")));
    own.filter_map(|key| Some(scene.world.record(&key.unwrap())?.head.parked?.class)).collect()
}

#[test]
fn t36_a_list_that_is_left_out_takes_nothing_away() {
    for version in VERSIONS {
        for left_out in [None, Some(Value::Null)] {
            let mut scene = Scene::new(version, CALM);
            let order = scene.tell(plain_order(1));
            scene.finish_well();
            let (total, known) = (scene.total(&order), lines(&scene, &order));
            let content = later(&order, |body| {
                let body = body.as_object_mut().unwrap();
                match left_out.clone() {
                    Some(value) => drop(body.insert("line_items".into(), value)),
                    None => drop(body.remove("line_items")),
                }
            });
            scene.send("orders/updated", content, 86_400);
            let _findings = scene.finish();
            assert_eq!(lines(&scene, &order), known, "{left_out:?}");
            assert_eq!((scene.state(&order), scene.total(&order)), ("sale".into(), total), "{left_out:?}");
            // It is not swallowed either: somebody is told which field is missing.
            let set_aside = unread(&scene);
            assert_eq!(set_aside, [ExceptionClass::UnreadablePayload], "{left_out:?}");
        }
    }
}

#[test]
fn t36_a_deletion_is_told_to_a_person_and_takes_nothing_out_of_odoo() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.tell(plain_order(1));
        scene.finish_well();
        let total = scene.total(&order);
        scene.send("orders/delete", Content::Bytes(deleted_body(&order)), 86_400);
        let _findings = scene.finish();
        assert_eq!(scene.waits(&order), Some(ExceptionClass::DeletedAtSource));
        assert_eq!((scene.state(&order), scene.total(&order)), ("sale".into(), total));
    }
}
