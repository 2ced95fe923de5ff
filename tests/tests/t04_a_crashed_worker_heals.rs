//! T4: a worker that dies at any step blocks nothing, and nobody need do anything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, plain_order},
    world::{Plan, Strike},
};

#[test]
fn t04_orders_behind_a_crashed_worker_go_on() {
    let mut smooth = Scene::new(18, CALM);
    (1..=3).for_each(|number| drop(smooth.tell(plain_order(number))));
    smooth.finish_well();
    let (calls, _) = smooth.world.calls();
    for call in 0..calls {
        let mut scene = Scene::new(18, Plan::Call(call, Strike::CrashBefore));
        let placed: Vec<_> = (1..=3).map(|number| scene.tell(plain_order(number))).collect();
        scene.finish_well();
        assert!(placed.iter().all(|order| scene.state(order) == "sale"), "call {call}");
    }
}
