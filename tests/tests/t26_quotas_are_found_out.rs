//! T26: the quota of an operation is another one than documented, and the answers lie about it. It is found out by asking.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test stops where it is surprised"
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::{
    account::Account,
    ports::{
        Clock, PortFuture, Ports, Random,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
        state::{Cursor, State},
    },
};
use sluice_reconciler::{End, Job, Ran, Reconciler, ReconcilerSettings};
use sluice_sandbox::{FixedSecrets, ManualClock, SeededRandom, Store};

/// What one call takes, in milliseconds.
const CALL_MS: i64 = 200;
/// Pages that are read.
const PAGES: i64 = 150;

/// A bucket that nobody outside knows: so many questions at once, and one more after each pause.
#[derive(Clone, Copy, Debug)]
struct Quota {
    burst: i64,
    pause_ms: i64,
    /// The rate that answers state.
    stated: &'static str,
}

/// What is left in it, in milliseconds of refilling.
struct Bucket {
    credit: i64,
    at: i64,
    given: i64,
    refused: i64,
}

/// Amazon, with empty pages.
struct Channel {
    clock: Arc<ManualClock>,
    quota: Quota,
    bucket: Mutex<Bucket>,
}

impl Channel {
    fn orders(&self) -> HttpResponse {
        let now = self.clock.now().as_millisecond();
        let mut bucket = self.bucket.lock().unwrap();
        let Quota { burst, pause_ms, stated } = self.quota;
        bucket.credit = (bucket.credit + now - bucket.at).min(burst * pause_ms);
        bucket.at = now;
        let headers = vec![("x-amzn-RateLimit-Limit".to_owned(), stated.to_owned())];
        if bucket.credit < pause_ms {
            bucket.refused += 1;
            let body = json!({"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota."}]});
            return HttpResponse { status: 429, headers, body: body.to_string().into_bytes() };
        }
        bucket.credit -= pause_ms;
        bucket.given += 1;
        let next = (bucket.given < PAGES).then(|| json!({"nextToken": format!("page-{}", bucket.given)}));
        let body = json!({"orders": [], "pagination": next});
        HttpResponse { status: 200, headers, body: body.to_string().into_bytes() }
    }
}

impl Http for Channel {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            self.clock.advance(SignedDuration::from_millis(CALL_MS));
            let token = json!({"access_token": "Atza|granted", "token_type": "bearer", "expires_in": 3_600});
            Ok(if request.url.ends_with("/auth/o2/token") {
                HttpResponse { status: 200, headers: Vec::new(), body: token.to_string().into_bytes() }
            } else {
                self.orders()
            })
        })
    }
}

/// Reads all pages, run after run as the schedule has them; how long it took, and how often it was refused.
async fn read(quota: Quota, store: &Store) -> (i64, i64) {
    let account: Account = serde_json::from_value(
        json!({"name": "seller", "channel": "amazon", "shop_domain": "sellingpartnerapi-eu.amazon.com"}),
    )
    .unwrap();
    let clock = Arc::new(ManualClock::new("2026-11-27T10:00:00Z".parse::<Timestamp>().unwrap()));
    let begun = clock.now().as_millisecond();
    let full = Bucket { credit: quota.burst * quota.pause_ms, at: begun, given: 0, refused: 0 };
    let channel = Arc::new(Channel { clock: clock.clone(), quota, bucket: Mutex::new(full) });
    let secrets = AccountSecrets {
        signing: Vec::new(),
        contact_key: Secret::new("contacts"),
        access_token: Some(Secret::new("client:secret:refresh")),
    };
    let ports = Ports {
        state: Arc::new(store.clone()),
        journal: Arc::new(store.clone()),
        queue: Arc::new(store.clone()),
        secrets: Arc::new(FixedSecrets::new(BTreeMap::from([(account.name.clone(), secrets)]))),
        http: channel.clone(),
        clock: clock.clone(),
        timer: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
    };
    let accounts = BTreeMap::from([(account.name.clone(), account)]);
    let reconciler = Reconciler::new(ports, ReconcilerSettings { accounts, ..ReconcilerSettings::default() });
    for _ in 0..10_000 {
        let deadline = clock.now().checked_add(SignedDuration::from_mins(14)).unwrap();
        let Ran::Pulled(reads) = reconciler.handle(Job::Pull { account: None }, deadline).await else { panic!() };
        let end = &reads.first().unwrap().end;
        if *end == End::Complete {
            return (clock.now().as_millisecond() - begun, channel.bucket.lock().unwrap().refused);
        }
        assert!(matches!(end, End::Throttled | End::Unfinished), "{end:?}");
        clock.advance(SignedDuration::from_secs(60));
    }
    panic!("{quota:?}: it never ends");
}

#[tokio::test]
async fn t26_an_unknown_quota_with_lying_headers_is_used_up_to_three_quarters_at_least() {
    let dice = SeededRandom::new(26);
    let between = |least: u64, most: u64| i64::try_from(least + dice.next() % (most - least)).unwrap();
    for round in 0..60 {
        let stated = ["", "nonsense", "0", "1000", "0.0001", "0.0056", "-3"];
        let stated = stated[usize::try_from(between(0, 7)).unwrap()];
        let pause_ms = between(400, if round % 2 == 0 { 5_000 } else { 200_000 });
        let quota = Quota { burst: between(1, 21), pause_ms, stated };
        let (took, refused) = read(quota, &Store::in_memory()).await;
        // Whoever knew the quota would wait for what the burst does not cover, and no less than the calls take.
        let best = ((PAGES - quota.burst) * quota.pause_ms).max(PAGES * CALL_MS);

        assert!(took * 10 <= best * 13, "{quota:?}: {took} ms, where {best} would do");
        assert!(refused <= PAGES * 3, "{quota:?}: {refused} questions in vain for {PAGES} answers");
    }
}

#[tokio::test]
async fn t26_an_operation_that_is_used_up_holds_up_no_other_one() {
    let store = Store::in_memory();
    let (_, refused) = read(Quota { burst: 1, pause_ms: 60_000, stated: "1000" }, &store).await;
    assert!(refused > 0);
    let learned = store.cursor("budget#seller#searchOrders").await.unwrap();
    assert!(learned.value.contains("refill"), "{}", learned.value);
    // What the account's other questions go by knows nothing of it.
    assert_eq!(store.cursor("budget#seller").await.unwrap(), Cursor::default());
}
