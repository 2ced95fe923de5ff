//! Invoices and credit notes, as rows of `account.move`.

use jiff::civil::Date;
use serde_json::Value;
use sluice_domain::{
    plan::{Credit, CreditLine, Entry, Invoice, Observed},
    value::Money,
};

use super::{LoadRows, blank, cell};

/// A credit note to be loaded, once.
#[derive(Clone, Copy, Debug)]
pub struct CreditNoteRow<'a> {
    /// Its external id.
    pub external: &'a str,
    /// Which refund it is of.
    pub reference: &'a str,
    /// What it holds.
    pub credit: &'a Credit,
    /// The invoice that it reverses: partner, journal and currency are its.
    pub reverses: &'a Entry,
    /// Its date.
    pub date: Date,
    /// The company.
    pub company: i64,
}

/// An invoice to be loaded, once.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceRow<'a> {
    /// Its external id.
    pub external: &'a str,
    /// The order in Odoo.
    pub order: &'a Observed,
    /// What it holds.
    pub invoice: &'a Invoice,
    /// Its date.
    pub date: Date,
    /// The company.
    pub company: i64,
    /// The order, in our own words.
    pub reference: &'a str,
    /// Its journal; the company's first of sales where absent, as Odoo finds it.
    pub journal: Option<i64>,
}

/// Rows of one invoice for a create-once `load`, each line linked to the line of the order that it invoices (exchanges 089,
/// 428).
#[must_use]
pub fn invoice_rows(row: &InvoiceRow<'_>) -> LoadRows {
    let header = [
        ("id", row.external.to_owned()),
        ("move_type", "out_invoice".to_owned()),
        ("company_id/.id", row.company.to_string()),
        ("partner_id/.id", row.order.invoice_contact.map(|id| id.to_string()).unwrap_or_default()),
        ("currency_id/.id", row.order.currency.to_string()),
        ("invoice_date", row.date.to_string()),
        ("ref", row.reference.to_owned()),
        ("invoice_origin", row.order.name.clone()),
    ];
    let journal = row.journal.map(|id| ("journal_id/.id", id.to_string()));
    let header: Vec<(&str, String)> = header.into_iter().chain(journal).collect();
    let mut fields: Vec<String> = header.iter().map(|(name, _)| (*name).to_owned()).collect();
    fields.extend(LINE.iter().map(|name| format!("invoice_line_ids/{name}")));
    fields.push("invoice_line_ids/sale_line_ids/.id".to_owned());
    let mut rows = Vec::new();
    for (index, (line, units)) in row.invoice.lines.iter().enumerate() {
        let own = |value: &str| if index == 0 { cell(value) } else { blank() };
        let taxes: Vec<String> = line.taxes.iter().map(ToString::to_string).collect();
        let mut cells: Vec<Value> = header.iter().map(|(_, value)| own(value)).collect();
        cells.extend([
            cell(format!("{}_line_{}", row.external, line.id)),
            line.product.map_or_else(blank, |id| cell(id.to_string())),
            cell(&*line.title),
            cell(units.normalize().to_string()),
            cell(line.unit_price.to_string()),
            cell(line.discount.to_string()),
            if taxes.is_empty() { blank() } else { cell(taxes.join(",")) },
            cell(line.id.to_string()),
        ]);
        rows.push(cells);
    }
    LoadRows { fields, rows }
}

/// Columns of a line.
const LINE: [&str; 7] = ["id", "product_id/.id", "name", "quantity", "price_unit", "discount", "tax_ids/.id"];

/// Rows of one credit note for a create-once `load` (exchanges 088, 438). Its lines are not linked to the lines of the order:
/// Odoo would count what was given back as still to be invoiced.
#[must_use]
pub fn credit_note_rows(note: &CreditNoteRow<'_>) -> LoadRows {
    let header = [
        ("id", note.external.to_owned()),
        ("move_type", "out_refund".to_owned()),
        ("company_id/.id", note.company.to_string()),
        ("partner_id/.id", note.reverses.partner.to_string()),
        ("journal_id/.id", note.reverses.journal.to_string()),
        ("currency_id/.id", note.reverses.currency.to_string()),
        ("invoice_date", note.date.to_string()),
        ("ref", note.reference.to_owned()),
        ("reversed_entry_id/.id", note.reverses.id.to_string()),
    ];
    let mut fields: Vec<String> = header.iter().map(|(name, _)| (*name).to_owned()).collect();
    fields.extend(LINE.iter().map(|name| format!("invoice_line_ids/{name}")));
    let mut rows = Vec::new();
    for (index, line) in note.credit.lines.iter().enumerate() {
        let first = index == 0;
        let mut row: Vec<Value> =
            header.iter().map(|(_, value)| if first { cell(&**value) } else { blank() }).collect();
        row.extend(line_cells(note.external, line));
        rows.push(row);
    }
    LoadRows { fields, rows }
}

fn line_cells(external: &str, line: &CreditLine) -> Vec<Value> {
    let taxes: Vec<String> = line.taxes.iter().map(ToString::to_string).collect();
    vec![
        cell(format!("{external}_{}", line.id)),
        cell(line.product.to_string()),
        cell(&*line.title),
        cell(line.price.quantity.to_string()),
        cell(line.price.unit_price.to_string()),
        cell(line.price.discount.to_string()),
        // An empty tax cell means no tax; leaving the column out would apply the product's own.
        if taxes.is_empty() { blank() } else { cell(taxes.join(",")) },
    ]
}

/// The rounding line of a draft (plain mode): under an external id of its own, so that it is there once.
#[must_use]
pub fn entry_rounding_rows(external: &str, product: i64, amount: Money) -> LoadRows {
    let mut fields = vec!["id".to_owned()];
    fields.extend(LINE.iter().map(|name| format!("invoice_line_ids/{name}")));
    let row = vec![
        cell(external),
        cell(format!("{external}_rounding")),
        cell(product.to_string()),
        cell("Rounding difference to the channel's total"),
        cell("1"),
        cell(amount.to_string()),
        cell("0"),
        blank(),
    ];
    LoadRows { fields, rows: vec![row] }
}
