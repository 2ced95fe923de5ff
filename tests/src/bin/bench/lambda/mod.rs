//! The release bootstraps under a driver that is the Lambda Runtime API to them, and a stub of AWS: CPU time of a warm webhook
//! and of a cold start, memory, size. Plain HTTP on loopback, so TLS is in none of the figures.

mod aws;
mod event;
mod function;
mod peer;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use aws::Aws;
use flate2::{Compression, write::DeflateEncoder};
use function::Function;
use serde_json::{Value, json};

use crate::{ROUNDS, spread};

/// The functions that ship.
const FUNCTIONS: [&str; 4] = ["webhook-ingress", "normalizer", "odoo-writer", "reconciler"];
/// Webhooks before those that are measured.
const WARM_UP: usize = 300;
/// Webhooks of one round.
const WEBHOOKS: usize = 2_000;
/// Webhooks before the memory is looked at.
const MANY: usize = 10_000;

pub(crate) fn run() {
    // The folder of the profile that ships, beside that of this program's.
    let program = std::env::current_exe().expect("this program");
    let folder = program.parent().and_then(Path::parent).expect("the target folder").join("bootstrap");
    let bootstrap = |name: &str| folder.join(name);
    if let Some(missing) = FUNCTIONS.iter().find(|name| !bootstrap(name).is_file()) {
        println!(
            "Lambda bootstraps: there is no {missing} of the profile `bootstrap`; `make bench-lambda` builds them\n"
        );
        return;
    }
    let (webhook, aws) = (event::webhook(), Aws::start(event::SECRET));
    println!(
        "Lambda bootstraps, driven over the Runtime API, AWS stubbed on loopback; a webhook of {} bytes",
        webhook.bytes
    );
    let (mut warm, mut floor, mut cold) = (Vec::new(), Vec::new(), vec![Vec::new(); FUNCTIONS.len()]);
    for _ in 0..ROUNDS {
        for (name, cold) in FUNCTIONS.into_iter().zip(&mut cold) {
            let function = Function::start(name, &bootstrap(name), &aws);
            check(name, &function.invoke(&first(name, &webhook.accepted, &aws)));
            cold.push(function.cpu_nanos() / 1e6);
            if name == "webhook-ingress" {
                repeat(&function, &webhook.accepted, WARM_UP);
                floor.push(repeat(&function, &webhook.not_post, WEBHOOKS));
                aws.counts();
                warm.push(repeat(&function, &webhook.accepted, WEBHOOKS));
                assert_eq!(aws.counts(), [("SendMessage".to_owned(), WEBHOOKS as u64)].into(), "one request a webhook");
            }
        }
    }
    line("a webhook, warm: CPU time", "us", spread(warm), "at most 350; one request to SQS");
    line("one that is no POST", "us", spread(floor), "the runtime's share");
    for (name, cold) in FUNCTIONS.into_iter().zip(cold) {
        line(&format!("{name}: cold start"), "ms", spread(cold), "CPU time to the first answer, at most 12");
    }
    memory(&bootstrap(FUNCTIONS[0]), &webhook, &aws);
    for name in FUNCTIONS {
        println!("  {:34} {:7.2} MB zipped: at most 5", name, zipped(&bootstrap(name)) as f64 / 1e6);
    }
    println!();
}

fn line(what: &str, unit: &str, (median, least, most): (f64, f64, f64), note: &str) {
    println!("  {what:34} {median:7.1} {unit} ({least:.1} to {most:.1}): {note}");
}

/// The first event of a function. The normalizer's is the delivery that the ingress sent last.
fn first(name: &str, webhook: &str, aws: &Aws) -> String {
    let record = |body: String| {
        let attributes = json!({"ApproximateReceiveCount": "1"});
        json!({"Records": [{"messageId": "m", "body": body, "attributes": attributes}]}).to_string()
    };
    match name {
        "normalizer" => record(aws.message()),
        "odoo-writer" => record(json!({"v": 1, "subject": "demo/order/1", "trace_id": "t"}).to_string()),
        "reconciler" => json!({"job": "sweep"}).to_string(),
        _ => webhook.to_owned(),
    }
}

fn check(name: &str, answer: &Value) {
    let fine = match name {
        "webhook-ingress" => answer["statusCode"] == 200,
        "reconciler" => answer.is_object() || answer.is_null(),
        _ => answer["batchItemFailures"] == json!([]),
    };
    assert!(fine, "{name}: {answer}");
}

/// Microseconds of CPU time that each of so many invocations takes.
fn repeat(function: &Function, event: &str, times: usize) -> f64 {
    let before = function.cpu_nanos();
    for _ in 0..times {
        function.invoke(event);
    }
    (function.cpu_nanos() - before) / 1e3 / times as f64
}

fn memory(ingress: &Path, webhook: &event::Webhook, aws: &Aws) {
    let function = Function::start("webhook-ingress", ingress, aws);
    check("webhook-ingress", &function.invoke(&webhook.accepted));
    let start = function.peak_mb();
    repeat(&function, &webhook.accepted, MANY);
    let many = function.peak_mb();
    println!("  {:34} {many:7.1} MB ({start:.1} after the first): at most 20", format!("peak after {MANY} webhooks"));
    for (what, event) in [("a text of 1 MiB", &webhook.largest_text), ("bytes of 1 MiB", &webhook.largest_bytes)] {
        let function = Function::start("webhook-ingress", ingress, aws);
        check("webhook-ingress", &function.invoke(event));
        let first = function.peak_mb();
        check("webhook-ingress", &function.invoke(event));
        println!(
            "  {:34} {:7.1} MB ({first:.1} after the first): at most 40",
            format!("peak after {what}, twice"),
            function.peak_mb()
        );
    }
}

/// The size of a bootstrap in its package, which `zip` compresses alike.
fn zipped(bootstrap: &PathBuf) -> usize {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&std::fs::read(bootstrap).expect("a bootstrap")).expect("memory");
    packed.finish().expect("memory").len()
}
