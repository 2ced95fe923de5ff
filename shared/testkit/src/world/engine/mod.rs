//! The event loop.

mod clerk;
mod look;
mod operator;
mod processes;
mod pulling;
mod turn;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use sluice_domain::account::Account;
use sluice_reconciler::Ran;
use sluice_sandbox::{
    Store,
    odoo::{Effect, On, SimFault, SimOdoo},
};

use super::{
    dice::Dice,
    fault::Plan,
    kernel::Kernel,
    ports::{Mailboxes, Peer, Watch},
    task::Task,
    trace::Trace,
    webhook::{Sending, Webhook},
};
use crate::{bugs::Bug, shop::ShopOrder};
use processes::Processes;
pub use pulling::Pulls;
pub(crate) use pulling::{Shop, Shops};

/// What a world is made from.
#[derive(Clone)]
pub struct WorldConfig {
    /// Everything random comes from it.
    pub seed: u64,
    /// When it begins.
    pub start: Timestamp,
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// Its Odoo.
    pub odoo: SimOdoo,
    /// What goes wrong.
    pub plan: Plan,
    /// How many writers may run at once.
    pub writers: usize,
    /// A bug on purpose.
    pub bug: Option<Bug>,
    /// Remember every call of Odoo?
    pub remember: bool,
    /// How channels are read; in most worlds they are not.
    pub pulls: Option<Pulls>,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A webhook is sent.
    Send(usize),
    /// A task goes on.
    Step(u64),
    /// Deliveries are received.
    Normalize,
    /// Wakes are received.
    Write,
    /// The minute's sweep.
    Sweep,
    /// Channels are read.
    Pull,
    /// Somebody looks whether the channels still send.
    Subscriptions,
    /// All processes are killed and started again.
    Restart,
    /// Odoo goes down for two hours.
    Outage,
    /// Somebody in Odoo corrects a contact.
    Clerk,
}

/// Calls of Odoo by name, with their bodies.
pub(crate) type Calls = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A deterministic world.
pub struct World {
    kernel: Arc<Kernel>,
    boxes: Arc<Mailboxes>,
    store: Store,
    odoo: Arc<Mutex<SimOdoo>>,
    refusals: Arc<Mutex<Vec<SimFault>>>,
    sent: Option<Calls>,
    watch: Arc<Watch>,
    accounts: Vec<Account>,
    processes: Processes,
    agenda: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    scheduled: u64,
    tasks: BTreeMap<u64, Task>,
    normalize_at: Option<Timestamp>,
    write_at: Option<Timestamp>,
    sendings: Vec<Sending>,
    /// Webhooks that the channel still sends.
    unsent: usize,
    writers: usize,
    pulls: Option<Pulls>,
    shops: Shops,
    /// Webhooks that were never sent.
    lost: usize,
    /// What the reading jobs answered.
    ran: Vec<Ran>,
    /// Contacts that somebody in Odoo has corrected.
    corrected: BTreeSet<i64>,
    /// Orders that somebody invoiced by hand, each with the version of its record at that moment: nobody tells us.
    invoiced: BTreeMap<i64, u64>,
    /// Does somebody keep the books?
    books_open: bool,
    /// What was wrong on the way.
    wrong: Vec<String>,
}

impl World {
    /// A world at its beginning.
    #[must_use]
    pub fn new(config: WorldConfig) -> Self {
        Self::build(config, None)
    }

    /// A world whose writers work in another Odoo than its own, which nobody asks: nothing goes wrong on that way.
    #[must_use]
    pub fn beside(config: WorldConfig, peer: &Peer) -> Self {
        Self::build(config, Some(peer))
    }

