//! The answer of `load`: HTTP 200 with an outcome inside.

use serde_json::{Value, json};

use super::{Call, Fault};

/// How the database says that it rolled a transaction back for the sake of another one, or that it will not wait longer. In a
/// `load` an error has no name: only the text tells. It is English unless `lc_messages` of the database server says otherwise;
/// then such a message is a refusal of the record, which is sent again alone.
const ROLLED_BACK: &[&str] = &[
    "could not serialize access",
    "deadlock detected",
    "could not obtain lock",
    "canceling statement due to",
    "Unknown database error",
];
/// How Odoo says that a user may not create or change records of a model (exchange 251): English, as no language is asked for.
const NO_RIGHT: &[&str] = &["You are not allowed to "];

/// How `load` treats records that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadMode {
    /// They are returned untouched. The same context from the first call on.
    CreateOnce,
    /// They are overwritten in place.
    Update,
}

/// What `load` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadAnswer {
    /// Every record exists: ids in the order of the records.
    Done(Vec<i64>),
    /// Nothing was kept, because of these records.
    Refused(Vec<RowMessage>),
}

/// What `load` says about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowMessage {
    /// 0-based index of the record in the call; `None` where it blames the whole call.
    pub record: Option<usize>,
    /// The column.
    pub field: Option<String>,
    /// In Odoo's words.
    pub message: String,
}

impl Call {
    /// `load`, with the change log off: it is faster, and the log of an import is noise. Dates are said to be in UTC: `load`
    /// alone reads them in the time zone of the user's preferences (Odoo's `ir.fields.converter`, `_input_tz`).
    #[must_use]
    pub fn load(model: &'static str, fields: &[String], rows: &[Vec<Value>], mode: LoadMode) -> Self {
        let call = Self::new(model, "load").arg("fields", json!(fields)).arg("data", json!(rows));
        let call = call.context("tracking_disable", json!(true)).context("tz", json!("UTC"));
        match mode {
            LoadMode::CreateOnce => call.context("mode", json!("update")).context("noupdate", json!(true)),
            LoadMode::Update => call,
        }
    }
}

impl LoadAnswer {
    /// Reads the answer of `load`.
    ///
    /// # Errors
    /// `Fault::Conflict` where the database rolled it back because of a concurrent call, which `load` reports as a message
    /// and does not retry (exchanges 231 to 233); `Fault::Access` where the user may not write such records at all (251).
    pub fn parse(answer: &Value) -> Result<Self, Fault> {
        if let Some(ids) = answer.get("ids").and_then(Value::as_array) {
            return Ok(Self::Done(ids.iter().filter_map(Value::as_i64).collect()));
        }
        let messages: Vec<RowMessage> = answer
            .get("messages")
            .and_then(Value::as_array)
            .ok_or_else(|| Fault::Mapping("an answer of load without ids and messages".into()))?
            .iter()
            .filter(|message| message.get("type").and_then(Value::as_str) != Some("warning"))
            .map(row_message)
            .collect();
        let begins =
            |starts: &[&str]| messages.iter().find(|row| starts.iter().any(|start| row.message.starts_with(start)));
        if let Some(row) = begins(ROLLED_BACK) {
            return Err(Fault::Conflict(row.message.trim().to_owned()));
        }
        match begins(NO_RIGHT) {
            Some(row) => Err(Fault::Access(row.message.trim().to_owned())),
            None => Ok(Self::Refused(messages)),
        }
    }
}

fn row_message(message: &Value) -> RowMessage {
    RowMessage {
        record: message.get("record").and_then(Value::as_u64).and_then(|record| usize::try_from(record).ok()),
        field: message.get("field").and_then(Value::as_str).map(ToOwned::to_owned),
        message: message.get("message").and_then(Value::as_str).unwrap_or("no message").chars().take(500).collect(),
    }
}
