//! The real handlers over the in-memory store and a simulated Odoo.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    delivery::Delivery,
    ports::{
        Clock, PortFuture, Ports, Timer,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        queue::Queue,
        secrets::{AccountSecrets, Secret},
    },
    state::ReadOrPush,
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::Connection;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store,
    odoo::{Outcome, SimConfig, SimOdoo},
};
use sluice_testkit::world;

/// The fixture that orders are made from.
const ORDER: &str = include_str!("../../../fixtures/shopify/plain_order.json");

pub(crate) fn start() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().expect("an instant")
}

pub(crate) fn account() -> Account {
    world::account("shop", ConfirmPolicy::Paid, UnknownProduct::Fallback(world::FALLBACK.into()))
}

/// The plain order with another id, in compact JSON. Its SKUs are unknown to Odoo, so its lines take the fallback product;
/// its tax is none, so that any Odoo has it.
pub(crate) fn order(number: u64) -> Vec<u8> {
    let mut order: Value = serde_json::from_str(ORDER).expect("JSON");
    order["id"] = json!(7_000_000_000_000_000_000_u64 + number);
    order["name"] = json!(format!("#{number}"));
    order["customer"]["id"] = json!(number);
    order["currency"] = json!("USD");
    order["taxes_included"] = json!(false);
    for field in ["tax_lines", "shipping_lines"] {
        order[field] = json!([]);
    }
    for line in order["line_items"].as_array_mut().expect("lines") {
        line["tax_lines"] = json!([]);
    }
    let third = order["line_items"][1].clone();
    order["line_items"].as_array_mut().expect("lines").push(third);
    order["line_items"][2]["id"] = json!(3);
    for (field, amount) in [
        ("total_price", "57.80"),
        ("current_total_price", "57.80"),
        ("subtotal_price", "57.80"),
        ("total_tax", "0.00"),
        ("current_subtotal_price", "57.80"),
        ("total_line_items_price", "57.80"),
        ("current_total_tax", "0.00"),
    ] {
        order[field] = json!(amount);
    }
    order["total_shipping_price_set"] = json!({"shop_money": {"amount": "0.00", "currency_code": "USD"}});
    order.to_string().into_bytes()
}

pub(crate) fn delivery(body: Vec<u8>, now: Timestamp, source: ReadOrPush) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: account().name,
        topic: "orders/create".into(),
        delivery_id: "bench".into(),
        source,
        stated_at: Some(now),
        api_version: None,
        received_at: now,
        trace_id: "bench".into(),
        body,
    }
}

/// The simulated Odoo behind the port, with the time that a real one would have taken.
pub(crate) struct Simulated {
    pub(crate) odoo: Mutex<SimOdoo>,
    pub(crate) server_ms: Mutex<u64>,
    pub(crate) calls: Mutex<u64>,
}

impl Http for Simulated {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answered = self.odoo.lock().expect("a lock").call(&request, start());
        *self.server_ms.lock().expect("a lock") += answered.server_ms;
        *self.calls.lock().expect("a lock") += 1;
        Box::pin(async move {
            match answered.outcome {
                Outcome::Answer(response) => Ok(response),
                _ => Err(HttpError::NoAnswer("a fault in a benchmark".into())),
            }
        })
    }
}

/// Handlers and what they stand on.
pub(crate) struct Pipeline {
    pub(crate) store: Store,
    pub(crate) http: Arc<Simulated>,
    normalizer: Normalizer,
    writer: Writer,
    batch: usize,
}

impl Pipeline {
    pub(crate) fn new(config: SimConfig, batch: usize) -> Self {
        let connection = Connection {
            url: "http://odoo.simulated".into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: Secret::new(config.api_key.clone()),
            timeout_ms: 130_000,
        };
        let odoo = world::stocked_odoo(SimConfig { track_changes: false, ..config }, start());
        let http = Arc::new(Simulated { odoo: Mutex::new(odoo), server_ms: Mutex::new(0), calls: Mutex::new(0) });
        let store = Store::in_memory();
        let clock = Arc::new(ManualClock::new(start()));
        let secrets = AccountSecrets {
            signing: vec![Secret::new("hush")],
            contact_key: Secret::new("contacts"),
            access_token: None,
        };
        let ports = Ports {
            state: Arc::new(store.clone()),
            journal: Arc::new(store.clone()),
            queue: Arc::new(store.clone()),
            secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account().name, secrets)]))),
            http: Arc::clone(&http) as Arc<dyn Http>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            timer: clock as Arc<dyn Timer>,
            random: Arc::new(SeededRandom::new(1)),
        };
        let accounts = BTreeMap::from([(account().name, account())]);
        let settings = WriterSettings {
            accounts: accounts.clone(),
            connection,
            odoo_workers: 5,
            batch_orders: batch,
            mapping_version: "bench".into(),
        };
        let normalizer = Normalizer::new(ports.clone(), accounts);
        Self { store, http, normalizer, writer: Writer::new(ports, settings), batch }
    }

    pub(crate) async fn feed(&self, number: u64) {
        let mut delivery = delivery(order(number), start(), ReadOrPush::Push);
        delivery.delivery_id = format!("d{number}");
        self.store.send_delivery(delivery).await.expect("queued");
    }

    /// Folds everything that was fed.
    pub(crate) async fn normalize(&self) {
        loop {
            let received = self.receive(QueueName::Deliveries, 10);
            if received.is_empty() {
                return;
            }
            let batch = received.into_iter().enumerate().filter_map(|(message, received)| match received {
                Message::Delivery(delivery) => Some(Numbered { message, delivery }),
                Message::Wake(_) => None,
            });
            assert!(self.normalizer.handle(batch.collect()).await.is_empty());
        }
    }

    /// One turn of the writer over everything that is woken now: loading, or on the next turn confirming.
    pub(crate) async fn write(&self) {
        let mut wakes = Vec::new();
        loop {
            let received = self.receive(QueueName::Urgent, 10);
            if received.is_empty() {
                break;
            }
            wakes.extend(received.into_iter().filter_map(|received| match received {
                Message::Wake(wake) => Some(wake),
                Message::Delivery(_) => None,
            }));
        }
        let deadline = start().checked_add(SignedDuration::from_hours(1)).expect("an instant");
        for batch in wakes.chunks(self.batch) {
            assert!(self.writer.handle(batch.to_vec(), deadline).await.is_empty());
        }
    }

    fn receive(&self, queue: QueueName, most: usize) -> Vec<Message> {
        let received = self.store.receive(queue, most, start(), SignedDuration::from_mins(5)).expect("a queue");
        let (receipts, messages): (Vec<_>, Vec<_>) =
            received.into_iter().map(|received| (received.receipt, received.message)).unzip();
        self.store.acknowledge(receipts).expect("acknowledged");
        messages
    }

    /// The server's time and calls since the last look.
    pub(crate) fn spent(&self) -> (u64, u64) {
        let take = |value: &Mutex<u64>| std::mem::take(&mut *value.lock().expect("a lock"));
        (take(&self.http.server_ms), take(&self.http.calls))
    }

    /// Orders in a state.
    pub(crate) fn orders_in(&self, state: &str) -> usize {
        self.http.odoo.lock().expect("a lock").orders().filter(|order| order.state() == state).count()
    }
}
