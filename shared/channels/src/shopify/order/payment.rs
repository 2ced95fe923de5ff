//! How far an order is paid. Authorisation is not money (edge case 12); a gift card used is a payment (edge case 8).

use sluice_domain::{
    order::{PaymentState, RefundState, StatedTotals},
    value::{Currency, Money},
};

use super::amount;
use crate::{
    Refusal, Warning,
    json::{Path, Text},
    shopify::{refund, refund::ReadRefund, wire},
};

pub(super) struct Paid {
    pub(super) state: PaymentState,
    pub(super) captured: Option<Money>,
    pub(super) refunded: Option<Money>,
}

pub(super) fn read(
    wire: &wire::Order<'_>,
    (currency, edited): (Currency, bool),
    totals: &StatedTotals,
    refunds: &[ReadRefund],
    warnings: &mut Vec<Warning>,
) -> Result<Paid, Refusal> {
    let state = state(wire.financial_status.as_ref(), warnings);
    let refunded = refunded(wire, (currency, &state), refunds)?;
    let path = Path::root("total_outstanding");
    let outstanding = amount(wire.total_outstanding.as_ref(), wire.total_outstanding_set, currency, path)?;
    let path = Path::root("current_total_price");
    let current = amount(wire.current_total_price.as_ref(), wire.current_total_price_set, currency, path)?;
    // What is still to be paid is what the order is worth now, less what was captured and kept.
    let by_balance = || current?.minus(outstanding?).ok()?.plus(refunded?).ok().filter(|sum| !sum.is_negative());
    let captured = match &state {
        PaymentState::Pending | PaymentState::Authorized | PaymentState::Voided | PaymentState::Expired => {
            Some(Money::zero(currency))
        }
        PaymentState::PartiallyPaid => by_balance(),
        // An edit leaves what was captured as it was.
        PaymentState::Paid | PaymentState::PartiallyRefunded if edited => by_balance().or(Some(totals.total)),
        PaymentState::Paid | PaymentState::PartiallyRefunded => Some(totals.total),
        PaymentState::Refunded => refunded.filter(|sum| !sum.is_zero()).or(Some(totals.total)),
        PaymentState::Unknown(_) => None,
    };
    let listed = refund::captured(wire.transactions.as_deref(), currency, "transactions")?;
    let received = wire.total_received_set.as_ref();
    let received = received.map_or(Ok(None), |set| set.shop(currency, Path::root("total_received_set")))?;
    let captured = listed.or(received).or(captured);
    contradictions(&state, (totals.total, outstanding, refunded), warnings);
    Ok(Paid { state, captured, refunded })
}

fn state(word: Option<&Text<'_>>, warnings: &mut Vec<Warning>) -> PaymentState {
    let word = word.map_or("", Text::as_str);
    match word {
        // A free order may have none, and so may one that has not been looked at yet.
        "" | "pending" => PaymentState::Pending,
        "authorized" => PaymentState::Authorized,
        "partially_paid" => PaymentState::PartiallyPaid,
        "paid" => PaymentState::Paid,
        "partially_refunded" => PaymentState::PartiallyRefunded,
        "refunded" => PaymentState::Refunded,
        "voided" => PaymentState::Voided,
        "expired" => PaymentState::Expired,
        other => {
            warnings.push(Warning::new("schema_drift", "financial_status", "a word that this build does not know"));
            PaymentState::Unknown(other.chars().take(40).collect())
        }
    }
}

/// Settled refunds; unknown as soon as one of them is known in the buyer's currency only, or where none are listed and there
/// were some.
fn refunded(
    wire: &wire::Order<'_>,
    (currency, state): (Currency, &PaymentState),
    refunds: &[ReadRefund],
) -> Result<Option<Money>, Refusal> {
    if wire.refunds.is_some() {
        let settled: Option<Vec<Money>> = refunds.iter().map(|refund| refund.settled).collect();
        return Ok(settled.and_then(|settled| Money::sum(currency, settled).ok()));
    }
    if let Some(sum) = &wire.total_refunded_set {
        return sum.shop(currency, Path::root("total_refunded_set"));
    }
    let some = matches!(state, PaymentState::PartiallyRefunded | PaymentState::Refunded | PaymentState::Unknown(_));
    Ok((!some).then(|| Money::zero(currency)))
}

fn contradictions(
    state: &PaymentState,
    (total, outstanding, refunded): (Money, Option<Money>, Option<Money>),
    warnings: &mut Vec<Warning>,
) {
    let mut say = |field, message| warnings.push(Warning::new("contradiction", field, message));
    let unpaid = outstanding.is_some_and(|left| left.minor() > 0);
    match state {
        PaymentState::Paid if unpaid => say("total_outstanding", "paid, and money is outstanding"),
        PaymentState::Refunded if refunded.is_some_and(|sum| sum.minor() < total.minor()) => {
            say("financial_status", "refunded, and the refunds are less than the total");
        }
        PaymentState::PartiallyRefunded if refunded.is_some_and(Money::is_zero) => {
            say("financial_status", "partially refunded, and no refund is settled");
        }
        PaymentState::Pending
        | PaymentState::Authorized
        | PaymentState::PartiallyPaid
        | PaymentState::Paid
        | PaymentState::PartiallyRefunded
        | PaymentState::Refunded
        | PaymentState::Voided
        | PaymentState::Expired
        | PaymentState::Unknown(_) => {}
    }
}

/// Facts that only ever grow within one `updated_at`, counted: a later snapshot of the same second counts more.
pub(super) fn progress(wire: &wire::Order<'_>, state: &PaymentState, refunds: &[ReadRefund]) -> u32 {
    let paid = match state {
        PaymentState::Unknown(_) | PaymentState::Pending => 0,
        PaymentState::Authorized => 1,
        PaymentState::PartiallyPaid => 2,
        PaymentState::Paid => 3,
        PaymentState::PartiallyRefunded => 4,
        PaymentState::Refunded | PaymentState::Voided | PaymentState::Expired => 5,
    };
    let parcels = wire.fulfillments.as_deref().unwrap_or_default();
    let sent = parcels.iter().filter(|parcel| parcel.status.as_ref().is_some_and(|s| s.as_str() == "success")).count();
    let shipped = match wire.fulfillment_status.as_ref().map_or("", Text::as_str) {
        "partial" | "partially_fulfilled" => 1,
        "fulfilled" => 2,
        _ => 0,
    };
    let settled = refunds.iter().filter(|refund| refund.read.refund.state == RefundState::Succeeded).count();
    let ends = [&wire.cancelled_at, &wire.closed_at].into_iter().flatten().count();
    let counts = [paid, shipped, parcels.len(), sent, refunds.len(), settled, ends];
    let sum = counts.into_iter().fold(0_usize, usize::saturating_add);
    u32::try_from(sum).unwrap_or(u32::MAX)
}
