//! T8: empty payloads, pings, error documents in place of orders: each is answered 2xx, set aside where a person must look, and
//! none becomes an order. And since such a channel never sends a webhook twice (T12, T13): its orders are read, each once, and
//! webhooks that it turned off are made anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_channels::{SigningRequest, channel};
use sluice_domain::{
    account::Account,
    ports::{
        Clock, PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse, Method},
        secrets::{AccountSecrets, Secret},
    },
    value::{Kind, SubjectKey},
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_reconciler::{End, Job, Ran, Reconciler, ReconcilerSettings};
use sluice_sandbox::{FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store};
use sluice_tests::source::root;
use sluice_webhook_ingress::{Answer, Ingress, IngressRequest};

const PUBLIC: &str = "https://hooks.example.com";

/// A shop: its orders, and its webhooks.
#[derive(Default)]
struct Shop {
    orders: Vec<Value>,
    webhooks: Vec<Value>,
    /// Requests that were answered.
    asked: Vec<String>,
}

impl Shop {
    fn answer(&mut self, request: &HttpRequest) -> Value {
        assert!(request.headers.iter().any(|(name, value)| name == "authorization" && value == "Basic Y2tfMTpjc18y"));
        let path = request.url.strip_prefix("https://shop.example.com/wp-json/wc/v3/").unwrap();
        self.asked.push(path.to_owned());
        let (resource, query) = path.split_once('?').unwrap_or((path, ""));
        let part = |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
        match (request.method, resource) {
            (Method::Post, "webhooks") => {
                let webhook: Value = serde_json::from_slice(&request.body).unwrap();
                assert_eq!(webhook["secret"], "hush");
                self.webhooks.push(webhook.clone());
                webhook
            }
            (Method::Get, "webhooks") => json!(self.webhooks),
            (Method::Get, "orders") => {
                let key =
                    |order: &&Value| (order["date_modified_gmt"].as_str().unwrap().to_owned(), order["id"].as_u64());
                let mut found: Vec<&Value> = self
                    .orders
                    .iter()
                    .filter(|order| key(order).0.as_str() > part("modified_after").unwrap())
                    .collect();
                found.sort_by_key(key);
                let number = |name| part(name).unwrap().parse::<usize>().unwrap();
                json!(found.into_iter().skip(number("offset")).take(number("per_page")).collect::<Vec<_>>())
            }
            (Method::Get, refunds) if refunds.ends_with("/refunds") => {
                json!([{"id": 41, "amount": "10.00", "line_items": []}])
            }
            other => panic!("{other:?}"),
        }
    }
}

struct ShopHttp(Mutex<Shop>);

