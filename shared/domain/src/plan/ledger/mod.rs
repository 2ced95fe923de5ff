//! The ledger of an order: what invoices and credit notes the target must hold, and the one next step towards it.
//!
//! Nothing of it happens but for accounts that ask for it (`books`). An order's own plan comes first; its ledger is looked at
//! when nothing else is left to do.

mod credit;
mod gate;
mod invoice;
mod next;

pub use credit::{Credit, CreditLine, Due, due, refunded_value};
pub use invoice::Invoice;
pub use next::{LedgerNext, LedgerSituation, ledger_next, wants_ledger};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::value::{Money, SubjectKey};

/// What the target's ledger was seen to hold of an order: its invoices, and what reverses them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Entries, by id.
    pub entries: Vec<Entry>,
}

/// An invoice or a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Database id.
    pub id: i64,
    /// `INV/2026/00001`; a draft may have none yet.
    pub name: Option<String>,
    /// Its external id, if it has one.
    pub external: Option<String>,
    /// What it is.
    pub kind: EntryKind,
    /// Where it stands.
    pub state: EntryState,
    /// The entry that it reverses.
    pub reverses: Option<i64>,
    /// Whose.
    pub partner: i64,
    /// Its journal.
    pub journal: i64,
    /// Id of its currency.
    pub currency: i64,
    /// With tax.
    pub total: Money,
    /// Tax.
    pub tax: Money,
    /// The date on the document.
    pub invoice_date: Option<Date>,
    /// The date in the books.
    pub date: Option<Date>,
    /// Lines of goods and services.
    pub lines: Vec<EntryLine>,
}

/// Invoice or credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// `out_invoice`
    Invoice,
    /// `out_refund`
    CreditNote,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Not in the books yet.
    Draft,
    /// In the books.
    Posted,
    /// Given up.
    Cancelled,
}

/// A line of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLine {
    /// Ids of the order lines that it invoices.
    pub sale_lines: Vec<i64>,
    /// Product.
    pub product: Option<i64>,
    /// Units.
    pub quantity: Decimal,
    /// Price of one.
    pub unit_price: Decimal,
    /// Per cent off.
    pub discount: Decimal,
    /// Taxes.
    pub taxes: Vec<i64>,
    /// With tax.
    pub total: Money,
}

impl Entry {
    /// What people call it.
    #[must_use]
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("draft {}", self.id))
    }
}

impl Ledger {
    /// Entries of a kind that are in the books.
    pub fn posted(&self, kind: EntryKind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind && entry.state == EntryState::Posted)
    }

    /// The entry of that external id.
    #[must_use]
    pub fn named(&self, external: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.external.as_deref() == Some(external))
    }
}

/// What became of a refund in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerNote {
    /// Id of our credit note.
    pub entry: Option<i64>,
    /// In words: `RINV/2026/00001 posted, 21.64`, `no credit note: it failed`.
    pub text: String,
}

/// External id of a refund's credit note: the same on every path, so that Odoo's unique index is the judge.
#[must_use]
pub fn credit_note_id(key: &SubjectKey, refund: &str) -> String {
    let safe: String = refund.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    format!("{}.refund_{}_{safe}", key.account(), key.external_id())
}
