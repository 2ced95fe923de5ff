//! Rows for `load`: contacts, orders, lines, dates.

mod contact;
mod ledger;
mod order;

pub use contact::{ContactRow, Contacts, Places, contact_rows, contacts};
pub use ledger::{CreditNoteRow, InvoiceRow, credit_note_rows, entry_rounding_rows, invoice_rows};
pub use order::{
    OrderHeader, amended_rows, confirm_dates, contact_changes, line_rows, order_rows, origin, rounding_row,
};

use serde_json::Value;
use sluice_domain::value::{AccountName, SubjectKey};

/// Columns and rows of one `load`, and which record of the call each of `keys` is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadRows {
    /// Column names.
    pub fields: Vec<String>,
    /// Cells.
    pub rows: Vec<Vec<Value>>,
}

/// `<account>.order_<id>`, or `summary_` of a day's summary: the module part is the account, so that two accounts never meet. The characters that Odoo does
/// not take in an external id (spaces) cannot occur in either.
#[must_use]
pub fn order_id(key: &SubjectKey) -> String {
    format!("{}.{}_{}", key.account(), key.kind().as_str(), key.external_id())
}

/// `<account>.order_<id>_<line>`.
#[must_use]
pub fn line_id(key: &SubjectKey, line: &str) -> String {
    format!("{}_{}", order_id(key), safe(line))
}

/// `<account>.customer_<key>`.
#[must_use]
pub fn customer_id(account: &AccountName, key: &str) -> String {
    format!("{account}.customer_{}", safe(key))
}

/// Only what Odoo takes in the name part of an external id (exchange 245: no spaces).
fn safe(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_graphic() { letter } else { '_' }).collect()
}

fn cell(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

fn blank() -> Value {
    Value::String(String::new())
}
