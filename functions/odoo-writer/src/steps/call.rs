//! One call: repeated in place on a conflict, noted beforehand where it is not create-once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sluice_domain::{disposition::Disposition, ports::state::CallRecord, value::SubjectKey};
use sluice_odoo::{Call, Fault, LineNames, LoadAnswer, LoadMode, LoadRows, Odoo, Session, order_id};

use super::Steps;
use crate::job::Job;

/// How often a call that the database rolled back is repeated in place (Odoo's `load` does not do it itself, exchange 231).
const MAX_CONFLICTS: u32 = 5;
/// The jittered pause before such a repeat, in milliseconds, doubled each time.
const CONFLICT_PAUSE_MS: u64 = 50;
/// How long after its own time-out a call may still commit, in seconds: the gap between our clock and Odoo's limit.
const LATE_MARGIN_SECONDS: i64 = 30;
/// How long after the first attempt such a repeat may still begin, in seconds: with what is left of the margin it ends before
/// the deadline of the call's record. Create-once calls have no record, and may be repeated whenever.
const REPEAT_SECONDS: i64 = 10;
/// What any call may take, in milliseconds.
const CALL_MS: i64 = 1_000;

/// What a `load` writes to, and how.
pub(super) struct Target {
    pub(super) model: &'static str,
    pub(super) mode: LoadMode,
    pub(super) companies: Vec<i64>,
}

impl Steps<'_> {
    pub(super) fn odoo(&self) -> Odoo<'_> {
        Odoo::new(&*self.writer.ports.http, &self.writer.settings.connection)
    }

    /// Is there time for a call over so many orders and lines? The figures are three times those measured on an idle Odoo
    /// (architecture section 8: 10 orders of 3 lines load in 0.3 s, 500 lines in 3.8 s, confirm in 7.6 s).
    pub(super) fn fits(&self, orders: usize, lines: usize) -> bool {
        let cost = |count: usize, each: i64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(each);
        let estimate = CALL_MS.saturating_add(cost(orders, 300)).saturating_add(cost(lines, 45));
        let left = self.deadline.duration_since(self.writer.ports.clock.now());
        left >= SignedDuration::from_millis(estimate)
    }

    /// Calls, and repeats what the database rolled back.
    pub(super) async fn call(&self, session: &Session, call: &Call) -> Result<Value, Fault> {
        let (mut tries, last) = (0, self.last_repeat());
        loop {
            match self.odoo().call(session, call).await {
                Err(Fault::Conflict(_)) if tries < MAX_CONFLICTS && self.is_before(last) => {
                    self.pause(&mut tries).await;
                }
                answer => return answer,
            }
        }
    }

    /// Loads, and repeats what the database rolled back.
    pub(super) async fn load_rows(
        &self,
        session: &Session,
        rows: &LoadRows,
        target: &Target,
    ) -> Result<LoadAnswer, Fault> {
        let call = Call::load(target.model, &rows.fields, &rows.rows, target.mode).companies(&target.companies);
        let (mut tries, last) = (0, self.last_repeat());
        loop {
            let answer = self.odoo().call(session, &call).await.and_then(|answer| LoadAnswer::parse(&answer));
            let may_repeat = target.mode == LoadMode::CreateOnce || self.is_before(last);
            match answer {
                Err(Fault::Conflict(_)) if tries < MAX_CONFLICTS && may_repeat => self.pause(&mut tries).await,
                answer => return answer,
            }
        }
    }

    /// No call that is sent now, or repeated within [`REPEAT_SECONDS`], can commit later than this.
    pub(super) fn latest_commit(&self) -> Timestamp {
        let limit = i64::try_from(self.writer.settings.connection.timeout_ms).unwrap_or(i64::MAX);
        let limit = SignedDuration::from_millis(limit).saturating_add(SignedDuration::from_secs(LATE_MARGIN_SECONDS));
        self.writer.ports.clock.now().checked_add(limit).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn last_repeat(&self) -> Timestamp {
        let wait = SignedDuration::from_secs(REPEAT_SECONDS);
        self.writer.ports.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn is_before(&self, instant: Timestamp) -> bool {
        self.writer.ports.clock.now() < instant
    }

    async fn pause(&self, tries: &mut u32) {
        let most = CONFLICT_PAUSE_MS.saturating_mul(1_u64.checked_shl(*tries).unwrap_or(1));
        *tries = tries.saturating_add(1);
        let jitter = self.writer.ports.random.next().checked_rem(most).unwrap_or_default();
        self.writer.ports.timer.sleep(CONFLICT_PAUSE_MS.saturating_add(jitter)).await;
    }

    /// Notes a call that is not create-once before it is sent. Without the note it is not sent.
    pub(super) async fn note(&self, step: &str, subjects: Vec<SubjectKey>) -> Result<CallRecord, Fault> {
        let ports = &self.writer.ports;
        let connection = &self.writer.settings.connection;
        let record = CallRecord {
            id: format!("{:016x}{:016x}", ports.random.next(), ports.random.next()),
            database: connection.database.clone(),
            step: step.to_owned(),
            subjects,
            deadline: self.latest_commit(),
        };
        match ports.state.open_call(record.clone()).await {
            Ok(()) => Ok(record),
            Err(error) => Err(Fault::NotSent(format!("the call could not be noted: {error}"))),
        }
    }
}

/// If the answer is definite, the note may go once the heads are saved. Else it stays, and whoever comes after its deadline
/// looks again.
pub(super) fn answered<T>(jobs: &mut [Job], concerned: &[usize], (record, answer): (CallRecord, &Result<T, Fault>)) {
    if !answer.as_ref().err().is_none_or(Fault::definite) {
        tracing::warn!(call = %record.step, subjects = record.subjects.len(), "outcome unknown: looked at again later");
        return;
    }
    for index in concerned {
        if let Some(job) = jobs.get_mut(*index) {
            job.answered.push(record.id.clone());
        }
    }
}

/// A fault of one call: either all its orders are held, or the whole batch ends.
pub(super) fn hold_or_end(jobs: &mut [Job], concerned: &[usize], fault: Fault) -> Result<(), Fault> {
    match fault.disposition() {
        Disposition::Park { class, cause, reason } => {
            for index in concerned {
                if let Some(job) = jobs.get_mut(*index) {
                    job.hold(class, &cause, reason.clone());
                }
            }
            Ok(())
        }
        Disposition::Retry { .. } | Disposition::Reconcile | Disposition::Await { .. } => Err(fault),
    }
}

/// Subjects of some jobs.
pub(super) fn subjects(jobs: &[Job], concerned: &[usize]) -> Vec<SubjectKey> {
    concerned.iter().filter_map(|index| jobs.get(*index)).map(|job| job.record.head.key.clone()).collect()
}

/// Companies of some jobs, each once: the first is the active one.
pub(super) fn companies(jobs: &[Job], concerned: &[usize]) -> Vec<i64> {
    let mut companies: Vec<i64> =
        concerned.iter().filter_map(|index| jobs.get(*index)?.directory.as_ref()).map(|found| found.company).collect();
    companies.sort_unstable();
    companies.dedup();
    companies
}

/// Our names of an order's lines (`line_17`), of all external ids that lines may have.
pub(super) fn our_names(key: &SubjectKey, names: LineNames) -> BTreeMap<i64, String> {
    let prefix = format!("{}_", order_id(key));
    let ours = |(id, name): (i64, String)| Some((id, name.strip_prefix(&prefix)?.to_owned()));
    names.into_iter().filter_map(ours).collect()
}
