//! The ports that a function does not have: it has no table, no queue and no right to one. Whoever asks all the same gets an
//! error that says so, never an empty answer.

use jiff::Timestamp;
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture,
        http::{Http, HttpError, HttpRequest, HttpResponse},
        journal::{Journal, JournalEntry},
        queue::{Queue, QueueError},
        secrets::{AccountSecrets, SecretError, Secrets},
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::{AccountName, SubjectKey},
};

/// A port that this function does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absent;

const WHY: &str = "this function has no such port";

fn state<'a, T: Send + 'a>() -> PortFuture<'a, Result<T, StateError>> {
    Box::pin(async { Err(StateError::Broken(WHY.into())) })
}

impl State for Absent {
    fn read(&self, _: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        state()
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move { saves.iter().map(|_| Err(StateError::Broken(WHY.into()))).collect() })
    }

    fn due(&self, _: Lane, _: Timestamp, _: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        state()
    }

    fn find<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        state()
    }

    fn parked(&self, _: Option<SubjectKey>, _: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        state()
    }

    fn open_call(&self, _: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        state()
    }

    fn close_call<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        state()
    }

    fn overdue_calls(&self, _: Timestamp, _: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        state()
    }

    fn acquire_permit(&self, _: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        state()
    }

    fn release_permit(&self, _: Permit) -> PortFuture<'_, Result<(), StateError>> {
        state()
    }

    fn pressure<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        state()
    }

    fn save_pressure<'a>(&'a self, _: &'a str, _: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        state()
    }

    fn identity<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        state()
    }

    fn save_identity<'a>(&'a self, _: &'a str, _: Identity) -> PortFuture<'a, Result<(), StateError>> {
        state()
    }

    fn heads(&self, _: Option<SubjectKey>, _: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        state()
    }

    fn cursor<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        state()
    }

    fn save_cursor<'a>(&'a self, _: &'a str, _: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        state()
    }
}

impl Journal for Absent {
    fn append(&self, _: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        state()
    }

    fn entries<'a>(&'a self, _: &'a SubjectKey, _: usize) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        state()
    }
}

impl Queue for Absent {
    fn send_delivery(&self, _: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async { Err(QueueError(WHY.into())) })
    }

    fn send_wakes(&self, _: Lane, _: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async { Err(QueueError(WHY.into())) })
    }

    fn waiting(&self, _: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        Box::pin(async { Err(QueueError(WHY.into())) })
    }
}

impl Secrets for Absent {
    fn account<'a>(&'a self, _: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(async { Err(SecretError::Unavailable(WHY.into())) })
    }
}

impl Http for Absent {
    fn send(&self, _: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async { Err(HttpError::Refused(WHY.into())) })
    }
}
