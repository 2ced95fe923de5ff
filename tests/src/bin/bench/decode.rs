//! Verify, decode and fold of one order of 10 KB, against reading it as an untyped JSON tree.

use std::hint::black_box;

use sluice_tests::decoding::Decoding;

use crate::{ROUNDS, cpu_seconds, spread};

/// Repetitions of one round.
const REPEATS: u32 = 20_000;

pub(crate) fn run() {
    let order = Decoding::default();
    let (mut ours, mut tree) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(micros(|| {
            order.verify();
            drop(black_box(Decoding::fold(order.decode())));
        }));
        tree.push(micros(|| {
            drop(black_box(serde_json::from_slice::<serde_json::Value>(order.body()).expect("JSON")));
        }));
    }
    let (ours, tree) = (spread(ours), spread(tree));
    println!("verify + decode + fold of an order of {} bytes, CPU time", order.body().len());
    println!("  ours                      {:6.1} us ({:.1} to {:.1})", ours.0, ours.1, ours.2);
    println!("  serde_json::Value alone   {:6.1} us ({:.1} to {:.1})", tree.0, tree.1, tree.2);
    println!("  ratio                     {:6.2}\n", ours.0 / tree.0);
    println!("the sample order of each channel, CPU time: decode + fold, and verify before it where orders are signed");
    for order in Decoding::samples() {
        let rounds = |work: &dyn Fn()| spread((0..ROUNDS).map(|_| micros(work)).collect());
        let read = rounds(&|| drop(black_box(Decoding::fold(order.decode()))));
        let proved = rounds(&|| order.verify());
        let (name, bytes) = (order.channel(), order.body().len());
        println!(
            "  {name:12} {bytes:6} bytes {:6.1} us ({:.1} to {:.1}) + {:4.1} us",
            read.0, read.1, read.2, proved.0
        );
    }
    println!();
}

fn micros(work: impl Fn()) -> f64 {
    let began = cpu_seconds("self");
    for _ in 0..REPEATS {
        work();
    }
    (cpu_seconds("self") - began) * 1e6 / f64::from(REPEATS)
}
