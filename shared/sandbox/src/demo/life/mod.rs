//! What happens to an order over the day, and what the shop says of it.

mod noise;
mod schedule;

pub(super) use noise::{IGNORED, NOTICE, UNREADABLE};
pub(super) use schedule::deliveries;

use super::{
    sale::{Life, Sale},
    wire::{edit_body, order_body, refund_body},
};

/// An order as it stands at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    /// `updated_at`, unix seconds.
    pub(super) at: i64,
    /// `financial_status`.
    pub(super) payment: &'static str,
    pub(super) shipped: Shipped,
    pub(super) cancelled: bool,
    pub(super) edited: bool,
    pub(super) refund: Option<Refund>,
    pub(super) tags: &'static str,
}

/// How much of an order has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shipped {
    Nothing,
    /// Its first line.
    Some,
    All,
}

/// What was given back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refund {
    pub(super) at: i64,
    /// All of the order, else its first line.
    pub(super) all: bool,
    /// Money moved.
    pub(super) paid: bool,
    pub(super) restock: &'static str,
}

/// Something that the shop says, before it is on its way.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) topic: &'static str,
    /// When the shop says it, unix seconds.
    pub(super) at: i64,
    pub(super) body: String,
}

/// Minutes after the order.
const SOON: i64 = 7 * 60;
const LATER: i64 = 26 * 60;
const MUCH_LATER: i64 = 140 * 60;

/// All that the shop says of an order, in the order in which it happens.
pub(super) fn events(sale: &Sale) -> Vec<Event> {
    let placed = Stage {
        at: sale.placed,
        payment: "paid",
        shipped: Shipped::Nothing,
        cancelled: false,
        edited: false,
        refund: None,
        tags: "demo",
    };
    let unpaid = Stage { payment: "pending", ..placed };
    let after = |seconds: i64| sale.placed.saturating_add(seconds);
    let mut told = Told { sale, events: Vec::new() };
    match sale.life {
        Life::Paid => told.say(placed, &["orders/create", "orders/paid"]),
        Life::PaidLater => {
            told.say(unpaid, &["orders/create"]);
            told.say(Stage { at: after(SOON), ..placed }, &["orders/paid", "orders/updated"]);
        }
        Life::Captured => {
            told.say(Stage { payment: "authorized", ..placed }, &["orders/create"]);
            told.say(Stage { at: after(LATER), ..placed }, &["orders/paid", "orders/updated"]);
        }
        Life::Pending => {
            told.say(unpaid, &["orders/create"]);
            told.say(Stage { at: after(LATER), tags: "demo, reminded", ..unpaid }, &["orders/updated"]);
        }
        Life::Authorized => {
            told.say(Stage { payment: "authorized", ..placed }, &["orders/create", "orders/updated"]);
        }
        Life::Shipped | Life::PartShipped => {
            told.say(placed, &["orders/create", "orders/paid"]);
            let (shipped, topic) = if sale.life == Life::Shipped {
                (Shipped::All, "orders/fulfilled")
            } else {
                (Shipped::Some, "orders/partially_fulfilled")
            };
            told.say(Stage { at: after(MUCH_LATER), shipped, ..placed }, &[topic, "orders/updated"]);
        }
        Life::CancelledUnpaid => {
            told.say(unpaid, &["orders/create"]);
            let refund = Refund { at: after(LATER), all: true, paid: false, restock: "cancel" };
            let end = Stage { at: refund.at, payment: "voided", cancelled: true, refund: Some(refund), ..placed };
            told.say(end, &["orders/cancelled", "orders/updated"]);
        }
        Life::CancelledPaid | Life::Refunded | Life::PartRefunded => told.refunded(placed, after(MUCH_LATER)),
        Life::UnitsAdded | Life::UnitsRemoved | Life::LinesChanged => {
            told.say(unpaid, &["orders/create"]);
            let at = after(SOON);
            told.events.push(Event { topic: "orders/edited", at, body: edit_body(sale, at) });
            told.say(Stage { at, edited: true, ..unpaid }, &["orders/updated"]);
            told.say(Stage { at: after(LATER), edited: true, ..placed }, &["orders/paid"]);
        }
    }
    told.events
}

struct Told<'a> {
    sale: &'a Sale,
    events: Vec<Event>,
}

impl Told<'_> {
    /// Every topic that a change raises carries the same order; `orders/create` comes from a subscription to all fields,
    /// the others from one with `includeFields`.
    fn say(&mut self, stage: Stage, topics: &[&'static str]) {
        for topic in topics {
            let body = order_body(self.sale, &stage, *topic == "orders/create");
            self.events.push(Event { topic, at: stage.at, body });
        }
    }

    fn refunded(&mut self, placed: Stage, at: i64) {
        self.say(placed, &["orders/create", "orders/paid"]);
        let cancelled = self.sale.life == Life::CancelledPaid;
        let all = self.sale.life != Life::PartRefunded;
        let refund = Refund { at, all, paid: true, restock: if cancelled { "cancel" } else { "return" } };
        let payment = if all { "refunded" } else { "partially_refunded" };
        self.events.push(Event { topic: "refunds/create", at, body: refund_body(self.sale, &refund) });
        let end = Stage { at, payment, cancelled, refund: Some(refund), ..placed };
        self.say(end, if cancelled { &["orders/cancelled", "orders/updated"] } else { &["orders/updated"] });
    }
}
