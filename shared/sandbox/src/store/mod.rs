//! The ports over an ordered map of rows: in memory, or in one SQLite file that survives a kill at any instant.
//!
//! One implementation of the logic over two of the rows. Every port call is one transaction under one lock, so what is
//! read within it holds until it is written. Calls block for as long as the rows take, inside the future: right for the
//! one process that embedded Sluice is, and for a simulation, whose rows are in memory.

mod calls;
mod journal;
mod keys;
mod look;
mod queue;
mod rows;
mod save;
mod state;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use sluice_domain::ports::state::StateError;

pub use journal::JournalLimit;
pub use look::MAX_FOUND;
pub use queue::{MAX_BATCH, MAX_RECEIVES, Message, QueueName, Receipt, Received};
pub use rows::OpenError;
pub use save::{MAX_BODY_BYTES, MAX_HEAD_BYTES};

use rows::{Commit, FileRows, MemoryRows, Row, Rows, Space, Span, Transaction};

/// State, journal and queues in one place. Clones share it.
#[derive(Clone)]
pub struct Store {
    rows: Arc<dyn Rows>,
    limit: JournalLimit,
    journalled: Arc<AtomicU64>,
    flushing: bool,
}

impl Store {
    /// A store in memory, gone with the process, whose journal keeps everything.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::over(MemoryRows::default())
    }

    /// A store in one file, created where there is none, with the folder that it stands in.
    ///
    /// What was committed survives the death of the process at any instant. A power cut or a crash of the operating system
    /// may take back the last moments, to a state that was true at one instant; see [`Store::flushing`].
    ///
    /// # Errors
    /// When the file is in use, is another program's, or was written by another version of Sluice.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(FileRows::open(path)?))
    }

    fn over(rows: impl Rows + 'static) -> Self {
        Self { rows: Arc::new(rows), limit: JournalLimit::All, journalled: Arc::default(), flushing: false }
    }

    /// The same store with another limit on its journal, for what is appended through this handle and its clones.
    #[must_use]
    pub fn keeping(mut self, limit: JournalLimit) -> Self {
        self.limit = limit;
        self
    }

    /// The same store, and what is sent through this handle and its clones survives a power cut too: a delivery is on the
    /// disk before it is answered with 2xx, and the note of a call before Odoo is called. Whatever else a power cut takes
    /// back is worked out again from these. For a store that faces a real shop or a real Odoo: it costs one flush of the
    /// disk a delivery, some milliseconds.
    #[must_use]
    pub fn flushing(mut self) -> Self {
        self.flushing = true;
        self
    }

    /// All rows of a space of the caller's own (the simulated Odoo keeps its records here), in key order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read_rows(&self, space: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        let found = self.within(|rows| rows.scan(Space::Own, &Span::under(&[space]), usize::MAX))?;
        let own = found.into_iter().filter_map(|(key, row)| match (keys::rest(&key), row) {
            (Some(key), Row::Bytes(bytes)) => Some((key.to_owned(), bytes.to_vec())),
            _ => None,
        });
        Ok(own.collect())
    }

    /// Writes rows of a space of the caller's own, all or none; `None` deletes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_rows(&self, space: &str, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StateError> {
        self.within(|rows| {
            for (key, value) in changes {
                let key = keys::joined(&[space, &key]);
                match value {
                    Some(value) => rows.put(Space::Own, key, Row::Bytes(value.into()))?,
                    None => rows.delete(Space::Own, &key)?,
                }
            }
            Ok(())
        })
    }

    /// One transaction that survives the death of the process.
    fn within<T>(&self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError>) -> Result<T, StateError> {
        self.committed(Commit::Kept, work)
    }

    /// One that survives a power cut, where that is wanted.
    fn promised<T>(&self, work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError>) -> Result<T, StateError> {
        self.committed(if self.flushing { Commit::Flushed } else { Commit::Kept }, work)
    }

    fn committed<T>(
        &self,
        commit: Commit,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let mut transaction = self.rows.begin(commit)?;
        let answer = work(&mut *transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

fn broken(error: &dyn std::fmt::Display) -> StateError {
    StateError::Broken(error.to_string())
}
