//! One conditional save: head, body and the rows that lead to them.

use std::{io, sync::Arc};

use serde::Serialize;
use sluice_domain::{
    ports::state::{Save, StateError},
    state::{Body, Head, look_up_name, shard},
};

use super::{
    broken, keys,
    rows::{Row, Space, Stored, Transaction, compressed, get, put},
};

/// The largest head that is all right, in bytes of JSON: wakes to send and the reason of an exception, which pass, not
/// counted. It is rewritten at every step. A build with debug assertions refuses more, so that a test shows it.
pub const MAX_HEAD_BYTES: usize = 1_024;
/// The largest head at all, everything counted.
const MAX_WHOLE_HEAD_BYTES: usize = 4 * 1_024;
/// The largest body, compressed: `DynamoDB` takes 400 KB an item, keys and other attributes included.
pub const MAX_BODY_BYTES: usize = 350 * 1_024;

/// Saves one subject. The outer error is the store's and ends the transaction; the inner one is this save's own, and then
/// nothing of it was written.
pub(super) fn save(rows: &mut dyn Transaction, save: Save) -> Result<Result<(), StateError>, StateError> {
    let key = save.head.key.to_string();
    let stored: Option<Arc<Head>> = match get(rows, &key) {
        Ok(stored) => stored,
        Err(StateError::Broken(why)) => return Ok(Err(StateError::Broken(why))),
        Err(error) => return Err(error),
    };
    if stored.as_ref().map_or(0, |stored| stored.version) != save.head.version {
        return Ok(Err(StateError::Conflict));
    }
    let mut head = save.head;
    head.version = head.version.saturating_add(1);
    if let Err(too_large) = check_head(&head).and_then(|()| save.body.as_ref().map_or(Ok(()), check_body)) {
        return Ok(Err(too_large));
    }
    lead(rows, stored.as_deref(), &head)?;
    put(rows, key.clone(), head)?;
    if let Some(body) = save.body {
        rows.put(Space::Body, key, Arc::new(body).into_row())?;
    }
    Ok(Ok(()))
}

/// Changes the rows that lead to a subject: those of the stored head go, unless the new one has them too.
fn lead(rows: &mut dyn Transaction, stored: Option<&Head>, next: &Head) -> Result<(), StateError> {
    let (old, new) = (stored.map(leads).unwrap_or_default(), leads(next));
    for (space, key) in &old {
        if !new.iter().any(|kept| kept.0 == *space && kept.1 == *key) {
            rows.delete(*space, key)?;
        }
    }
    for (space, key) in new {
        if !old.iter().any(|kept| kept.0 == space && kept.1 == key) {
            rows.put(space, key, Row::Mark)?;
        }
    }
    Ok(())
}

/// The rows that lead to a subject: due index, exceptions, names. Its own key is no name: its external id leads there.
fn leads(head: &Head) -> Vec<(Space, String)> {
    let subject = head.key.to_string();
    let mut leads = Vec::with_capacity(6);
    if let Some(due) = &head.due {
        let shard = keys::due_shard(due.lane, shard(&subject));
        leads.push((Space::Due, keys::joined(&[&shard, &keys::instant(due.at), &subject])));
    }
    let mut name = |text: &str| {
        let row = (Space::Name, keys::joined(&[&look_up_name(text), &subject]));
        if !leads.contains(&row) {
            leads.push(row);
        }
    };
    name(head.key.external_id());
    if let Some(number) = &head.number {
        name(number);
    }
    if let Some(order) = &head.odoo {
        name(&order.name);
        name(&order.id.to_string());
    }
    if head.parked.is_some() {
        leads.push((Space::Parked, subject));
    }
    leads
}

fn check_head(head: &Head) -> Result<(), StateError> {
    let whole = json_bytes(head)?;
    if whole > MAX_WHOLE_HEAD_BYTES {
        return Err(too_large("head", head, whole, MAX_WHOLE_HEAD_BYTES));
    }
    if cfg!(debug_assertions) && whole > MAX_HEAD_BYTES {
        let lasting = json_bytes(&Head { pending_wakes: Vec::new(), parked: None, ..head.clone() })?;
        if lasting > MAX_HEAD_BYTES {
            return Err(too_large("head", head, lasting, MAX_HEAD_BYTES));
        }
    }
    Ok(())
}

fn too_large(what: &str, head: &Head, bytes: usize, most: usize) -> StateError {
    StateError::Broken(format!("the {what} of {} has {bytes} bytes, more than {most}", head.key))
}

fn check_body(body: &Body) -> Result<(), StateError> {
    // What is small enough as it is need not be compressed to know.
    if json_bytes(body)? <= MAX_BODY_BYTES {
        return Ok(());
    }
    let bytes = compressed(body)?.len();
    if bytes <= MAX_BODY_BYTES {
        return Ok(());
    }
    Err(StateError::Broken(format!("the body has {bytes} bytes compressed, more than {MAX_BODY_BYTES}")))
}

fn json_bytes<T: Serialize>(value: &T) -> Result<usize, StateError> {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_err(|error| broken(&error))?;
    Ok(counted.0)
}

/// Counts what is written to it.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
