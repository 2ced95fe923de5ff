//! A shop, its handlers and a simulated Odoo with the demonstration's catalogue: everything between that costs is counted.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, LazyLock, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_aws::{
    lambda::{QueueMessage, each_batch},
    wire::{Incoming, decode_delivery, decode_wake},
};
use sluice_channels::{SigningRequest, channel};
use sluice_domain::{
    account::OdooTarget,
    ports::{
        Clock, PortFuture, Ports,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        secrets::{AccountSecrets, Secret},
    },
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::{Call, Connection, LoadMode, Odoo, Reads};
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_reconciler::{Job, Reconciler, ReconcilerSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, SeededRandom, demo,
    odoo::{Costs, Outcome, SimConfig, SimOdoo},
};
use sluice_webhook_ingress::{Answer, Ingress, IngressRequest};

use crate::{
    logs::Logs,
    metered::{Metered, Spent},
    queues::Queues,
    tally::{Counts, ODOO_WAY_MS, Tally},
};

/// An order of three lines, paid, with shipping, in all the words of a real webhook: 8.8 KB.
const ORDER: &str = "#1014";
const ODOO_URL: &str = "http://odoo.simulated";
/// Odoo's worker processes, as the template has them: one call is in flight at most, so none waits for another of ours.
const ODOO_WORKERS: u32 = 2;

fn start() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

fn secret() -> Secret {
    Secret::new("hush")
}

/// The simulated Odoo, which takes as long as a real one.
struct Simulated {
    odoo: Mutex<SimOdoo>,
    tally: Arc<Tally>,
}

impl Http for Simulated {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answered = self.odoo.lock().unwrap().call(&request, self.tally.clock.now());
        self.tally.requests(1, answered.server_ms + ODOO_WAY_MS);
        let path = request.url.trim_start_matches(ODOO_URL).trim_start_matches("/json/2").to_owned();
        *self.tally.counts().odoo.entry(path).or_default() += 1;
        Box::pin(async move {
            match answered.outcome {
                Outcome::Answer(response) => Ok(response),
                Outcome::ConnectionRefused | Outcome::LostAnswer | Outcome::Dropped | Outcome::Pending { .. } => {
                    Err(HttpError::NoAnswer("a fault that nobody planted".into()))
                }
            }
        })
    }
}

/// The order as the demonstration has it.
static TEMPLATE: LazyLock<Value> = LazyLock::new(|| {
    let day = demo::deliveries().unwrap();
    let of_order = |delivery: &&demo::Delivery| {
        delivery.topic == "orders/create" && delivery.body.contains(&format!("\"name\":\"{ORDER}\""))
    };
    let order: Value = serde_json::from_str(&day.iter().find(of_order).unwrap().body).unwrap();
    assert_eq!((order["line_items"].as_array().unwrap().len(), &order["financial_status"]), (3, &json!("paid")));
    order
});

/// The order with ids of its own, from a buyer of its own.
fn order(number: u64) -> Vec<u8> {
    let mut order = TEMPLATE.clone();
    order["id"] = json!(5_600_000_000_000_u64 + number);
    order["name"] = json!(format!("#9{number:03}"));
    order["customer"]["id"] = json!(7_700_000_000_000_u64 + number);
    for line in order["line_items"].as_array_mut().unwrap() {
        line["id"] = json!(line["id"].as_u64().unwrap() + number * 1_000);
    }
    order.to_string().into_bytes()
}

/// Handlers over ports that count.
pub(crate) struct Shop {
    tally: Arc<Tally>,
    metered: Arc<Metered>,
    queues: Arc<Queues>,
    http: Arc<Simulated>,
    ingress: Ingress,
    normalizer: Normalizer,
    writer: Writer,
    reconciler: Reconciler,
    logs: Logs,
}

impl Shop {
    /// A shop whose functions have all just started.
    pub(crate) async fn open() -> Self {
        let config = SimConfig { costs: Some(Costs::MEASURED), track_changes: false, ..SimConfig::odoo19() };
        let connection = Connection {
            url: ODOO_URL.into(),
            database: config.database.clone(),
            login: config.login.clone(),
            key: Secret::new(config.api_key.clone()),
            timeout_ms: 130_000,
        };
        let clock = Arc::new(ManualClock::new(start()));
        let tally = Arc::new(Tally::new(Arc::clone(&clock)));
        let http = Arc::new(Simulated { odoo: Mutex::new(SimOdoo::new(config)), tally: Arc::clone(&tally) });
        stock(&http, &connection).await;
        let metered = Arc::new(Metered::new(Arc::clone(&tally)));
        let queues = Arc::new(Queues::new(Arc::clone(&tally)));
        let account = demo::demo_account().unwrap();
        let secrets =
            AccountSecrets { signing: vec![secret()], contact_key: Secret::new("contacts"), access_token: None };
        let ports = Ports {
            state: metered.clone(),
            journal: metered.clone(),
            queue: queues.clone(),
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
            odoo_workers: ODOO_WORKERS,
            batch_orders: 10,
            mapping_version: "0123456789ab".into(),
        };
        let sweeping = ReconcilerSettings { accounts: accounts.clone(), ..ReconcilerSettings::default() };
        tally.take();
        Self {
            ingress: Ingress::new(ports.clone(), accounts.clone()),
            normalizer: Normalizer::new(ports.clone(), accounts),
            writer: Writer::new(ports.clone(), settings),
            reconciler: Reconciler::new(ports, sweeping),
            tally,
            metered,
            queues,
            http,
            logs: Logs::start(),
        }
    }