impl Http for ShopHttp {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let body = self.0.lock().unwrap().answer(&request).to_string().into_bytes();
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

struct World {
    clock: Arc<ManualClock>,
    store: Store,
    shop: Arc<ShopHttp>,
    account: Account,
    ingress: Ingress,
    normalizer: Normalizer,
    reconciler: Reconciler,
    ports: Ports,
}

impl World {
    fn new() -> Self {
        let name = "demo_woocommerce";
        let account = json!({"name": name, "channel": "woocommerce", "shop_domain": "shop.example.com"});
        let account: Account = serde_json::from_value(account).unwrap();
        let clock = Arc::new(ManualClock::new("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap()));
        let (store, shop) = (Store::in_memory(), Arc::new(ShopHttp(Mutex::default())));
        let secrets = AccountSecrets {
            signing: vec![Secret::new("hush")],
            contact_key: Secret::new("contacts"),
            access_token: Some(Secret::new("ck_1:cs_2")),
        };
        let ports = Ports {
            state: Arc::new(store.clone()),
            journal: Arc::new(store.clone()),
            queue: Arc::new(store.clone()),
            secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account.name.clone(), secrets)]))),
            http: shop.clone(),
            clock: clock.clone(),
            timer: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
        };
        let accounts = BTreeMap::from([(account.name.clone(), account.clone())]);
        let settings =
            ReconcilerSettings { accounts: accounts.clone(), public_url: Some(PUBLIC.into()), channel_base: None };
        Self {
            ingress: Ingress::new(ports.clone(), accounts.clone()),
            normalizer: Normalizer::new(ports.clone(), accounts),
            reconciler: Reconciler::new(ports.clone(), settings),
            clock,
            store,
            shop,
            account,
            ports,
        }
    }

    fn signed(&self, topic: &str, body: &[u8]) -> Vec<(String, String)> {
        let (account, secret, now) = (&self.account, Secret::new("hush"), self.clock.now());
        let request = SigningRequest { account, topic, delivery_id: "d", body, url: None, secret: &secret, now };
        channel("woocommerce").unwrap().sign(&request).headers
    }

    async fn post(&self, path: &str, headers: Vec<(String, String)>, body: &[u8]) -> Answer {
        let (method, path, body) = ("POST".into(), path.into(), body.to_vec());
        self.ingress.handle(IngressRequest { method, path, headers, body }).await
    }

    /// Reads what is queued; how many it was.
    async fn normalize(&self) -> usize {
        let mut count = 0;
        loop {
            let received =
                self.store.receive(QueueName::Deliveries, 10, self.clock.now(), SignedDuration::from_mins(5)).unwrap();
            if received.is_empty() {
                return count;
            }
            let mut batch = Vec::new();
            for (message, received) in received.into_iter().enumerate() {
                if let Message::Delivery(delivery) = received.message {
                    batch.push(Numbered { message, delivery });
                }
                self.store.acknowledge(vec![received.receipt]).unwrap();
            }
            count += batch.len();
            assert!(self.normalizer.handle(batch).await.is_empty());
        }
    }

    async fn ran(&self, job: Job) -> Ran {
        let deadline = self.clock.now().checked_add(SignedDuration::from_mins(5)).unwrap();
        self.reconciler.handle(job, deadline).await
    }

    /// Sent and known, of one pull.
    async fn pull(&self) -> (usize, usize) {
        let Ran::Pulled(reads) = self.ran(Job::Pull { account: None }).await else { panic!() };
        assert_eq!(reads[0].end, End::Complete, "{:?}", reads[0]);
        (reads[0].sent, reads[0].known)
    }

    async fn subscribe(&self) -> Vec<&'static str> {
        let Ran::Subscribed(done) = self.ran(Job::Subscriptions).await else { panic!() };
        assert_eq!(done[0].end, End::Complete, "{:?}", done[0]);
        done[0].made.clone()
    }
}

fn order(id: u64, second: u64) -> Value {
    let text = std::fs::read(root().join("tests/fixtures/woocommerce/synthetic/order.json")).unwrap();
    let mut order: Value = serde_json::from_slice(&text).unwrap();
    order["id"] = json!(id);
    order["number"] = json!(id.to_string());
    order["date_modified_gmt"] = json!(format!("2026-11-20T10:{:02}:{:02}", second / 60, second % 60));
    order
}

#[tokio::test]
async fn t08_a_ping_is_answered_for_every_account_and_nothing_is_kept() {
    let world = World::new();
    let form = || vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    for account in ["demo", "demo_woocommerce", "nobody", "../x"] {
        let path = format!("/webhooks/woocommerce/{account}");
        assert_eq!(world.post(&path, form(), b"webhook_id=142").await, Answer::Accepted, "{account}");
        for body in [&b"webhook_id=142&x=1"[..], b"", b"{}"] {
            assert_eq!(world.post(&path, form(), body).await, Answer::Unauthorized, "{account}");
        }
        assert_eq!(world.post(&path, Vec::new(), b"webhook_id=142").await, Answer::Unauthorized);
    }
    assert_eq!(world.post("/webhooks/shopify/demo", form(), b"webhook_id=142").await, Answer::Unauthorized);
    assert_eq!(world.normalize().await, 0);
}

