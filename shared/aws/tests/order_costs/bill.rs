//! What counts cost by AWS's price lists.
//!
//! List prices of us-east-1 without any free tier, as on aws.amazon.com/{lambda,sqs,dynamodb,api-gateway,cloudwatch,
//! secrets-manager,eventbridge}/pricing in 2026, first tier; other regions differ. Lambda on `x86_64`, the template's default: arm64
//! takes a fifth off the time. Not in it, because no order causes it: what is stored (about 0.25 dollars a gigabyte
//! and month), custom metrics and alarms, a NAT gateway where there is one.

use crate::tally::{Counts, sum};

/// Dollars in billionths, for a million of something.
type Nanos = u128;

const API_REQUEST: Nanos = 1_000_000_000;
const LAMBDA_REQUEST: Nanos = 200_000_000;
/// A megabyte for a millisecond: 16.6667 dollars for a million gigabyte-seconds.
const LAMBDA_MB_MS: Nanos = 16_276;
const QUEUE_REQUEST: Nanos = 400_000_000;
const WRITE_UNIT: Nanos = 625_000_000;
/// Half of a read unit at 0.125 dollars.
const HALF_READ_UNIT: Nanos = 62_500_000;
/// A byte of logs: half a dollar for a gigabyte.
const LOGGED_BYTE: Nanos = 500_000;
const SECRET_READ: Nanos = 5_000_000_000;
/// A secret for a month.
const SECRET: Nanos = 400_000_000_000_000;
const SCHEDULED: Nanos = 1_000_000_000;

/// Minutes of a month.
const MONTH: u64 = 30 * 24 * 60;
/// Minutes in which a million orders come that fill batches: ten a second, since the template's window is one second.
const RUSH: u64 = 1_000_000 / 10 / 60;
/// Runs of each schedule in a month, and what one takes in milliseconds: those that ask a shop wait for it.
const SCHEDULES: &[(&str, u64, u64)] =
    &[("pull", MONTH / 5, 1_500), ("subscriptions", MONTH / 60, 1_000), ("redrive", MONTH / 5, 50)];
/// While a queue is empty, Lambda asks it with five connections that wait twenty seconds each (Lambda developer guide, "Using
/// Lambda with Amazon SQS": five batches at once, long polling). Taken for the whole month, busy or not.
const IDLE_RECEIVES: u64 = 3 * 5 * 3 * MONTH;
/// An account, the contact key, Odoo.
const SECRETS: u64 = 3;
/// Processes that live through the month, each reading two secrets every five minutes.
const SECRET_READS: u64 = 6 * 2 * MONTH / 5;
/// A line of the API's access log.
const ACCESS_LOG_BYTES: u64 = 450;

/// What is paid for: so many for all orders, at so much a million.
struct Line {
    what: &'static str,
    quantity: u64,
    price: Nanos,
}

impl Line {
    /// Millionths of a dollar for a million orders, when `orders` took this many.
    fn micros(&self, orders: u64) -> u64 {
        u64::try_from(u128::from(self.quantity) * self.price / 1_000 / u128::from(orders)).unwrap()
    }
}

/// The lines of what orders cause.
fn of_orders(counts: &Counts, memory_mb: u64) -> Vec<Line> {
    let webhooks = counts.invocations.get("webhook-ingress").copied().unwrap_or_default();
    let line = |what, quantity, price| Line { what, quantity, price };
    vec![
        line("HTTP API: requests", webhooks, API_REQUEST),
        line("Lambda: requests", sum(&counts.invocations), LAMBDA_REQUEST),
        line("Lambda: megabyte-milliseconds", sum(&counts.milliseconds) * memory_mb, LAMBDA_MB_MS),
        line("SQS: requests", sum(&counts.queue), QUEUE_REQUEST),
        line("DynamoDB: write units", counts.writes, WRITE_UNIT),
        line("DynamoDB: halves of read units", counts.half_reads, HALF_READ_UNIT),
        line("CloudWatch: bytes of logs", counts.logged + webhooks * ACCESS_LOG_BYTES, LOGGED_BYTE),
    ]
}

/// The lines of a month, apart from orders. `sweep` is what one of them took.
fn of_a_month(sweep: &Counts, memory_mb: u64) -> Vec<Line> {
    let line = |what, quantity, price| Line { what, quantity, price };
    let others: u64 = SCHEDULES.iter().map(|(_, runs, _)| runs).sum();
    let others_ms: u64 = SCHEDULES.iter().map(|(_, runs, took)| runs * took).sum();
    vec![
        line("EventBridge Scheduler: runs", MONTH + others, SCHEDULED),
        line("Lambda: requests", MONTH + others, LAMBDA_REQUEST),
        line("Lambda: megabyte-milliseconds", (MONTH * sum(&sweep.milliseconds) + others_ms) * memory_mb, LAMBDA_MB_MS),
        line("SQS: empty receives", IDLE_RECEIVES, QUEUE_REQUEST),
        line("DynamoDB: halves of read units", MONTH * sweep.half_reads, HALF_READ_UNIT),
        line("CloudWatch: bytes of logs", (MONTH + others) * sweep.logged, LOGGED_BYTE),
        line("Secrets Manager: secrets", SECRETS, SECRET),
        line("Secrets Manager: reads", SECRET_READS, SECRET_READ),
    ]
}

fn print(title: &str, lines: &[Line], orders: u64) -> u64 {
    let all = lines.iter().map(|line| line.micros(orders)).sum();
    println!("{title}: {}", dollars(all));
    for line in lines {
        let hundredths = line.quantity * 100 / orders;
        let each = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        println!("  {:>7} {:>9} {}", dollars(line.micros(orders)), each, line.what);
    }
    all
}

fn dollars(micros: u64) -> String {
    format!("${}.{:02}", micros / 1_000_000, micros / 10_000 % 100)
}

/// Prints what a million orders cost, each line with how much of it one order takes; answers the sum in millionths of a dollar.
pub(crate) fn print_orders(title: &str, counts: &Counts, (orders, memory_mb): (u64, u64)) -> u64 {
    print(&format!("{title}, a million orders by list price"), &of_orders(counts, memory_mb), orders)
}

/// Prints what a month costs whatever is ordered in it; answers likewise the share of the time in which a million orders come that
/// fill their batches.
pub(crate) fn print_month(sweep: &Counts, memory_mb: u64) -> u64 {
    let month = print("a month, whatever is ordered", &of_a_month(sweep, memory_mb), 1_000_000);
    let share = month * RUSH / MONTH;
    println!("of it the {} hours in which a million orders come by tens: {}", RUSH / 60, dollars(share));
    share
}
