//! What each topic is for. Source: README, notification facts: a notification's type, in capitals.

/// Orders that were read.
pub(super) const PULLED_ORDER: &str = "pull:order";
/// That nothing could be read: a right is missing.
pub(super) const DENIED: &str = "pull:denied";

/// An order was changed: neither money nor buyer.
pub(super) const ORDER_CHANGE: &str = "ORDER_CHANGE";
/// Why it changes nothing by itself.
pub(super) const THIN: &str = "it has neither money nor buyer: the order is read";

/// What a delivery of a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Orders that were read.
    PulledOrder,
    /// That an order was changed.
    OrderChange,
    /// That reading was refused, and what a person must do.
    Denied,
    /// Nothing that a flow takes: why.
    Ignored(&'static str),
}

/// The route of a topic.
pub(super) fn route(topic: &str) -> Route {
    match topic {
        PULLED_ORDER => Route::PulledOrder,
        ORDER_CHANGE => Route::OrderChange,
        DENIED => Route::Denied,
        other => Route::Ignored(reason(other)),
    }
}

fn reason(topic: &str) -> &'static str {
    match topic {
        "ORDER_STATUS_CHANGE" | "MFN_ORDER_STATUS_CHANGE" => "a type that Amazon removed in favour of ORDER_CHANGE",
        "FULFILLMENT_ORDER_STATUS" | "FBA_OUTBOUND_SHIPMENT_STATUS" | "SHIPMENT_TRACKING_MILESTONE_CHANGED" => {
            "no flow takes parcels from the channel"
        }
        "FBA_INVENTORY_AVAILABILITY_CHANGES" | "ITEM_INVENTORY_EVENT_CHANGE" | "LISTINGS_ITEM_MFN_QUANTITY_CHANGE" => {
            "no flow takes stock from the channel"
        }
        "LISTINGS_ITEM_STATUS_CHANGE" | "LISTINGS_ITEM_ISSUES_CHANGE" | "ANY_OFFER_CHANGED" => {
            "no flow takes the catalogue from the channel"
        }
        "FEED_PROCESSING_FINISHED" | "REPORT_PROCESSING_FINISHED" => "no flow waits for a feed or a report",
        "TRANSACTION_UPDATE" => "no flow takes money movements from notifications",
        _ if topic.starts_with("pull:") => "the channel has no such thing",
        _ => "unknown topic",
    }
}
