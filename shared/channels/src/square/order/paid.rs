//! How far a sale is paid: its tenders. An authorised card is no money yet (README, semantics).

use sluice_domain::{
    order::PaymentState,
    value::{Currency, Money},
};

use super::Standing;
use crate::{
    Refusal,
    doc::Doc,
    json::{MAX_LINES, bound},
    square::wire::{at, objects, out_of_range, own, own_or_zero},
};

/// What was paid.
pub(super) struct Paid {
    pub(super) state: PaymentState,
    pub(super) captured: Option<Money>,
    pub(super) refunded: Option<Money>,
    pub(super) methods: Vec<String>,
}

/// Where a tender says how far it is. Cash and the rest say nothing: they are money.
const DETAILS: [&str; 4] =
    ["card_details", "bank_account_details", "buy_now_pay_later_details", "square_account_details"];

/// What a tender is worth. Sources: `TenderCardDetailsStatus`, `TenderBankAccountDetailsStatus`,
/// `TenderBuyNowPayLaterDetailsStatus`.
fn status<'a>(tender: &Doc<'a>) -> &'a str {
    DETAILS.iter().find_map(|name| tender.doc(name)?.text("status")).unwrap_or("CAPTURED")
}

pub(super) fn read(doc: &Doc<'_>, standing: Standing, total: Money, currency: Currency) -> Result<Paid, Refusal> {
    let tenders = objects(doc, "tenders")?;
    let (mut captured, mut authorised) = (Money::zero(currency), Money::zero(currency));
    let mut methods = Vec::new();
    let stated = tenders.as_deref().unwrap_or_default();
    bound("tenders", stated.len(), MAX_LINES)?;
    for (index, tender) in stated.iter().enumerate() {
        let amount = own_or_zero(tender, "amount_money", currency).map_err(|refusal| at("tenders", index, refusal))?;
        let sum = match status(tender) {
            "CAPTURED" | "COMPLETED" => &mut captured,
            "AUTHORIZED" => &mut authorised,
            _ => continue,
        };
        *sum = sum.plus(amount).map_err(out_of_range("tenders.amount_money"))?;
        let method = tender.text("type").map(str::to_lowercase).unwrap_or_default();
        methods.push(if method == "square_gift_card" { "gift_card".to_owned() } else { method });
    }
    methods.retain(|method| !method.is_empty());
    methods.sort_unstable();
    methods.dedup();
    let captured = if tenders.is_some() && stated.iter().all(|tender| tender.get("amount_money").is_some()) {
        Some(captured)
    } else {
        let due = own(doc, "net_amount_due_money", currency)?;
        due.map(|due| total.minus(due)).transpose().map_err(out_of_range("net_amount_due_money"))?
    };
    let refunded = refunded(doc, currency)?;
    Ok(Paid { state: state(standing, total, captured, authorised, refunded), captured, refunded, methods })
}

/// Money given back on this order itself. Source: `RefundStatus`; returns of goods are orders of their own.
fn refunded(doc: &Doc<'_>, currency: Currency) -> Result<Option<Money>, Refusal> {
    let Some(refunds) = objects(doc, "refunds")?.filter(|_| doc.get("returns").is_none()) else { return Ok(None) };
    bound("refunds", refunds.len(), MAX_LINES)?;
    let mut sum = Money::zero(currency);
    for (index, refund) in refunds.iter().enumerate() {
        let amount = own_or_zero(refund, "amount_money", currency).map_err(|refusal| at("refunds", index, refusal))?;
        if matches!(refund.text("status"), Some("APPROVED" | "COMPLETED")) {
            sum = sum.plus(amount).map_err(out_of_range("refunds.amount_money"))?;
        }
    }
    Ok(Some(sum))
}

fn state(
    standing: Standing,
    total: Money,
    captured: Option<Money>,
    authorised: Money,
    refunded: Option<Money>,
) -> PaymentState {
    let minor = |amount: Option<Money>| amount.map_or(0, Money::minor);
    // Over the counter an order is completed when it is paid, and one that costs nothing has nothing to pay.
    let all = match captured {
        Some(captured) => captured.minor() >= total.minor() && (total.minor() != 0 || standing.word == "closed"),
        None => standing.word == "closed",
    };
    match minor(refunded) {
        back if back > 0 && back >= minor(captured) => PaymentState::Refunded,
        back if back > 0 => PaymentState::PartiallyRefunded,
        _ if all => PaymentState::Paid,
        _ if minor(captured) > 0 => PaymentState::PartiallyPaid,
        _ if authorised.minor() > 0 => PaymentState::Authorized,
        _ if standing.word == "cancelled" => PaymentState::Voided,
        _ => PaymentState::Pending,
    }
}
