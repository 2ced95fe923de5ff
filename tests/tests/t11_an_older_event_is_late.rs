//! T11: an older event that is delivered late changes nothing, and is counted.

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
    scene::{CALM, Scene, edited_order},
};

#[test]
fn t11_a_late_stale_version_is_ignored_and_counted() {
    let mut scene = Scene::new(18, CALM);
    let order = scene.tell(edited_order(1));
    scene.post(&order, (0, "orders/create"), 3 * 86_400);
    scene.post(&order, (1, "orders/updated"), 3 * 86_400);
    scene.finish_well();
    assert_eq!(scene.state(&order), "sale");
    let journal = scene.world.journal(&subject(&scene.world, &order));
    let outcomes: Vec<String> = journal
        .into_iter()
        .filter_map(|entry| match entry.what {
            Happening::Evidence { outcome, .. } => Some(outcome),
            Happening::Write { .. } | Happening::Note { .. } => None,
        })
        .collect();
    assert_eq!(outcomes[3..], ["nothing", "nothing"], "{outcomes:?}");
}
