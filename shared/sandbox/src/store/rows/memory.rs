//! Rows in memory, typed: nothing is encoded.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sluice_domain::ports::state::StateError;

use super::{Commit, Row, Rows, Space, Span, Transaction};

type Table = BTreeMap<Box<str>, Row>;
type Tables = BTreeMap<Space, Table>;

/// Rows in memory.
#[derive(Default)]
pub(in crate::store) struct MemoryRows(Mutex<Tables>);

impl Rows for MemoryRows {
    fn begin(&self, _: Commit) -> Result<Box<dyn Transaction + '_>, StateError> {
        // A transaction that panicked was undone when it was dropped.
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Box::new(MemoryTransaction { tables, undo: Vec::new() }))
    }
}

struct MemoryTransaction<'a> {
    tables: MutexGuard<'a, Tables>,
    /// What stood where something was written, in the order of the writes.
    undo: Vec<(Space, Box<str>, Option<Row>)>,
}

impl MemoryTransaction<'_> {
    fn range(&self, space: Space, span: &Span) -> impl Iterator<Item = (&Box<str>, &Row)> {
        let bounds = (Bound::Included(span.from.as_str()), Bound::Excluded(span.to.as_str()));
        self.tables.get(&space).into_iter().flat_map(move |table| table.range::<str, _>(bounds))
    }
}

impl Transaction for MemoryTransaction<'_> {
    fn get(&mut self, space: Space, key: &str) -> Result<Option<Row>, StateError> {
        Ok(self.tables.get(&space).and_then(|table| table.get(key)).cloned())
    }

    fn scan(&mut self, space: Space, span: &Span, limit: usize) -> Result<Vec<(String, Row)>, StateError> {
        Ok(self.range(space, span).take(limit).map(|(key, row)| (key.to_string(), row.clone())).collect())
    }

    fn count(&mut self, space: Space, span: &Span) -> Result<usize, StateError> {
        Ok(self.range(space, span).count())
    }

    fn put(&mut self, space: Space, key: String, row: Row) -> Result<(), StateError> {
        let key = key.into_boxed_str();
        let known = self.tables.entry(space).or_default().insert(key.clone(), row);
        self.undo.push((space, key, known));
        Ok(())
    }

    fn delete(&mut self, space: Space, key: &str) -> Result<(), StateError> {
        let removed = self.tables.get_mut(&space).and_then(|table| table.remove_entry(key));
        self.undo.extend(removed.map(|(key, row)| (space, key, Some(row))));
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<(), StateError> {
        self.undo.clear();
        Ok(())
    }
}

impl Drop for MemoryTransaction<'_> {
    fn drop(&mut self) {
        while let Some((space, key, known)) = self.undo.pop() {
            let table = self.tables.entry(space).or_default();
            match known {
                Some(row) => table.insert(key, row),
                None => table.remove(&key),
            };
        }
    }
}
