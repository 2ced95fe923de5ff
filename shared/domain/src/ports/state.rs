//! The state: subjects, the due index, call records, permits. Conditional writes only.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::PortFuture;
use crate::{
    state::{Body, Head, Lane, Record},
    value::{AccountName, SubjectKey},
};

/// One conditional save of a subject: the head always, the body where the fold changed it, both or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// The head to store. Its `version` is the one that was read (0: no record yet); the store keeps `version + 1`.
    pub head: Head,
    /// The body, where it changed.
    pub body: Option<Body>,
}

/// Why a state operation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Somebody saved it since it was read. Nothing was written: read and decide again.
    #[error("somebody else saved it first")]
    Conflict,
    /// The store asks for patience. Nothing was written.
    #[error("the store is throttled: {0}")]
    Throttled(String),
    /// The store did not answer, or answered an error after it may have written: read before repeating.
    #[error("the store did not answer: {0}")]
    Unknown(String),
    /// The record is larger than the store takes, or does not decode. A person must look.
    #[error("the record is broken: {0}")]
    Broken(String),
}

/// Notes a call that is not create-once, before it is sent. Only a definite answer deletes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Unique.
    pub id: String,
    /// Which Odoo database.
    pub database: String,
    /// The step that the call takes.
    pub step: String,
    /// What it may change.
    pub subjects: Vec<SubjectKey>,
    /// No call can commit later than this: the moment it was sent plus Odoo's request limit and a margin.
    pub deadline: Timestamp,
}

/// What a permit lets its holder do. Each kind is counted on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermitKind {
    /// Have one call in flight at the database.
    #[default]
    Call,
    /// Confirm orders in it, in the calls that it has in flight. One at a time does: confirming is Odoo's own CPU, and several
    /// confirmers wait for each other's stock and sequences (architecture section 8: three times worse with four).
    Confirm,
}

/// A right at a database, until it runs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Which database.
    pub database: String,
    /// To do what.
    #[serde(default)]
    pub kind: PermitKind,
    /// Which of its places.
    pub slot: u32,
    /// Who holds it.
    pub holder: String,
    /// It frees itself then.
    pub until: Timestamp,
}

/// Asks for a permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitRequest {
    /// Which database.
    pub database: String,
    /// To do what.
    pub kind: PermitKind,
    /// Who asks: unique per worker.
    pub holder: String,
    /// How many may be held at once.
    pub limit: u32,
    /// Now.
    pub now: Timestamp,
    /// How long it is held at most.
    pub term: SignedDuration,
}

/// What all workers share about the pressure on one database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressure {
    /// Counts saves; conditional like a head.
    pub version: u64,
    /// Calls that may be in flight now; 0 was never set.
    pub limit: u32,
    /// Until then the database is left alone; after it, one probe holds the only permit.
    pub open_until: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// When the limit last moved.
    pub moved_at: Option<Timestamp>,
}

/// What a scheduled job keeps between two runs: how far a pull came, what is left of a rate budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Counts saves; conditional like a head. 0 was never saved.
    pub version: u64,
    /// The job's own words, at most [`MAX_CURSOR_BYTES`]; empty was never saved.
    pub value: String,
}

impl Cursor {
    /// The name of the cursor that says since when an account waits to be read; empty where it does not.
    #[must_use]
    pub fn prompt(account: &AccountName) -> String {
        format!("prompt#{account}")
    }
}

/// The longest value of a cursor, in bytes.
pub const MAX_CURSOR_BYTES: usize = 1_024;

/// What is known of a database itself, to notice that it became another one, or went back to an earlier state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Counts saves; conditional like a head.
    pub version: u64,
    /// What the database calls itself, where it can be read.
    pub uuid: Option<String>,
    /// The mark that was last left in it.
    pub canary: Option<Canary>,
    /// Nothing is written to it any more.
    pub stopped: Option<Stopped>,
}

/// A count that is kept in the database and only goes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// The record that holds it.
    pub id: i64,
    /// The count, as last written.
    pub count: u64,
    /// When it was last written, by our clock.
    pub written_at: Timestamp,
    /// When the database said, before that, that it had been written; `None` before the first look.
    pub seen_at: Option<Timestamp>,
}

/// Why nothing is written to a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Since when.
    pub since: Timestamp,
    /// What was noticed, in a sentence.
    pub why: String,
}

/// The state store.
pub trait State: Send + Sync {
    /// Reads subjects, consistently, in the order asked.
    fn read(&self, keys: Vec<SubjectKey>) -> PortFuture<'_, Result<Vec<Option<Record>>, StateError>>;

    /// Saves each subject on its own condition; one that fails does not stop the others. Answers in the order given.
    fn save(&self, saves: Vec<Save>) -> PortFuture<'_, Vec<Result<(), StateError>>>;

    /// Subjects of a lane that are due at `now`, the longest due first. May lag behind saves.
    fn due(&self, lane: Lane, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<SubjectKey>, StateError>>;

    /// Subjects by what people call them: the channel's number or id, the subject key, Odoo's name or id.
    fn find<'a>(&'a self, reference: &'a str) -> PortFuture<'a, Result<Vec<SubjectKey>, StateError>>;

    /// Heads of the subjects that wait for a person, in key order, after `after`.
    fn parked(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>>;

    /// Notes a call before it is sent.
    fn open_call(&self, call: CallRecord) -> PortFuture<'_, Result<(), StateError>>;

    /// Deletes the note of a call whose answer is definite, or after whose deadline somebody looked.
    fn close_call<'a>(&'a self, id: &'a str) -> PortFuture<'a, Result<(), StateError>>;

    /// Calls whose deadline has passed, the oldest first.
    fn overdue_calls(&self, now: Timestamp, limit: usize) -> PortFuture<'_, Result<Vec<CallRecord>, StateError>>;

    /// A permit, or `None` when as many as allowed are held.
    fn acquire_permit(&self, request: PermitRequest) -> PortFuture<'_, Result<Option<Permit>, StateError>>;

    /// Gives a permit back; giving back one that ran out and is another's now does nothing.
    fn release_permit(&self, permit: Permit) -> PortFuture<'_, Result<(), StateError>>;

    /// The pressure on a database; the default where nothing is noted.
    fn pressure<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Pressure, StateError>>;

    /// Saves the pressure, on the condition that its `version` is still the stored one.
    fn save_pressure<'a>(&'a self, database: &'a str, pressure: Pressure) -> PortFuture<'a, Result<(), StateError>>;

    /// A cursor by its name; the default where none is kept.
    fn cursor<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Cursor, StateError>>;

    /// Saves a cursor, on the condition that its `version` is still the stored one.
    fn save_cursor<'a>(&'a self, name: &'a str, cursor: Cursor) -> PortFuture<'a, Result<(), StateError>>;

    /// What is known of a database; the default where nothing is noted.
    fn identity<'a>(&'a self, database: &'a str) -> PortFuture<'a, Result<Identity, StateError>>;

    /// Saves what is known of a database, on the condition that its `version` is still the stored one.
    fn save_identity<'a>(&'a self, database: &'a str, identity: Identity) -> PortFuture<'a, Result<(), StateError>>;

    /// Heads of all subjects, in an order of the store's own, after `after`; fewer than `limit` are the last. For repairs of
    /// everything: it reads the whole store.
    fn heads(&self, after: Option<SubjectKey>, limit: usize) -> PortFuture<'_, Result<Vec<Head>, StateError>>;
}
