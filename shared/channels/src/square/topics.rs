//! What each topic is for. Source: `event-types.json`, 146 types.

/// Orders that were read.
pub(super) const PULLED_ORDER: &str = "pull:order";
/// That nothing could be read: a right is missing.
pub(super) const DENIED: &str = "pull:denied";

/// Events that name an order.
pub(super) const ORDER_EVENTS: &[&str] = &["order.created", "order.updated", "order.fulfillment.updated"];

/// Why an event of an order changes nothing by itself.
pub(super) const THIN: &str = "it has neither money nor lines: the order is read";

/// What a delivery of a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Orders that were read.
    PulledOrder,
    /// That an order was made or changed.
    OrderEvent,
    /// That reading was refused, and what a person must do.
    Denied,
    /// Nothing that a flow takes: why.
    Ignored(&'static str),
}

/// The route of a topic.
pub(super) fn route(topic: &str) -> Route {
    match topic {
        PULLED_ORDER => Route::PulledOrder,
        topic if ORDER_EVENTS.contains(&topic) => Route::OrderEvent,
        DENIED => Route::Denied,
        other => Route::Ignored(reason(other)),
    }
}

fn reason(topic: &str) -> &'static str {
    match topic.split('.').next().unwrap_or_default() {
        "payment" => "how far an order is paid is read with the order",
        "refund" => "what came back is read as an order with returns",
        "inventory" => "no flow takes stock from the channel",
        "payout" => "no flow takes payouts from notifications",
        "dispute" => "no flow takes disputes",
        "catalog" => "no flow takes the catalogue from the channel",
        "customer" => "no flow takes customers from the channel",
        "order" | "location" | "labor" | "team_member" | "loyalty" | "invoice" | "booking" | "gift_card"
        | "subscription" | "terminal" | "device" | "card" | "bank_account" | "merchant" | "oauth" | "vendor"
        | "job" | "timecard" | "online_checkout" | "transfer_order" => "no flow takes it",
        _ if topic.starts_with("pull:") => "no flow takes it",
        _ => "unknown topic",
    }
}
