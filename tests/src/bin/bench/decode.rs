//! Verify, decode and fold of one order of 10 KB, against reading it as an untyped JSON tree.

use std::hint::black_box;

use sluice_channels::{DecodeContext, Decoded, Inbound, SigningRequest, channel};
use sluice_domain::{
    delivery::Delivery,
    ports::secrets::Secret,
    state::{OrderFacets, ReadOrPush, fold},
};

use crate::{ROUNDS, cpu_seconds, pipeline, spread};

/// Repetitions of one round.
const REPEATS: u32 = 20_000;

pub(crate) fn run() {
    let body = pipeline::order_of_10_kb();
    let account = pipeline::account();
    let secret = [Secret::new("hush")];
    let now = pipeline::start();
    let shopify = channel("shopify").expect("Shopify");
    let request = SigningRequest {
        account: &account,
        topic: "orders/create",
        delivery_id: "d",
        body: &body,
        secret: &secret[0],
        now,
    };
    let headers = shopify.sign(&request).headers;
    let delivery = pipeline::delivery(body.clone(), now, ReadOrPush::Push);
    let (mut ours, mut tree) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(micros(|| whole(&headers, &delivery, &secret, &account)));
        tree.push(micros(|| drop(black_box(serde_json::from_slice::<serde_json::Value>(&body).expect("JSON")))));
    }
    let (ours, tree) = (spread(ours), spread(tree));
    println!("verify + decode + fold of an order of {} bytes, CPU time", body.len());
    println!("  ours                      {:6.1} us ({:.1} to {:.1})", ours.0, ours.1, ours.2);
    println!("  serde_json::Value alone   {:6.1} us ({:.1} to {:.1})", tree.0, tree.1, tree.2);
    println!("  ratio                     {:6.2}\n", ours.0 / tree.0);
}

fn whole(
    headers: &[(String, String)],
    delivery: &Delivery,
    secret: &[Secret],
    account: &sluice_domain::account::Account,
) {
    let shopify = channel("shopify").expect("Shopify");
    let inbound = Inbound { headers, body: &delivery.body, url: None, now: delivery.received_at };
    shopify.verify(&inbound, secret).expect("signed");
    let decoded = shopify.decode(delivery, &DecodeContext { account, contact_key: &secret[0] }).expect("read");
    let Decoded::Evidence { evidence, .. } = decoded else { panic!("no evidence") };
    let mut facets = OrderFacets::default();
    for piece in evidence {
        fold(&mut facets, piece);
    }
    black_box(facets);
}

fn micros(work: impl Fn()) -> f64 {
    let began = cpu_seconds();
    for _ in 0..REPEATS {
        work();
    }
    (cpu_seconds() - began) * 1e6 / f64::from(REPEATS)
}
