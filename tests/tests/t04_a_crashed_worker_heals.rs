//! T4: a worker that dies at any step blocks nothing, and nobody need do anything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_reconciler::Ran;
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

/// What a crash left waiting is told by account: "orders of this shop are late" is this figure.
#[test]
fn the_sweep_states_how_long_the_oldest_order_of_an_account_has_waited() {
    let mut smooth = Scene::new(18, CALM);
    smooth.tell(plain_order(1));
    smooth.finish_well();
    let (calls, _) = smooth.world.calls();
    let mut late = 0;
    for call in 0..calls {
        let mut scene = Scene::new(18, Plan::Call(call, Strike::CrashBefore));
        scene.tell(plain_order(1));
        scene.finish_well();
        let ages = scene.world.ran().iter().filter_map(|ran| match ran {
            Ran::Swept(swept) => Some(swept.oldest_due_seconds.clone()),
            Ran::Pulled(_) | Ran::Subscribed(_) => None,
        });
        for (account, seconds) in ages.flatten() {
            assert_eq!(account.as_str(), "alpha");
            assert!((0..=60).contains(&seconds), "a sweep comes every minute: {seconds}");
            late += 1;
        }
    }
    assert!(late > 5, "{late}");
}
