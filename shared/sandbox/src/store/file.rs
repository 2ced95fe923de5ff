//! Rows in one SQLite file.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use sluice_domain::ports::state::StateError;

use super::rows::{Change, Rows};

/// Marks a file as ours: "SLUI".
const APPLICATION_ID: i32 = 0x534c_5549;
/// The layout of this version.
const LAYOUT: i32 = 1;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the store is in use by another Sluice: stop that one, or name another file with --store or SLUICE_STORE")]
    InUse,
    /// It is not a store.
    #[error("the file is not a Sluice store: name another one with --store or SLUICE_STORE")]
    Foreign,
    /// It has a layout that this version does not know.
    #[error(
        "the store was written by another version of Sluice (layout {0}): use that one, or RESET=1 for a new store"
    )]
    OtherLayout(i32),
    /// The file system or SQLite failed.
    #[error("the store cannot be opened: {0}")]
    Failed(#[from] rusqlite::Error),
}

/// Rows in a file. WAL, one owner: what was committed survives the death of the process at any instant. `synchronous =
/// FULL` makes it survive a power cut as well, at one flush a commit.
pub(crate) struct FileRows {
    connection: Connection,
}

impl FileRows {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let connection = Connection::open(path).map_err(classify)?;
        let set = |name: &str, value: &str| connection.pragma_update(None, name, value).map_err(classify);
        set("locking_mode", "EXCLUSIVE")?;
        set("journal_mode", "WAL")?;
        set("synchronous", "FULL")?;
        let number =
            |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(classify);
        match (number("application_id")?, number("user_version")?) {
            (APPLICATION_ID, LAYOUT) => {}
            (APPLICATION_ID, other) => return Err(OpenError::OtherLayout(other)),
            (0, 0) if is_empty(&connection)? => create(&connection)?,
            _ => return Err(OpenError::Foreign),
        }
        // The exclusive lock is taken by the first write.
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT;").map_err(classify)?;
        Ok(Self { connection })
    }
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
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Foreign,
        _ => OpenError::Failed(error),
    }
}

fn failed(error: &rusqlite::Error) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::Throttled(error.to_string()),
        _ => StateError::Unknown(error.to_string()),
    }
}

impl Rows for FileRows {
    fn get(&self, space: &str, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT value FROM rows WHERE space = ?1 AND key = ?2")
            .map_err(|error| failed(&error))?;
        query.query_row(params![space, key], |row| row.get(0)).optional().map_err(|error| failed(&error))
    }

    fn scan(&self, space: &str, from: &str, limit: usize) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT key, value FROM rows WHERE space = ?1 AND key >= ?2 ORDER BY key LIMIT ?3")
            .map_err(|error| failed(&error))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query
            .query_map(params![space, from, limit], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|error| failed(&error))?;
        rows.collect::<Result<_, _>>().map_err(|error| failed(&error))
    }

    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StateError> {
        let work = || -> Result<(), rusqlite::Error> {
            let transaction = self.connection.transaction()?;
            for (space, key, value) in changes {
                match value {
                    Some(value) => transaction
                        .prepare_cached("INSERT OR REPLACE INTO rows (space, key, value) VALUES (?1, ?2, ?3)")?
                        .execute(params![space, key, value])?,
                    None => transaction
                        .prepare_cached("DELETE FROM rows WHERE space = ?1 AND key = ?2")?
                        .execute(params![space, key])?,
                };
            }
            transaction.commit()
        };
        work().map_err(|error| failed(&error))
    }
}
