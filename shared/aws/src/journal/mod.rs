//! The journal: a table of its own, whose entries nobody changes and time takes away.

mod entry;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aws_sdk_dynamodb::Client;
use futures_util::{StreamExt, stream};
use sluice_domain::{
    ports::{
        PortFuture, Timer,
        journal::{Journal, JournalEntry},
        state::StateError,
    },
    value::SubjectKey,
};

pub use entry::RETENTION_DAYS;
pub(crate) use entry::writes;

use crate::failure::Unusable;
use crate::table::{Query, Range, Table, Write};

/// Entries written at once.
const AT_ONCE: usize = 16;

/// Keeps the journal in `DynamoDB`.
#[derive(Clone)]
pub struct DynamoJournal {
    table: Table,
}

impl DynamoJournal {
    /// A journal in this table. The timer waits where the table asks for patience.
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

    /// Each entry on the condition that it is not there yet, for the first one stays: a batch write has no conditions. An
    /// entry is written after its parts, so whoever finds it finds the whole.
    async fn append_all(&self, entries: &[JournalEntry]) -> Result<(), StateError> {
        let mut first = BTreeMap::new();
        for entry in entries {
            first.entry(entry::key(entry)).or_insert(entry);
        }
        let planned = first.into_values().map(writes).collect::<Result<Vec<_>, _>>()?;
        let work = planned.into_iter().map(|writes| self.append_one(writes));
        let answers: Vec<_> = stream::iter(work).buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().collect()
    }

    async fn append_one(&self, writes: Vec<Write>) -> Result<(), StateError> {
        for write in writes {
            match self.table.write(&write).await {
                // It is there already, from another delivery of the same message.
                Ok(()) | Err(StateError::Conflict) => {}
                Err(error @ (StateError::Throttled(_) | StateError::Unknown(_) | StateError::Broken(_))) => {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    async fn read(&self, subject: &SubjectKey, limit: usize) -> Result<Vec<JournalEntry>, StateError> {
        let oldest = Query { index: None, hash: ("pk", subject.to_string()), range: ("sk", Range::All), limit };
        let items = self.table.query(oldest).await?;
        let mut parts = BTreeSet::new();
        for (key, item) in &items {
            parts.extend(entry::parts(key, item)?);
        }
        let parts = self.table.read(parts).await?;
        items.iter().map(|(key, item)| entry::read(key, item, &parts)).collect()
    }
}

impl Journal for DynamoJournal {
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move { self.append_all(&entries).await })
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        Box::pin(self.read(subject, limit))
    }
}
