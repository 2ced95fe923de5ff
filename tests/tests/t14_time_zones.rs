//! T14: shops in any time zone, on both days on which clocks change: no order is missed, none is dated wrongly.

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
    shop::order_body,
    world::Content,
};

/// As the shop writes it, and the same instant in UTC. The hour that comes twice is told apart by its offset.
const INSTANTS: [(&str, &str); 7] = [
    ("2026-03-08T01:59:59-08:00", "2026-03-08T09:59:59Z"),
    ("2026-03-08T03:00:00-07:00", "2026-03-08T10:00:00Z"),
    ("2026-11-01T01:30:00-07:00", "2026-11-01T08:30:00Z"),
    ("2026-11-01T01:30:00-08:00", "2026-11-01T09:30:00Z"),
    ("2026-10-25T02:30:00+05:30", "2026-10-24T21:00:00Z"),
    ("2026-09-27T03:00:00+13:00", "2026-09-26T14:00:00Z"),
    ("2026-01-01T00:30:00+13:00", "2025-12-31T11:30:00Z"),
];

#[test]
fn t14_orders_of_every_time_zone_arrive_with_their_date() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let mut placed = Vec::new();
        for (number, (local, utc)) in (1..).zip(INSTANTS) {
            let mut order = plain_order(number);
            order.placed_at = utc.parse().unwrap();
            let order = scene.place(order);
            let body = String::from_utf8(order_body(&order, 0)).unwrap();
            let stated = format!("\"processed_at\":\"{}\"", order.placed_at);
            assert!(body.contains(&stated));
            let body = body.replace(&stated, &format!("\"processed_at\":\"{local}\""));
            scene.send("orders/create", Content::Bytes(body.into_bytes()), 1);
            placed.push(order);
        }
        scene.finish_well();
        for order in placed {
            let dated = scene.in_odoo(&order, |sale| sale.date_order());
            assert_eq!(dated, Some(order.placed_at));
        }
    }
}
