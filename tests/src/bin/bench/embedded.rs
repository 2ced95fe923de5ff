//! The whole pipeline in one process over a simulated Odoo that costs nothing: our own time per order.

use std::time::Instant;

use sluice_sandbox::odoo::SimConfig;

use crate::{cpu_seconds, pipeline::Pipeline, resident_mb};

/// Orders.
const ORDERS: u64 = 20_000;
/// Orders between two looks at the memory.
const STEP: u64 = 5_000;

pub(crate) async fn run() {
    println!("embedded, end to end, simulated Odoo at no cost: {ORDERS} orders of 3 lines, one thread");
    let pipeline = Pipeline::new(SimConfig::odoo19(), 10);
    let (began, cpu) = (Instant::now(), cpu_seconds());
    for number in 1..=ORDERS {
        pipeline.feed(number).await;
        if number % 100 == 0 {
            pipeline.normalize().await;
            pipeline.write().await;
            pipeline.write().await;
        }
        if number % STEP == 0 {
            println!("  {number:6} orders: {:.0} MB, state and simulated Odoo of all of them included", resident_mb());
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(pipeline.orders_in("sale") as u64, ORDERS, "every order is confirmed");
    println!(
        "  {:.0} orders/s, {:.0} us CPU an order\n",
        ORDERS as f64 / seconds,
        (cpu_seconds() - cpu) * 1e6 / ORDERS as f64
    );
}
