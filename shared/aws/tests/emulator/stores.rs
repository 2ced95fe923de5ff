//! Sizes and pages on a real wire, secrets and bodies.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use jiff::SignedDuration;
use sluice_aws::{BodyError, wire::StoredBody};
use sluice_domain::{
    ports::{
        journal::{Happening, Journal, JournalEntry},
        secrets::{Secret, SecretError, Secrets},
        state::{Save, State},
    },
    state::{Due, Head, Lane, ParkedException},
    value::AccountName,
};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::{body_of, head_of, instant, subject};

use crate::world::World;

const EMULATORS: [&str; 2] = ["ministack", "moto"];

fn due(number: i64) -> Head {
    let parked = (number % 2 == 0).then(|| ParkedException { until_released: false, ..head_of("x").parked.unwrap() });
    let due = Some(Due { at: instant(number / 3), lane: Lane::Urgent });
    Head { due, parked, ..Head::new(subject(&format!("{number:05}")), instant(0)) }
}

#[tokio::test]
async fn hundreds_are_saved_read_due_and_parked() {
    for emulator in EMULATORS {
        let state = World::named(emulator).state().await;
        let saves: Vec<Save> = (0..300).map(|number| Save { head: due(number), body: Some(body_of(3)) }).collect();
        let keys: Vec<_> = saves.iter().map(|save| save.head.key.clone()).collect();
        assert!(state.save(saves).await.iter().all(Result::is_ok));
        let found = state.read(keys.clone()).await.unwrap();
        assert!(found.iter().flatten().all(|record| record.body == body_of(3)) && found.len() == 300, "{emulator}");
        assert_eq!(state.due(Lane::Urgent, instant(1_000), 1_000).await.unwrap(), keys, "{emulator}");
        assert_eq!(state.due(Lane::Urgent, instant(1_000), 70).await.unwrap(), keys[..70], "{emulator}");
        let parked = state.parked(None, 250).await.unwrap();
        let even: Vec<_> = keys.iter().step_by(2).collect();
        assert_eq!(parked.iter().map(|head| &head.key).collect::<Vec<_>>(), even, "{emulator}");
    }
}

#[tokio::test]
async fn large_orders_in_one_batch_are_read() {
    for emulator in EMULATORS {
        let state = World::named(emulator).state().await;
        let ids: Vec<String> = (0..60).map(|number| number.to_string()).collect();
        let save = |id: &String| Save { head: Head::new(subject(id), instant(0)), body: Some(body_of(500)) };
        assert!(state.save(ids.iter().map(save).collect()).await.iter().all(Result::is_ok), "{emulator}");
        let found = state.read(ids.iter().map(|id| subject(id)).collect()).await.unwrap();
        assert!(found.iter().all(|record| record.as_ref().is_some_and(|found| found.body == body_of(500))));
    }
}

#[tokio::test]
async fn evidence_that_fits_no_item_comes_back_whole() {
    for emulator in EMULATORS {
        let journal = World::named(emulator).journal().await;
        let body: Vec<u8> = (0..=250).cycle().take(1_048_576).collect();
        let what = Happening::Evidence {
            topic: "orders/create".into(),
            sha256: String::new(),
            outcome: "changed".into(),
            desired: 1,
            stated_at: None,
            body,
        };
        let entry = JournalEntry { subject: subject("1"), at: instant(0), id: "d".into(), trace_id: "t".into(), what };
        for _ in 0..2 {
            journal.append(vec![entry.clone()]).await.unwrap();
        }
        assert!(journal.entries(&subject("1"), 10).await.unwrap() == [entry], "{emulator}");
    }
}

#[tokio::test]
async fn secrets_are_found_missed_and_rotated() {
    for emulator in EMULATORS {
        let world = World::named(emulator);
        let client = Client::new(world.connection.config());
        let clock = Arc::new(ManualClock::new(instant(0)));
        // Every run has a stage of its own.
        let stage = format!("s{}", std::process::id());
        let id = |name: &str| format!("sluice/{stage}/{name}");
        let secrets = world.connection.secrets(&stage, clock.clone());
        let demo = AccountName::parse("demo").unwrap();
        let missing = |error| matches!(error, Err(SecretError::Missing(text)) if text.contains("put-secret-value"));
        assert!(missing(secrets.account(&demo).await), "{emulator}: no secret");
        client.create_secret().name(id("demo")).send().await.unwrap();
        clock.advance(SignedDuration::from_secs(10));
        assert!(missing(secrets.account(&demo).await), "{emulator}: no value");
        let put = async |name: &str, value: &str| {
            client.put_secret_value().secret_id(id(name)).secret_string(value).send().await.unwrap();
        };
        put("demo", r#"{"current":"one"}"#).await;
        client.create_secret().name(id("system/contact-key")).secret_string("key").send().await.unwrap();
        clock.advance(SignedDuration::from_secs(10));
        let found = secrets.account(&demo).await.unwrap();
        assert_eq!((found.signing, found.contact_key), (vec![Secret::new("one")], Secret::new("key")), "{emulator}");
        put("demo", r#"{"current":"two","previous":"one"}"#).await;
        assert_eq!(secrets.account(&demo).await.unwrap().signing, [Secret::new("one")], "{emulator}: cached");
        clock.advance(SignedDuration::from_mins(5));
        let found = secrets.account(&demo).await.unwrap();
        assert_eq!(found.signing, [Secret::new("two"), Secret::new("one")], "{emulator}");
    }
}

#[tokio::test]
async fn a_body_that_is_gone_is_missing() {
    for emulator in EMULATORS {
        let bodies = World::named(emulator).bodies().await;
        let stored = StoredBody { key: "deliveries/shop/2026-11-24/abc".into(), sha256: String::new(), bytes: 1 };
        assert_eq!(bodies.get(&stored).await, Err(BodyError::Missing(stored.key.clone())), "{emulator}");
    }
}
