//! Where an order stands. Only a date of payment makes a sale; shops and plugins add words of their own (README, edge case 8).

use sluice_domain::order::OrderState;

use super::dates::{Clock, Paid};
use crate::{Warning, json::Text, woocommerce::wire};

/// What the status says.
pub(super) struct Standing {
    pub(super) state: OrderState,
    /// The status without `wc-`.
    pub(super) word: String,
    /// All of it left the warehouse.
    pub(super) shipped: bool,
}

/// A checkout that is not finished, or an empty form in the shop's backend.
pub(in crate::woocommerce) fn is_draft(wire: &wire::Order<'_>) -> bool {
    matches!(word(wire), "checkout-draft" | "auto-draft" | "draft" | "new")
}

fn word<'w>(wire: &'w wire::Order<'_>) -> &'w str {
    let word = wire.status.get().map_or("", Text::as_str);
    word.strip_prefix("wc-").unwrap_or(word)
}

/// Words of the shipment tracking plugins.
fn is_shipped(word: &str) -> bool {
    matches!(word, "shipped" | "delivered")
}

fn is_part_shipped(word: &str) -> bool {
    matches!(word, "partial-shipped" | "partially-shipped")
}

/// Words of the deposit plugins: a date of payment there is that of the deposit.
pub(super) fn is_part_paid(word: &str) -> bool {
    matches!(word, "partially-paid" | "partial-paid" | "partial-payment" | "deposit-paid")
}

pub(super) fn read(wire: &wire::Order<'_>, clock: &Clock, warnings: &mut Vec<Warning>) -> Standing {
    let paid = matches!(clock.paid, Paid::At(_));
    let word = word(wire);
    let state = match word {
        // A failed payment can be tried again: the order waits for it.
        "pending" | "failed" | "checkout-draft" | "auto-draft" | "draft" | "new" => OrderState::Pending,
        "on-hold" => OrderState::OnHold,
        "processing" => OrderState::Open,
        "completed" | "refunded" => OrderState::Closed,
        "cancelled" | "trash" => OrderState::Cancelled,
        other => {
            let message = if other.is_empty() { "missing" } else { "a word that this build does not know" };
            warnings.push(Warning::new("schema_drift", "status", message));
            match other {
                _ if is_shipped(other) => OrderState::Closed,
                _ if paid || is_part_shipped(other) || is_part_paid(other) => OrderState::Open,
                _ => OrderState::Pending,
            }
        }
    };
    let shipped = word == "completed" || is_shipped(word) || is_part_shipped(word);
    Standing { state, word: word.chars().take(40).collect(), shipped }
}
