//! A table of `DynamoDB`: conditional writes, consistent reads by key, queries in pages.

mod failure;
mod item;
mod read;
pub mod units;
mod write;

use std::{collections::HashMap, sync::Arc};

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, Put, TransactWriteItem, Update},
};
use aws_smithy_types::{error::operation::BuildError, retry::RetryConfig};
use sluice_domain::{
    ports::{Timer, state::StateError},
    state::shard,
};

use crate::failure::Unusable;
use failure::{Call, state_error, transaction_error};
pub use item::{Item, Key, Value};
pub(crate) use read::{Query, Range};
pub use write::{Change, Condition, Write};
use write::{Terms, update_expression};

/// How often a write that the table asks patience for is tried.
const MAX_WRITES: u32 = 4;
/// The shortest pause between two of them, in milliseconds; doubled each time.
const PAUSE_MS: u64 = 40;

/// One table.
#[derive(Clone)]
pub(crate) struct Table {
    name: String,
    /// Tries again by itself: for reads, and for writes that may happen twice.
    patient: Client,
    /// Tries once. A conditional write that succeeded and whose answer was lost would be told by its own repetition that its
    /// condition fails, and after a throttled repetition that nothing was written. Tried once, `Conflict` and `Throttled`
    /// mean what they say, and everything else is `Unknown`.
    exact: Client,
    timer: Arc<dyn Timer>,
}

impl Table {
    pub(crate) fn new(client: Client, name: &str, timer: Arc<dyn Timer>) -> Self {
        let once = client.config().to_builder().retry_config(RetryConfig::disabled()).build();
        Self { name: name.to_owned(), exact: Client::from_conf(once), patient: client, timer }
    }

    /// Is the table there, and may this role know it?
    pub(crate) async fn check(&self) -> Result<(), Unusable> {
        let sent = self.patient.describe_table().table_name(&self.name).send().await;
        let problem = |error| failure::state_error(self.call("DescribeTable"), &error).to_string();
        sent.map(drop).map_err(|error| Unusable { what: format!("the table {}", self.name), problem: problem(error) })
    }

    fn call(&self, action: &'static str) -> Call<'_> {
        Call { action, table: &self.name }
    }

    /// One write; again while the table is throttled.
    pub(crate) async fn write(&self, write: &Write) -> Result<(), StateError> {
        let client = if write.condition.bears_repetition() { &self.patient } else { &self.exact };
        let mut answer = self.attempt(client, write).await;
        for attempt in 1..MAX_WRITES {
            if !matches!(answer, Err(StateError::Throttled(_))) {
                break;
            }
            self.pause(attempt, &write.key.pk).await;
            answer = self.attempt(client, write).await;
        }
        answer
    }

    async fn attempt(&self, client: &Client, write: &Write) -> Result<(), StateError> {
        let Terms { names, values } = write.terms();
        let condition = write.condition.expression().map(ToOwned::to_owned);
        let table = &self.name;
        match &write.change {
            Change::Put(item) => {
                let put = client.put_item().table_name(table).set_item(Some(item.to_sdk(&write.key)));
                let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
                let sent = put.set_expression_attribute_values(values).send().await;
                sent.map(drop).map_err(|error| state_error(self.call("PutItem"), &error))
            }
            Change::Update { set, remove } => {
                let update = client.update_item().table_name(table).set_key(Some(write.key.to_sdk()));
                let update = update.update_expression(update_expression(set, remove));
                let update = update.set_condition_expression(condition).set_expression_attribute_names(names);
                let sent = update.set_expression_attribute_values(values).send().await;
                sent.map(drop).map_err(|error| state_error(self.call("UpdateItem"), &error))
            }
            Change::Delete => {
                let delete = client.delete_item().table_name(table).set_key(Some(write.key.to_sdk()));
                let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
                let sent = delete.set_expression_attribute_values(values).send().await;
                sent.map(drop).map_err(|error| state_error(self.call("DeleteItem"), &error))
            }
        }
    }

    /// Writes of several items, all or none; again while the table is throttled.
    pub(crate) async fn write_together(&self, writes: &[Write]) -> Result<(), StateError> {
        let parts = writes.iter().map(|write| transact(&self.name, write)).collect::<Result<Vec<_>, _>>();
        let parts = parts.map_err(|error| StateError::Broken(error.to_string()))?;
        let place = writes.first().map(|write| write.key.pk.as_str()).unwrap_or_default();
        let mut answer = self.transaction(parts.clone()).await;
        for attempt in 1..MAX_WRITES {
            if !matches!(answer, Err(StateError::Throttled(_))) {
                break;
            }
            self.pause(attempt, place).await;
            answer = self.transaction(parts.clone()).await;
        }
        answer
    }

    async fn transaction(&self, parts: Vec<TransactWriteItem>) -> Result<(), StateError> {
        let sent = self.exact.transact_write_items().set_transact_items(Some(parts)).send().await;
        sent.map(drop).map_err(|error| transaction_error(self.call("TransactWriteItems"), &error))
    }

    /// Longer each time, and of another length for other items, so that those who were refused together do not come back
    /// together.
    async fn pause(&self, attempt: u32, place: &str) {
        let base = PAUSE_MS.checked_shl(attempt.saturating_sub(1)).unwrap_or(PAUSE_MS);
        let part = base.saturating_mul(shard(place).into()).checked_div(16).unwrap_or_default();
        self.timer.sleep(base.saturating_add(part)).await;
    }
}

/// A write as part of a transaction.
fn transact(table: &str, write: &Write) -> Result<TransactWriteItem, BuildError> {
    let Terms { names, values } = write.terms();
    let condition = write.condition.expression().map(ToOwned::to_owned);
    let part = TransactWriteItem::builder();
    let part = match &write.change {
        Change::Put(item) => {
            let put = Put::builder().table_name(table).set_item(Some(item.to_sdk(&write.key)));
            let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
            part.put(put.set_expression_attribute_values(values).build()?)
        }
        Change::Update { set, remove } => {
            let update = Update::builder().table_name(table).set_key(Some(write.key.to_sdk()));
            let update = update.update_expression(update_expression(set, remove));
            let update = update.set_condition_expression(condition).set_expression_attribute_names(names);
            part.update(update.set_expression_attribute_values(values).build()?)
        }
        Change::Delete => {
            let delete = Delete::builder().table_name(table).set_key(Some(write.key.to_sdk()));
            let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
            part.delete(delete.set_expression_attribute_values(values).build()?)
        }
    };
    Ok(part.build())
}

/// Items by their keys.
pub(crate) type Found = HashMap<Key, Item>;
