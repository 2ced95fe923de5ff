//! T7: the same webhook several times at the same instant makes one order, and every copy is answered 2xx.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::scene::{CALM, Scene, VERSIONS, plain_order};

#[test]
fn t07_same_webhook_five_times_in_parallel() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.place(plain_order(1));
        for _ in 0..5 {
            scene.post(&order, (0, "orders/create"), 1);
            scene.post(&order, (0, "orders/paid"), 1);
        }
        scene.finish_well();
        let (accepted, refused) = scene.world.deliveries();
        assert_eq!((accepted.len(), refused.len()), (10, 0));
        assert_eq!(scene.world.odoo(|odoo| odoo.count("sale.order")), 1);
        assert_eq!(scene.record(&order).head.desired, 1, "ten copies say one thing");
    }
}
