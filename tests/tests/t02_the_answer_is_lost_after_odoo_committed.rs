//! T2: a client that times out while the server commits must not make a second record.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    world::{Plan, Strike, Trouble},
};

const WRITES: [&str; 3] = ["res.partner.load", "sale.order.load", "sale.order.action_confirm"];

#[test]
fn t02_the_answer_of_every_write_is_lost_after_it_committed() {
    for version in VERSIONS {
        let play = |plan: Plan| {
            let mut scene = Scene::new(version, plan);
            let order = scene.tell(plain_order(1));
            scene.finish_well();
            let counts =
                scene.world.odoo(|odoo| ["sale.order", "sale.order.line", "res.partner"].map(|m| odoo.count(m)));
            (scene.record(&order).head.odoo.map(|odoo| odoo.id), counts)
        };
        let smooth = play(CALM);
        for write in WRITES {
            for times in [1, 3] {
                let lost = play(Plan::Named(write, Strike::Http(Trouble::Lost), times));
                assert_eq!(lost, smooth, "{write} on {version}");
            }
        }
    }
}
