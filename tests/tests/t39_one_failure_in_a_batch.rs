//! T39: when one message of a batch fails, it alone comes back; what was done with the others is not done again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::ports::journal::Happening;
use sluice_testkit::{
    check::subject,
    scene::{Scene, VERSIONS, plain_order},
    world::{Plan, Strike},
};

#[test]
fn t39_one_failure_in_a_batch_brings_back_one_message() {
    for version in VERSIONS {
        // Enough refused saves to outlast the normalizer's own patience for some subjects of a batch.
        for times in [1, 8, 20, 40] {
            let mut scene = Scene::new(version, Plan::Named("save", Strike::Refuse, times));
            let placed: Vec<_> = (1..=10).map(|number| scene.tell(plain_order(number))).collect();
            scene.finish_well();
            for order in &placed {
                assert_eq!(scene.state(order), "sale");
                let journal = scene.world.journal(&subject(&scene.world, order));
                let evidence = journal.iter().filter(|entry| matches!(entry.what, Happening::Evidence { .. }));
                assert_eq!(evidence.count(), 1, "told once, kept once");
                assert_eq!(scene.record(order).head.desired, 1, "folded once");
            }
        }
    }
}
