//! Against an Odoo that costs what the measured one costs: ours, and a connector of nine calls an order, in the same run.
//!
//! The simulated Odoo reports the server's time of each call. Four callers keep its two cores busy, so orders a second are
//! two seconds of server time over the time of one order. The nine calls cost 303 ms an order alone (3.3 orders/s, measured):
//! two searches at 15 ms leave 39 ms for each of seven creates.

use serde_json::{Value, json};
use sluice_sandbox::odoo::{Costs, SimConfig, SimOdoo};
use sluice_testkit::world::{self, administer};

use crate::pipeline::{self, Pipeline};

/// Orders of each measurement.
const ORDERS: u64 = 500;
/// Cores of the measured server.
const CORES: f64 = 2.0;
/// A create of the nine-call connector beyond what every call pays.
const CREATE_MS: u64 = 24;

pub(crate) async fn run() {
    println!("against the measured costs (two cores, four callers), {ORDERS} orders of 3 lines");
    let nine = nine_calls();
    println!("  nine calls an order              {nine:6.1} orders/s loaded, {:.1} confirmed", confirmed(nine));
    for batch in [10, 50] {
        let config = SimConfig { costs: Some(Costs::MEASURED), ..SimConfig::odoo18() };
        let pipeline = Pipeline::new(config, batch);
        for number in 1..=ORDERS {
            pipeline.feed(number).await;
        }
        pipeline.normalize().await;
        pipeline.spent();
        pipeline.write().await;
        let (load_ms, load_calls) = pipeline.spent();
        assert_eq!(pipeline.orders_in("draft") as u64, ORDERS, "every order is loaded");
        pipeline.write().await;
        let (confirm_ms, confirm_calls) = pipeline.spent();
        assert_eq!(pipeline.orders_in("sale") as u64, ORDERS, "every order is confirmed");
        let loaded = rate(load_ms);
        let whole = rate(load_ms + confirm_ms);
        println!(
            "  {batch:2} orders a call                 {loaded:6.1} orders/s loaded ({:.1} x), {whole:.1} confirmed ({:.1} x); \
             {:.2} calls an order",
            loaded / nine,
            whole / confirmed(nine),
            (load_calls + confirm_calls) as f64 / ORDERS as f64
        );
    }
}

fn rate(server_ms: u64) -> f64 {
    CORES * 1_000.0 * ORDERS as f64 / server_ms as f64
}

/// The nine-call connector confirms each order with a tenth call.
fn confirmed(loaded: f64) -> f64 {
    let each = CORES * 1_000.0 / loaded + (Costs::MEASURED.call_ms + Costs::MEASURED.confirm_order_ms) as f64;
    CORES * 1_000.0 / each
}

/// Searches, then creates contact, two addresses, order and lines one by one; the server's time by the same costs.
fn nine_calls() -> f64 {
    let costs = Costs { write_ms: CREATE_MS, ..Costs::MEASURED };
    let mut odoo: SimOdoo =
        world::stocked_odoo(SimConfig { track_changes: false, ..SimConfig::odoo18() }, pipeline::start());
    let mut calls = 0;
    let mut creates = 0;
    let mut call = |model: &'static str, method: &'static str, args: Value| {
        calls += 1;
        creates += u64::from(method == "create");
        administer(&mut odoo, (model, method), &args, &json!({}), pipeline::start())
    };
    for number in 1..=ORDERS {
        let email = format!("buyer{number}@example.com");
        call("res.partner", "search", json!([[["email", "=", email]]]));
        let partner = call("res.partner", "create", json!([[{"name": "Buyer", "email": email}]]))[0].clone();
        for kind in ["invoice", "delivery"] {
            call("res.partner", "create", json!([[{"name": "There", "type": kind, "parent_id": partner}]]));
        }
        let reference = format!("#{number}");
        call("sale.order", "search", json!([[["client_order_ref", "=", reference]]]));
        let order =
            call("sale.order", "create", json!([[{"partner_id": partner, "client_order_ref": reference}]]))[0].clone();
        for _ in 0..3 {
            let line = json!([[{"order_id": order, "product_id": 1, "product_uom_qty": 1, "price_unit": 9.0}]]);
            call("sale.order.line", "create", line);
        }
    }
    assert_eq!(odoo.orders().count() as u64, ORDERS);
    let server_ms = calls * costs.call_ms + creates * costs.write_ms;
    rate(server_ms)
}
