//! A buyer without a name shares a contact with every other one: nobody's address may come to stand on it. Odoo itself
//! copies the address of a contact's first child upwards.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

use serde_json::{Value, json};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::order_body,
    world::{Content, administer},
};

#[test]
fn nobodys_address_stands_on_the_walk_in_contact() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.place(plain_order(1));
        let mut body: Value = serde_json::from_slice(&order_body(&order, 0)).unwrap();
        body["customer"] = Value::Null;
        body["email"] = Value::Null;
        scene.send("orders/create", Content::Bytes(body.to_string().into_bytes()), 1);
        scene.world.run();
        assert_eq!(scene.state(&order), "sale", "{version}");
        let [partner, invoice, delivery] = scene.in_odoo(&order, |sale| sale.partner_ids()).unwrap();
        assert_eq!(scene.world.odoo(|odoo| odoo.resolve("alpha.walk_in")), Some(("res.partner", partner)));
        let now = scene.world.now();
        let look = json!([[["id", "in", [partner, invoice, delivery]]], ["street", "city", "zip", "country_id"]]);
        let found = scene.world.odoo(|odoo| administer(odoo, ("res.partner", "search_read"), &look, &json!({}), now));
        for contact in found.as_array().unwrap() {
            let addressed = contact["street"].is_string();
            assert_eq!(addressed, contact["id"] != json!(partner), "{version}: {contact}");
            assert_eq!(contact["country_id"].is_array(), addressed, "{version}: {contact}");
        }
    }
}
