//! Odoo on the wire: calls over JSON-2 and JSON-RPC, rows for `load`, what was read back, and what faults mean.
//!
//! Facts about Odoo come from exchanges recorded with real 18.0 and 19.0 servers; "exchange 410" names one of them.
//!
//! **Architecture invariant:** values in, values out, over one HTTP port. No retry policy, no clock, no channel.

mod read;
mod rows;
mod wire;

pub use read::{
    Delivery, LineNames, Mark, Reads, TargetNames, back_call, complete_deliveries, complete_entries, complete_goods,
    deliveries_call, delivery_moves_call, entries_call, entry_lines_call, entry_names_call, find_by_reference,
    invoices_call, line_names_call, mark_call, mark_row, observe_calls, parse_deliveries, parse_entries, parse_found,
    parse_invoices, parse_line_names, parse_mark, parse_observed, parse_places, parse_products, parse_proposed,
    parse_shipped, parse_uuid, parse_wizard, proposed_call, question, receive_call, return_call, shipped_call,
    units_call, uuid_call, wizard_call,
};
pub use rows::{
    ContactRow, Contacts, CreditNoteRow, InvoiceRow, LoadRows, OrderHeader, Places, amended_rows, confirm_dates,
    contact_changes, contact_rows, contacts, credit_note_rows, customer_id, entry_rounding_rows, invoice_rows, line_id,
    line_rows, order_id, order_rows, origin, rounding_row,
};
pub use wire::{Call, Connection, Fault, LoadAnswer, LoadMode, Odoo, RowMessage, Session, Version};
