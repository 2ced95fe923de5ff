//! The journal: all evidence, and every write with its outcome. Corrections append.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PortFuture, state::StateError};
use crate::value::SubjectKey;

/// An entry of the journal. Its identity is `subject`, `at` and `id`: appending it twice keeps one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// What it is about.
    pub subject: SubjectKey,
    /// When it happened; for evidence, when it was received.
    pub at: Timestamp,
    /// Tells entries of one instant apart, the same on a repeat: the delivery id, or trace id and step.
    pub id: String,
    /// Follows a delivery into Odoo.
    pub trace_id: String,
    /// What happened.
    pub what: Happening,
}

impl JournalEntry {
    /// Is it evidence, rather than something that we did?
    #[must_use]
    pub fn is_evidence(&self) -> bool {
        matches!(self.what, Happening::Evidence { .. })
    }
}

/// What the journal keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// Evidence arrived.
    Evidence {
        /// The provider's own event name.
        topic: String,
        /// SHA-256 of the raw body, hex.
        sha256: String,
        /// What it did: `changed`, `confirmed`, `nothing`, `ignored`, `rejected`.
        outcome: String,
        /// The desired version after it.
        desired: u64,
        /// When the channel sent it, as it said.
        stated_at: Option<Timestamp>,
        /// The raw body, compressed (zlib). Holds personal data: kept apart from logs, shown to nobody unasked.
        body: Vec<u8>,
    },
    /// A write to a target.
    Write {
        /// The step.
        step: String,
        /// What came of it, in a sentence without personal data.
        outcome: String,
        /// The desired version that it was for.
        desired: u64,
    },
    /// Something else worth keeping: parked, released, retried.
    Note {
        /// A sentence without personal data.
        text: String,
    },
}

/// Keeps the journal.
pub trait Journal: Send + Sync {
    /// Appends entries; repeating it is harmless.
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>>;

    /// The entries of a subject, oldest first, at most `limit`.
    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>>;
}
