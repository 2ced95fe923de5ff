//! What each topic is for. Source: `webhook_topics_2026-04.json`, all 219 of them by family.

/// Orders that were read.
pub(super) const PULLED_ORDER: &str = "pull:order";
/// That nothing could be read: a right is missing.
pub(super) const DENIED: &str = "pull:denied";

/// What a delivery of a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A whole order.
    Order,
    /// A refund.
    Refund,
    /// That an order was changed, not how.
    Edited,
    /// That an order was deleted.
    Deleted,
    /// Something for a person: a fixed word, and what to do.
    Notice(&'static str, &'static str),
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
        "orders/create"
        | "orders/updated"
        | "orders/paid"
        | "orders/cancelled"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => Route::Order,
        "orders/edited" => Route::Edited,
        "orders/delete" => Route::Deleted,
        "refunds/create" => Route::Refund,
        PULLED_ORDER => Route::PulledOrder,
        "pull:refund" => Route::PulledRefund,
        DENIED => Route::Denied,
        "app/uninstalled" => Route::Notice(
            "app_uninstalled",
            "the app was uninstalled and its token is dead: install it again, or close the account",
        ),
        "customers/data_request" => {
            Route::Notice("customers_data_request", "a customer asks for their data: answer within 30 days")
        }
        "customers/redact" => Route::Notice("customers_redact", "erase this customer's personal data within 30 days"),
        "shop/redact" => Route::Notice("shop_redact", "erase the shop's personal data within 30 days"),
        other => Route::Ignored(reason(other)),
    }
}

fn reason(topic: &str) -> &'static str {
    match topic.split('/').next().unwrap_or_default() {
        "draft_orders" => "a draft order is no sale: it becomes an order of its own when it is completed",
        "returns" | "reverse_deliveries" | "reverse_fulfillment_orders" => "no flow takes returns yet",
        "order_transactions" | "tender_transactions" | "payment_schedules" | "payment_terms" => {
            "payments are read from the order"
        }
        "fulfillments" | "fulfillment_events" | "fulfillment_orders" | "fulfillment_holds" => {
            "fulfilments are read from the order"
        }
        "products" | "variants" | "collections" | "collection_listings" | "product_listings" | "product_feeds" => {
            "no flow takes the catalogue from the channel"
        }
        "inventory_items" | "inventory_levels" | "inventory_shipments" | "inventory_transfers" | "locations" => {
            "no flow takes stock from the channel"
        }
        "customers"
        | "customer_account_settings"
        | "customer_groups"
        | "customer_payment_methods"
        | "companies"
        | "company_contacts"
        | "company_locations" => "buyers are read from their orders",
        "disputes" => "no flow takes disputes yet",
        "orders" => "no content that an order does not state itself",
        "carts" | "checkouts" => "no sale yet",
        "bulk_operations" => "the result is read when it is wanted",
        "app" | "app_subscriptions" | "shop" | "themes" | "domains" | "locales" | "markets" | "profiles" => {
            "no flow takes shop settings"
        }
        _ => "unknown topic",
    }
}
