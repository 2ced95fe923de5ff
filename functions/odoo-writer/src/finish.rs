//! The end of an invocation: what was observed goes into the heads, what was written into the journal.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    delivery::Wake,
    plan::{SaleState, fingerprint, lines_match},
    ports::{
        journal::{Happening, JournalEntry},
        state::{Save, StateError},
    },
    state::{Due, ExceptionClass, Head, Lane, MAX_LEDGER_NOTES, OdooOrder, ParkedException},
    value::SubjectKey,
};

use crate::{
    handler::Writer,
    job::{Job, Verdict},
};

/// How often a save that lost against another one is decided again.
const MAX_SAVES: usize = 5;
/// After so many attempts without progress a person must look.
const MAX_ATTEMPTS: u32 = 20;
/// The longest wait between two attempts, in seconds.
const MAX_WAIT_SECONDS: i64 = 900;
/// How long after a wake was sent the sweep takes over, in seconds.
const WAKE_GRACE_SECONDS: i64 = 60;
/// How long a hold that somebody may lift in Odoo (a missing product or tax) waits before it looks again, in seconds.
const HOLD_SECONDS: i64 = 900;
/// The same for what an accountant mends, in seconds.
const BOOKS_SECONDS: i64 = 6 * 3_600;

/// How long an invocation that could do nothing waits before it wakes its orders again, in milliseconds: without it they would
/// go in circles as fast as the queue is (no time left, or another worker confirms).
const IDLE_MS: u64 = 1_000;

/// What became of the jobs of an invocation.
#[derive(Default)]
struct Ended {
    /// Not saved: their message comes back.
    failed: Vec<Job>,
    /// Saved, with more to do.
    again: Vec<Wake>,
}

impl Writer {
    /// Saves every job, then closes the records of its answered calls. Answers the subjects whose message must come back.
    pub(crate) async fn finish(&self, mut jobs: Vec<Job>) -> Vec<SubjectKey> {
        self.keep_journal(&jobs).await;
        let idle = jobs.iter().all(|job| job.written.is_empty() && matches!(job.verdict, Some(Verdict::Again) | None));
        let mut answered: BTreeSet<String> = jobs.iter().flat_map(|job| &job.answered).cloned().collect();
        let mut ended = Ended::default();
        for _ in 0..MAX_SAVES {
            let lost = self.save(jobs, &mut ended).await;
            if lost.is_empty() {
                jobs = Vec::new();
                break;
            }
            jobs = self.reread(lost, &mut ended.failed).await;
        }
        ended.failed.extend(jobs);
        for job in &ended.failed {
            // What it did to the order is looked at again after the deadline.
            answered.retain(|id| !job.answered.contains(id));
        }
        for id in answered {
            if let Err(error) = self.ports.state.close_call(&id).await {
                // It costs one more look after the deadline, nothing else.
                tracing::debug!(%error, "call record not deleted");
            }
        }
        if idle && !ended.again.is_empty() {
            self.ports.timer.sleep(IDLE_MS).await;
        }
        if !ended.again.is_empty()
            && let Err(error) = self.ports.queue.send_wakes(Lane::Urgent, ended.again).await
        {
            tracing::warn!(%error, "wakes not sent: the sweep sends them");
        }
        ended.failed.into_iter().map(|job| job.record.head.key).collect()
    }

    /// One try; answers what must be tried again on top of what somebody else saved. What was written is saved even where the
    /// head stays as it was: another writer that looked before must learn that it saw the past.
    async fn save(&self, jobs: Vec<Job>, ended: &mut Ended) -> Vec<Job> {
        let now = self.ports.clock.now();
        let (mut work, mut saves) = (Vec::new(), Vec::new());
        for job in jobs {
            let head = self.settled_head(&job, now);
            if head != *job.stored() || !job.written.is_empty() {
                saves.push(Save { head, body: None });
                work.push(job);
            } else if job.verdict == Some(Verdict::Again) {
                ended.again.push(job.wake());
            }
        }
        let answers = self.ports.state.save(saves).await;
        let mut lost = Vec::new();
        for (job, answer) in work.into_iter().zip(answers) {
            match answer {
                Ok(()) => {
                    report(&job, now);
                    if job.verdict == Some(Verdict::Again) {
                        ended.again.push(job.wake());
                    }
                }
                Err(StateError::Conflict) => lost.push(job),
                Err(error @ StateError::Unknown(_)) => {
                    tracing::warn!(subject = %job.record.head.key, %error, "record perhaps not saved");
                    lost.push(job);
                }
                Err(error @ (StateError::Throttled(_) | StateError::Broken(_))) => {
                    tracing::warn!(subject = %job.record.head.key, %error, "record not saved");
                    ended.failed.push(job);
                }
            }
        }
        lost
    }

