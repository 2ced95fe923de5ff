//! What Odoo holds: orders as observed, and the directory of products, taxes and lists.

mod delivery;
mod directory;
mod goods;
mod identity;
mod ledger;
mod observe;

pub use delivery::{Delivery, complete_deliveries, deliveries_call, delivery_moves_call, parse_deliveries, question};
pub use directory::{Reads, TargetNames, parse_places, parse_products};
pub use goods::{
    back_call, complete_goods, parse_proposed, parse_shipped, parse_wizard, proposed_call, receive_call, return_call,
    shipped_call, units_call, wizard_call,
};
pub use identity::{Mark, mark_call, mark_row, parse_mark, parse_uuid, uuid_call};
pub use ledger::{
    complete_entries, entries_call, entry_lines_call, entry_names_call, invoices_call, parse_entries, parse_invoices,
};
pub use observe::{
    LineNames, find_by_reference, line_names_call, observe_calls, parse_found, parse_line_names, parse_observed,
};
