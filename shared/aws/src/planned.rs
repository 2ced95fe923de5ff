//! What the adapters write to `DynamoDB` and read from it, without doing so: to be looked at and weighed.

use sluice_domain::{
    ports::{
        journal::JournalEntry,
        state::{CallRecord, Identity, Permit, PermitRequest, Pressure, Save, StateError},
    },
    value::SubjectKey,
};

use crate::{
    journal,
    state::{calls, keys, permits, record, versioned},
    table::{Key, Write},
};

/// A save: one write, or two of one transaction.
///
/// # Errors
/// When the record is larger than the table takes.
pub fn save(save: Save) -> Result<Vec<Write>, StateError> {
    record::writes(save)
}

/// The note of a call.
///
/// # Errors
/// None in practice: it is always JSON.
pub fn open_call(call: &CallRecord) -> Result<Write, StateError> {
    calls::open(call)
}

/// Its end.
#[must_use]
pub fn close_call(id: &str) -> Write {
    calls::close(id)
}

/// A permit that was asked for.
#[must_use]
pub fn take_permit(permit: &Permit, request: &PermitRequest) -> Write {
    permits::take(permit, request)
}

/// A permit given back.
#[must_use]
pub fn release_permit(permit: &Permit) -> Write {
    permits::release(permit)
}

/// Pressure on a database.
///
/// # Errors
/// None in practice: it is always JSON.
pub fn save_pressure(database: &str, pressure: &Pressure) -> Result<Write, StateError> {
    versioned::save_pressure(database, pressure)
}

/// What is known of a database.
///
/// # Errors
/// None in practice: it is always JSON.
pub fn save_identity(database: &str, identity: &Identity) -> Result<Write, StateError> {
    versioned::save_identity(database, identity)
}

/// An entry of the journal: writes of their own, not one transaction.
///
/// # Errors
/// None in practice: it is always JSON.
pub fn append(entry: &JournalEntry) -> Result<Vec<Write>, StateError> {
    journal::writes(entry)
}

/// The items that a look at some subjects reads: head and body of each.
#[must_use]
pub fn read(subjects: &[SubjectKey]) -> Vec<Key> {
    subjects.iter().flat_map(|subject| [keys::head(subject), keys::body(subject)]).collect()
}

/// The item that says how much a database bears.
#[must_use]
pub fn read_pressure(database: &str) -> Key {
    keys::pressure(database)
}

/// The item that says which database it is.
#[must_use]
pub fn read_identity(database: &str) -> Key {
    keys::identity(database)
}

/// Looks into the index that one search for overdue calls makes.
#[must_use]
pub fn overdue_looks() -> u32 {
    keys::CALL_SHARDS
}
