//! T6: a worker that the platform ends in the middle leaves nothing "in progress", and nothing is done twice.

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
fn t06_a_worker_that_runs_out_of_time_is_resumed() {
    for call in ["sale.order.search_read", "sale.order.load", "res.partner.load", "sale.order.action_confirm"] {
        for version in VERSIONS {
            // Many slow answers in a row: workers die at the end of their time, with calls under way.
            let mut scene = Scene::new(version, Plan::Named(call, Strike::Http(Trouble::Slow), 12));
            let order = scene.tell(plain_order(1));
            scene.finish_well();
            assert_eq!(scene.state(&order), "sale", "{call} on {version}");
        }
    }
}