    fn build(config: WorldConfig, peer: Option<&Peer>) -> Self {
        let WorldConfig { seed, start, accounts, odoo, plan, writers, bug, remember, pulls } = config;
        let kernel = Kernel::new(start, Dice::new(seed), plan);
        let (boxes, watch, store) = (Arc::new(Mailboxes::default()), Arc::new(Watch::default()), Store::in_memory());
        let (odoo, refusals) = (Arc::new(Mutex::new(odoo)), Arc::default());
        let sent = remember.then(Arc::default);
        let shops = Self::shops(pulls, &accounts);
        let site = processes::Site {
            sent: sent.clone(),
            kernel: &kernel,
            boxes: &boxes,
            store: &store,
            odoo: &odoo,
            peer,
            refusals: &refusals,
            shops: &shops,
            pulls,
            watch: &watch,
        };
        let processes = Processes::new(&site, &accounts, (writers, bug));
        let mut world = Self {
            kernel,
            boxes,
            store,
            odoo,
            refusals,
            sent,
            watch,
            accounts,
            processes,
            agenda: BinaryHeap::new(),
            scheduled: 0,
            tasks: BTreeMap::new(),
            normalize_at: None,
            write_at: None,
            sendings: Vec::new(),
            unsent: 0,
            writers,
            pulls,
            shops,
            lost: 0,
            ran: Vec::new(),
            corrected: BTreeSet::new(),
            invoiced: BTreeMap::new(),
            books_open: false,
            wrong: Vec::new(),
        };
        world.begin(start);
        world
    }

    fn begin(&mut self, start: Timestamp) {
        let rates = self.kernel.rates();
        self.schedule(start, Event::Sweep);
        if rates.outage {
            let minutes = self.kernel.dice(|dice| dice.between(5, 90));
            self.schedule(super::later(start, jiff::SignedDuration::from_mins(minutes)), Event::Outage);
        }
        self.schedule_restart(start);
        self.schedule_clerk(start);
        self.begin_pulls(start);
    }

    /// Has a webhook sent when its time comes, and again until it is answered.
    pub fn send(&mut self, webhook: Webhook) {
        let (number, at) = (self.sendings.len(), webhook.at);
        self.sendings.push(Sending::new(webhook));
        self.unsent += 1;
        self.schedule(at, Event::Send(number));
    }

    /// From now on Odoo refuses to load that order.
    pub fn refuse(&self, order: &ShopOrder) {
        let external_id = format!("{}.order_{}", self.accounts[order.account].name, order.id);
        let effect = Effect::RowError { external_id, message: "not with me".into() };
        let refusal = SimFault::once(On::call("sale.order", "load"), effect);
        self.refusals.lock().expect("a world is one thread").push(refusal);
    }

    /// Its Odoo: to look at, or to be somebody who works there.
    pub fn odoo<T>(&self, look: impl FnOnce(&mut SimOdoo) -> T) -> T {
        look(&mut self.odoo.lock().expect("a world is one thread"))
    }

    /// Its accounts.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.kernel.now()
    }

    /// Bodies of the calls of Odoo of one name, in order.
    #[must_use]
    pub fn sent(&self, name: &str) -> Vec<Vec<u8>> {
        let sent = self.sent.as_ref().map(|sent| sent.lock().expect("a world is one thread").clone());
        sent.unwrap_or_default().into_iter().filter(|(call, _)| call == name).map(|(_, body)| body).collect()
    }

    /// How many calls of Odoo there were, where they are remembered.
    #[must_use]
    pub fn asked_of_odoo(&self) -> usize {
        let sent = self.sent.as_ref().map(|sent| sent.lock().expect("a world is one thread").clone());
        sent.unwrap_or_default().iter().filter(|(name, _)| !name.starts_with("shop.")).count()
    }

    /// Faults so far.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.kernel.struck()
    }

    /// Port calls so far, and those of them that went to Odoo.
    #[must_use]
    pub fn calls(&self) -> (u64, u64) {
        self.kernel.calls()
    }

    /// The hash of everything that happened.
    #[must_use]
    pub fn trace(&self) -> u64 {
        let mut trace = Trace::default();
        trace.number(self.kernel.trace_value());
        trace.value()
    }

    fn schedule(&mut self, at: Timestamp, event: Event) {
        self.scheduled += 1;
        self.agenda.push(Reverse((at, self.scheduled, event)));
    }
}
