//! Bugs around the state and the journal.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Journal, JournalEntry},
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

use super::{Bug, pull::Cursors};

/// A state with a bug.
pub(super) struct BuggyState {
    bug: Option<Bug>,
    /// A bug of pulls, which is about cursors.
    pulls: Option<Cursors>,
    inner: Arc<dyn State>,
    /// What was read first.
    replica: Mutex<BTreeMap<SubjectKey, Record>>,
}

impl BuggyState {
    pub(super) fn new(bug: Bug, inner: Arc<dyn State>) -> Self {
        Self { bug: Some(bug), pulls: None, inner, replica: Mutex::default() }
    }

    pub(super) fn of_pulls(pulls: Cursors, inner: Arc<dyn State>) -> Self {
        Self { bug: None, pulls: Some(pulls), inner, replica: Mutex::default() }
    }

    /// Saves over whatever is stored.
    async fn save_anyway(&self, mut saves: Vec<Save>) -> Vec<Result<(), StateError>> {
        let keys = saves.iter().map(|save| save.head.key.clone()).collect();
        if let Ok(stored) = self.inner.read(keys).await {
            for (save, stored) in saves.iter_mut().zip(stored) {
                save.head.version = stored.map_or(0, |record| record.head.version);
            }
        }
        self.inner.save(saves).await
    }
}

impl State for BuggyState {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(async move {
            let found = self.inner.read(keys).await?;
            if self.bug != Some(Bug::ReadsStaleRecords) {
                return Ok(found);
            }
            let mut replica = self.replica.lock().expect("a world is one thread");
            let stale = |record: Record| {
                let first = replica.entry(record.head.key.clone()).or_insert_with(|| record.clone());
                // The head is current, the body is not.
                Record { head: record.head, body: first.body.clone() }
            };
            Ok(found
                .into_iter()
                .map({
                    let mut stale = stale;
                    move |record| record.map(&mut stale)
                })
                .collect())
        })
    }

    fn save(&self, mut saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move {
            match self.bug {
                Some(Bug::IgnoresVersions) => self.save_anyway(saves).await,
                Some(Bug::HidesConflicts) => {
                    let answers = self.inner.save(saves).await;
                    let hide = |answer| if answer == Err(StateError::Conflict) { Ok(()) } else { answer };
                    answers.into_iter().map(hide).collect()
                }
                Some(Bug::LosesDueRows) => {
                    saves.iter_mut().for_each(|save| save.head.due = None);
                    self.inner.save(saves).await
                }
                Some(Bug::WaitsForEver) => {
                    let waits = saves.iter_mut().filter(|save| save.head.waiting.is_some());
                    waits.for_each(|save| save.head.due = None);
                    self.inner.save(saves).await
                }
                Some(Bug::SettlesWaiting) => {
                    for save in saves.iter_mut().filter(|save| save.head.waiting.is_some()) {
                        (save.head.due, save.head.waiting) = (None, None);
                        save.head.applied.settled = save.head.desired;
                    }
                    self.inner.save(saves).await
                }
                _ => self.inner.save(saves).await,
            }
        })
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        self.inner.due(lane, now, limit)
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        self.inner.find(reference)
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.inner.parked(after, limit)
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        if self.bug == Some(Bug::ForgetsOpenCalls) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.open_call(call)
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.close_call(id)
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        if self.bug == Some(Bug::HidesOverdueCalls) {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.inner.overdue_calls(now, limit)
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        self.inner.acquire_permit(request)
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        self.inner.release_permit(permit)
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        self.inner.pressure(database)
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.save_pressure(database, pressure)
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        if let Some(pulls) = &self.pulls {
            pulls.loads(name);
        }
        self.inner.cursor(name)
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        match &self.pulls {
            Some(pulls) => Box::pin(pulls.save(&*self.inner, name, cursor)),
            None => self.inner.save_cursor(name, cursor),
        }
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        self.inner.identity(database)
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.save_identity(database, identity)
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.inner.heads(after, limit)
    }
}

/// A journal with a bug.
pub(super) struct BuggyJournal {
    bug: Bug,
    inner: Arc<dyn Journal>,
}

impl BuggyJournal {
    pub(super) fn new(bug: Bug, inner: Arc<dyn Journal>) -> Self {
        Self { bug, inner }
    }
}

impl Journal for BuggyJournal {
    fn append(&self, mut entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        if self.bug == Bug::DropsJournal {
            entries.pop();
        }
        self.inner.append(entries)
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        self.inner.entries(subject, limit)
    }
}
