//! Small documents with a version: the pressure on a database, what is known of it, cursors of jobs.

use sluice_domain::ports::state::{Cursor, Identity, MAX_CURSOR_BYTES, Pressure, StateError};

use super::keys;
use crate::{
    json::{from_json, to_json},
    table::{Change, Condition, Item, Key, Table, Write},
};

pub(super) async fn pressure(table: &Table, database: &str) -> Result<Pressure, StateError> {
    let Some(item) = one(table, keys::pressure(database)).await? else { return Ok(Pressure::default()) };
    let pressure: Pressure = from_json(item.text("p")?.as_bytes())?;
    Ok(Pressure { version: item.number("v")?, ..pressure })
}

pub(crate) fn save_pressure(database: &str, pressure: &Pressure) -> Result<Write, StateError> {
    let read = pressure.version;
    let next = Pressure { version: read.saturating_add(1), ..pressure.clone() };
    Ok(write(keys::pressure(database), read, Item::default().with("v", next.version).with("p", to_json(&next)?)))
}

pub(super) async fn identity(table: &Table, database: &str) -> Result<Identity, StateError> {
    let Some(item) = one(table, keys::identity(database)).await? else { return Ok(Identity::default()) };
    let identity: Identity = from_json(item.text("i")?.as_bytes())?;
    Ok(Identity { version: item.number("v")?, ..identity })
}

pub(crate) fn save_identity(database: &str, identity: &Identity) -> Result<Write, StateError> {
    let read = identity.version;
    let next = Identity { version: read.saturating_add(1), ..identity.clone() };
    Ok(write(keys::identity(database), read, Item::default().with("v", next.version).with("i", to_json(&next)?)))
}

pub(super) async fn cursor(table: &Table, name: &str) -> Result<Cursor, StateError> {
    let Some(item) = one(table, keys::cursor(name)).await? else { return Ok(Cursor::default()) };
    Ok(Cursor { version: item.number("v")?, value: item.text("value")?.to_owned() })
}

pub(super) fn save_cursor(name: &str, cursor: Cursor) -> Result<Write, StateError> {
    if cursor.value.len() > MAX_CURSOR_BYTES {
        return Err(StateError::Broken(format!("the cursor {name} is longer than {MAX_CURSOR_BYTES} bytes")));
    }
    let next = Item::default().with("v", cursor.version.saturating_add(1)).with("value", cursor.value);
    Ok(write(keys::cursor(name), cursor.version, next))
}

async fn one(table: &Table, key: Key) -> Result<Option<Item>, StateError> {
    Ok(table.read([key.clone()].into()).await?.remove(&key))
}

fn write(key: Key, read: u64, item: Item) -> Write {
    Write { key, change: Change::Put(item), condition: Condition::Version(read) }
}
