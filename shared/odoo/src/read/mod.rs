//! What Odoo holds: orders as observed, and the directory of products, taxes and lists.

mod directory;
mod identity;
mod observe;

pub use directory::{Reads, TargetNames, parse_places, parse_products};
pub use identity::{Mark, mark_call, mark_row, parse_mark, parse_uuid, uuid_call};
pub use observe::{
    LineNames, find_by_reference, line_names_call, observe_calls, parse_found, parse_line_names, parse_observed,
};
