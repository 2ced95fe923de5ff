//! One stored record.

use std::sync::Arc;

use super::value::{Id, Value};

/// One row of `ir.model.data` that names a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExternalId {
    /// `<module>.<name>`.
    pub(crate) name: Arc<str>,
    /// Id of the `ir.model.data` row.
    pub(crate) row: Id,
    /// Plain updates are allowed, replays in update mode are not.
    pub(crate) noupdate: bool,
}

/// One record: the stored fields in the order of its model's table of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Seconds since the epoch.
    pub(crate) created: i64,
    /// Seconds since the epoch.
    pub(crate) written: i64,
    /// User who made it.
    pub(crate) author: Id,
    /// The names that `load` finds it by; almost always none or one.
    pub(crate) external: Box<[ExternalId]>,
    values: Box<[Value]>,
}

static UNSET: Value = Value::Unset;

impl Record {
    pub(crate) fn new(stored: usize, now: i64, author: Id) -> Self {
        Self {
            created: now,
            written: now,
            author,
            external: Box::default(),
            values: vec![Value::Unset; stored].into_boxed_slice(),
        }
    }

    pub(crate) fn get(&self, slot: usize) -> &Value {
        self.values.get(slot).unwrap_or(&UNSET)
    }

    pub(crate) fn set(&mut self, slot: usize, value: Value) {
        if let Some(place) = self.values.get_mut(slot) {
            *place = value;
        }
    }

    pub(crate) fn id_at(&self, slot: usize) -> Option<Id> {
        self.get(slot).as_id()
    }
}
