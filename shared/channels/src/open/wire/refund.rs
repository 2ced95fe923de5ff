//! The refund of the contract: in its order, or as an event of its own.

use jiff::Timestamp;
use sluice_domain::{
    order::{RefundState, Restock},
    value::{Currency, Money, Quantity},
};

use super::{Id, object, words};

object! {
    /// Money given back for an order. Every event states all of it; the one with the latest `updated_at` counts.
    Refund {
        /// Your id of the refund: the same in the order and in its own events.
        id: Id,
        /// Your id of the order; required where the refund is not inside its order.
        order_id: Option<Id>,
        /// The currency of its amounts, that of the order; required where the refund is not inside its order.
        currency: Option<Currency>,
        /// When it last changed: its version.
        updated_at: Timestamp,
        /// When it was made.
        at: Option<Timestamp>,
        /// What is given back, all in all.
        amount: Money,
        /// Where it stands: the money has moved once it is `succeeded`.
        state: RefundState,
        /// What came back; nothing for money alone.
        lines: Option<Vec<RefundLine>>,
        /// What is given back of shipping.
        shipping: Option<Value>,
    }
}

object! {
    /// Units of an order's line that came back, or will not go out.
    RefundLine {
        /// The id of the order's line.
        line_id: Id,
        /// Units.
        quantity: Quantity,
        /// What happens with the goods: they came back, never left, or stay where they are.
        restock: Restock,
        /// What these units were worth to the customer.
        value: Option<Value>,
    }
}

object! {
    /// The worth of a part of a refund.
    Value {
        /// After discounts, as prices go: with tax where the order's prices contain it.
        amount: Money,
        /// The tax on it, or in it.
        tax: Money,
    }
}

words!(RefundState, otherwise |_: &str| RefundState::Pending, {
    "requested" => RefundState::Requested,
    "pending" => RefundState::Pending,
    "succeeded" => RefundState::Succeeded,
    "failed" => RefundState::Failed,
    "cancelled" => RefundState::Cancelled,
});

words!(Restock, otherwise |word: &str| Restock::Unknown(word.chars().take(40).collect()), {
    "none" => Restock::None,
    "cancel" => Restock::Cancel,
    "return" => Restock::Return,
});
