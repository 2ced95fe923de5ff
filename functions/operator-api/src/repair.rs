//! Retry, park, release.

use std::io::Read;

use flate2::read::ZlibDecoder;
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        journal::{Happening, JournalEntry},
        state::{Save, StateError},
    },
    state::{Decision, Due, Evidence, Facet, Folded, Head, Lane, Rank, ReadOrPush, Record, fold},
    value::{Kind, SubjectKey},
};

use crate::{Operator, OperatorError};

/// How often a change that lost against another one is tried again.
const MAX_SAVES: usize = 5;
/// The largest body that is replayed from the journal.
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// What to retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Everything that waits.
    All,
    /// Everything of one cause, or of one class.
    Cause(String),
    /// One thing, by any of its names.
    One(String),
}

/// What a repair did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Subjects that go on.
    pub subjects: usize,
}

impl Operator {
    /// Marks due what waits. A delivery that could not be read is read again.
    ///
    /// # Errors
    /// When the name is unknown or the store fails.
    pub async fn retry(&self, selection: &Selection) -> Result<Repaired, OperatorError> {
        let mut repaired = Repaired::default();
        for key in self.select(selection).await? {
            if key.kind() == Kind::Delivery && !self.redeliver(&key).await? {
                continue;
            }
            let retried = self.change(&key, |record, now| {
                // A delivery's own record is done with when its evidence is back in the queue.
                if record.head.key.kind() == Kind::Delivery {
                    record.head.parked = None;
                } else {
                    record.head.due = Some(Due { at: now, lane: Lane::Urgent });
                    record.head.recheck = true;
                }
                record.head.attempts = 0;
                false
            });
            retried.await?;
            self.note(&key, "retried by an operator").await;
            repaired.subjects = repaired.subjects.saturating_add(1);
            self.wake(key).await;
        }
        Ok(repaired)
    }

    /// Parks one thing: nothing is done with it until it is released.
    ///
    /// # Errors
    /// When the name is unknown or the store fails.
    pub async fn park(&self, reference: &str) -> Result<Repaired, OperatorError> {
        self.decide(reference, Decision::Park).await
    }

    /// Releases one thing.
    ///
    /// # Errors
    /// When the name is unknown or the store fails.
    pub async fn release(&self, reference: &str) -> Result<Repaired, OperatorError> {
        self.decide(reference, Decision::Release).await
    }

    async fn decide(&self, reference: &str, decision: Decision) -> Result<Repaired, OperatorError> {
        let keys = self.select(&Selection::One(reference.to_owned())).await?;
        for key in &keys {
            let decided = self.change(key, |record, now| {
                let rank = Rank {
                    version: now.as_microsecond(),
                    progress: 0,
                    source: ReadOrPush::Push,
                    stated_at: now.as_microsecond(),
                    content: 0,
                };
                let evidence =
                    Evidence { subject: record.head.key.clone(), rank, facet: Facet::Decision(decision.clone()) };
                let changed = fold(&mut record.body.facets, evidence) == Folded::Changed;
                if changed {
                    record.head.desired = record.head.desired.saturating_add(1);
                }
                record.head.due = Some(Due { at: now, lane: Lane::Urgent });
                true
            });
            decided.await?;
            let what = if decision == Decision::Park { "parked" } else { "released" };
            self.note(key, &format!("{what} by an operator")).await;
            self.wake(key.clone()).await;
        }
        Ok(Repaired { subjects: keys.len() })
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<SubjectKey>, OperatorError> {
        if let Selection::One(reference) = selection {
            let mut keys = self.ports.state.find(reference.trim()).await?;
            keys.extend(SubjectKey::parse(reference.trim()).ok());
            keys.sort();
            keys.dedup();
            let records = self.ports.state.read(keys.clone()).await?;
            let known = keys.into_iter().zip(records).filter_map(|(key, record)| record.map(|_| key));
            let known: Vec<SubjectKey> = known.collect();
            return if known.is_empty() { Err(OperatorError::Unknown(reference.clone())) } else { Ok(known) };
        }
        let wanted = |class: &str, cause: &str| match selection {
            Selection::All => true,
            Selection::Cause(text) => class == text || cause == text,
            Selection::One(_) => false,
        };
        let groups = self.exceptions().await?;
        let chosen = groups.into_iter().filter(|group| wanted(&group.class, &group.cause));
        Ok(chosen.flat_map(|group| group.subjects).filter_map(|row| SubjectKey::parse(&row.subject).ok()).collect())
    }

    /// Changes a record on top of whatever is stored. `change` says whether the body changed too.
    pub(crate) async fn change(
        &self,
        key: &SubjectKey,
        change: impl Fn(&mut Record, jiff::Timestamp) -> bool,
    ) -> Result<Head, OperatorError> {
        for _ in 0..MAX_SAVES {
            let found = self.ports.state.read(vec![key.clone()]).await?.pop().flatten();
            let Some(mut record) = found else { return Err(OperatorError::Unknown(key.to_string())) };
            let body = change(&mut record, self.ports.clock.now());
            let head = record.head.clone();
            let save = Save { head: record.head, body: body.then_some(record.body) };
            match self.ports.state.save(vec![save]).await.pop() {
                Some(Ok(())) => return Ok(head),
                Some(Err(StateError::Conflict)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(OperatorError::Busy(key.to_string())),
            }
        }
        Err(OperatorError::Busy(key.to_string()))
    }

    pub(crate) async fn wake(&self, key: SubjectKey) {
        if !matches!(key.kind(), Kind::Order | Kind::Summary) {
            return;
        }
        let wake = Wake { subject: key, trace_id: format!("operator-{:016x}", self.ports.random.next()) };
        if let Err(error) = self.ports.queue.send_wakes(Lane::Urgent, vec![wake]).await {
            tracing::warn!(%error, "wake not sent: the sweep sends it");
        }
    }

    pub(crate) async fn note(&self, key: &SubjectKey, text: &str) {
        let now = self.ports.clock.now();
        let trace_id = format!("operator-{:016x}", self.ports.random.next());
        let entry = JournalEntry {
            subject: key.clone(),
            at: now,
            id: trace_id.clone(),
            trace_id,
            what: Happening::Note { text: text.to_owned() },
        };
        if let Err(error) = self.ports.journal.append(vec![entry]).await {
            tracing::warn!(subject = %key, %error, "journal not written");
        }
    }

    /// Puts a delivery that could not be read back into the queue, from the journal.
    async fn redeliver(&self, key: &SubjectKey) -> Result<bool, OperatorError> {
        let entries = self.ports.journal.entries(key, 1).await?;
        let Some(JournalEntry { at, id, what: Happening::Evidence { topic, stated_at, body, .. }, .. }) =
            entries.into_iter().next()
        else {
            return Ok(false);
        };
        let mut raw = Vec::new();
        if ZlibDecoder::new(&*body).take(MAX_BODY).read_to_end(&mut raw).is_err() {
            return Ok(false);
        }
        let Some(channel) = self.channels.get(key.account()) else { return Ok(false) };
        let delivery = Delivery {
            channel: channel.clone(),
            account: key.account().clone(),
            delivery_id: id,
            source: if topic.starts_with("pull:") { ReadOrPush::Read } else { ReadOrPush::Push },
            topic,
            stated_at,
            api_version: None,
            received_at: at,
            trace_id: format!("operator-{:016x}", self.ports.random.next()),
            body: raw,
        };
        let sent = self.ports.queue.send_delivery(delivery).await;
        sent.map_err(|error| OperatorError::Store(StateError::Throttled(error.to_string())))?;
        Ok(true)
    }
}
