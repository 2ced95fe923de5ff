//! The database: tables, external ids, counters, one transaction at a time.

pub(crate) mod record;
pub(crate) mod rows;
mod table;
pub(crate) mod value;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use self::{
    record::{ExternalId, Record},
    table::Table,
    value::{Id, Value},
};
use super::schema::{self, Model};

/// Where an external id leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) model: Model,
    pub(crate) id: Id,
    /// Id of the `ir.model.data` row.
    pub(crate) row: Id,
    pub(crate) noupdate: bool,
}

/// A place in the transaction to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Savepoint(usize);

#[derive(Clone, Debug)]
pub(crate) struct Db {
    tables: Vec<Table>,
    external: HashMap<Arc<str>, Target>,
    /// Sequences: as in the database, a rolled-back number stays used.
    counters: BTreeMap<String, i64>,
    undo: Vec<(Model, Id, Option<Record>)>,
    changed: BTreeSet<(Model, Id)>,
    changed_counters: BTreeSet<String>,
}

/// Counter of `ir.model.data` rows.
const EXTERNAL_ROWS: &str = "ir.model.data";

impl Db {
    pub(crate) fn new() -> Self {
        let tables = schema::all()
            .map(|def| {
                let indexed = def.fields.iter().enumerate().filter(|(_, field)| field.indexed);
                Table::new(indexed.map(|(slot, _)| slot))
            })
            .collect();
        Self {
            tables,
            external: HashMap::new(),
            counters: BTreeMap::new(),
            undo: Vec::new(),
            changed: BTreeSet::new(),
            changed_counters: BTreeSet::new(),
        }
    }

    pub(crate) fn get(&self, model: Model, id: Id) -> Option<&Record> {
        self.tables.get(model.index()).and_then(|table| table.get(id))
    }

    /// One field of one record, unset when there is no such record.
    pub(crate) fn field(&self, model: Model, id: Id, slot: usize) -> Value {
        self.get(model, id).map_or(Value::Unset, |record| record.get(slot).clone())
    }

    pub(crate) fn iter(&self, model: Model) -> impl DoubleEndedIterator<Item = (Id, &Record)> {
        self.tables.get(model.index()).into_iter().flat_map(Table::iter)
    }

    pub(crate) fn count(&self, model: Model) -> usize {
        self.tables.get(model.index()).map_or(0, Table::len)
    }

    /// Ids by an indexed field; every id of the table when the field has no index.
    pub(crate) fn find(&self, model: Model, slot: usize, value: &Value) -> Vec<Id> {
        let Some(table) = self.tables.get(model.index()) else { return Vec::new() };
        table
            .find(slot, value)
            .unwrap_or_else(|| table.iter().filter(|(_, record)| record.get(slot) == value).map(|(id, _)| id).collect())
    }

    /// As [`Self::find`], or `None` when the field has no index.
    pub(crate) fn find_indexed(&self, model: Model, slot: usize, value: &Value) -> Option<Vec<Id>> {
        self.tables.get(model.index()).and_then(|table| table.find(slot, value))
    }

    /// Takes the next id of a table. It stays used, also when the transaction is rolled back.
    pub(crate) fn next_id(&mut self, model: Model) -> Id {
        let Some(table) = self.tables.get_mut(model.index()) else { return 0 };
        table.last = table.last.saturating_add(1);
        self.changed_counters.insert(schema::of(model).name.to_owned());
        table.last
    }

    /// Takes the next number of a sequence. It stays used, also when the transaction is rolled back.
    pub(crate) fn next_number(&mut self, counter: &str) -> i64 {
        self.changed_counters.insert(format!("#{counter}"));
        let number = self.counters.entry(counter.to_owned()).or_insert(0);
        *number = number.saturating_add(1);
        *number
    }

    fn exchange(&mut self, model: Model, id: Id, new: Option<Record>) -> Option<Record> {
        if let Some(old) = self.get(model, id) {
            let gone: Vec<_> = old.external.iter().map(|external| Arc::clone(&external.name)).collect();
            for name in gone {
                self.external.remove(&name);
            }
        }
        for external in new.iter().flat_map(|record| record.external.iter()) {
            let target = Target { model, id, row: external.row, noupdate: external.noupdate };
            self.external.insert(Arc::clone(&external.name), target);
        }
        self.tables.get_mut(model.index()).and_then(|table| table.replace(id, new))
    }

    /// Puts, replaces or removes a record within the transaction.
    pub(crate) fn put(&mut self, model: Model, id: Id, new: Option<Record>) {
        let old = self.exchange(model, id, new);
        self.undo.push((model, id, old));
    }

    /// Changes a record in place within the transaction. Nothing happens when it does not exist.
    pub(crate) fn edit(&mut self, model: Model, id: Id, change: impl FnOnce(&mut Record)) {
        if let Some(mut record) = self.get(model, id).cloned() {
            change(&mut record);
            self.put(model, id, Some(record));
        }
    }

    pub(crate) fn set(&mut self, model: Model, id: Id, slot: usize, value: Value) {
        if self.get(model, id).is_some_and(|record| *record.get(slot) != value) {
            self.edit(model, id, |record| record.set(slot, value));
        }
    }

    pub(crate) fn external(&self, name: &str) -> Option<Target> {
        self.external.get(name).copied()
    }

    /// Takes an id for a row of `ir.model.data`.
    pub(crate) fn next_external_row(&mut self) -> Id {
        self.next_number(EXTERNAL_ROWS)
    }

    /// Names a record. A name in use is moved to this record, as `_update_xmlids` does on conflict.
    pub(crate) fn name_record(&mut self, model: Model, id: Id, name: &str, noupdate: bool) {
        if let Some(old) = self.external(name) {
            if old.model == model && old.id == id {
                return;
            }
            self.edit(old.model, old.id, |record| {
                record.external = record.external.iter().filter(|external| &*external.name != name).cloned().collect();
            });
        }
        let row = self.next_external_row();
        let external = ExternalId { name: Arc::from(name), row, noupdate };
        self.edit(model, id, |record| {
            record.external = record.external.iter().cloned().chain(std::iter::once(external)).collect();
        });
    }

    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint(self.undo.len())
    }

    pub(crate) fn rollback_to(&mut self, savepoint: Savepoint) {
        while self.undo.len() > savepoint.0 {
            if let Some((model, id, old)) = self.undo.pop() {
                self.exchange(model, id, old);
            }
        }
    }

    pub(crate) fn rollback(&mut self) {
        self.rollback_to(Savepoint(0));
    }

    pub(crate) fn commit(&mut self) {
        self.changed.extend(self.undo.drain(..).map(|(model, id, _)| (model, id)));
    }

    /// Forgets what changed since the last drain.
    pub(crate) fn forget_changes(&mut self) {
        self.changed.clear();
        self.changed_counters.clear();
    }
}
