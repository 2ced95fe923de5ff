//! One invocation.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use sluice_domain::{
    account::Account,
    delivery::Wake,
    entity::entitled,
    plan::{Mismatch, Next, before_matching},
    ports::Ports,
    value::{AccountName, Kind, SubjectKey},
};
use sluice_odoo::Connection;

use crate::{
    job::{Job, Verdict},
    pressure::Gatekeeper,
    reference::Reference,
    steps::Steps,
};

/// The most subjects that are worked on at once.
const MAX_WAKES: usize = 100;

/// What the writer is told by configuration.
#[derive(Clone, Debug)]
pub struct WriterSettings {
    /// Accounts by name.
    pub accounts: BTreeMap<AccountName, Account>,
    /// The Odoo database.
    pub connection: Connection,
    /// Worker processes of that Odoo: calls in flight are one fewer, at least one.
    pub odoo_workers: u32,
    /// The most orders in one call.
    pub batch_orders: usize,
    /// The version of the account configuration.
    pub mapping_version: String,
}

/// The writer of one Odoo database.
pub struct Writer {
    pub(crate) ports: Ports,
    pub(crate) settings: WriterSettings,
    pub(crate) reference: Reference,
}

impl Writer {
    /// A writer. What it looks up in Odoo is kept between invocations, for a while.
    #[must_use]
    pub fn new(ports: Ports, settings: WriterSettings) -> Self {
        Self { ports, settings, reference: Reference::default() }
    }

    /// The Odoo that it writes to.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.settings.connection
    }

    /// Works on the subjects of some wakes, until `deadline` at the latest. Answers the subjects whose message must come
    /// back: only those for which not even the record could be saved.
    pub async fn handle(&self, wakes: Vec<Wake>, deadline: Timestamp) -> Vec<SubjectKey> {
        let mut traces: BTreeMap<SubjectKey, String> = BTreeMap::new();
        for wake in wakes {
            traces.entry(wake.subject).or_insert(wake.trace_id);
        }
        let mut failed = Vec::new();
        while !traces.is_empty() {
            let rest = traces.keys().nth(MAX_WAKES).cloned().map(|first| traces.split_off(&first));
            failed.extend(self.handle_some(&traces, deadline).await);
            traces = rest.unwrap_or_default();
        }
        failed
    }

    async fn handle_some(&self, traces: &BTreeMap<SubjectKey, String>, deadline: Timestamp) -> Vec<SubjectKey> {
        let keys: Vec<SubjectKey> = traces.keys().cloned().collect();
        let records = match self.ports.state.read(keys.clone()).await {
            Ok(records) => records,
            Err(error) => {
                tracing::warn!(%error, subjects = keys.len(), "records not read");
                return keys;
            }
        };
        let mut accounts: BTreeMap<&AccountName, Arc<Account>> = BTreeMap::new();
        let mut jobs: Vec<Job> = Vec::new();
        for record in records.into_iter().flatten() {
            let Some(account) = self.settings.accounts.get(record.head.key.account()) else {
                tracing::warn!(subject = %record.head.key, "no such account in this configuration");
                continue;
            };
            let trace = traces.get(&record.head.key).cloned().unwrap_or_default();
            let account = accounts.entry(&account.name).or_insert_with(|| Arc::new(account.clone()));
            jobs.push(Job::new(record, trace, Arc::clone(account)));
        }
        for job in &mut jobs {
            settle_without_odoo(job);
        }
        Box::pin(self.summarise(&mut jobs)).await;
        for job in &mut jobs {
            entitle(job);
        }
        if jobs.iter().any(Job::is_open) {
            self.work(&mut jobs, deadline).await;
        }
        self.finish(jobs).await
    }

    /// The part that needs Odoo: under a permit, and never while the breaker is open.
    async fn work(&self, jobs: &mut [Job], deadline: Timestamp) {
        let gatekeeper = Gatekeeper::new(&self.ports, &self.settings);
        let entry = match gatekeeper.enter(deadline).await {
            Ok(entry) => entry,
            Err(defer) => {
                for job in jobs.iter_mut().filter(|job| job.is_open()) {
                    job.verdict = Some(defer.clone());
                }
                return;
            }
        };
        let steps = Steps::new(self, deadline);
        if let Err(fault) = steps.run(jobs, entry.identity().clone()).await {
            let outage = fault.is_outage();
            tracing::warn!(%fault, outage, "Odoo's answer ended the batch");
            if fault.doubts_lookups() {
                self.reference.forget();
            }
            let verdict = gatekeeper.after_fault(&fault);
            for job in jobs.iter_mut().filter(|job| job.is_open()) {
                job.verdict = Some(verdict.clone());
            }
            gatekeeper.leave(entry, Some(&fault)).await;
            return;
        }
        gatekeeper.leave(entry, None).await;
    }

    /// The companies that a call may touch.
    pub(crate) fn order_of(job: &Job) -> Option<&sluice_domain::order::Order> {
        job.record.body.facets.order.as_ref().map(|ranked| &ranked.value)
    }
}

/// Finds out whose sale it is; from then on the job's account is what its rules make it for this order.
fn entitle(job: &mut Job) {
    let facets = &job.record.body.facets;
    let Some(order) = facets.order.as_ref().filter(|_| job.is_open()) else { return };
    // Nothing to find out, and nothing to copy: most orders.
    if job.account.entities.is_empty() && order.value.sent_by == sluice_domain::order::Sender::Seller {
        return;
    }
    match entitled(&job.account, &order.value, facets.buyer.as_ref().map(|buyer| &buyer.value)) {
        Ok(account) => job.account = Arc::new(account),
        Err(Mismatch { class, cause, reason }) => job.hold(class, &cause, reason),
    }
}

/// Decides what needs no look at Odoo.
fn settle_without_odoo(job: &mut Job) {
    let head = &job.record.head;
    if !matches!(head.key.kind(), Kind::Order | Kind::Summary) {
        job.verdict = Some(Verdict::Rest);
        return;
    }
    // What waits for a person is looked at again whenever somebody asks.
    if head.applied.settled == head.desired && head.desired > 0 && !head.recheck && head.parked.is_none() {
        job.verdict = Some(Verdict::Rest);
        return;
    }
    if job.record.body.summary.as_ref().is_some_and(|summary| !summary.closed) {
        return;
    }
    match before_matching(&job.account, &job.record.body.facets) {
        Some(Next::Hold { class, cause, reason }) => job.hold(class, &cause, reason),
        Some(_) => job.verdict = Some(Verdict::Rest),
        None => {}
    }
}
