//! The two reference scenarios (R125, R126), each a retailer's days over real handlers, a simulated Odoo and simulated channels:
//! with fair weather and with foul, and the books are the same.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test: what goes wrong in it must fail"
)]

mod books;
mod channels;
mod held_by_the_marketplace;
mod international;
mod market;
mod mid_market;
mod office;
mod retailer;
mod summed_up;
