//! T3: a call that the database rolled back is repeated, byte for byte the same, and makes one record.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{Scene, VERSIONS, plain_order},
    world::{Plan, Strike, Trouble},
};

#[test]
fn t03_serialization_failures_make_one_record_of_identical_attempts() {
    for (call, trouble) in [
        ("sale.order.load", Trouble::Serialization),
        ("sale.order.load", Trouble::Deadlock),
        ("sale.order.load", Trouble::Retried),
        ("sale.order.action_confirm", Trouble::Serialization),
    ] {
        for version in VERSIONS {
            let mut scene = Scene::new(version, Plan::Named(call, Strike::Http(trouble), 3));
            let order = scene.tell(plain_order(1));
            scene.finish_well();
            assert_eq!(scene.state(&order), "sale");
            // The date is restored by a load of its own: only the first kind is compared.
            let sent: Vec<Vec<u8>> = scene.world.sent(call).into_iter().take(3).collect();
            assert!(
                sent.windows(2).all(|pair| trouble == Trouble::Retried || pair[0] == pair[1]),
                "{call} on {version}"
            );
        }
    }
}
