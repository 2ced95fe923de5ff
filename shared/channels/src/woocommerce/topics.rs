//! What each topic is for. Source: README, webhook facts: a resource and what happened to it, or `action.<hook>`.

/// Orders that were read.
pub(super) const PULLED_ORDER: &str = "pull:order";
/// That nothing could be read: a right is missing.
pub(super) const DENIED: &str = "pull:denied";

/// What a delivery of a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A whole order.
    Order,
    /// That an order was put in the bin.
    Deleted,
    /// Orders that were read.
    PulledOrder,
    /// Refunds that were read.
    PulledRefund,
    /// That reading was refused, and what a person must do.
    Denied,
    /// Nothing that a flow takes: why.
    Ignored(&'static str),
}

/// The route of a topic.
pub(super) fn route(topic: &str) -> Route {
    match topic {
        "order.created" | "order.updated" | "order.restored" => Route::Order,
        "order.deleted" => Route::Deleted,
        PULLED_ORDER => Route::PulledOrder,
        "pull:refund" => Route::PulledRefund,
        DENIED => Route::Denied,
        other => Route::Ignored(reason(other)),
    }
}

fn reason(topic: &str) -> &'static str {
    match topic.split(['.', ':']).next().unwrap_or_default() {
        "product" => "no flow takes the catalogue from the channel",
        "customer" => "buyers are read from their orders",
        "coupon" => "discounts are read from their orders",
        "order" => "no content that an order does not state itself",
        "subscription" => "a subscription is no sale: its renewals are orders of their own",
        "action" => "a hook of the shop's own: no flow takes it",
        "pull" => "the channel has no such thing",
        _ => "unknown topic",
    }
}
