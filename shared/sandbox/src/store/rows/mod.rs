//! The rows beneath: ordered spaces of key and value, changed in transactions.

mod encode;
mod file;
mod memory;
mod row;

use sluice_domain::ports::state::StateError;

pub use file::OpenError;

pub(super) use encode::compressed;
pub(super) use file::FileRows;
pub(super) use memory::MemoryRows;
pub(super) use row::{Row, Space, Stored};

use super::keys;

/// What a commit outlives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commit {
    /// The death of the process.
    Kept,
    /// A power cut as well: this transaction and all before it.
    Flushed,
}

/// Where rows are kept.
pub(super) trait Rows: Send + Sync {
    /// Begins a transaction. There is one at a time: others wait.
    fn begin(&self, commit: Commit) -> Result<Box<dyn Transaction + '_>, StateError>;
}

/// A transaction. It sees its own writes; dropped without a commit, it never was.
///
/// Its errors say what they mean for the rows: all but that of `commit` leave nothing written.
pub(super) trait Transaction {
    /// One row.
    fn get(&mut self, space: Space, key: &str) -> Result<Option<Row>, StateError>;

    /// The first rows of a span, in key order.
    fn scan(&mut self, space: Space, span: &Span, limit: usize) -> Result<Vec<(String, Row)>, StateError>;

    /// How many rows a span holds.
    fn count(&mut self, space: Space, span: &Span) -> Result<usize, StateError>;

    /// Writes a row, over another one of the same key.
    fn put(&mut self, space: Space, key: String, row: Row) -> Result<(), StateError>;

    /// Deletes a row, if it is there.
    fn delete(&mut self, space: Space, key: &str) -> Result<(), StateError>;

    /// Makes the writes last.
    fn commit(self: Box<Self>) -> Result<(), StateError>;
}

/// Keys from one, up to and without another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: String,
    to: String,
}

impl Span {
    /// All keys whose first parts are these.
    pub(super) fn under(parts: &[&str]) -> Self {
        let prefix = keys::joined(parts);
        Self { from: format!("{prefix}{}", keys::SEPARATOR), to: format!("{prefix}{}", keys::AFTER_SEPARATOR) }
    }

    /// The keys whose first part is this one, and whose second part is at most that one.
    pub(super) fn until(first: &str, second: &str) -> Self {
        let from = format!("{first}{}", keys::SEPARATOR);
        Self { to: format!("{from}{second}{}", keys::AFTER_SEPARATOR), from }
    }

    /// The keys whose first part is this one, and whose second part is more than that one.
    pub(super) fn later(first: &str, second: &str) -> Self {
        Self { from: Self::until(first, second).to, to: format!("{first}{}", keys::AFTER_SEPARATOR) }
    }

    /// The keys whose first part is at most this one.
    pub(super) fn before(first: &str) -> Self {
        Self { from: String::new(), to: format!("{first}{}", keys::AFTER_SEPARATOR) }
    }

    /// The keys after one, to the end of the space. Keys begin with ASCII.
    pub(super) fn after(key: Option<&str>) -> Self {
        Self { from: key.map(|key| format!("{key}\0")).unwrap_or_default(), to: "\u{7f}".into() }
    }
}

/// A typed row.
pub(super) fn get<T: Stored>(rows: &mut dyn Transaction, key: &str) -> Result<Option<std::sync::Arc<T>>, StateError> {
    let Some(row) = rows.get(T::SPACE, key)? else { return Ok(None) };
    of(row).map(Some)
}

/// Writes a typed row.
pub(super) fn put<T: Stored>(rows: &mut dyn Transaction, key: String, value: T) -> Result<(), StateError> {
    rows.put(T::SPACE, key, std::sync::Arc::new(value).into_row())
}

/// The value of a row.
pub(super) fn of<T: Stored>(row: Row) -> Result<std::sync::Arc<T>, StateError> {
    T::from_row(row).ok_or_else(|| StateError::Broken(format!("a row of {} of another kind", T::SPACE.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(rows: &dyn Rows) -> Vec<String> {
        let mut transaction = rows.begin(Commit::Kept).unwrap();
        let found = transaction.scan(Space::Own, &Span::after(None), 100).unwrap();
        found.into_iter().map(|(key, row)| format!("{key} {row:?}")).collect()
    }

    fn check_undone(rows: &dyn Rows) {
        let mut first = rows.begin(Commit::Kept).unwrap();
        for key in ["a", "b"] {
            first.put(Space::Own, key.into(), Row::Bytes([1].as_slice().into())).unwrap();
        }
        first.commit().unwrap();
        let before = contents(rows);
        for commit in [Commit::Kept, Commit::Flushed] {
            let mut dropped = rows.begin(commit).unwrap();
            dropped.put(Space::Own, "a".into(), Row::Bytes([2].as_slice().into())).unwrap();
            dropped.put(Space::Own, "a".into(), Row::Bytes([3].as_slice().into())).unwrap();
            dropped.put(Space::Own, "c".into(), Row::Bytes([4].as_slice().into())).unwrap();
            dropped.delete(Space::Own, "b").unwrap();
            dropped.delete(Space::Own, "c").unwrap();
            assert!(dropped.get(Space::Own, "b").unwrap().is_none(), "it sees its own writes");
            drop(dropped);
            assert_eq!(contents(rows), before);
        }
    }

    #[test]
    fn without_a_commit_nothing_happened() {
        check_undone(&MemoryRows::default());
        let folder = std::env::temp_dir().join(format!("sluice-rows-{}", std::process::id()));
        check_undone(&FileRows::open(&folder.join("rows.sluice")).unwrap());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
