//! What each event is for. A name is a thing and what happened to it, `order.updated`: the thing decides, since each event states
//! all of it.

/// That nothing could be read: this channel is only sent to, but whoever is told so finds it in the usual form.
pub(super) const DENIED: &str = "pull:denied";

/// What a delivery of a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// A whole order.
    Order,
    /// That an order is gone: its id.
    Deleted,
    /// A refund of an order.
    Refund,
    /// Orders in a file.
    ListedOrders,
    /// Refunds in a file.
    ListedRefunds,
    /// A thing that no flow takes yet.
    Goods(Goods),
    /// Reading was refused, and what a person must do.
    Denied,
    /// No name of an event.
    Unknown,
}

/// Things with a schema and without a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goods {
    Product,
    Stock,
    Customer,
}

impl Goods {
    /// What becomes of it.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Product => "valid and kept in the journal; no flow takes products from this channel yet",
            Self::Stock => "valid and kept in the journal; no flow takes stock from this channel yet",
            Self::Customer => {
                "valid and kept in the journal; buyers are read from their orders, and no flow takes customers yet"
            }
        }
    }
}

/// The route of a topic.
pub(super) fn route(topic: &str) -> Route {
    match topic {
        "order.deleted" => Route::Deleted,
        "pull:order" => Route::ListedOrders,
        "pull:refund" => Route::ListedRefunds,
        "pull:product" => Route::Goods(Goods::Product),
        "pull:stock" => Route::Goods(Goods::Stock),
        "pull:customer" => Route::Goods(Goods::Customer),
        DENIED => Route::Denied,
        other => match other.split_once('.') {
            Some((_, happened)) if !is_word(happened) => Route::Unknown,
            Some(("order", _)) => Route::Order,
            Some(("refund", _)) => Route::Refund,
            Some(("product", _)) => Route::Goods(Goods::Product),
            Some(("stock", _)) => Route::Goods(Goods::Stock),
            Some(("customer", _)) => Route::Goods(Goods::Customer),
            Some(_) | None => Route::Unknown,
        },
    }
}

/// The pattern of what an event may say that happened.
fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
