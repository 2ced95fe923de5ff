//! The ledger of an order as observed: its invoices, and what reverses them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};
use sluice_domain::{
    plan::{Entry, EntryKind, EntryLine, EntryState, Ledger},
    value::{Currency, Money},
};

use crate::wire::{
    Call, Fault,
    values::{decimal, ids, money, reference, text},
};

/// Fields of an entry.
const ENTRY: [&str; 12] = [
    "name",
    "move_type",
    "state",
    "reversed_entry_id",
    "partner_id",
    "journal_id",
    "currency_id",
    "amount_total",
    "amount_tax",
    "invoice_date",
    "date",
    "ref",
];
/// Fields of a line of an entry.
const LINE: [&str; 8] =
    ["move_id", "product_id", "quantity", "price_unit", "discount", "tax_ids", "price_total", "sale_line_ids"];

/// Asks for the ids of an order's invoices (exchange 064): those whose lines invoice its lines.
#[must_use]
pub fn invoices_call(order: i64, companies: &[i64]) -> Call {
    Call::search_read("sale.order", json!([["id", "=", order]]), &["invoice_ids"]).companies(companies)
}

/// Reads them.
#[must_use]
pub fn parse_invoices(answer: &Value) -> Vec<i64> {
    answer.get(0).and_then(|order| order.get("invoice_ids")).map(ids).unwrap_or_default()
}

/// Asks for entries, and for what reverses them.
#[must_use]
pub fn entries_call(invoices: &[i64], companies: &[i64]) -> Call {
    let kinds = json!(["move_type", "in", ["out_invoice", "out_refund"]]);
    let domain = json!([kinds, "|", ["id", "in", invoices], ["reversed_entry_id", "in", invoices]]);
    Call::search_read("account.move", domain, &ENTRY).companies(companies)
}

/// Asks for the lines of goods and services of entries (exchange 082).
#[must_use]
pub fn entry_lines_call(entries: &[i64], companies: &[i64]) -> Call {
    let domain = json!([["move_id", "in", entries], ["display_type", "=", "product"]]);
    Call::search_read("account.move.line", domain, &LINE).companies(companies)
}

/// Asks for the external ids of entries (exchange 468).
#[must_use]
pub fn entry_names_call(entries: Vec<i64>, companies: &[i64]) -> Call {
    Call::on("account.move", "get_external_id", entries).companies(companies)
}

/// Reads entries.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn parse_entries(entries: &Value) -> Result<Ledger, Fault> {
    let malformed = || Fault::Mapping("a record of account.move that cannot be read".into());
    let list = entries.as_array().ok_or_else(malformed)?;
    let mut ledger = Ledger::default();
    for record in list {
        ledger.entries.push(parse_entry(record).ok_or_else(malformed)?);
    }
    ledger.entries.sort_by_key(|entry| entry.id);
    Ok(ledger)
}

/// Adds the lines and external ids.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn complete_entries(ledger: &mut Ledger, lines: &Value, names: &BTreeMap<i64, String>) -> Result<(), Fault> {
    let malformed = || Fault::Mapping("a record of account.move.line that cannot be read".into());
    for record in lines.as_array().ok_or_else(malformed)? {
        let owner = record.get("move_id").and_then(reference);
        let Some(entry) = ledger.entries.iter_mut().find(|entry| Some(entry.id) == owner) else { continue };
        let line = parse_line(record, entry.total.currency()).ok_or_else(malformed)?;
        entry.lines.push(line);
    }
    for entry in &mut ledger.entries {
        entry.external = names.get(&entry.id).cloned();
    }
    Ok(())
}

fn parse_entry(record: &Value) -> Option<Entry> {
    let kind = match record.get("move_type").and_then(Value::as_str)? {
        "out_invoice" => EntryKind::Invoice,
        "out_refund" => EntryKind::CreditNote,
        _ => return None,
    };
    let state = match record.get("state").and_then(Value::as_str)? {
        "draft" => EntryState::Draft,
        "posted" => EntryState::Posted,
        "cancel" => EntryState::Cancelled,
        _ => return None,
    };
    let currency = record.get("currency_id")?;
    let code = Currency::parse(currency.get(1).and_then(Value::as_str)?).ok()?;
    let amount = |field: &str| record.get(field).and_then(|value| money(value, code));
    let date = |field: &str| record.get(field).and_then(text).and_then(|text| text.parse::<Date>().ok());
    Some(Entry {
        id: record.get("id")?.as_i64()?,
        // A draft that never had a number is called `/`.
        name: record.get("name").and_then(text).filter(|name| *name != "/").map(ToOwned::to_owned),
        external: None,
        kind,
        state,
        reverses: record.get("reversed_entry_id").and_then(reference),
        partner: record.get("partner_id").and_then(reference)?,
        journal: record.get("journal_id").and_then(reference)?,
        currency: reference(currency)?,
        total: amount("amount_total")?,
        tax: amount("amount_tax")?,
        invoice_date: date("invoice_date"),
        date: date("date"),
        lines: Vec::new(),
    })
}

fn parse_line(record: &Value, currency: Currency) -> Option<EntryLine> {
    let number = |field: &str| record.get(field).and_then(decimal);
    Some(EntryLine {
        sale_lines: record.get("sale_line_ids").map(ids).unwrap_or_default(),
        product: record.get("product_id").and_then(reference),
        quantity: number("quantity")?,
        unit_price: number("price_unit")?,
        discount: number("discount").unwrap_or_default(),
        taxes: record.get("tax_ids").map(ids).unwrap_or_default(),
        total: record.get("price_total").and_then(|total| money(total, currency)).unwrap_or(Money::zero(currency)),
    })
}
