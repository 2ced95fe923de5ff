//! A shop, its handlers and a simulated Odoo with the demonstration's catalogue.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_domain::{
    account::OdooTarget,
    delivery::{Delivery, Wake},
    ports::{
        PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
    },
    state::ReadOrPush,
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::{Call, Connection, LoadMode, Odoo, Reads};
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store, demo,
    odoo::{SimConfig, SimOdoo},
};

use crate::metered::{Metered, Spent};

/// An order of three lines, paid, with shipping, in all the words of a real webhook: 8.8 KB.
const ORDER: &str = "#1014";

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

struct Simulated(Mutex<SimOdoo>);

impl Http for Simulated {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answer = self.0.lock().unwrap().handle(&request, now());
        Box::pin(async move { answer })
    }
}

/// The order with ids of its own, from a buyer of its own.
pub(crate) fn delivery(number: u64) -> Delivery {
    let day = demo::deliveries().unwrap();
    let of_order = |delivery: &&demo::Delivery| {
        delivery.topic == "orders/create" && delivery.body.contains(&format!("\"name\":\"{ORDER}\""))
    };
    let mut order: Value = serde_json::from_str(&day.iter().find(of_order).unwrap().body).unwrap();
    assert_eq!((order["line_items"].as_array().unwrap().len(), &order["financial_status"]), (3, &json!("paid")));
    order["id"] = json!(5_600_000_000_000_u64 + number);
    order["name"] = json!(format!("#9{number:03}"));
    order["customer"]["id"] = json!(7_700_000_000_000_u64 + number);
    for line in order["line_items"].as_array_mut().unwrap() {
        line["id"] = json!(line["id"].as_u64().unwrap() + number * 1_000);
    }
    Delivery {
        channel: "shopify".into(),
        account: demo::demo_account().unwrap().name,
        topic: "orders/create".into(),
        delivery_id: format!("b54557e4-bdd9-4b37-8a5f-bf7d70bcd{number:03}"),
        source: ReadOrPush::Push,
        stated_at: Some(now()),
        api_version: Some(demo::API_VERSION.into()),
        received_at: now(),
        trace_id: format!("0123456789ab{number:04}"),
        body: order.to_string().into_bytes(),
    }
}

/// Handlers over a store that is weighed.
pub(crate) struct Shop {
    metered: Arc<Metered>,
    http: Arc<Simulated>,
    normalizer: Normalizer,
    writer: Writer,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let config = SimConfig::odoo19();
        let connection = Connection {
            url: "http://odoo.simulated".into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: Secret::new(config.api_key.clone()),
            timeout_ms: 130_000,
        };
        let http = Arc::new(Simulated(Mutex::new(SimOdoo::new(config))));
        stock(&http, &connection).await;
        let store = Store::in_memory();
        let metered = Arc::new(Metered::new(store.clone()));
        let clock = Arc::new(ManualClock::new(now()));
        let account = demo::demo_account().unwrap();
        let secrets = AccountSecrets {
            signing: vec![Secret::new("hush")],
            contact_key: Secret::new("contacts"),
            access_token: None,
        };
        let ports = Ports {
            state: metered.clone(),
            journal: metered.clone(),
            queue: Arc::new(store),
            secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account.name.clone(), secrets)]))),
            http: http.clone(),
            clock: clock.clone(),
            timer: clock,
            random: Arc::new(SeededRandom::new(1)),
        };
        let accounts = BTreeMap::from([(account.name.clone(), account)]);
        let settings = WriterSettings {
            accounts: accounts.clone(),
            connection,
            odoo_workers: 3,
            batch_orders: 10,
            mapping_version: "0123456789ab".into(),
        };
        let writer = Writer::new(ports.clone(), settings);
        Self { metered, http, normalizer: Normalizer::new(ports, accounts), writer }
    }

    /// One invocation of the normalizer: what it cost, and whom it woke.
    pub(crate) async fn fold(&self, deliveries: Vec<Delivery>) -> (Vec<Spent>, Vec<Wake>) {
        let batch = deliveries.into_iter().enumerate().map(|(message, delivery)| Numbered { message, delivery });
        assert!(self.normalizer.handle(batch.collect()).await.is_empty());
        let store = &self.metered.store;
        let received = store.receive(QueueName::Urgent, 10, now(), SignedDuration::from_mins(5)).unwrap();
        let wakes = received.into_iter().filter_map(|received| match received.message {
            Message::Wake(wake) => Some(wake),
            Message::Delivery(_) => None,
        });
        (self.metered.spent(), wakes.collect())
    }

    /// One invocation of the writer.
    pub(crate) async fn write(&self, wakes: Vec<Wake>) -> Vec<Spent> {
        let deadline = now() + SignedDuration::from_mins(10);
        assert!(self.writer.handle(wakes, deadline).await.is_empty());
        self.metered.spent()
    }

    /// All orders are in Odoo, and confirmed.
    #[track_caller]
    pub(crate) fn check_confirmed(&self, orders: u64) {
        let odoo = self.http.0.lock().unwrap();
        let states: Vec<String> = odoo.orders().map(|order| order.state().to_owned()).collect();
        assert_eq!(states, vec!["sale"; usize::try_from(orders).unwrap()]);
    }
}

/// Loads the demonstration's catalogue.
async fn stock(http: &Simulated, connection: &Connection) {
    let odoo = Odoo::new(http, connection);
    let session = odoo.open().await.unwrap();
    let directory = Reads::directory(&odoo, &session, &OdooTarget::default()).await.unwrap().unwrap();
    for load in demo::demo_data(directory.company) {
        let call = Call::load(load.model, &load.fields, &load.rows, LoadMode::CreateOnce);
        let answer = odoo.call(&session, &call.companies(&[directory.company])).await.unwrap();
        assert!(answer["ids"].is_array(), "{answer}");
    }
}
