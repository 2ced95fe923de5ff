//! Where an order stands. Source: `FulfillmentStatus` of the model 2026-01-01 and `OrderStatus` of v0 and of `ORDER_CHANGE`.

use sluice_domain::order::OrderState;

use crate::{Refusal, Warning, doc::Doc};

use super::wire::object;

/// Where an order stands; the later in its life, the greater `progress`.
#[derive(Clone, Copy)]
pub(in crate::amazon) struct Standing {
    pub(in crate::amazon) word: &'static str,
    pub(super) progress: u32,
    pub(super) shipped: bool,
}

impl Standing {
    fn new(word: &'static str, progress: u32, shipped: bool) -> Self {
        Self { word, progress, shipped }
    }

    pub(super) fn state(self) -> OrderState {
        match self.word {
            "open" => OrderState::Open,
            "closed" => OrderState::Closed,
            "cancelled" => OrderState::Cancelled,
            "on_hold" => OrderState::OnHold,
            _ => OrderState::Pending,
        }
    }
}

/// What a word means; one that nobody knows is told, and nothing is sold by it.
pub(in crate::amazon) fn of(word: &str, field: &'static str, warnings: &mut Vec<Warning>) -> Standing {
    match word {
        "PENDING_AVAILABILITY" | "PendingAvailability" => Standing::new("pending", 0, false),
        "PENDING" | "Pending" => Standing::new("pending", 1, false),
        "UNSHIPPED" | "Unshipped" => Standing::new("open", 2, false),
        "PARTIALLY_SHIPPED" | "PartiallyShipped" => Standing::new("open", 3, true),
        // China: all is shipped, and the buyer has not got the invoice yet.
        "InvoiceUnconfirmed" | "INVOICE_UNCONFIRMED" => Standing::new("open", 4, true),
        "SHIPPED" | "Shipped" => Standing::new("closed", 5, true),
        // Amazon cannot send what was ordered elsewhere: a person must.
        "UNFULFILLABLE" | "Unfulfillable" => Standing::new("on_hold", 6, false),
        "CANCELLED" | "CANCELED" | "Canceled" | "Cancelled" => Standing::new("cancelled", 7, false),
        _ => {
            let message = "a state that this build does not know: nothing is sold by it";
            warnings.push(Warning::new("schema_drift", field, message));
            Standing::new("pending", 0, false)
        }
    }
}

/// The state of an order; `None` where the payload does not say it, since it was not asked for.
pub(super) fn read(doc: &Doc<'_>, new: bool, warnings: &mut Vec<Warning>) -> Result<Option<Standing>, Refusal> {
    if !new {
        return Ok(doc.get("OrderStatus").map(|word| of(word.text().unwrap_or_default(), "OrderStatus", warnings)));
    }
    let Some(fulfillment) = object(doc, "fulfillment")? else { return Ok(None) };
    let word = fulfillment.text("fulfillmentStatus").unwrap_or_default();
    Ok(Some(of(word, "fulfillment.fulfillmentStatus", warnings)))
}
