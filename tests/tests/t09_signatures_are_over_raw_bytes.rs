//! T9: the signature is over the bytes as they came; whoever cannot sign them leaves no trace.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::sync::Arc;

use sluice_channels::sha256_hex;
use sluice_domain::{
    ports::journal::Happening,
    value::{Kind, SubjectKey},
};
use sluice_testkit::{
    check::subject,
    scene::{CALM, Scene, plain_order, start},
    shop::order_body,
    world::{Content, Webhook},
};

#[test]
fn t09_escapes_and_letters_of_all_scripts_reach_the_journal_byte_for_byte() {
    let mut scene = Scene::new(19, CALM);
    let order = scene.place(plain_order(1));
    let plain = String::from_utf8(order_body(&order, 0)).unwrap();
    let bodies: Vec<Vec<u8>> = ["Grüße \\u0026 \\/ 漢字 \\ud83d\\ude00", "  spaces  kept  ", "a\\tb"]
        .map(|title| plain.replace("Article 1", title).into_bytes())
        .into();
    for body in &bodies {
        scene.send("orders/create", Content::Bytes(body.clone()), 1);
    }
    scene.world.run();
    let (accepted, refused) = scene.world.deliveries();
    assert_eq!((accepted.len(), refused.len()), (3, 0));
    let mut hashes: Vec<String> = scene
        .world
        .journal(&subject(&scene.world, &order))
        .into_iter()
        .filter_map(|entry| if let Happening::Evidence { sha256, .. } = entry.what { Some(sha256) } else { None })
        .collect();
    let mut expected: Vec<String> = bodies.iter().map(|body| sha256_hex(body)).collect();
    hashes.sort();
    expected.sort();
    assert_eq!(hashes, expected);
    assert_eq!(scene.state(&order), "sale");
}

#[test]
fn t09_a_wrong_secret_is_401_and_leaves_nothing() {
    let mut scene = Scene::new(19, CALM);
    let order = Arc::new(plain_order(1));
    scene.world.send(Webhook {
        at: start(),
        account: 0,
        topic: "orders/create",
        delivery_id: "forged".into(),
        content: Content::Order(Arc::clone(&order), 0),
        forged: true,
    });
    scene.finish_well();
    assert_eq!(scene.world.deliveries(), (vec![], vec!["forged"]));
    assert!(scene.world.record(&subject(&scene.world, &order)).is_none());
    let account = scene.world.accounts()[0].name.clone();
    let own = SubjectKey::new(account, Kind::Delivery, "forged").unwrap();
    assert!(scene.world.record(&own).is_none() && scene.world.journal(&own).is_empty());
    assert_eq!(scene.world.odoo(|odoo| odoo.count("sale.order")), 0);
}
