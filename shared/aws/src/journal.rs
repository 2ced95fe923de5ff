//! The journal: a table of its own.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use sluice_domain::{
    ports::{
        PortFuture, Timer,
        journal::{Journal, JournalEntry},
        state::StateError,
    },
    value::SubjectKey,
};

/// How long entries are kept, in days.
pub const RETENTION_DAYS: i64 = 400;

/// Keeps the journal in `DynamoDB`.
#[derive(Clone)]
pub struct DynamoJournal {
    client: Client,
    table: String,
    timer: Arc<dyn Timer>,
}

impl DynamoJournal {
    /// A journal in this table. The timer waits where the table asks for patience.
    #[must_use]
    pub fn new(client: Client, table: &str, timer: Arc<dyn Timer>) -> Self {
        Self { client, table: table.to_owned(), timer }
    }

    async fn not_built<T>(&self) -> Result<T, StateError> {
        self.timer.sleep(0).await;
        Err(StateError::Unknown(format!("{} {:?}: not built yet", self.table, self.client)))
    }
}

impl Journal for DynamoJournal {
    fn append(&self, _entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(self.not_built())
    }

    fn entries<'a>(
        &'a self,
        _subject: &'a SubjectKey,
        _limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        Box::pin(self.not_built())
    }
}
