//! The rows beneath: an ordered map of `(space, key)` to bytes with an atomic batch of changes.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use sluice_domain::ports::state::StateError;

/// A change of one row: space, key, and its value or its deletion.
pub(crate) type Change = (String, String, Option<Vec<u8>>);

/// Where rows are kept.
pub(crate) trait Rows: Send {
    /// One row.
    fn get(&self, space: &str, key: &str) -> Result<Option<Vec<u8>>, StateError>;

    /// Rows of a space from a key on, in key order.
    fn scan(&self, space: &str, from: &str, limit: usize) -> Result<Vec<(String, Vec<u8>)>, StateError>;

    /// All changes or none.
    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StateError>;
}

/// Rows in memory.
#[derive(Default)]
pub(crate) struct MemoryRows {
    spaces: HashMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Rows for MemoryRows {
    fn get(&self, space: &str, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.spaces.get(space).and_then(|rows| rows.get(key)).cloned())
    }

    fn scan(&self, space: &str, from: &str, limit: usize) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        let Some(rows) = self.spaces.get(space) else { return Ok(Vec::new()) };
        let range = rows.range::<str, _>((Bound::Included(from), Bound::Unbounded));
        Ok(range.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StateError> {
        for (space, key, value) in changes {
            let rows = self.spaces.entry(space).or_default();
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        Ok(())
    }
}
