//! The state: one table.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use sluice_domain::{
    ports::{
        PortFuture, Timer,
        state::{CallRecord, Cursor, Permit, PermitRequest, Pressure, Save, State, StateError},
    },
    state::{Head, Lane, Record},
    value::SubjectKey,
};

/// Keeps the state in `DynamoDB`.
#[derive(Clone)]
pub struct DynamoState {
    client: Client,
    table: String,
    timer: Arc<dyn Timer>,
}

impl DynamoState {
    /// State in this table. The timer waits where the table asks for patience.
    #[must_use]
    pub fn new(client: Client, table: &str, timer: Arc<dyn Timer>) -> Self {
        Self { client, table: table.to_owned(), timer }
    }

    async fn not_built<T>(&self) -> Result<T, StateError> {
        self.timer.sleep(0).await;
        Err(StateError::Unknown(format!("{} {:?}: not built yet", self.table, self.client)))
    }
}

impl State for DynamoState {
    fn read(&self, _keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>> {
        Box::pin(self.not_built())
    }

    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>> {
        Box::pin(async move { vec![self.not_built().await; saves.len()] })
    }

    fn due(&self, _lane: Lane, _now: Timestamp, _limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(self.not_built())
    }

    fn find<'a>(&'a self, _reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>> {
        Box::pin(self.not_built())
    }

    fn parked(&self, _after: Option<SubjectKey>, _limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>> {
        Box::pin(self.not_built())
    }

    fn open_call(&self, _call: CallRecord) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(self.not_built())
    }

    fn close_call<'a>(&'a self, _id: &'a str) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.not_built())
    }

    fn overdue_calls(&self, _now: Timestamp, _limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>> {
        Box::pin(self.not_built())
    }

    fn acquire_permit(&self, _request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>> {
        Box::pin(self.not_built())
    }

    fn release_permit(&self, _permit: Permit) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(self.not_built())
    }

    fn pressure<'a>(&'a self, _database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>> {
        Box::pin(self.not_built())
    }

    fn save_pressure<'a>(&'a self, _database: &'a str, _pressure: Pressure) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.not_built())
    }

    fn cursor<'a>(&'a self, _name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>> {
        Box::pin(self.not_built())
    }

    fn save_cursor<'a>(&'a self, _name: &'a str, _cursor: Cursor) -> PortFuture<'a, Result<(), StateError>> {
        Box::pin(self.not_built())
    }
}
