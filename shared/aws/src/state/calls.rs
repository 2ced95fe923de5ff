//! Notes of calls in flight at Odoo.

use jiff::Timestamp;
use sluice_domain::ports::state::{CallRecord, StateError};

use super::{
    keys,
    look::{before, oldest_first},
};
use crate::{
    json::{from_json, to_json},
    table::{Change, Condition, Item, Table, Write},
};

/// Notes a call; again with the same id, in the place of the first note. Repeating it is harmless.
pub(crate) fn open(call: &CallRecord) -> Result<Write, StateError> {
    let item = Item::default()
        .with("c", to_json(call)?)
        .with("due_pk", keys::call_part(keys::call_shard(&call.id)))
        .with("due_sk", keys::place(call.deadline, &call.id));
    Ok(Write { key: keys::call(&call.id), change: Change::Put(item), condition: Condition::None })
}

pub(crate) fn close(id: &str) -> Write {
    Write { key: keys::call(id), change: Change::Delete, condition: Condition::None }
}

/// The index says which may be overdue, the notes themselves which are.
pub(super) async fn overdue(table: &Table, now: Timestamp, limit: usize) -> Result<Vec<CallRecord>, StateError> {
    let looks = (0..keys::CALL_SHARDS).map(|shard| before(keys::call_part(shard), now, limit));
    let entries = oldest_first(table.query_all(looks).await?, limit)?;
    let items = table.read(entries.iter().cloned().collect()).await?;
    let calls = entries.iter().filter_map(|key| items.get(key)).map(|item| from_json(item.text("c")?.as_bytes()));
    let mut calls = calls.collect::<Result<Vec<CallRecord>, StateError>>()?;
    calls.retain(|call| call.deadline <= now);
    calls.sort_by(|one, other| (one.deadline, &one.id).cmp(&(other.deadline, &other.id)));
    Ok(calls)
}
