//! Events that a channel puts into a queue of the retailer's own: the account is read, and what is none is not lost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it is surprised")]

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::{
    account::Account,
    ports::{
        PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
        state::{Cursor, State},
    },
    value::AccountName,
};
use sluice_normalizer::{Normalizer, Numbered, Unreadable};
use sluice_sandbox::{FixedSecrets, ManualClock, SeededRandom, Store};

/// Nobody asks anything of anybody.
struct NoHttp;

impl Http for NoHttp {
    fn send(&self, _request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        panic!("a normalizer asks nobody")
    }
}

fn normalizer() -> (Normalizer, Store, AccountName) {
    let account: Account = serde_json::from_value(
        json!({"name": "amazon_de", "channel": "amazon", "shop_domain": "sellingpartnerapi-eu.amazon.com"}),
    )
    .unwrap();
    let (name, store) = (account.name.clone(), Store::in_memory());
    let clock = Arc::new(ManualClock::new("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap()));
    let secrets = AccountSecrets { signing: Vec::new(), contact_key: Secret::new("contacts"), access_token: None };
    let ports = Ports {
        state: Arc::new(store.clone()),
        journal: Arc::new(store.clone()),
        queue: Arc::new(store.clone()),
        secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(name.clone(), secrets)]))),
        http: Arc::new(NoHttp),
        clock: clock.clone(),
        timer: clock,
        random: Arc::new(SeededRandom::new(1)),
    };
    (Normalizer::new(ports, BTreeMap::from([(name.clone(), account)])), store, name)
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/amazon/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Since when the account waits to be read.
async fn prompted(store: &Store, name: &AccountName) -> bool {
    !store.cursor(&Cursor::prompt(name)).await.unwrap().value.is_empty()
}

#[tokio::test]
async fn an_order_change_in_the_seller_s_queue_has_the_account_read() {
    let event = fixture("sqs_receive_message_event.json");
    let record = event["Records"].as_array().unwrap().first().unwrap();
    let plain = record["body"].as_str().unwrap().to_owned();
    let wrapped = json!({"detail-type": "ORDER_CHANGE", "detail": serde_json::from_str::<Value>(&plain).unwrap()});
    for body in [plain, wrapped.to_string()] {
        let (normalizer, store, name) = normalizer();
        let delivery = normalizer.queued(&name, "m-1", &body).unwrap();
        assert_eq!((delivery.channel.as_str(), delivery.topic.as_str()), ("amazon", "ORDER_CHANGE"));
        assert_ne!(delivery.delivery_id, "m-1", "copies of one notification carry its own id");
        assert!(!prompted(&store, &name).await);
        assert!(normalizer.handle(vec![Numbered { message: 0, delivery }]).await.is_empty());
        assert!(prompted(&store, &name).await);
        assert!(store.parked(None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_notification_of_no_concern_is_ignored() {
    let (normalizer, store, name) = normalizer();
    let event = fixture("eventbridge_envelope.json").to_string();
    let delivery = normalizer.queued(&name, "m-1", &event).unwrap();
    assert_eq!(delivery.topic, "LISTINGS_ITEM_STATUS_CHANGE");
    assert!(normalizer.handle(vec![Numbered { message: 0, delivery }]).await.is_empty());
    assert!(!prompted(&store, &name).await);
}

#[tokio::test]
async fn what_is_no_event_of_the_channel_is_parked_where_people_see_it() {
    let (normalizer, store, name) = normalizer();
    let huge = format!("{{\"NotificationType\": [{}]}}", "[".repeat(5_000));
    for body in ["", "{", "null", "[]", "{\"NotificationType\": 7}", "a=b", huge.as_str()] {
        let problem = normalizer.queued(&name, "m-1", body).unwrap_err();
        assert_eq!(problem, "in the queue of amazon_de: no event of amazon");
        let body = body.as_bytes().to_vec();
        let unreadable = Unreadable { message: 0, id: "m-1".into(), body, problem };
        assert!(normalizer.park_unreadable(vec![unreadable]).await.is_empty());
    }
    assert_eq!(store.parked(None, 10).await.unwrap().len(), 1);
    let stranger = AccountName::parse("stranger").unwrap();
    assert!(normalizer.queued(&stranger, "m-1", "{}").unwrap_err().contains("no account stranger"));
}
