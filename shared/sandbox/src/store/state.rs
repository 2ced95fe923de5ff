//! The state port: each method is one transaction.

use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture,
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

use super::{Store, calls, look, save};

impl State for Store {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(async move { self.within(|rows| keys.iter().map(|key| look::record(rows, key)).collect()) })
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move {
            let count = saves.len();
            let answers = self.within(|rows| saves.into_iter().map(|save| save::save(rows, save)).collect());
            // The transaction failed, and with it every save of it.
            answers.unwrap_or_else(|error| vec![Err(error); count])
        })
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move { self.within(|rows| look::due(rows, lane, now, limit)) })
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(async move { self.within(|rows| look::find(rows, reference)) })
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { self.within(|rows| look::parked(rows, after.as_ref(), limit)) })
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move { self.promised(|rows| calls::open(rows, call)) })
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.within(|rows| calls::close(rows, id)) })
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        Box::pin(async move { self.within(|rows| calls::overdue(rows, now, limit)) })
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(async move { self.within(|rows| calls::acquire(rows, request)) })
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move { self.within(|rows| calls::release(rows, &permit)) })
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        Box::pin(async move { self.within(|rows| calls::noted(rows, database)) })
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.within(|rows| calls::note(rows, database, pressure, |noted| &mut noted.version)) })
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        Box::pin(async move { self.within(|rows| calls::noted(rows, database)) })
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.within(|rows| calls::note(rows, database, identity, |noted| &mut noted.version)) })
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { self.within(|rows| look::heads(rows, after.as_ref(), limit)) })
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        Box::pin(async move { self.within(|rows| calls::noted(rows, name)) })
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.within(|rows| calls::save_cursor(rows, name, cursor)) })
    }
}