    /// Reads again what somebody else saved meanwhile.
    async fn reread(&self, lost: Vec<Job>, failed: &mut Vec<Job>) -> Vec<Job> {
        let keys: Vec<SubjectKey> = lost.iter().map(|job| job.record.head.key.clone()).collect();
        match self.ports.state.read(keys).await {
            Ok(records) => {
                let pairs = lost.into_iter().zip(records);
                let pairs = pairs.filter_map(|(job, record)| Some(Job { current: Some(record?.head), ..job }));
                pairs.collect()
            }
            Err(error) => {
                tracing::warn!(%error, "records not read again");
                failed.extend(lost);
                Vec::new()
            }
        }
    }

    async fn keep_journal(&self, jobs: &[Job]) {
        let now = self.ports.clock.now();
        let entries: Vec<JournalEntry> = jobs.iter().filter_map(|job| entry(job, now)).collect();
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.ports.journal.append(entries).await {
            tracing::warn!(%error, "journal not written");
        }
    }

    /// The head as it must be saved: on top of what is stored now, which may know newer evidence than was worked on.
    fn settled_head(&self, job: &Job, now: Timestamp) -> Head {
        let worked = job.record.head.desired;
        let mut head = job.stored().clone();
        head.sent = job.sent.or(head.sent);
        observe_into(job, &mut head, worked);
        if !job.written.is_empty() {
            head.mapping_version = Some(self.settings.mapping_version.clone());
        }
        let verdict = job.verdict.clone().unwrap_or(Verdict::Again);
        let deferred = matches!(verdict, Verdict::Defer { .. });
        match verdict {
            Verdict::Rest => {
                if head.applied.settled != worked {
                    head.settled_at = Some(now);
                }
                head.applied.settled = head.applied.settled.max(worked);
                (head.due, head.parked, head.attempts, head.recheck) = (None, None, 0, false);
                (head.open_since, head.waiting) = (None, None);
            }
            // Not settled, so that whoever comes when it is due looks again; not late either.
            Verdict::Wait { at, why } => {
                (head.parked, head.attempts, head.recheck, head.open_since) = (None, 0, false, None);
                head.due = Some(Due { at, lane: Lane::Urgent });
                head.waiting = Some(why);
            }
            Verdict::Again => {
                head.due = Some(due(now, WAKE_GRACE_SECONDS));
                head.attempts = 0;
            }
            Verdict::Defer { at, counts, why } => {
                // Having written something is no progress by itself: what never settles would be written for ever.
                head.attempts = head.attempts.saturating_add(u32::from(counts));
                let wait = 1_i64.checked_shl(head.attempts.min(20)).unwrap_or(MAX_WAIT_SECONDS);
                let later =
                    now.checked_add(SignedDuration::from_secs(if counts { wait.min(MAX_WAIT_SECONDS) } else { 0 }));
                head.due = Some(Due { at: later.unwrap_or(at).max(at), lane: Lane::Urgent });
                if head.attempts > MAX_ATTEMPTS {
                    let reason = format!("{MAX_ATTEMPTS} attempts without an outcome, the last one: {why}");
                    park(&mut head, (ExceptionClass::TooManyAttempts, "attempts".into(), reason), now);
                    head.due = None;
                }
            }
            Verdict::Hold { class, cause, reason } => {
                park(&mut head, (class, cause, reason), now);
                head.attempts = 0;
                if head.recheck && !job.proved {
                    // Whoever goes on with it compares everything, as the look that was asked for would have.
                    (head.applied.gated, head.addresses) = (0, None);
                }
                head.recheck = false;
                (head.open_since, head.waiting) = (None, None);
                head.due = looks_again(class).map(|seconds| due(now, seconds));
            }
        }
        if job.current.is_some() {
            // Somebody saved it since it was read: newer evidence, another writer, or the sweep, whose look this was not. What
            // was observed may be older than what they know.
            head.recheck = true;
            if !deferred {
                head.due = Some(due(now, 0));
            }
        }
        head
    }
}

fn due(now: Timestamp, seconds: i64) -> Due {
    let at = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    Due { at, lane: Lane::Urgent }
}

/// After how many seconds a hold is looked at again that somebody may lift in Odoo without telling us.
fn looks_again(class: ExceptionClass) -> Option<i64> {
    let books = [
        ExceptionClass::ReturnUnclear,
        ExceptionClass::RefundUnclear,
        ExceptionClass::RefundWaits,
        ExceptionClass::CreditNoteDiffers,
        ExceptionClass::InvoiceDiffers,
    ];
    if books.contains(&class) {
        return Some(BOOKS_SECONDS);
    }
    let soon = [
        ExceptionClass::UnknownProduct,
        ExceptionClass::AmbiguousProduct,
        ExceptionClass::MissingMapping,
        ExceptionClass::EditedInOdoo,
        ExceptionClass::OdooAccess,
        ExceptionClass::DatabaseChanged,
    ];
    soon.contains(&class).then_some(HOLD_SECONDS)
}

