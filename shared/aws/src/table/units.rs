//! What writes and reads cost: request units, by the rules of `DynamoDB`. Pure; the budget of an order is counted with it.
//!
//! An item weighs the UTF-8 bytes of its names and values. A write costs a unit per begun kilobyte of the larger of what was
//! and what is, twice within a transaction, and once more for each index: an entry that comes or goes one, one whose key
//! changes two, one that stays as it was none. A consistent read by key costs a unit per begun four kilobytes of each item, and
//! one for an item that is not there. (Developer guide: "DynamoDB item sizes and formats", "Capacity unit consumption for
//! write operations" and "for read operations", "Provisioned throughput considerations for global secondary indexes".)

use std::collections::BTreeMap;

use super::{Change, Item, Key, Value, Write};

/// Bytes of a write unit.
const UNIT: usize = 1_024;
/// Bytes of a read unit.
const READ_UNIT: usize = 4_096;

/// A sparse index: an item is in it while it has both keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its partition key.
    pub hash: &'static str,
    /// Its sort key.
    pub range: &'static str,
}

/// Indexes of the state table. All project keys only.
pub const INDEXES: &[Index] = &[
    Index { name: "due", hash: "due_pk", range: "due_sk" },
    Index { name: "number", hash: "number", range: "sk" },
    Index { name: "odoo_name", hash: "odoo_name", range: "sk" },
    Index { name: "odoo_id", hash: "odoo_id", range: "sk" },
    Index { name: "parked", hash: "parked", range: "sk" },
];

/// What writes cost, by what was written: `item` and the indexes' names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units(pub BTreeMap<&'static str, usize>);

impl Units {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    fn add(&mut self, what: &'static str, units: usize) {
        let sum = self.0.entry(what).or_default();
        *sum = sum.saturating_add(units);
    }
}

/// The weight of an item in bytes, its key included.
#[must_use]
pub fn item_bytes(key: &Key, item: &Item) -> usize {
    let keys = ["pk", "sk"].iter().map(|name| name.len()).sum::<usize>();
    let own = item.attributes().map(|(name, value)| name.len().saturating_add(value_bytes(value)));
    own.fold(keys.saturating_add(key.pk.len()).saturating_add(key.sk.len()), usize::saturating_add)
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        // A byte for every two significant digits, one more, and one for a sign.
        Value::Number(number) => {
            let digits = number.unsigned_abs().to_string().trim_end_matches('0').len();
            digits.div_ceil(2).saturating_add(1).saturating_add(usize::from(*number < 0))
        }
    }
}

/// Items as they are stored, and what it costs to change them. It checks no condition: it is told what happened.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<Key, Item>);

impl Ledger {
    /// One write, or several of one transaction.
    pub fn write(&mut self, writes: &[Write]) -> Units {
        let times = if writes.len() > 1 { 2 } else { 1 };
        let mut units = Units::default();
        for write in writes {
            let old = self.0.remove(&write.key);
            let new = match &write.change {
                Change::Put(item) => Some(item.clone()),
                Change::Update { set, remove } => Some(set.clone().over(old.clone().unwrap_or_default(), remove)),
                Change::Delete => None,
            };
            let bytes = [&old, &new].into_iter().flatten().map(|item| item_bytes(&write.key, item)).max();
            units.add("item", bytes.unwrap_or(1).div_ceil(UNIT).saturating_mul(times));
            for index in INDEXES {
                units.add(index.name, entry_units(*index, old.as_ref(), new.as_ref()));
            }
            if let Some(new) = new {
                self.0.insert(write.key.clone(), new);
            }
        }
        units.0.retain(|_, units| *units > 0);
        units
    }

    /// Consistent reads by key.
    #[must_use]
    pub fn read(&self, keys: &[Key]) -> usize {
        let bytes = |key: &Key| self.0.get(key).map_or(0, |item| item_bytes(key, item));
        keys.iter().map(|key| bytes(key).div_ceil(READ_UNIT).max(1)).fold(0, usize::saturating_add)
    }

    /// An item as it is stored.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }
}

