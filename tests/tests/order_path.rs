//! A signed webhook of each channel becomes exactly one confirmed sales order in Odoo.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tests may unwrap, and this one tells the whole way in one piece"
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_channels::{SigningRequest, channel};
use sluice_domain::{
    account::Account,
    ports::{
        Clock, PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
    },
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::{Call, Connection, LoadMode, Odoo};
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store,
    odoo::{SimConfig, SimOdoo},
};
use sluice_webhook_ingress::{Answer, Ingress, IngressRequest};

struct SimHttp(Mutex<SimOdoo>, Arc<ManualClock>);

impl Http for SimHttp {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answer = self.0.lock().unwrap().handle(&request, self.1.now());
        Box::pin(async move { answer })
    }
}

/// A shop, one paid order of it, and what Odoo must have in the end.
struct Sale {
    account: Account,
    topic: &'static str,
    body: Vec<u8>,
    /// How Odoo's tax of 19 % relates to prices.
    tax: &'static str,
    number: &'static str,
    total: &'static str,
}

fn sale(channel: &str, file: &str, topic: &'static str) -> Sale {
    let domain = if channel == "shopify" { "demo.myshopify.com" } else { "shop.example.com" };
    let path = format!("{}/fixtures/{channel}/{file}", env!("CARGO_MANIFEST_DIR"));
    Sale {
        account: serde_json::from_value(json!({"name": "demo", "channel": channel, "shop_domain": domain})).unwrap(),
        topic,
        body: std::fs::read(path).unwrap(),
        tax: "tax_included",
        number: "#1001",
        total: "53.79",
    }
}

fn shopify() -> Sale {
    sale("shopify", "plain_order.json", "orders/create")
}

fn woocommerce() -> Sale {
    let sale = sale("woocommerce", "synthetic/order.json", "order.updated");
    Sale { tax: "tax_excluded", number: "W-1001", total: "60.69", ..sale }
}

fn open() -> Sale {
    let sale = sale("open", "order.json", "order.updated");
    Sale { tax: "tax_excluded", number: "B-1001", total: "60.69", ..sale }
}

async fn run(config: SimConfig, sale: Sale) {
    let account = sale.account;
    let clock = Arc::new(ManualClock::new("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap()));
    let store = Store::in_memory();
    let connection = Connection {
        url: "http://sim".into(),
        database: config.database.clone(),
        login: config.login.clone(),
        key: Secret::new(config.api_key.clone()),
        timeout_ms: 130_000,
    };
    let http = Arc::new(SimHttp(Mutex::new(SimOdoo::new(config)), Arc::clone(&clock)));
    let odoo = Odoo::new(&*http, &connection);
    let session = odoo.open().await.unwrap();
    let load = |model, fields: &[&str], rows: Vec<Vec<serde_json::Value>>| {
        let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
        Call::load(model, &fields, &rows, LoadMode::CreateOnce)
    };
    let products = ["CHANNEL-SHIPPING", "CHANNEL-ROUNDING", "CHANNEL-TIP", "SKU-1", "SKU-2"];
    let rows = products.iter().map(|sku| vec![json!(format!("d.{sku}")), json!(sku), json!(sku)]).collect();
    let answer = odoo.call(&session, &load("product.product", &["id", "name", "default_code"], rows)).await.unwrap();
    assert!(answer["ids"].is_array(), "{answer}");
    let tax = vec![vec![json!("d.tax19"), json!("19%"), json!("19"), json!("sale"), json!(sale.tax)]];
    let call = load("account.tax", &["id", "name", "amount", "type_tax_use", "price_include_override"], tax);
    let answer = odoo.call(&session, &call).await.unwrap();
    assert!(answer["ids"].is_array(), "{answer}");

    let accounts = BTreeMap::from([(account.name.clone(), account.clone())]);
    let secrets =
        AccountSecrets { signing: vec![Secret::new("hush")], contact_key: Secret::new("contacts"), access_token: None };
    let ports = Ports {
        state: Arc::new(store.clone()),
        journal: Arc::new(store.clone()),
        queue: Arc::new(store.clone()),
        secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account.name.clone(), secrets)]))),
        http: http.clone(),
        clock: clock.clone(),
        timer: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
    };
    let ingress = Ingress::new(ports.clone(), accounts.clone());
    let normalizer = Normalizer::new(ports.clone(), accounts.clone());
    let writer = Writer::new(
        ports.clone(),
        WriterSettings {
            accounts,
            connection: connection.clone(),
            odoo_workers: 3,
            batch_orders: 10,
            mapping_version: "t".into(),
        },
    );
    let body = sale.body;
    let signed = channel(&account.channel).unwrap().sign(&SigningRequest {
        account: &account,
        topic: sale.topic,
        delivery_id: "d-1",
        body: &body,
        secret: &Secret::new("hush"),
        now: clock.now(),
    });
    for _ in 0..5 {
        let request = IngressRequest {
            method: "POST".into(),
            path: format!("/webhooks/{}/demo", account.channel),
            headers: signed.headers.clone(),
            body: body.clone(),
        };
        assert_eq!(ingress.handle(request).await, Answer::Accepted);
    }
    for _ in 0..20 {
        let received = store.receive(QueueName::Deliveries, 10, clock.now(), SignedDuration::from_mins(5)).unwrap();
        let mut batch = Vec::new();
        for (message, received) in received.into_iter().enumerate() {
            if let Message::Delivery(delivery) = received.message {
                batch.push(Numbered { message, delivery });
            }
            store.acknowledge(vec![received.receipt]).unwrap();
        }
        assert!(normalizer.handle(batch).await.is_empty());
        let received = store.receive(QueueName::Urgent, 10, clock.now(), SignedDuration::from_mins(5)).unwrap();
        let mut wakes = Vec::new();
        for received in received {
            if let Message::Wake(wake) = received.message {
                wakes.push(wake);
            }
            store.acknowledge(vec![received.receipt]).unwrap();
        }
        let deadline = clock.now().checked_add(SignedDuration::from_mins(5)).unwrap();
        assert!(writer.handle(wakes, deadline).await.is_empty());
    }
    let key = ports.state.find(sale.number).await.unwrap();
    let record = ports.state.read(key.clone()).await.unwrap().remove(0).unwrap();
    let order = record.head.odoo.unwrap();
    assert_eq!(order.state, "sale");
    assert_eq!(order.total.unwrap().to_string(), sale.total);
    assert_eq!(record.head.applied.settled, record.head.desired);
    let odoo = http.0.lock().unwrap();
    assert_eq!(odoo.orders().count(), 1);
}

#[tokio::test]
async fn five_copies_of_one_webhook_become_one_confirmed_order_on_19() {
    run(SimConfig::odoo19(), open()).await;
    run(SimConfig::odoo19(), shopify()).await;
    run(SimConfig::odoo19(), woocommerce()).await;
}

#[tokio::test]
async fn five_copies_of_one_webhook_become_one_confirmed_order_on_18() {
    run(SimConfig::odoo18(), open()).await;
    run(SimConfig::odoo18(), shopify()).await;
    run(SimConfig::odoo18(), woocommerce()).await;
}
