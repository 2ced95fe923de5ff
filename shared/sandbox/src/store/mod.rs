//! The ports over an ordered map of rows: in memory, or in one SQLite file that survives a kill at any instant.
//!
//! One implementation of the logic, two of the rows. Everything happens under one lock, so a conditional write is a read
//! and a commit. Calls block for as long as the file takes: fine for the one process that embedded Sluice is.

mod file;
mod journal;
mod queue;
mod rows;
mod state;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sluice_domain::ports::state::StateError;

pub use file::OpenError;
pub use queue::{MAX_BATCH, MAX_RECEIVES, Message, QueueName, Receipt, Received};

use rows::{MemoryRows, Rows};

/// State, journal and queues in one place.
#[derive(Clone)]
pub struct Store {
    rows: Arc<Mutex<Box<dyn Rows>>>,
}

impl Store {
    /// A store in memory: gone with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { rows: Arc::new(Mutex::new(Box::new(MemoryRows::default()))) }
    }

    /// A store in one file, created where there is none.
    ///
    /// # Errors
    /// When the file is in use, is another program's, or was written by a newer Sluice.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { rows: Arc::new(Mutex::new(Box::new(file::FileRows::open(path)?))) })
    }

    /// All rows of a space of the caller's own (the simulated Odoo keeps its records here), in key order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_rows(&self, space: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        self.lock().scan(&own(space), "", usize::MAX)
    }

    /// Writes rows of a space of the caller's own, all or none; `None` deletes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_rows(&self, space: &str, rows: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StateError> {
        let space = own(space);
        self.lock().commit(rows.into_iter().map(|(key, value)| (space.clone(), key, value)).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Rows>> {
        // Every commit is atomic in itself: a panic elsewhere leaves nothing half done here.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spaces of callers never meet the store's own.
fn own(space: &str) -> String {
    format!("own:{space}")
}

fn broken(error: &dyn std::fmt::Display) -> StateError {
    StateError::Broken(error.to_string())
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(value).map_err(|error| broken(&error))
}

fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, StateError> {
    serde_json::from_slice(bytes).map_err(|error| broken(&error))
}

/// An instant as text that sorts as the instants do (from 1970 on).
fn sortable(at: jiff::Timestamp) -> String {
    format!("{:020}", at.as_microsecond().max(0))
}
