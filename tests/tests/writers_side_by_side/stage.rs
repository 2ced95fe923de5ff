//! A few orders, one Odoo, and writers that stop before and after each call of it and whenever they wait, so that a test says
//! who goes on when.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sluice_domain::{
    account::{Account, ConfirmPolicy, EditPolicy, UnknownProduct},
    delivery::{Delivery, Wake},
    ports::{
        Clock, PortFuture, Ports, Timer,
        http::{Http, HttpError, HttpRequest, HttpResponse, Method},
        queue::Queue,
        secrets::{AccountSecrets, Secret},
        state::State,
    },
    state::{Head, Lane, ReadOrPush},
    value::{AccountName, SubjectKey},
};
use sluice_normalizer::{Normalizer, Numbered};
use sluice_odoo::Connection;
use sluice_odoo_writer::{Writer, WriterSettings};
use sluice_reconciler::{Job, Reconciler, ReconcilerSettings};
use sluice_sandbox::{
    FixedSecrets, ManualClock, QueueName, SeededRandom, Store,
    odoo::{OrderView, SimConfig, SimFault, SimOdoo},
};
use sluice_testkit::{
    scene::{odoo_with, start},
    world::{account, administer},
};

/// How long an invocation has, unless a test says otherwise, in seconds.
const PLENTY: i64 = 240;

/// The address that is asked when nothing is.
pub(crate) const ASLEEP: &str = "asleep";

/// Where a writer stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

pub(crate) struct Stage {
    store: Store,
    clock: Arc<ManualClock>,
    odoo: Arc<Mutex<SimOdoo>>,
    accounts: BTreeMap<AccountName, Account>,
    workers: u32,
    /// How many were started, so that no two of them draw alike.
    processes: AtomicU64,
}

fn ready<T>(mut future: Pin<&mut (dyn Future<Output = T> + '_)>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing waits here"),
    }
}

impl Stage {
    /// An Odoo with so many workers: one fewer may be called at once.
    pub(crate) fn new(workers: u32) -> Self {
        let account = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        Self {
            store: Store::in_memory(),
            clock: Arc::new(ManualClock::new(start())),
            odoo: Arc::new(Mutex::new(odoo_with(19, |_| {}))),
            accounts: BTreeMap::from([(account.name.clone(), account)]),
            workers,
            processes: AtomicU64::new(1),
        }
    }

    /// The account changes confirmed orders as the channel does.
    pub(crate) fn applies_edits(&mut self) {
        self.accounts.values_mut().for_each(|account| account.edits = EditPolicy::Apply);
    }

    fn ports(&self, paced: &Arc<Paced>) -> Ports {
        let secrets = AccountSecrets {
            signing: vec![Secret::new("hush")],
            contact_key: Secret::new("contacts"),
            access_token: None,
        };
        let secrets = self.accounts.keys().map(|name| (name.clone(), secrets.clone())).collect();
        Ports {
            state: Arc::new(self.store.clone()),
            journal: Arc::new(self.store.clone()),
            queue: Arc::new(self.store.clone()),
            secrets: Arc::new(FixedSecrets::new(secrets)),
            http: paced.clone(),
            clock: self.clock.clone(),
            timer: paced.clone(),
            random: Arc::new(SeededRandom::new(self.processes.fetch_add(1, Ordering::Relaxed))),
        }
    }

    fn straight(&self) -> Arc<Paced> {
        Arc::new(Paced { odoo: Arc::clone(&self.odoo), clock: Arc::clone(&self.clock), at: Mutex::default() })
    }

    /// The shop says how the order is.
    pub(crate) fn tell(&self, body: Vec<u8>) {
        let now = self.clock.now();
        let delivery = Delivery {
            channel: "shopify".into(),
            account: self.account(),
            topic: "orders/updated".into(),
            delivery_id: format!("d{now}"),
            source: ReadOrPush::Push,
            stated_at: Some(now),
            api_version: None,
            received_at: now,
            trace_id: "stage".into(),
            body,
        };
        let normalizer = Normalizer::new(self.ports(&self.straight()), self.accounts.clone());
        let run = std::pin::pin!(normalizer.handle(vec![Numbered { message: 0, delivery }]));
        assert!(ready(run).is_empty());
    }

    fn account(&self) -> AccountName {
        self.accounts.keys().next().unwrap().clone()
    }

    /// The subjects of the orders.
    pub(crate) fn subjects(&self) -> Vec<SubjectKey> {
        let heads = self.store.heads(None, 1_000);
        ready(Box::pin(heads).as_mut()).unwrap().into_iter().map(|head| head.key).collect()
    }

    /// The head of the first order.
    pub(crate) fn head(&self) -> Head {
        ready(Box::pin(self.store.heads(None, 1)).as_mut()).unwrap().remove(0)
    }

    /// A fresh writer process that has just received the wakes of all orders.
    pub(crate) fn writer(&self) -> Hand {
        self.writer_of(self.subjects(), SignedDuration::from_secs(PLENTY))
    }

    /// One that works on those, for so long.
    pub(crate) fn writer_of(&self, subjects: Vec<SubjectKey>, time: SignedDuration) -> Hand {
        let paced = self.straight();
        let config = self.odoo(|odoo| odoo.config().clone());
        let settings = WriterSettings {
            accounts: self.accounts.clone(),
            connection: connection(&config),
            odoo_workers: self.workers,
            batch_orders: 10,
            mapping_version: "stage".into(),
        };
        let writer = Writer::new(self.ports(&paced), settings);
        let wakes = subjects.into_iter().map(|subject| Wake { subject, trace_id: "stage".into() }).collect();
        let deadline = self.clock.now() + time;
        let run = Box::pin(async move { writer.handle(wakes, deadline).await });
        Hand { run, paced }
    }

