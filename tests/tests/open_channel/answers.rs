//! What the ingress answers to events of the open channel, and that no other channel notices.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
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
use sluice_sandbox::{FixedSecrets, ManualClock, Message, QueueName, SeededRandom, Store};
use sluice_tests::source::root;
use sluice_webhook_ingress::{Answer, Ingress, IngressRequest};

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

struct Nowhere;

impl Http for Nowhere {
    fn send(&self, _: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async { Err(HttpError::Refused("nothing is asked here".into())) })
    }
}

struct World {
    clock: Arc<ManualClock>,
    store: Store,
    accounts: BTreeMap<sluice_domain::value::AccountName, Account>,
    ports: Ports,
}

impl World {
    fn new() -> Self {
        Self::signing(vec![Secret::new(SECRET)])
    }

    fn signing(signing: Vec<Secret>) -> Self {
        let clock = Arc::new(ManualClock::new("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap()));
        let store = Store::in_memory();
        let account = |channel: &str, domain: &str| -> Account {
            serde_json::from_value(
                json!({"name": format!("demo_{channel}"), "channel": channel, "shop_domain": domain}),
            )
            .unwrap()
        };
        let accounts = [account("open", "shop.example.com"), account("shopify", "demo.myshopify.com")];
        let accounts: BTreeMap<_, _> = accounts.into_iter().map(|account| (account.name.clone(), account)).collect();
        let secrets = AccountSecrets { signing, contact_key: Secret::new("contacts"), access_token: None };
        let secrets = accounts.keys().map(|name| (name.clone(), secrets.clone())).collect();
        let ports = Ports {
            state: Arc::new(store.clone()),
            journal: Arc::new(store.clone()),
            queue: Arc::new(store.clone()),
            secrets: Arc::new(FixedSecrets::new(secrets)),
            http: Arc::new(Nowhere),
            clock: clock.clone(),
            timer: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
        };
        Self { clock, store, accounts, ports }
    }

    async fn send(&self, name: &str, secret: &str, body: &[u8]) -> Answer {
        let account = self.accounts.values().find(|account| account.channel == name).unwrap();
        let secret = Secret::new(secret);
        let request = SigningRequest {
            account,
            topic: "orders/create",
            delivery_id: "d",
            body,
            url: None,
            secret: &secret,
            now: self.clock.now(),
        };
        let headers = channel(name).unwrap().sign(&request).headers;
        self.post(name, headers, body).await
    }

    async fn post(&self, name: &str, headers: Vec<(String, String)>, body: &[u8]) -> Answer {
        let ingress = Ingress::new(self.ports.clone(), self.accounts.clone());
        let (method, path) = ("POST".to_owned(), format!("/webhooks/{name}/demo"));
        ingress.handle(IngressRequest { method, path, headers, body: body.to_vec() }).await
    }

    /// How many deliveries were queued; they are folded.
    async fn queued(&self) -> usize {
        let patience = SignedDuration::from_mins(5);
        let received = self.store.receive(QueueName::Deliveries, 10, self.clock.now(), patience).unwrap();
        let batch: Vec<Numbered> = received
            .into_iter()
            .enumerate()
            .filter_map(|(message, received)| match received.message {
                Message::Delivery(delivery) => Some(Numbered { message, delivery }),
                Message::Wake(_) => None,
            })
            .collect();
        let count = batch.len();
        assert!(Normalizer::new(self.ports.clone(), self.accounts.clone()).handle(batch).await.is_empty());
        count
    }
}

fn file(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(root().join("tests/fixtures/open").join(name)).unwrap()).unwrap()
}

/// A 401 would say that the sender is not believed for good; he sends it again once the secret is there.
#[tokio::test]
async fn an_account_without_a_signing_secret_asks_for_the_same_again() {
    let world = World::signing(Vec::new());
    for name in ["open", "shopify"] {
        assert_eq!(world.send(name, SECRET, b"{}").await, Answer::Unavailable, "{name}");
    }
    assert_eq!(world.queued().await, 0);
}

#[tokio::test]
async fn a_body_that_its_sender_must_correct_is_answered_422_and_not_kept() {
    let world = World::new();
    let mut order = file("order.json");
    order["data"]["lines"][0]["quantity"] = json!("two");
    order["data"]["customer"]["email"] = json!(["anna@example.test"]);
    let answer = world.send("open", SECRET, order.to_string().as_bytes()).await;
    assert_eq!((answer.status(), answer.content_type()), (422, "application/problem+json"));
    let problem: Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!((&problem["status"], &problem["more"]), (&json!(422), &json!(0)));
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/data/lines/0/quantity", "/data/customer/email"]);
    assert!(problem["errors"][0]["problem"].is_string() && problem["errors"][0]["fix"].is_string());
    assert!(!problem.to_string().contains("anna") && !problem.to_string().contains("two"), "no value is repeated");
    assert_eq!(world.queued().await, 0);
}

#[tokio::test]
async fn who_cannot_sign_hears_nothing_of_the_body() {
    let world = World::new();
    for body in [b"{}".to_vec(), file("order.json").to_string().into_bytes()] {
        assert_eq!(world.send("open", "whsec_AAAA", &body).await, Answer::Unauthorized);
        assert_eq!(world.post("open", Vec::new(), &body).await, Answer::Unauthorized);
    }
    let mut foreign = file("order.json");
    foreign["source"] = json!("other.example.com");
    assert_eq!(world.send("open", SECRET, foreign.to_string().as_bytes()).await, Answer::Unauthorized);
    // Without a source nobody knows whose it is, but the sender has proved to be one that may be told.
    foreign.as_object_mut().unwrap().remove("source");
    assert_eq!(world.send("open", SECRET, foreign.to_string().as_bytes()).await.status(), 422);
    assert_eq!(world.queued().await, 0);
}

#[tokio::test]
async fn a_thing_without_a_flow_is_kept_and_the_sender_is_told() {
    let world = World::new();
    for name in ["product.json", "stock.json", "customer.json"] {
        let answer = world.send("open", SECRET, file(name).to_string().as_bytes()).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.text().contains("no flow"), "{name}: {}", answer.text());
    }
    assert_eq!(world.queued().await, 3, "for the journal");
    let mut wrong = file("product.json");
    wrong["data"]["title"] = json!(7);
    assert_eq!(world.send("open", SECRET, wrong.to_string().as_bytes()).await.status(), 422);
    assert_eq!(world.queued().await, 0);
}

#[tokio::test]
async fn other_channels_are_not_looked_at() {
    let world = World::new();
    for body in ["{}", "no json", ""] {
        assert_eq!(world.send("shopify", SECRET, body.as_bytes()).await, Answer::Accepted, "{body}");
    }
    assert_eq!(world.queued().await, 3, "they are parked later, and nobody is lost");
}
