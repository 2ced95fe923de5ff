//! What the handlers ask of others, and how long it takes them, in virtual time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::SignedDuration;
use sluice_sandbox::ManualClock;

/// How long SQS or `DynamoDB` take to answer within a region, in milliseconds. An assumption, on the high side.
pub(crate) const AWS_MS: u64 = 10;
/// How long a request takes on the way to Odoo and back, in milliseconds, apart from Odoo's own work. An assumption.
pub(crate) const ODOO_WAY_MS: u64 = 20;
/// What a request costs of our own processor time, in milliseconds at the memory of the template: `make bench` measures about
/// 0.3 ms of a whole core, and 256 MB are a seventh of one (Lambda developer guide: 1,769 MB are one).
const OWN_MS: u64 = 2;

/// Counts of one kind each; a name says of what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// By function: invocations.
    pub(crate) invocations: BTreeMap<&'static str, u64>,
    /// By function: milliseconds.
    pub(crate) milliseconds: BTreeMap<&'static str, u64>,
    /// Requests as SQS bills them: one for each begun 64 KB, sends, receives and deletes.
    pub(crate) queue: BTreeMap<String, u64>,
    /// Write units.
    pub(crate) writes: u64,
    /// Halves of read units.
    pub(crate) half_reads: u64,
    /// Calls to Odoo, by model and method.
    pub(crate) odoo: BTreeMap<String, u64>,
    /// Bytes of logs.
    pub(crate) logged: u64,
}

/// The sum of some counts.
pub(crate) fn sum<K>(counts: &BTreeMap<K, u64>) -> u64 {
    counts.values().sum()
}

/// Counts, and moves the clock by what is counted.
pub(crate) struct Tally {
    pub(crate) clock: Arc<ManualClock>,
    counts: Mutex<Counts>,
}

impl Tally {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        Self { clock, counts: Mutex::default() }
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap()
    }

    /// What was counted since the last look.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut self.counts())
    }

    /// So many requests under way at once, answered after that many milliseconds.
    pub(crate) fn requests(&self, count: usize, wait_ms: u64) {
        let own = u64::try_from(count).unwrap() * OWN_MS;
        self.clock.advance(SignedDuration::from_millis(i64::try_from(wait_ms + own).unwrap()));
    }

    /// Requests to SQS; what moves no clock of ours is the pollers' own.
    pub(crate) fn queue(&self, what: impl Into<String>, requests: u64) {
        *self.counts().queue.entry(what.into()).or_default() += requests;
    }

    /// Consistent reads of `DynamoDB`, by one request.
    pub(crate) fn read(&self, units: usize) {
        self.counts().half_reads += 2 * u64::try_from(units).unwrap();
        self.requests(1, AWS_MS);
    }

    /// Looks into an index that found nothing: half a unit each.
    pub(crate) fn look(&self, looks: u32) {
        self.counts().half_reads += u64::from(looks);
        self.requests(usize::try_from(looks).unwrap(), AWS_MS);
    }
}
