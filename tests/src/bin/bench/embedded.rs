//! The whole pipeline in one process over a store in one file, as embedded Sluice has it, and a simulated Odoo that costs
//! nothing, in a process of its own: our time per order, and whether our memory stays what it is.

use std::{sync::Arc, time::Instant};

use sluice_domain::ports::http::Http;
use sluice_sandbox::Store;

use crate::{
    cpu_seconds,
    piped::{self, PipedOdoo},
    pipeline::{Addresses, Pipeline, order},
    resident_mb,
};

/// After so many orders the memory is looked at.
const LOOKS: &[u64] = &[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];
/// Orders that come together.
const TOGETHER: u64 = 100;

pub(crate) async fn run(orders: u64) {
    println!(
        "embedded, end to end, store in a file, simulated Odoo at no cost: {orders} orders of 3 lines, one thread"
    );
    let folder = std::env::temp_dir().join(format!("sluice-bench-{}", std::process::id()));
    let file = folder.join("bench.sluice");
    let odoo = Arc::new(PipedOdoo::start());
    let store = Store::open(&file).expect("a store");
    let pipeline = Pipeline::new(store, Arc::clone(&odoo) as Arc<dyn Http>, &piped::config(), (10, 10));
    let (began, cpu) = (Instant::now(), cpu_seconds("self"));
    for number in 1..=orders {
        pipeline.feed(number, order(number, Addresses::One)).await;
        if number % TOGETHER == 0 || number == orders {
            pipeline.normalize().await;
            pipeline.write().await;
        }
        if LOOKS.contains(&number) || number == orders {
            println!(
                "  {number:7} orders: Sluice {:4.0} MB, the simulated Odoo {:5.0} MB (its database), the file {:5.0} MB, \
                 {:.0} orders/s",
                resident_mb("self"),
                resident_mb(&odoo.process().to_string()),
                std::fs::metadata(&file).map_or(0.0, |file| file.len() as f64 / 1e6),
                number as f64 / began.elapsed().as_secs_f64()
            );
        }
    }
    assert_eq!(odoo.orders_in("sale"), orders, "every order is confirmed");
    let each = |seconds: f64| seconds * 1e6 / orders as f64;
    let (ours, theirs) = (each(cpu_seconds("self") - cpu), each(cpu_seconds(&odoo.process().to_string())));
    println!("  CPU time of an order: {ours:.0} us in Sluice, {theirs:.0} us in the simulated Odoo\n");
    drop(pipeline);
    std::fs::remove_dir_all(folder).expect("the folder goes");
}
