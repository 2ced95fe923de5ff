//! How far an order is paid: `date_paid_gmt` says it. A gateway that only authorises leaves it empty, and so does cash on
//! delivery, whose orders are worked on all the same (`captured_deliveries/070`).

use sluice_domain::{order::PaymentState, value::Money};

use super::{
    dates::{Clock, Paid},
    status::{Standing, is_part_paid},
};
use crate::{
    Warning,
    evidence::ReadRefund,
    woocommerce::wire::{self, Meta},
};

pub(super) struct Payment {
    pub(super) state: PaymentState,
    pub(super) captured: Option<Money>,
    pub(super) refunded: Option<Money>,
}

/// Entries by which gateways say that money is held and not taken: Stripe's (`process_response`), `WooPayments'`.
const HELD: &[(&str, &str)] = &[("stripe_charge_captured", "no"), ("intention_status", "requires_capture")];

pub(super) fn read(
    wire: &wire::Order<'_>,
    (clock, meta): (&Clock, &[Meta<'_>]),
    (total, refunds): (Money, &[ReadRefund]),
    standing: &Standing,
    warnings: &mut Vec<Warning>,
) -> Payment {
    let zero = Money::zero(total.currency());
    let amounts: Option<Vec<Money>> = refunds.iter().map(|one| one.refund.amount).collect();
    let refunded = amounts.and_then(|amounts| Money::sum(total.currency(), amounts).ok());
    let refunded = refunded.filter(|_| wire.refunds.stated());
    let held = meta.iter().any(|entry| {
        let word = HELD.iter().find(|(name, _)| *name == entry.name()).map(|(_, word)| *word);
        word.is_some_and(|word| entry.text().is_some_and(|text| text.as_str() == word))
    });
    let working = matches!(standing.word.as_str(), "processing" | "completed");
    let (state, captured) = match clock.paid {
        Paid::At(_) if held => (PaymentState::Authorized, Some(zero)),
        Paid::At(_) | Paid::No if is_part_paid(&standing.word) => (PaymentState::PartiallyPaid, None),
        Paid::At(_) => (PaymentState::Paid, Some(total)),
        Paid::No | Paid::Unknown if total.is_zero() && working => (PaymentState::Paid, Some(zero)),
        Paid::No | Paid::Unknown if held => (PaymentState::Authorized, Some(zero)),
        Paid::No if working => (PaymentState::Authorized, Some(zero)),
        Paid::No if standing.word == "refunded" => (PaymentState::Paid, Some(zero)),
        Paid::No if standing.word == "cancelled" => (PaymentState::Voided, Some(zero)),
        Paid::No => (PaymentState::Pending, Some(zero)),
        Paid::Unknown => unsaid(standing, zero),
    };
    let back = refunded.is_some_and(|sum| sum.minor() > 0);
    let all = standing.word == "refunded" || refunded.is_some_and(|sum| back && sum.minor() >= total.minor());
    let state = match (state == PaymentState::Paid, all, back) {
        (true, true, _) => PaymentState::Refunded,
        (true, false, true) => PaymentState::PartiallyRefunded,
        (true, false, false) | (false, ..) => state,
    };
    if standing.word == "refunded" && refunded.is_some_and(|sum| sum.minor() < total.minor()) {
        let message = "refunded, and the refunds are less than the total";
        warnings.push(Warning::new("contradiction", "status", message));
    }
    if back && captured.is_some_and(Money::is_zero) {
        warnings.push(Warning::new("contradiction", "date_paid_gmt", "money was given back, and none was paid"));
    }
    Payment { state, captured, refunded }
}

/// A payload that was asked for without the dates: the status says what it can.
fn unsaid(standing: &Standing, zero: Money) -> (PaymentState, Option<Money>) {
    match standing.word.as_str() {
        "pending" | "failed" | "on-hold" | "checkout-draft" | "auto-draft" => (PaymentState::Pending, Some(zero)),
        _ => (PaymentState::Unknown("date_paid is not stated".into()), None),
    }
}

/// Facts that only ever grow within one second, counted: a later snapshot of the same second counts more.
pub(super) fn progress(clock: &Clock, standing: &Standing, refunds: &[ReadRefund]) -> u32 {
    let facts = [
        matches!(clock.paid, Paid::At(_)),
        clock.completed.is_some(),
        matches!(standing.word.as_str(), "cancelled" | "refunded" | "trash"),
    ];
    let count = facts.into_iter().filter(|fact| *fact).count().saturating_add(refunds.len());
    u32::try_from(count).unwrap_or(u32::MAX)
}
