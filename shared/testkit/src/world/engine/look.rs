//! Running a world to its quiet point, and looking at what it holds.

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Journal, JournalEntry},
        state::State,
    },
    state::{ExceptionClass, Lane, Record},
    value::SubjectKey,
};

use super::World;
use crate::world::{kernel::later, task::Work};

/// How long a world has to become quiet once faults stop, in virtual hours.
const PATIENCE: i64 = 8;
/// More than there are.
const ALL: usize = 1_000_000;

/// A port of a store answers at once.
pub(super) fn now_or_never<T>(mut future: PortFuture<'_, T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a store in memory does not wait"),
    }
}

impl World {
    /// Runs until every webhook was taken, then stops all faults and runs until nothing is left to do but what waits for a
    /// person. What is not quiet after a long time is left as it is.
    pub fn run(&mut self) {
        while self.unsent > 0 && self.turn() {}
        self.heal();
        let end = later(self.now(), SignedDuration::from_hours(PATIENCE));
        let mut next_look = self.now();
        while self.now() < end && self.turn() {
            // Not while somebody works: what comes every minute would be met at its beginning each time.
            if self.now() >= next_look && self.is_idle() {
                if self.is_quiet() && !self.close_books() {
                    break;
                }
                next_look = later(self.now(), SignedDuration::from_secs(20));
            }
        }
        let now = self.now();
        self.odoo(|odoo| odoo.advance(now));
    }

    /// Runs for a while, with whatever goes wrong.
    pub fn run_for(&mut self, time: SignedDuration) {
        let end = later(self.now(), time);
        while self.now() < end && self.turn() {}
    }

    /// Every writer dies and another takes its place.
    pub fn restart_writers(&mut self) {
        self.processes.start_writers(self.writers);
    }

    /// From now on nothing goes wrong.
    pub fn heal(&mut self) {
        self.kernel.heal();
    }

    /// Is nothing left to do but what waits for a person?
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.is_idle()
            && !self.kernel.awaits_late_commits()
            && self.boxes.deliveries().is_empty()
            && self.boxes.wakes().is_empty()
            && self.open_calls() == 0
            && self.unfinished().is_empty()
            && self.is_read()
    }

    /// Does nobody work? Where channels are read, jobs that only look do not count: there is always one of them.
    fn is_idle(&self) -> bool {
        let looks = |work: &Work| self.reads_channels() && matches!(work, Work::Sweep | Work::Reading);
        self.tasks.values().all(|task| looks(&task.work))
    }

    /// Calls of unknown outcome that nobody has looked at again.
    #[must_use]
    pub fn open_calls(&self) -> usize {
        now_or_never(self.store.overdue_calls(Timestamp::MAX, ALL)).map_or(ALL, |calls| calls.len())
    }

    /// Messages in the queues.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        (self.boxes.deliveries().len(), self.boxes.wakes().len())
    }

    /// Subjects that are due, but for those that look again now and then whether a person has mended something in Odoo.
    #[must_use]
    pub fn unfinished(&self) -> Vec<SubjectKey> {
        let due = now_or_never(self.store.due(Lane::Urgent, Timestamp::MAX, ALL)).expect("a store in memory");
        let records = now_or_never(self.store.read(due)).expect("a store in memory").into_iter().flatten();
        let looks_again = |record: &Record| {
            record.head.parked.as_ref().is_some_and(|parked| {
                [
                    ExceptionClass::UnknownProduct,
                    ExceptionClass::AmbiguousProduct,
                    ExceptionClass::MissingMapping,
                    ExceptionClass::DatabaseChanged,
                    ExceptionClass::RefundUnclear,
                    ExceptionClass::RefundWaits,
                    ExceptionClass::CreditNoteDiffers,
                    ExceptionClass::InvoiceDiffers,
                ]
                .contains(&parked.class)
                    && !record.head.recheck
            }) || (record.head.waiting.is_some() && !record.head.recheck && !self.waits_in_vain(&record.head))
        };
        records.filter(|record| !looks_again(record)).map(|record| record.head.key).collect()
    }

    /// The record of a subject.
    #[must_use]
    pub fn record(&self, key: &SubjectKey) -> Option<Record> {
        now_or_never(self.store.read(vec![key.clone()])).expect("a store in memory").pop().flatten()
    }

    /// The journal of a subject.
    #[must_use]
    pub fn journal(&self, key: &SubjectKey) -> Vec<JournalEntry> {
        now_or_never(self.store.entries(key, ALL)).expect("a store in memory")
    }

    /// Delivery ids that were answered 2xx, each once, and those that were refused.
    #[must_use]
    pub fn deliveries(&self) -> (Vec<&str>, Vec<&str>) {
        let ids = |accepted: bool| {
            let heard = self.sendings.iter().filter(|sending| sending.is_over() && !sending.lost);
            let wanted = heard.filter(|sending| sending.is_accepted() == accepted);
            wanted.map(|sending| &*sending.webhook.delivery_id).collect()
        };
        (ids(true), ids(false))
    }

    /// Did a caller of ours ever die before he had noted what became of that subject?
    #[must_use]
    pub fn is_orphaned(&self, key: &SubjectKey) -> bool {
        self.watch.is_orphaned(key)
    }

    /// What went wrong on the way that must never: forged webhooks taken, genuine ones refused, versions that went back.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        self.wrong.iter().cloned().chain(self.watch.broken()).collect()
    }
}
