//! The store in memory, and what the same calls would have written to `DynamoDB` and read from it.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use sluice_aws::{
    planned,
    table::{
        Key, Write,
        units::{Ledger, Units},
    },
};
use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Happening, Journal, JournalEntry},
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{DUE_SHARDS, Head, Lane, Record},
    value::SubjectKey,
};
use sluice_sandbox::Store;

use crate::tally::{AWS_MS, Tally};

/// What one call cost.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    pub(crate) what: String,
    pub(crate) units: Units,
}

/// A store that is weighed.
pub(crate) struct Metered {
    store: Store,
    tally: Arc<Tally>,
    ledger: Mutex<Ledger>,
    spent: Mutex<Vec<Spent>>,
}

impl Metered {
    pub(crate) fn new(tally: Arc<Tally>) -> Self {
        Self { store: Store::in_memory(), tally, ledger: Mutex::default(), spent: Mutex::default() }
    }

    /// What was spent since the last look.
    pub(crate) fn spent(&self) -> Vec<Spent> {
        std::mem::take(&mut self.spent.lock().unwrap())
    }

    /// Weighs one request.
    fn weigh_one(&self, what: &str, write: Write) {
        self.weigh(what, &[write]);
        self.tally.requests(1, AWS_MS);
    }

    /// One request that reads.
    fn look(&self, keys: &[Key]) {
        let units = self.ledger.lock().unwrap().read(keys);
        self.tally.read(units);
    }

    fn weigh(&self, what: impl Into<String>, writes: &[Write]) {
        let units = self.ledger.lock().unwrap().write(writes);
        self.tally.counts().writes += u64::try_from(units.total()).unwrap();
        self.spent.lock().unwrap().push(Spent { what: what.into(), units });
    }
}

impl State for Metered {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        self.look(&planned::read(&keys));
        self.store.read(keys)
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move {
            let answers = self.store.save(saves.clone()).await;
            self.tally.requests(saves.len(), AWS_MS);
            for (save, answer) in saves.into_iter().zip(&answers) {
                assert_eq!(answer, &Ok(()), "a save that failed would cost as well");
                let what = if save.body.is_some() { "head and body" } else { "head" };
                let kind = save.head.key.kind().as_str();
                self.weigh(format!("{kind}: {what}, version {}", save.head.version + 1), &planned::save(save).unwrap());
            }
            answers
        })
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        self.tally.look(DUE_SHARDS);
        self.store.due(lane, now, limit)
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        self.store.find(reference)
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.store.parked(after, limit)
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        self.weigh_one("note of a call", planned::open_call(&call).unwrap());
        self.store.open_call(call)
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        self.weigh_one("note of a call closed", planned::close_call(id));
        self.store.close_call(id)
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        self.tally.look(planned::overdue_looks());
        self.store.overdue_calls(now, limit)
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(async move {
            // The permits that are held: a few items of a hundred bytes.
            self.tally.read(1);
            let permit = self.store.acquire_permit(request.clone()).await?;
            if let Some(permit) = &permit {
                self.weigh_one("permit", planned::take_permit(permit, &request));
            }
            Ok(permit)
        })
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        self.weigh_one("permit given back", planned::release_permit(&permit));
        self.store.release_permit(permit)
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        self.look(&[planned::read_pressure(database)]);
        self.store.pressure(database)
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        self.weigh_one("pressure", planned::save_pressure(database, &pressure).unwrap());
        self.store.save_pressure(database, pressure)
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        self.store.cursor(name)
    }

    fn save_cursor<'a>(&'a self, name: &'a str, _: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        panic!("no order has a cursor: {name}")
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        self.look(&[planned::read_identity(database)]);
        self.store.identity(database)
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        self.weigh_one("identity", planned::save_identity(database, &identity).unwrap());
        self.store.save_identity(database, identity)
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        self.store.heads(after, limit)
    }
}

impl Journal for Metered {
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        self.tally.requests(entries.len(), AWS_MS);
        for entry in &entries {
            let what = match entry.what {
                Happening::Evidence { .. } => "journal: evidence",
                Happening::Write { .. } => "journal: write",
                Happening::Note { .. } => "journal: note",
            };
            for write in planned::append(entry).unwrap() {
                self.weigh(what, &[write]);
            }
        }
        self.store.append(entries)
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        self.store.entries(subject, limit)
    }
}
