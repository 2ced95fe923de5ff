//! The state: one table.

pub(crate) mod calls;
pub(crate) mod keys;
mod look;
pub(crate) mod permits;
pub(crate) mod record;
mod subjects;
pub(crate) mod versioned;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture, Timer,
        state::{CallRecord, Cursor, Identity, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

use crate::{
    failure::Unusable,
    table::{Table, Write},
};

/// Keeps the state in `DynamoDB`.
#[derive(Clone)]
pub struct DynamoState {
    table: Table,
}

impl DynamoState {
    /// State in this table. The timer waits where the table asks for patience.
    #[must_use]
    pub fn new(client: Client, table: &str, timer: Arc<dyn Timer>) -> Self {
        Self { table: Table::new(client, table, timer) }
    }

    /// Looks whether the table can be used.
    ///
    /// # Errors
    /// When it is not there, or this role may not describe it.
    pub async fn check(&self) -> Result<(), Unusable> {
        self.table.check().await
    }

    async fn write(&self, write: Result<Write, StateError>) -> Result<(), StateError> {
        self.table.write(&write?).await
    }
}

impl State for DynamoState {
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(async move { subjects::read(&self.table, &keys).await })
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(subjects::save(&self.table, saves))
    }

    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(look::due(&self.table, lane, now, limit))
    }

    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(look::find(&self.table, reference))
    }

    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { look::parked(&self.table, after.as_ref(), limit).await })
    }

    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move { self.write(calls::open(&call)).await })
    }

    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.write(Ok(calls::close(id))))
    }

    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        Box::pin(calls::overdue(&self.table, now, limit))
    }

    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(async move { permits::acquire(&self.table, &request).await })
    }

    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            match self.write(Ok(permits::release(&permit))).await {
                // It ran out, and is another's now or nobody's.
                Err(StateError::Conflict) => Ok(()),
                other => other,
            }
        })
    }

    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        Box::pin(versioned::pressure(&self.table, database))
    }

    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.write(versioned::save_pressure(database, &pressure)).await })
    }

    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        Box::pin(versioned::cursor(&self.table, name))
    }

    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.write(versioned::save_cursor(name, cursor)))
    }

    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>> {
        Box::pin(versioned::identity(&self.table, database))
    }

    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(async move { self.write(versioned::save_identity(database, &identity)).await })
    }

    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(async move { look::heads(&self.table, after.as_ref(), limit).await })
    }
}
