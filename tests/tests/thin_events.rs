//! Events that only name what changed: the account is read by the next sweep, until it was read after the last of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it is surprised")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::{
    account::Account,
    ports::{
        Clock, PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
        state::{Cursor, State},
    },
};
use sluice_reconciler::{Job, Ran, Reconciler, ReconcilerSettings};
use sluice_sandbox::{FixedSecrets, ManualClock, SeededRandom, Store};

/// Answers with these status codes and no orders, one after the other; in the first question another event comes in.
struct Channel {
    store: Store,
    account: Account,
    statuses: Mutex<Vec<u16>>,
}

async fn mark(store: &Store, account: &Account) {
    let name = Cursor::prompt(&account.name);
    let known = store.cursor(&name).await.unwrap();
    store.save_cursor(&name, Cursor { version: known.version, value: "2026-11-24T10:00:00Z".into() }).await.unwrap();
}

impl Http for Channel {
    fn send(&self, _request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let status = self.statuses.lock().unwrap().pop().unwrap_or(200);
            if status == 207 {
                mark(&self.store, &self.account).await;
            }
            let status = if status == 207 { 200 } else { status };
            Ok(HttpResponse { status, headers: Vec::new(), body: b"{}".to_vec() })
        })
    }
}

/// How many sweeps read the account, of five after one event. The channel answers with these codes.
async fn sweeps(mut statuses: Vec<u16>) -> Vec<usize> {
    statuses.reverse();
    let account: Account =
        serde_json::from_value(json!({"name": "demo", "channel": "square", "shop_domain": "demo.squareup.com"}))
            .unwrap();
    let store = Store::in_memory();
    let clock = Arc::new(ManualClock::new("2026-11-24T10:00:00Z".parse::<Timestamp>().unwrap()));
    let secrets = AccountSecrets {
        signing: vec![Secret::new("hush")],
        contact_key: Secret::new("contacts"),
        access_token: Some(Secret::new("token:L1")),
    };
    let ports = Ports {
        state: Arc::new(store.clone()),
        journal: Arc::new(store.clone()),
        queue: Arc::new(store.clone()),
        secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account.name.clone(), secrets)]))),
        http: Arc::new(Channel { store: store.clone(), account: account.clone(), statuses: Mutex::new(statuses) }),
        clock: clock.clone(),
        timer: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
    };
    let accounts = BTreeMap::from([(account.name.clone(), account.clone())]);
    let reconciler = Reconciler::new(ports, ReconcilerSettings { accounts, ..ReconcilerSettings::default() });
    mark(&store, &account).await;
    let mut read = Vec::new();
    for _ in 0..5 {
        let deadline = clock.now().checked_add(SignedDuration::from_mins(5)).unwrap();
        let Ran::Swept(swept) = reconciler.handle(Job::Sweep, deadline).await else { panic!() };
        read.push(swept.prompted);
    }
    read
}

#[tokio::test]
async fn one_event_is_one_read() {
    assert_eq!(sweeps(vec![]).await, [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn an_event_that_comes_during_a_read_is_read_after_it() {
    assert_eq!(sweeps(vec![207, 200]).await, [1, 1, 0, 0, 0]);
}

#[tokio::test]
async fn a_channel_that_does_not_answer_is_asked_again() {
    assert_eq!(sweeps(vec![503; 1_000]).await, [1, 1, 1, 1, 1]);
    let until_it_answers = sweeps(vec![503; 8]).await;
    assert!(until_it_answers.starts_with(&[1]) && until_it_answers.ends_with(&[0]), "{until_it_answers:?}");
}

#[tokio::test]
async fn a_revoked_key_is_not_tried_every_minute() {
    assert_eq!(sweeps(vec![401]).await, [1, 0, 0, 0, 0]);
}