/// What one index costs. Entries are smaller than a unit: keys are at most 2 KB, and ours a tenth of that.
fn entry_units(index: Index, old: Option<&Item>, new: Option<&Item>) -> usize {
    // The table's own keys are there always, and never change.
    let keys = [index.hash, index.range].into_iter().filter(|key| !["pk", "sk"].contains(key));
    let entry = |item: Option<&Item>| -> Option<Vec<Value>> {
        keys.clone().map(|key| item.and_then(|item| item.get(key)).cloned()).collect()
    };
    match (entry(old), entry(new)) {
        (None, None) => 0,
        (None, Some(_)) | (Some(_), None) => 1,
        (Some(old), Some(new)) if old == new => 0,
        (Some(_), Some(_)) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Condition;

    fn write(sk: &str, change: Change) -> Write {
        Write { key: Key::new("p", sk), change, condition: Condition::None }
    }

    fn padded(bytes: usize) -> Item {
        // Names and values of the key are 2 + 2 + 1 + 1, the name of the attribute is one.
        Item::default().with("x", "a".repeat(bytes.saturating_sub(7)))
    }

    #[track_caller]
    fn check(units: &Units, expect: &[(&'static str, usize)]) {
        assert_eq!(units, &Units(expect.iter().copied().collect()));
    }

    #[test]
    fn values_weigh_what_the_guide_says() {
        for (value, bytes) in [
            (Value::from("ä€"), 5),
            (Value::Bytes(vec![0; 9]), 9),
            (Value::Number(0), 1),
            (Value::Number(7), 2),
            (Value::Number(1_000), 2),
            (Value::Number(123), 3),
            (Value::Number(-123), 4),
            (Value::from(u64::MAX), 11),
        ] {
            assert_eq!(value_bytes(&value), bytes, "{value:?}");
        }
    }

    #[test]
    fn a_begun_kilobyte_is_a_unit_and_the_larger_of_before_and_after_counts() {
        let mut ledger = Ledger::default();
        check(&ledger.write(&[write("s", Change::Put(padded(1_024)))]), &[("item", 1)]);
        check(&ledger.write(&[write("s", Change::Put(padded(1_025)))]), &[("item", 2)]);
        check(&ledger.write(&[write("s", Change::Put(padded(10)))]), &[("item", 2)]);
        check(&ledger.write(&[write("s", Change::Put(padded(10)))]), &[("item", 1)]);
        check(&ledger.write(&[write("s", Change::Delete)]), &[("item", 1)]);
        check(&ledger.write(&[write("s", Change::Delete)]), &[("item", 1)]);
    }

    #[test]
    fn four_kilobytes_are_a_read_and_so_is_what_is_not_there() {
        let mut ledger = Ledger::default();
        ledger.write(&[write("s", Change::Put(padded(4_096)))]);
        ledger.write(&[write("t", Change::Put(padded(4_097)))]);
        let key = |sk| Key::new("p", sk);
        for (keys, units) in
            [(vec!["s"], 1), (vec!["t"], 2), (vec!["gone"], 1), (vec!["s", "t", "gone"], 4), (vec![], 0)]
        {
            assert_eq!(ledger.read(&keys.iter().map(|sk| key(*sk)).collect::<Vec<_>>()), units, "{keys:?}");
        }
    }

    #[test]
    fn transactions_count_twice() {
        let both = [write("a", Change::Put(padded(100))), write("b", Change::Put(padded(3_000)))];
        check(&Ledger::default().write(&both), &[("item", 8)]);
    }

    #[test]
    fn index_entries_cost_when_they_come_move_and_go() {
        let mut ledger = Ledger::default();
        let due = |at: &str| Item::default().with("due_pk", "d").with("due_sk", at).with("number", "1");
        check(&ledger.write(&[write("s", Change::Put(due("1")))]), &[("item", 1), ("due", 1), ("number", 1)]);
        let update = |set, remove: &[&'static str]| write("s", Change::Update { set, remove: remove.to_vec() });
        check(&ledger.write(&[update(Item::default().with("x", "y"), &[])]), &[("item", 1)]);
        check(&ledger.write(&[update(due("2"), &[])]), &[("item", 1), ("due", 2)]);
        check(&ledger.write(&[update(Item::default().with("x", "z"), &["due_sk"])]), &[("item", 1), ("due", 1)]);
        check(&ledger.write(&[write("s", Change::Delete)]), &[("item", 1), ("number", 1)]);
    }

    #[test]
    fn what_an_update_does_not_name_stays() {
        let mut ledger = Ledger::default();
        ledger.write(&[write("s", Change::Put(Item::default().with("a", "1").with("b", "1").with("c", "1")))]);
        let change = Change::Update { set: Item::default().with("a", "2"), remove: vec!["b"] };
        ledger.write(&[write("s", change)]);
        assert_eq!(ledger.get(&Key::new("p", "s")), Some(&Item::default().with("a", "2").with("c", "1")));
    }
}
