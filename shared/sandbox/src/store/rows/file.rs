//! Rows in one SQLite file.
//!
//! WAL with one owner: the file is locked from its opening on, and no shared memory is needed. `synchronous = NORMAL`
//! leaves flushing to the operating system, so a commit outlives the process; a transaction that must outlive a power cut
//! is committed under `FULL`, which flushes the whole log before it.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, params};
use sluice_domain::ports::state::StateError;

use super::{
    Commit, Row, Rows, Space, Span, Transaction,
    encode::{decode, encode},
};

/// Marks a file as ours: "SLUI".
const APPLICATION_ID: i32 = 0x534c_5549;
/// The layout of this version.
const LAYOUT: i32 = 2;
/// How long to wait for another process that is just closing the file.
const PATIENCE: Duration = Duration::from_millis(300);
/// Pages of log between two check-points: 16 MiB. The log is the file beside the store.
const CHECKPOINT_PAGES: i32 = 4_096;
/// Kilobytes of cache.
const CACHE_KIB: i32 = 64 * 1_024;
/// Statements kept prepared: more than there are.
const STATEMENTS: usize = 16;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the store is in use by another Sluice: ask that one (--to URL, http://127.0.0.1:9000 without it), stop it, or name another file with --store or SLUICE_STORE"
    )]
    InUse,
    /// It is not a store.
    #[error("the file is not a Sluice store: name another one with --store or SLUICE_STORE")]
    Foreign,
    /// It has a layout that this version does not know.
    #[error(
        "the store was written by another version of Sluice (layout {found}, this one knows {LAYOUT}): use that one, or \
         name another file with --store or SLUICE_STORE"
    )]
    OtherLayout {
        /// The file's layout.
        found: i32,
    },
    /// Its folder cannot be made.
    #[error("the folder of the store cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    /// The file system or SQLite failed.
    #[error("the store cannot be opened: {0}")]
    Failed(#[source] rusqlite::Error),
}

/// Rows in a file.
pub(in crate::store) struct FileRows(Mutex<Owned>);

struct Owned {
    connection: Connection,
    commit: Commit,
}

impl FileRows {
    pub(in crate::store) fn open(path: &Path) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let connection = Connection::open(path).map_err(classify)?;
        prepare(&connection)?;
        Ok(Self(Mutex::new(Owned { connection, commit: Commit::Kept })))
    }
}

/// Looks before it touches: another program's file stays as it is.
fn prepare(connection: &Connection) -> Result<(), OpenError> {
    connection.busy_timeout(PATIENCE).map_err(classify)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    set(connection, "locking_mode", "EXCLUSIVE")?;
    let fresh = match (number(connection, "application_id")?, number(connection, "user_version")?) {
        (APPLICATION_ID, LAYOUT) => false,
        (APPLICATION_ID, found) => return Err(OpenError::OtherLayout { found }),
        (0, 0) if is_empty(connection)? => true,
        _ => return Err(OpenError::Foreign),
    };
    set(connection, "journal_mode", "WAL")?;
    set(connection, "synchronous", "NORMAL")?;
    set(connection, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    set(connection, "cache_size", CACHE_KIB.saturating_neg())?;
    if fresh {
        create(connection)?;
    }
    // The exclusive lock is taken by the first write.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT;").map_err(classify)?;
    Ok(())
}

fn set(connection: &Connection, name: &str, value: impl rusqlite::ToSql) -> Result<(), OpenError> {
    connection.pragma_update(None, name, value).map_err(classify)
}

fn number(connection: &Connection, name: &str) -> Result<i32, OpenError> {
    connection.pragma_query_value(None, name, |row| row.get(0)).map_err(classify)
}

fn is_empty(connection: &Connection) -> Result<bool, OpenError> {
    let tables = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0));
    Ok(tables.map_err(classify)? == 0)
}

fn create(connection: &Connection) -> Result<(), OpenError> {
    let sql = format!(
        "BEGIN IMMEDIATE;
         CREATE TABLE rows (space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (space, key))
             WITHOUT ROWID;
         PRAGMA application_id = {APPLICATION_ID};
         PRAGMA user_version = {LAYOUT};
         COMMIT;"
    );
    connection.execute_batch(&sql).map_err(classify)
}

