//! Calls in flight at Odoo: their notes, the permits to make them, the pressure that they cause; the databases themselves;
//! and how far jobs came.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use sluice_domain::ports::state::{
    CallRecord, Cursor, MAX_CURSOR_BYTES, Permit, PermitKind, PermitRequest, StateError,
};

use super::{
    broken, keys,
    rows::{Row, Space, Span, Stored, Transaction, get, of, put},
};

/// The most permits of one database.
const MAX_PERMITS: usize = 1_000;

/// Notes a call; again with the same id, in the place of the first note.
pub(super) fn open(rows: &mut dyn Transaction, call: CallRecord) -> Result<(), StateError> {
    close(rows, &call.id)?;
    rows.put(Space::CallDue, due_key(&call), Row::Mark)?;
    put(rows, call.id.clone(), call)
}

pub(super) fn close(rows: &mut dyn Transaction, id: &str) -> Result<(), StateError> {
    let Some(call) = get::<CallRecord>(rows, id)? else { return Ok(()) };
    rows.delete(Space::CallDue, &due_key(&call))?;
    rows.delete(Space::Call, id)
}

pub(super) fn overdue(rows: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<Vec<CallRecord>, StateError> {
    let due = rows.scan(Space::CallDue, &Span::before(&keys::instant(now)), limit)?;
    let mut calls = Vec::with_capacity(due.len());
    for (key, _) in due {
        calls.extend(get::<CallRecord>(rows, keys::rest(&key).unwrap_or_default())?.map(Arc::unwrap_or_clone));
    }
    Ok(calls)
}

fn due_key(call: &CallRecord) -> String {
    keys::joined(&[&keys::instant(call.deadline), &call.id])
}

/// The lowest free slot, if fewer than the limit are held: after the limit was lowered, those above it count too.
pub(super) fn acquire(rows: &mut dyn Transaction, request: PermitRequest) -> Result<Option<Permit>, StateError> {
    let until = request.now.checked_add(request.term).map_err(|error| broken(&error))?;
    let mut held = Vec::new();
    let place = place(request.kind, &request.database);
    for (_, row) in rows.scan(Space::Permit, &Span::under(&[&place]), MAX_PERMITS)? {
        let permit: Arc<Permit> = of(row)?;
        if permit.until > request.now {
            held.push(permit.slot);
        }
    }
    if u32::try_from(held.len()).is_ok_and(|held| held < request.limit)
        && let Some(slot) = (0..request.limit).find(|slot| !held.contains(slot))
    {
        let PermitRequest { database, kind, holder, .. } = request;
        let permit = Permit { database, kind, slot, holder, until };
        put(rows, permit_key(&permit), permit.clone())?;
        return Ok(Some(permit));
    }
    Ok(None)
}

pub(super) fn release(rows: &mut dyn Transaction, permit: &Permit) -> Result<(), StateError> {
    let key = permit_key(permit);
    match get::<Permit>(rows, &key)? {
        Some(held) if *held == *permit => rows.delete(Permit::SPACE, &key),
        Some(_) | None => Ok(()),
    }
}

fn permit_key(permit: &Permit) -> String {
    keys::joined(&[&place(permit.kind, &permit.database), &format!("{:05}", permit.slot)])
}

/// Where the permits of one kind stand. No database has a `#` in its name.
fn place(kind: PermitKind, database: &str) -> Cow<'_, str> {
    match kind {
        PermitKind::Call => Cow::Borrowed(database),
        PermitKind::Confirm => Cow::Owned(format!("{database}#confirm")),
    }
}

/// What is noted about a database; the default where nothing is.
pub(super) fn noted<T: Stored + Clone + Default>(rows: &mut dyn Transaction, database: &str) -> Result<T, StateError> {
    Ok(get(rows, database)?.map(Arc::unwrap_or_clone).unwrap_or_default())
}

/// Notes it, if `version` of it is still the stored one.
pub(super) fn note<T: Stored + Clone + Default>(
    rows: &mut dyn Transaction,
    database: &str,
    mut next: T,
    version: fn(&mut T) -> &mut u64,
) -> Result<(), StateError> {
    let mut stored: T = noted(rows, database)?;
    if version(&mut stored) != version(&mut next) {
        return Err(StateError::Conflict);
    }
    let version = version(&mut next);
    *version = version.saturating_add(1);
    put(rows, database.to_owned(), next)
}

/// A cursor is bounded: it is the job's own words.
pub(super) fn save_cursor(rows: &mut dyn Transaction, name: &str, next: Cursor) -> Result<(), StateError> {
    if next.value.len() > MAX_CURSOR_BYTES {
        return Err(StateError::Broken(format!("the cursor {name} is longer than {MAX_CURSOR_BYTES} bytes")));
    }
    note(rows, name, next, |noted| &mut noted.version)
}