fn park(head: &mut Head, (class, cause, reason): (ExceptionClass, String, String), now: Timestamp) {
    let since = head.parked.as_ref().filter(|known| known.class == class).map_or(now, |known| known.since);
    let until_released = class == ExceptionClass::ParkedByOperator;
    let short = |text: String, most: usize| text.chars().take(most).collect::<String>();
    head.parked =
        Some(ParkedException { class, cause: short(cause, 120), reason: short(reason, 900), since, until_released });
}

/// Only what was read back is noted as applied.
fn observe_into(job: &Job, head: &mut Head, worked: u64) {
    let Some(observed) = &job.observed else { return };
    let state = match &observed.state {
        SaleState::Quotation => "draft",
        SaleState::Confirmed => "sale",
        SaleState::Cancelled => "cancel",
        SaleState::Unknown(word) => word,
    };
    head.odoo = Some(OdooOrder {
        id: observed.id,
        name: observed.name.clone(),
        state: state.to_owned(),
        total: Some(observed.total),
        adopted: job.adopted,
    });
    head.applied.loaded = head.applied.loaded.max(worked);
    match observed.state {
        SaleState::Cancelled => head.applied.cancelled = worked,
        SaleState::Confirmed if job.proved => (head.applied.gated, head.applied.confirmed) = (worked, worked),
        SaleState::Quotation if job.proved => head.applied.gated = worked,
        SaleState::Confirmed | SaleState::Quotation | SaleState::Unknown(_) => {}
    }
    if job.proved {
        head.addresses = Some(job.address_keys());
    }
    if job.untouched() || job.sale.as_ref().is_some_and(|sale| lines_match(sale, observed)) {
        (head.lines, head.sent) = (Some(fingerprint(observed)), job.sent);
    }
    for (refund, note) in &job.ledger {
        if let Some(entry) = note.entry.filter(|_| head.ledger.len() < MAX_LEDGER_NOTES) {
            head.ledger.insert(refund.clone(), entry);
        }
    }
    if matches!(job.verdict, Some(Verdict::Rest | Verdict::Wait { .. })) && observed.state == SaleState::Confirmed {
        head.applied.dated = worked;
    }
}

fn entry(job: &Job, now: Timestamp) -> Option<JournalEntry> {
    let outcome = match (&job.verdict, &job.observed) {
        (Some(Verdict::Hold { class, reason, .. }), _) => format!("held ({}): {reason}", class.as_str()),
        (_, _) if job.written.is_empty() => return None,
        (_, Some(observed)) => format!("{} {:?} total {}", observed.name, observed.state, observed.total),
        (_, None) if job.record.head.summary.is_some() => "it is in Odoo when its store's day is closed".to_owned(),
        (_, None) => "not observed yet".to_owned(),
    };
    let step = if job.written.is_empty() { "hold".to_owned() } else { job.written.join("; ") };
    Some(JournalEntry {
        subject: job.record.head.key.clone(),
        at: now,
        id: format!("{}-w{}", job.trace_id, job.record.head.version),
        trace_id: job.trace_id.clone(),
        what: Happening::Write { step, outcome, desired: job.record.head.desired },
    })
}

/// One line per outcome, with the subject key and no personal data.
fn report(job: &Job, now: Timestamp) {
    let stored = job.stored();
    let subject = &job.record.head.key;
    let odoo = job.observed.as_ref().map_or("-", |order| order.name.as_str());
    match &job.verdict {
        Some(Verdict::Rest) => tracing::info!(%subject, odoo, outcome = "settled", wrote = job.written.join("; ")),
        Some(Verdict::Wait { at, why }) => {
            tracing::info!(%subject, odoo, outcome = "waits", until = %at, why, wrote = job.written.join("; "));
        }
        Some(Verdict::Again) | None => {
            tracing::info!(%subject, odoo, outcome = "continues", wrote = job.written.join("; "));
        }
        Some(Verdict::Defer { at, why, .. }) => {
            let open_seconds = stored.open_since.map_or(0, |since| now.duration_since(since).as_secs());
            tracing::warn!(%subject, odoo, open_seconds, outcome = "deferred", until = %at, why);
        }
        Some(Verdict::Hold { class, reason, .. }) => {
            tracing::warn!(%subject, odoo, outcome = "held", class = class.as_str(), reason);
        }
    }
}
