//! Against an Odoo that costs what the measured one costs: ours, and a connector of nine calls an order, in the same run.
//!
//! The simulated Odoo reports the server's time of each call. Four callers keep its two cores busy, so orders a second are
//! two seconds of server time over the time of one order.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
};
use sluice_sandbox::{
    Store,
    odoo::{Costs, Outcome, SimConfig, SimOdoo},
};
use sluice_testkit::world::{self, administer};

use crate::pipeline::{self, Addresses, Pipeline, order};

/// Orders of each measurement.
const ORDERS: u64 = 2_000;
/// Cores of the measured server.
const CORES: f64 = 2.0;
/// How long orders have waited, in seconds: orders come faster than Odoo takes them, as the four callers say.
const WAITED: i64 = 30;
/// A create of the nine-call connector beyond what every call pays: the nine calls gave 6.4 orders/s to four callers.
const CREATE_MS: u64 = 25;
/// A confirmation of the nine-call connector beyond what every call pays: with this tenth call they gave 2.7 orders/s. It is
/// dearer than one of a batch: the call is for one order, and its lines came one by one.
const CONFIRM_MS: u64 = 413;
/// What a contact costs in a `load` is an estimate. At three times as much the figures are shown too.
const DEAR_RECORD_MS: u64 = 12;

/// The server's time and calls.
#[derive(Clone, Copy, Default)]
struct Spent {
    milliseconds: u64,
    calls: u64,
}

impl std::ops::Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { milliseconds: self.milliseconds + other.milliseconds, calls: self.calls + other.calls }
    }
}

impl Spent {
    fn orders_a_second(self) -> f64 {
        CORES * 1_000.0 * ORDERS as f64 / self.milliseconds as f64
    }
}

pub(crate) async fn run() {
    println!(
        "against the measured costs (two cores, four callers), {ORDERS} orders of 3 lines, each of a new customer"
    );
    let (nine, ten) = nine_calls();
    let (nine, ten) = (nine.orders_a_second(), ten.orders_a_second());
    println!("  nine calls an order, a tenth confirms  {nine:5.1} orders/s loaded           {ten:5.1} confirmed");
    for (batch, together) in [(10, 10), (25, 50), (50, 100)] {
        let (cheap, dear) = (Costs::MEASURED.record_ms, DEAR_RECORD_MS);
        for (record_ms, addresses) in [(cheap, Addresses::One), (cheap, Addresses::Two), (dear, Addresses::One)] {
            let (load, confirm) = ours(Costs { record_ms, ..Costs::MEASURED }, (batch, together), addresses).await;
            let (loaded, whole) = (load.orders_a_second(), (load + confirm).orders_a_second());
            let contacts = if addresses == Addresses::One { 2 } else { 3 };
            println!(
                "  {batch} a call, {together:3} together, {contacts} contacts of {record_ms:2} ms  {loaded:4.1} orders/s loaded ({:4.1} x)  \
                 {whole:5.1} confirmed ({:.1} x)  {:.2} + {:.2} calls an order",
                loaded / nine,
                whole / ten,
                load.calls as f64 / ORDERS as f64,
                confirm.calls as f64 / ORDERS as f64
            );
        }
    }
    println!();
}

/// What loading costs, contacts and read-back included, and what confirming costs on top.
async fn ours(costs: Costs, sizes: (usize, usize), addresses: Addresses) -> (Spent, Spent) {
    let config = SimConfig { costs: Some(costs), track_changes: false, ..SimConfig::odoo18() };
    let odoo = Arc::new(Simulated::new(&config));
    let pipeline = Pipeline::new(Store::in_memory(), Arc::clone(&odoo) as Arc<dyn Http>, &config, sizes);
    for number in 1..=ORDERS {
        pipeline.feed(number, order(number, addresses)).await;
    }
    pipeline.normalize().await;
    pipeline.wait(WAITED);
    pipeline.write().await;
    let load = odoo.spent();
    assert_eq!(odoo.orders_in("draft"), ORDERS, "every order is loaded");
    pipeline.write().await;
    let confirm = odoo.spent();
    assert_eq!(odoo.orders_in("sale"), ORDERS, "every order is confirmed");
    (load, confirm)
}

/// The simulated Odoo behind the port, with the time that a real one would have taken.
struct Simulated {
    odoo: Mutex<SimOdoo>,
    spent: Mutex<Spent>,
}

impl Simulated {
    fn new(config: &SimConfig) -> Self {
        let odoo = world::stocked_odoo(config.clone(), pipeline::start());
        Self { odoo: Mutex::new(odoo), spent: Mutex::default() }
    }

    /// Since the last look.
    fn spent(&self) -> Spent {
        std::mem::take(&mut *self.spent.lock().expect("a lock"))
    }

    fn orders_in(&self, state: &str) -> u64 {
        self.odoo.lock().expect("a lock").orders().filter(|order| order.state() == state).count() as u64
    }
}

impl Http for Simulated {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answered = self.odoo.lock().expect("a lock").call(&request, pipeline::start());
        let mut spent = self.spent.lock().expect("a lock");
        *spent = *spent + Spent { milliseconds: answered.server_ms, calls: 1 };
        Box::pin(async move {
            match answered.outcome {
                Outcome::Answer(response) => Ok(response),
                _ => Err(HttpError::NoAnswer("a fault in a benchmark".into())),
            }
        })
    }
}

/// Searches, then creates contact, two addresses, order and lines one by one; then confirms. The server's time of both.
fn nine_calls() -> (Spent, Spent) {
    let config = SimConfig { track_changes: false, ..SimConfig::odoo18() };
    let mut odoo: SimOdoo = world::stocked_odoo(config, pipeline::start());
    let (mut loading, mut whole) = (Spent::default(), Spent::default());
    let mut call = |model: &'static str, method: &'static str, args: Value| {
        let work = match method {
            "create" => CREATE_MS,
            "action_confirm" => CONFIRM_MS,
            _ => 0,
        };
        let one = Spent { milliseconds: Costs::MEASURED.call_ms + work, calls: 1 };
        whole = whole + one;
        if method != "action_confirm" {
            loading = loading + one;
        }
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
        let created =
            call("sale.order", "create", json!([[{"partner_id": partner, "client_order_ref": reference}]]))[0].clone();
        for product in 1..=3 {
            let line = json!([{"order_id": created, "product_id": product, "product_uom_qty": 1, "price_unit": 9.0}]);
            call("sale.order.line", "create", json!([line]));
        }
        call("sale.order", "action_confirm", json!([[created]]));
    }
    assert_eq!(odoo.orders().filter(|order| order.state() == "sale").count() as u64, ORDERS);
    assert_eq!((loading.calls, whole.calls), (9 * ORDERS, 10 * ORDERS));
    (loading, whole)
}