/// Signed, and no order in it: kept for a person, under the delivery itself.
#[tokio::test]
async fn t08_what_is_signed_and_no_order_is_answered_and_set_aside() {
    let gone = std::fs::read(root().join("tests/fixtures/woocommerce/webhook_deliveries/resource_gone.body")).unwrap();
    for body in [&b""[..], b"[]", b"{}", b"webhook_id=0", b"null", b"{\"id\": 0", &gone] {
        let world = World::new();
        let headers = world.signed("order.updated", body);
        assert_eq!(world.post("/webhooks/woocommerce/demo", headers, body).await, Answer::Accepted);
        assert_eq!(world.normalize().await, 1);
        let shown = String::from_utf8_lossy(body);
        let key = SubjectKey::new(world.account.name.clone(), Kind::Delivery, "1-d").unwrap();
        let record = world.ports.state.read(vec![key]).await.unwrap().remove(0).unwrap_or_else(|| panic!("{shown}"));
        assert!(record.head.parked.is_some() && record.body.facets.order.is_none(), "{shown}");
        assert_eq!(world.store.queued(QueueName::Urgent).unwrap(), 0, "{shown}");
    }
}

#[tokio::test]
async fn the_name_of_an_account_may_leave_out_its_channel() {
    let world = World::new();
    let body = order(1, 0).to_string().into_bytes();
    let headers = world.signed("order.created", &body);
    for path in ["/webhooks/woocommerce/demo", "/webhooks/woocommerce/demo_woocommerce"] {
        assert_eq!(world.post(path, headers.clone(), &body).await, Answer::Accepted);
    }
    assert_eq!(world.post("/webhooks/shopify/demo", headers, &body).await, Answer::Unauthorized);
    assert_eq!(world.normalize().await, 2);
    let key = SubjectKey::new(world.account.name.clone(), Kind::Order, "1").unwrap();
    let record = world.ports.state.read(vec![key]).await.unwrap().remove(0).unwrap();
    assert_eq!((record.head.desired, record.head.number.as_deref()), (1, Some("1")), "two copies are one version");
}

#[tokio::test]
async fn t13_what_webhooks_lost_is_read_once() {
    let world = World::new();
    // Thirty of one second among sixty: more than one page.
    let orders = (1..=60).map(|id| order(id, if id > 15 && id <= 45 { 600 } else { id * 20 }));
    world.shop.0.lock().unwrap().orders = orders.collect();
    let mut refunded = order(61, 1_500);
    refunded["refunds"] = json!([{"id": 41, "reason": "", "total": "-10.00"}]);
    world.shop.0.lock().unwrap().orders.push(refunded);
    assert_eq!(world.pull().await, (61, 0));
    assert_eq!(world.normalize().await, 61);
    let key = |id: u64| SubjectKey::new(world.account.name.clone(), Kind::Order, &id.to_string()).unwrap();
    let records = world.ports.state.read((1..=61).map(key).collect()).await.unwrap();
    assert!(records.iter().all(|record| record.as_ref().is_some_and(|record| record.body.facets.order.is_some())));
    let last = records[60].as_ref().unwrap();
    assert_eq!(last.body.facets.refunds["41"].value.amount.unwrap().to_string(), "10.00");
    // The next run begins ten minutes before this one did, and these orders are older than that.
    assert_eq!(world.pull().await, (0, 0));
    world.shop.0.lock().unwrap().orders[0] = {
        let mut changed = order(1, 0);
        changed["date_modified_gmt"] = json!("2026-11-20T11:59:30");
        changed
    };
    assert_eq!(world.pull().await, (1, 0));
    assert_eq!(world.normalize().await, 1);
    assert_eq!(world.pull().await, (0, 1), "what is known word for word is left out");
}

#[tokio::test]
async fn t12_webhooks_are_made_once_and_again_when_the_shop_turned_them_off() {
    let world = World::new();
    let wanted = channel("woocommerce").unwrap().subscriptions();
    assert_eq!(world.subscribe().await, wanted);
    let url = format!("{PUBLIC}/webhooks/woocommerce/demo_woocommerce");
    assert!(world.shop.0.lock().unwrap().webhooks.iter().all(|webhook| webhook["delivery_url"] == url));
    assert_eq!(world.subscribe().await, Vec::<&str>::new());
    world.shop.0.lock().unwrap().webhooks[1]["status"] = json!("disabled");
    assert_eq!(world.subscribe().await, [wanted[1]]);
}