    /// Runs one invocation: counted, with its time and its logs.
    async fn invoke<T>(&self, function: &'static str, work: impl Future<Output = T>) -> T {
        let began = self.tally.clock.now();
        let answer = work.await;
        let now = self.tally.clock.now();
        let took = u64::try_from(now.duration_since(began).as_millis()).unwrap();
        let mut counts = self.tally.counts();
        *counts.invocations.entry(function).or_default() += 1;
        // Lambda bills every begun millisecond.
        *counts.milliseconds.entry(function).or_default() += took + 1;
        counts.logged += self.logs.of_invocation(function, now);
        answer
    }

    /// One webhook of an order: signed, proved, queued. `copy` tells apart several of the same order.
    pub(crate) async fn webhook(&self, number: u64, copy: u64) {
        let account = demo::demo_account().unwrap();
        let body = order(number);
        let signed = channel("shopify").unwrap().sign(&SigningRequest {
            account: &account,
            topic: "orders/create",
            delivery_id: &format!("b54557e4-bdd9-4b37-8a5f-{copy:06x}{number:06x}"),
            body: &body,
            url: None,
            secret: &secret(),
            // When the shop says that it happened, whenever it says so.
            now: start(),
        });
        let request = IngressRequest {
            method: "POST".into(),
            path: format!("/webhooks/shopify/{}", account.name),
            headers: signed.headers,
            body,
        };
        let answer = self.invoke("webhook-ingress", self.ingress.handle(request)).await;
        assert_eq!(answer, Answer::Accepted);
    }

    /// Folds what waits in `deliveries`, a batch an invocation.
    pub(crate) async fn normalize(&self, batch: usize) {
        while let Some(messages) = self.queues.receive("deliveries", batch) {
            let work = each_batch(messages, |messages: Vec<QueueMessage>| async move {
                let deliveries = messages.iter().enumerate().map(|(message, read)| Numbered {
                    message,
                    delivery: match decode_delivery(&read.body).unwrap() {
                        Incoming::Whole(delivery) => delivery,
                        Incoming::Stored(..) => panic!("it fits a message"),
                    },
                });
                let failed = self.normalizer.handle(deliveries.collect()).await;
                failed.into_iter().map(|index| messages[index].id.clone()).collect()
            });
            let answer = self.invoke("normalizer", work).await;
            self.queues.delete("deliveries", &answer);
        }
    }

    /// Brings Odoo to what waits in `odoo.urgent`, a batch an invocation, until nothing does.
    pub(crate) async fn write(&self, batch: usize) {
        while let Some(messages) = self.queues.receive("urgent", batch) {
            let deadline = self.tally.clock.now() + SignedDuration::from_mins(4);
            let work = each_batch(messages, |messages: Vec<QueueMessage>| async move {
                let wakes = messages.iter().map(|message| decode_wake(&message.body).unwrap());
                let failed = self.writer.handle(wakes.collect(), deadline).await;
                failed.into_iter().map(|subject| subject.to_string()).collect()
            });
            let answer = self.invoke("odoo-writer", work).await;
            self.queues.delete("urgent", &answer);
        }
    }

    /// One sweep that finds nothing to do.
    pub(crate) async fn sweep(&self) {
        let deadline = self.tally.clock.now() + SignedDuration::from_mins(1);
        self.invoke("reconciler", self.reconciler.handle(Job::Sweep, deadline)).await;
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, seconds: i64) {
        self.tally.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// What was counted since the last look.
    pub(crate) fn counted(&self) -> Counts {
        self.tally.take()
    }

    /// Where the write units went since the last look.
    pub(crate) fn spent(&self) -> Vec<Spent> {
        self.metered.spent()
    }

    /// Does nothing wait any more?
    pub(crate) fn is_idle(&self) -> bool {
        ["deliveries", "urgent", "bulk"].iter().all(|queue| self.queues.receive(queue, 1).is_none())
    }

    /// All orders are in Odoo, and confirmed.
    #[track_caller]
    pub(crate) fn check_confirmed(&self, orders: u64) {
        let odoo = self.http.odoo.lock().unwrap();
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