fn classify(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse,
        Some(ErrorCode::NotADatabase) => OpenError::Foreign,
        _ => OpenError::Failed(error),
    }
}

/// A failure before the commit: the transaction is rolled back.
#[allow(clippy::needless_pass_by_value, reason = "stands in `map_err`")]
fn not_written(error: rusqlite::Error) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StateError::Broken(error.to_string()),
        _ => StateError::Throttled(error.to_string()),
    }
}

impl Rows for FileRows {
    fn begin(&self, commit: Commit) -> Result<Box<dyn Transaction + '_>, StateError> {
        // A transaction that panicked was rolled back when it was dropped.
        let mut owned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if owned.commit != commit {
            let mode = match commit {
                Commit::Kept => "PRAGMA synchronous = NORMAL",
                Commit::Flushed => "PRAGMA synchronous = FULL",
            };
            owned.connection.execute_batch(mode).map_err(not_written)?;
            owned.commit = commit;
        }
        let transaction = FileTransaction { owned };
        transaction.statement("BEGIN IMMEDIATE")?.execute([]).map_err(not_written)?;
        Ok(Box::new(transaction))
    }
}

struct FileTransaction<'a> {
    owned: MutexGuard<'a, Owned>,
}

impl FileTransaction<'_> {
    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, StateError> {
        self.owned.connection.prepare_cached(sql).map_err(not_written)
    }
}

impl Transaction for FileTransaction<'_> {
    fn get(&mut self, space: Space, key: &str) -> Result<Option<Row>, StateError> {
        let mut query = self.statement("SELECT value FROM rows WHERE space = ?1 AND key = ?2")?;
        let bytes = query
            .query_row(params![space.as_str(), key], |row| row.get::<_, Vec<u8>>(0))
            .optional()
            .map_err(not_written)?;
        bytes.map(|bytes| decode(space, &bytes)).transpose()
    }

    fn scan(&mut self, space: Space, span: &Span, limit: usize) -> Result<Vec<(String, Row)>, StateError> {
        let mut query = self.statement(
            "SELECT key, value FROM rows WHERE space = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query
            .query_map(params![space.as_str(), span.from, span.to, limit], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .map_err(not_written)?;
        let decoded = rows.map(|row| {
            let (key, bytes) = row.map_err(not_written)?;
            Ok((key, decode(space, &bytes)?))
        });
        decoded.collect()
    }

    fn count(&mut self, space: Space, span: &Span) -> Result<usize, StateError> {
        let mut query = self.statement("SELECT count(*) FROM rows WHERE space = ?1 AND key >= ?2 AND key < ?3")?;
        let count: i64 =
            query.query_row(params![space.as_str(), span.from, span.to], |row| row.get(0)).map_err(not_written)?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    fn put(&mut self, space: Space, key: String, row: Row) -> Result<(), StateError> {
        let bytes = encode(&row)?;
        let mut write = self.statement("INSERT OR REPLACE INTO rows (space, key, value) VALUES (?1, ?2, ?3)")?;
        write.execute(params![space.as_str(), key, bytes]).map_err(not_written)?;
        Ok(())
    }

    fn delete(&mut self, space: Space, key: &str) -> Result<(), StateError> {
        let mut write = self.statement("DELETE FROM rows WHERE space = ?1 AND key = ?2")?;
        write.execute(params![space.as_str(), key]).map_err(not_written)?;
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<(), StateError> {
        let done = self.statement("COMMIT")?.execute([]);
        done.map(drop).map_err(|error| StateError::Unknown(error.to_string()))
    }
}

impl Drop for FileTransaction<'_> {
    fn drop(&mut self) {
        if !self.owned.connection.is_autocommit() {
            // What fails here leaves the transaction open, and the next one fails to begin: nothing is lost silently.
            let _ = self.owned.connection.execute_batch("ROLLBACK");
        }
    }
}
