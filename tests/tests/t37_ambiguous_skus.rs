//! T37: a SKU that fits no product exactly, or several, is an exception: nothing is ever guessed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::state::ExceptionClass;
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::order_body,
    world::Content,
};

#[test]
fn t37_skus_that_are_twice_blank_or_written_otherwise() {
    let known = "\"sku\":\"SIM-001\"";
    for (stated, class) in [
        (r#""sku":"SIM-TWICE""#, ExceptionClass::AmbiguousProduct),
        (r#""sku":"sim-001""#, ExceptionClass::UnknownProduct),
        (r#""sku":"SIM 001""#, ExceptionClass::UnknownProduct),
        (r#""sku":"SIM-0011""#, ExceptionClass::UnknownProduct),
        (r#""sku":"   ""#, ExceptionClass::UnknownProduct),
        (r#""sku":"""#, ExceptionClass::UnknownProduct),
        (r#""sku":null"#, ExceptionClass::UnknownProduct),
    ] {
        for version in VERSIONS {
            let mut scene = Scene::new(version, CALM);
            let order = scene.place(plain_order(1));
            let body = String::from_utf8(order_body(&order, 0)).unwrap();
            assert!(body.contains(known));
            scene.send("orders/create", Content::Bytes(body.replace(known, stated).into_bytes()), 1);
            scene.world.run();
            assert_eq!(scene.waits(&order), Some(class), "{stated}");
            assert_eq!(scene.world.odoo(|odoo| odoo.count("sale.order")), 0, "{stated}");
        }
    }
}
