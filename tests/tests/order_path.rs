//! What each channel says of an order, by signed webhooks or read from it, becomes exactly one confirmed sales order in Odoo.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
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
use sluice_reconciler::{End, Job, Ran, Reconciler, ReconcilerSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store,
    odoo::{SimConfig, SimOdoo},
};
use sluice_webhook_ingress::{Answer, Ingress, IngressRequest};

/// What a channel's own API answers, by the beginning of the address.
type Api = Vec<(&'static str, Vec<u8>)>;

struct SimHttp(Mutex<SimOdoo>, Arc<ManualClock>, Api);

impl Http for SimHttp {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let told = self.2.iter().find(|(address, _)| request.url.starts_with(address));
        let answer = match told {
            Some((_, body)) => Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.clone() }),
            None => self.0.lock().unwrap().handle(&request, self.1.now()),
        };
        Box::pin(async move { answer })
    }
}

/// A shop, one paid order of it, and what Odoo must have in the end.
struct Sale {
    account: Account,
    topic: &'static str,
    body: Vec<u8>,
    /// The key to the channel's API and what that answers, where the channel is read and sends nothing.
    api: Option<(&'static str, Api)>,
    /// What is sent in place of the order, where that only says that there is something to be read.
    event: Option<(&'static str, Vec<u8>)>,
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
        api: None,
        event: None,
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

fn amazon() -> Sale {
    let mut sale = sale("amazon", "order.json", "pull:order");
    sale.account.shop_domain = Some("sellingpartnerapi-eu.amazon.com".into());
    let token = format!("{}/fixtures/amazon/token.json", env!("CARGO_MANIFEST_DIR"));
    let page = format!(r#"{{"orders": [{}]}}"#, String::from_utf8(sale.body.clone()).unwrap());
    let api = vec![
        ("https://api.amazon.com/auth/o2/token", std::fs::read(token).unwrap()),
        ("https://sellingpartnerapi-eu.amazon.com/orders/2026-01-01/orders?", page.into_bytes()),
    ];
    let api = Some(("client:secret:refresh", api));
    Sale { api, tax: "tax_excluded", number: "302-1000001-1000001", total: "60.69", ..sale }
}

fn square() -> Sale {
    let mut sale = sale("square", "order.json", "pull:order");
    sale.account.shop_domain = Some("6ssw7hv8k2st5.squareup.com".into());
    let catalogue = format!("{}/fixtures/square/catalog.json", env!("CARGO_MANIFEST_DIR"));
    let page = format!(r#"{{"orders": [{}]}}"#, String::from_utf8(sale.body.clone()).unwrap());
    let api = vec![
        ("https://connect.squareup.com/v2/orders/search", page.into_bytes()),
        ("https://connect.squareup.com/v2/catalog/batch-retrieve", std::fs::read(catalogue).unwrap()),
    ];
    let api = Some(("EAAAtoken:S8GWD5R9QB376", api));
    // Square only says that there is something to be read.
    let event = format!("{}/fixtures/square/event.json", env!("CARGO_MANIFEST_DIR"));
    let event = Some(("order.updated", std::fs::read(event).unwrap()));
    Sale { api, event, tax: "tax_excluded", number: "K-1001", total: "60.69", ..sale }
}

/// The channel sends it, five times.
async fn send(sale: &Sale, ingress: &Ingress, now: Timestamp) {
    let (topic, body) = sale.event.as_ref().map_or((sale.topic, &sale.body), |(topic, body)| (topic, body));
    let signed = channel(&sale.account.channel).unwrap().sign(&SigningRequest {
        account: &sale.account,
        topic,
        delivery_id: "d-1",
        body,
        url: Some(&format!("https://hooks.example.com/webhooks/{}/demo", sale.account.channel)),
        secret: &Secret::new("hush"),
        now,
    });
    for _ in 0..5 {
        let request = IngressRequest {
            method: "POST".into(),
            path: format!("/webhooks/{}/demo", sale.account.channel),
            headers: signed.headers.clone(),
            body: body.clone(),
        };
        assert_eq!(ingress.handle(request).await, Answer::Accepted);
    }
}

/// It is read, five times.
async fn read(reconciler: &Reconciler, now: Timestamp) {
    for _ in 0..5 {
        let deadline = now.checked_add(SignedDuration::from_mins(5)).unwrap();
        let Ran::Pulled(reads) = reconciler.handle(Job::Pull { account: None }, deadline).await else { return };
        assert_eq!((&reads[0].end, reads[0].orders), (&End::Complete, 1), "{reads:?}");
    }
}

async fn run(config: SimConfig, sale: Sale) {
    let account = sale.account.clone();
    let clock = Arc::new(ManualClock::new("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap()));
    let store = Store::in_memory();
    let connection = Connection {
        url: "http://sim".into(),
        database: config.database.clone(),
        login: config.login.clone(),
        key: Secret::new(config.api_key.clone()),
        timeout_ms: 130_000,
    };
    let (token, api) = sale.api.clone().unzip();
    let api = api.unwrap_or_default();
    let http = Arc::new(SimHttp(Mutex::new(SimOdoo::new(config)), Arc::clone(&clock), api));
    let odoo = Odoo::new(&*http, &connection);
    let session = odoo.open().await.unwrap();
    let load = |model, fields: &[&str], rows: Vec<Vec<serde_json::Value>>| {
        let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
        Call::load(model, &fields, &rows, LoadMode::CreateOnce)
    };
    let products = ["CHANNEL-SHIPPING", "CHANNEL-ROUNDING", "CHANNEL-TIP", "CHANNEL-FEE", "SKU-1", "SKU-2"];
    let rows = products.iter().map(|sku| vec![json!(format!("d.{sku}")), json!(sku), json!(sku)]).collect();
    let answer = odoo.call(&session, &load("product.product", &["id", "name", "default_code"], rows)).await.unwrap();
    assert!(answer["ids"].is_array(), "{answer}");
    let tax = vec![vec![json!("d.tax19"), json!("19%"), json!("19"), json!("sale"), json!(sale.tax)]];
    let call = load("account.tax", &["id", "name", "amount", "type_tax_use", "price_include_override"], tax);
    let answer = odoo.call(&session, &call).await.unwrap();
    assert!(answer["ids"].is_array(), "{answer}");

    let accounts = BTreeMap::from([(account.name.clone(), account.clone())]);
    let secrets = AccountSecrets {
        signing: vec![Secret::new("hush")],
        contact_key: Secret::new("contacts"),
        access_token: token.map(Secret::new),
    };
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
    let ingress = Ingress::new(ports.clone(), accounts.clone()).reached_at(Some("https://hooks.example.com".into()));
    let settings = ReconcilerSettings { accounts: accounts.clone(), ..ReconcilerSettings::default() };
    let reconciler = Reconciler::new(ports.clone(), settings);
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
    if sale.api.is_some() && sale.event.is_none() {
        read(&reconciler, clock.now()).await;
    } else {
        send(&sale, &ingress, clock.now()).await;
    }
    let mut prompted = Vec::new();
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
        let deadline = clock.now().checked_add(SignedDuration::from_mins(5)).unwrap();
        let Ran::Swept(swept) = reconciler.handle(Job::Sweep, deadline).await else { panic!() };
        prompted.push(swept.prompted);
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
    // An event asks once, however often it comes.
    assert_eq!(prompted.iter().sum::<usize>(), usize::from(sale.event.is_some()), "{prompted:?}");
    let odoo = http.0.lock().unwrap();
    assert_eq!(odoo.orders().count(), 1);
}

#[tokio::test]
async fn five_copies_of_one_order_become_one_confirmed_order_on_19() {
    run(SimConfig::odoo19(), amazon()).await;
    run(SimConfig::odoo19(), open()).await;
    run(SimConfig::odoo19(), shopify()).await;
    run(SimConfig::odoo19(), square()).await;
    run(SimConfig::odoo19(), woocommerce()).await;
}

#[tokio::test]
async fn five_copies_of_one_order_become_one_confirmed_order_on_18() {
    run(SimConfig::odoo18(), amazon()).await;
    run(SimConfig::odoo18(), open()).await;
    run(SimConfig::odoo18(), shopify()).await;
    run(SimConfig::odoo18(), square()).await;
    run(SimConfig::odoo18(), woocommerce()).await;
}