    pub(crate) fn sweep(&self) {
        let reconciler = Reconciler::new(self.ports(&self.straight()), ReconcilerSettings::default());
        ready(std::pin::pin!(reconciler.handle(Job::Sweep, Timestamp::MAX)));
    }

    /// How many wakes wait in the queue.
    pub(crate) fn woken(&self) -> usize {
        ready(self.store.waiting(Lane::Urgent).as_mut()).unwrap()
    }

    /// The queue loses what it holds.
    pub(crate) fn lose_wakes(&self) {
        loop {
            let lost =
                self.store.receive(QueueName::Urgent, 10, self.clock.now(), SignedDuration::from_secs(60)).unwrap();
            if lost.is_empty() {
                return;
            }
            self.store.acknowledge(lost.into_iter().map(|message| message.receipt).collect()).unwrap();
        }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Half an hour in which the sweep wakes what is due and a writer works on it.
    pub(crate) fn half_an_hour(&self) {
        for _ in 0..30 {
            self.wait(60);
            self.sweep();
            let due = self.store.due(Lane::Urgent, self.clock.now(), 100);
            let due = ready(Box::pin(due).as_mut()).unwrap();
            if !due.is_empty() {
                self.writer_of(due, SignedDuration::from_secs(PLENTY)).finish();
            }
        }
    }

    pub(crate) fn odoo<T>(&self, look: impl FnOnce(&mut SimOdoo) -> T) -> T {
        look(&mut self.odoo.lock().unwrap())
    }

    /// The only order in Odoo.
    pub(crate) fn sale<T>(&self, look: impl FnOnce(OrderView<'_>) -> T) -> T {
        self.odoo(|odoo| {
            assert_eq!(odoo.orders().count(), 1);
            look(odoo.orders().next().unwrap())
        })
    }

    /// The states of all orders.
    pub(crate) fn states(&self) -> Vec<String> {
        self.odoo(|odoo| odoo.orders().map(|sale| sale.state().to_owned()).collect())
    }

    /// The contact that it is delivered to.
    pub(crate) fn delivered_to(&self) -> i64 {
        let [_, _, delivery] = self.sale(|sale| sale.partner_ids());
        delivery
    }

    /// A call commits though its caller is gone.
    pub(crate) fn commits_late(&self, call: &HttpRequest) {
        let now = self.clock.now();
        self.odoo(|odoo| odoo.handle(call, now)).unwrap();
    }

    pub(crate) fn inject(&self, fault: SimFault) {
        self.odoo(|odoo| odoo.inject(fault));
    }

    /// Somebody in Odoo changes something.
    pub(crate) fn administer(&self, call: (&str, &str), args: &Value) -> Value {
        let now = self.clock.now();
        self.odoo(|odoo| administer(odoo, call, args, &json!({}), now))
    }
}

fn connection(config: &SimConfig) -> Connection {
    Connection {
        url: "http://odoo.simulated".into(),
        database: config.database.clone(),
        login: config.login.clone(),
        key: Secret::new(&*config.api_key),
        timeout_ms: 130_000,
    }
}

/// The way to Odoo of one writer.
struct Paced {
    odoo: Arc<Mutex<SimOdoo>>,
    clock: Arc<ManualClock>,
    at: Mutex<Option<(When, HttpRequest)>>,
}

impl Paced {
    async fn stop(&self, when: When, request: &HttpRequest) {
        *self.at.lock().unwrap() = Some((when, request.clone()));
        let mut stopped = false;
        std::future::poll_fn(|_| if std::mem::replace(&mut stopped, true) { Poll::Ready(()) } else { Poll::Pending })
            .await;
    }
}

impl Timer for Paced {
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()> {
        Box::pin(async move {
            let url = ASLEEP.to_owned();
            let nothing = HttpRequest { method: Method::Get, url, headers: vec![], body: vec![], timeout_ms: 0 };
            self.stop(When::After, &nothing).await;
            self.clock.sleep(milliseconds).await;
        })
    }
}

impl Http for Paced {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            self.stop(When::Before, &request).await;
            let answer = self.odoo.lock().unwrap().handle(&request, self.clock.now());
            self.stop(When::After, &request).await;
            answer
        })
    }
}

/// A writer at work.
pub(crate) struct Hand {
    run: Pin<Box<dyn Future<Output = Vec<SubjectKey>>>>,
    paced: Arc<Paced>,
}

impl Hand {
    /// On to the next stop; `None` when it has answered.
    pub(crate) fn step(&mut self) -> Option<(When, HttpRequest)> {
        match self.run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(failed) => {
                assert!(failed.is_empty());
                None
            }
            Poll::Pending => self.paced.at.lock().unwrap().clone(),
        }
    }

    /// On to that call: `sale.order/load`. Answers the call.
    pub(crate) fn until(&mut self, when: When, call: &str) -> HttpRequest {
        loop {
            let (at, request) = self.step().expect(call);
            if at == when && request.url.ends_with(&format!("/json/2/{call}")) {
                return request;
            }
        }
    }

    /// To its end. Answers its calls of Odoo.
    pub(crate) fn finish(mut self) -> Vec<String> {
        let mut calls = Vec::new();
        while let Some((when, request)) = self.step() {
            if when == When::Before {
                calls.push(request.url.rsplit_once("/2/").map_or("", |(_, call)| call).to_owned());
            }
        }
        calls
    }
}
