//! A state whose saves take effect and answer an error: what a broken connection looks like.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture,
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

/// Loses answers of saves, on demand.
pub struct LostAnswers {
    inner: Arc<dyn State>,
    lose: AtomicBool,
}

impl LostAnswers {
    /// Loses nothing yet.
    #[must_use]
    pub fn new(inner: Arc<dyn State>) -> Self {
        Self { inner, lose: AtomicBool::new(false) }
    }

    /// The next save happens, and its answer does not arrive.
    pub fn lose_next(&self) {
        self.lose.store(true, Ordering::SeqCst);
    }
}

impl State for LostAnswers {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        self.inner.read(keys)
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move {
            let answers = self.inner.save(saves).await;
            if self.lose.swap(false, Ordering::SeqCst) {
                return answers.iter().map(|_| Err(StateError::Unknown("connection reset".into()))).collect();
            }
            answers
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
        self.inner.open_call(call)
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.close_call(id)
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
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
        self.inner.cursor(name)
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        self.inner.save_cursor(name, cursor)
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
