//! The records of one model, with the indexes its fields ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    record::Record,
    value::{Id, Key, Value},
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<Id, Record>,
    indexes: Vec<(usize, BTreeSet<(Key, Id)>)>,
    /// The last id given. Ids of rolled-back records are not given again.
    pub(crate) last: Id,
}

impl Table {
    pub(crate) fn new(indexed: impl Iterator<Item = usize>) -> Self {
        Self { rows: BTreeMap::new(), indexes: indexed.map(|slot| (slot, BTreeSet::new())).collect(), last: 0 }
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Record> {
        self.rows.get(&id)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Id, &Record)> {
        self.rows.iter().map(|(id, record)| (*id, record))
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts, replaces or removes, and gives back what was there.
    pub(crate) fn replace(&mut self, id: Id, new: Option<Record>) -> Option<Record> {
        for (slot, index) in &mut self.indexes {
            let before = self.rows.get(&id).and_then(|record| Key::of(record.get(*slot)));
            let after = new.as_ref().and_then(|record| Key::of(record.get(*slot)));
            if before == after {
                continue;
            }
            if let Some(key) = before {
                index.remove(&(key, id));
            }
            if let Some(key) = after {
                index.insert((key, id));
            }
        }
        match new {
            Some(record) => self.rows.insert(id, record),
            None => self.rows.remove(&id),
        }
    }

    /// Ids of the records whose field holds this, ascending; `None` when the field has no index.
    pub(crate) fn find(&self, slot: usize, value: &Value) -> Option<Vec<Id>> {
        let (_, index) = self.indexes.iter().find(|(indexed, _)| *indexed == slot)?;
        let Some(key) = Key::of(value) else { return Some(Vec::new()) };
        Some(index.range((key.clone(), Id::MIN)..=(key, Id::MAX)).map(|(_, id)| *id).collect())
    }
}
