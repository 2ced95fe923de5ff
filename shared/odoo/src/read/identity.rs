//! Which database it is, and whether it went back: its uuid where that can be read, and a mark that we leave in it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    rows::LoadRows,
    wire::{
        Call,
        values::{instant, text},
    },
};

/// External id of the contact that bears the mark. No Odoo app is called `sluice`.
const CANARY: &str = "sluice.canary";
/// Its name, for whoever finds it.
const NAME: &str = "Sluice canary: do not delete";
/// What stands before the count, so that another contact's reference is none.
const PREFIX: &str = "sluice:";

/// The mark as it stands in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The count.
    pub count: u64,
    /// When the database was told it: the start of that transaction, by its own clock.
    pub written_at: Timestamp,
}

/// Asks for a URL that happens to carry the database's uuid (exchanges 470, 497): the parameter itself is for administrators
/// (469). With a token given nothing is called and nothing is made.
#[must_use]
pub fn uuid_call() -> Call {
    let call = Call::new("iap.account", "get_credits_url").arg("service_name", json!("canary"));
    call.named("account_token", json!("none"))
}

/// Reads the uuid.
#[must_use]
pub fn parse_uuid(answer: &Value) -> Option<String> {
    let (_, rest) = answer.as_str()?.split_once("dbuuid=")?;
    let uuid = rest.split('&').next().filter(|uuid| !uuid.is_empty())?;
    Some(uuid.chars().take(64).collect())
}

/// Asks for the mark, archived as it is (exchange 473).
#[must_use]
pub fn mark_call(id: i64) -> Call {
    let call = Call::search_read("res.partner", json!([["id", "=", id]]), &["ref", "write_date"]);
    call.context("active_test", json!(false))
}

/// Reads it; `None` where the contact is gone or is another one.
#[must_use]
pub fn parse_mark(answer: &Value) -> Option<Mark> {
    let contact = answer.get(0)?;
    let count = contact.get("ref").and_then(text)?.strip_prefix(PREFIX)?.parse().ok()?;
    Some(Mark { count, written_at: contact.get("write_date").and_then(instant)? })
}

/// The row that leaves a mark, in plain mode: an archived contact, whose `ref` comes back byte for byte (exchange 471).
#[must_use]
pub fn mark_row(count: u64) -> LoadRows {
    let fields = ["id", "name", "ref", "active"].map(String::from).to_vec();
    let row = [CANARY, NAME, &format!("{PREFIX}{count}"), "0"].map(Value::from).to_vec();
    LoadRows { fields, rows: vec![row] }
}
