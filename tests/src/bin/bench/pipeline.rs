//! The real handlers over a store and a simulated Odoo.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    delivery::Delivery,
    ports::{
        Clock, Ports, Timer,
        http::Http,
        queue::Queue,
        secrets::{AccountSecrets, Secret},
    },
    state::ReadOrPush,
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::Connection;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_sandbox::{FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store, odoo::SimConfig};
use sluice_testkit::{shop::Item, world};

/// The fixture that orders are made from.
const ORDER: &str = include_str!("../../../fixtures/shopify/plain_order.json");

pub(crate) fn start() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().expect("an instant")
}

pub(crate) fn account() -> Account {
    world::account("shop", ConfirmPolicy::Paid, UnknownProduct::Fallback(world::FALLBACK.into()))
}

/// Where an order goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addresses {
    /// Goods and invoice go to one place, as in every order of the demonstration.
    One,
    /// They go to two.
    Two,
}

/// The plain order with another id, for products that Odoo has; its tax is none, so that any Odoo has it.
pub(crate) fn order(number: u64, addresses: Addresses) -> Vec<u8> {
    let mut order: Value = serde_json::from_str(ORDER).expect("JSON");
    if addresses == Addresses::One {
        order["shipping_address"] = order["billing_address"].clone();
    }
    order["id"] = json!(7_000_000_000_000_000_000_u64 + number);
    order["name"] = json!(format!("#{number}"));
    order["customer"]["id"] = json!(number);
    order["currency"] = json!("USD");
    order["taxes_included"] = json!(false);
    for field in ["tax_lines", "shipping_lines"] {
        order[field] = json!([]);
    }
    let third = order["line_items"][1].clone();
    let lines = order["line_items"].as_array_mut().expect("lines");
    lines.push(third);
    for (product, line) in (1..).zip(lines) {
        line["id"] = json!(product);
        line["sku"] = json!(Item::Known(product).sku());
        line["tax_lines"] = json!([]);
    }
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

/// Handlers and what they stand on.
pub(crate) struct Pipeline {
    store: Store,
    clock: Arc<ManualClock>,
    normalizer: Normalizer,
    writer: Writer,
    together: usize,
}

impl Pipeline {
    /// Over that store and that Odoo, with so many orders in a call and so many in an invocation.
    pub(crate) fn new(
        store: Store,
        http: Arc<dyn Http>,
        config: &SimConfig,
        (batch, together): (usize, usize),
    ) -> Self {
        let connection = Connection {
            url: "http://odoo.simulated".into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: Secret::new(config.api_key.clone()),
            timeout_ms: 130_000,
        };
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
            http,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            timer: Arc::clone(&clock) as Arc<dyn Timer>,
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
        Self { store, clock, normalizer, writer: Writer::new(ports, settings), together }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) async fn feed(&self, number: u64, body: Vec<u8>) {
        let now = self.clock.now();
        let delivery = Delivery {
            channel: "shopify".into(),
            account: account().name,
            topic: "orders/create".into(),
            delivery_id: format!("d{number}"),
            source: ReadOrPush::Push,
            stated_at: Some(now),
            api_version: None,
            received_at: now,
            trace_id: "bench".into(),
            body,
        };
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
        let deadline = self.clock.now().checked_add(SignedDuration::from_hours(1)).expect("an instant");
        for batch in wakes.chunks(self.together) {
            assert!(self.writer.handle(batch.to_vec(), deadline).await.is_empty());
        }
    }

    fn receive(&self, queue: QueueName, most: usize) -> Vec<Message> {
        let received =
            self.store.receive(queue, most, self.clock.now(), SignedDuration::from_mins(5)).expect("a queue");
        let (receipts, messages): (Vec<_>, Vec<_>) =
            received.into_iter().map(|received| (received.receipt, received.message)).unzip();
        self.store.acknowledge(receipts).expect("acknowledged");
        messages
    }
}
