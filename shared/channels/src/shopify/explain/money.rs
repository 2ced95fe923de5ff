//! Payments, disputes and payouts.

use sluice_domain::{
    account::Account,
    value::{Kind, Money},
};

use crate::{Figures, Refusal, Warning, doc::Doc, evidence::subject, explain::blank, json};

/// A transaction of an order. One that gives money back is a refund's; the id of a payment is that of the authorisation
/// where there is one.
pub(super) fn payment(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let id = doc.own_id()?;
    let parent = doc.id("parent_id")?;
    let kind = doc.text("kind").unwrap_or_default().to_lowercase();
    let status = doc.text("status").unwrap_or_default().to_lowercase();
    // A tender transaction has neither kind nor status: it is money that moved, below zero when it went back.
    let tender = kind.is_empty() && status.is_empty();
    match kind.as_str() {
        "suggested_refund" => return Err(json::refuse("kind", "an estimate, not a payment")),
        "refund" => return refund(doc, (&id, parent.is_none()), &status, account),
        _ => {}
    }
    if tender && plain_amount(doc)?.is_some_and(Money::is_negative) {
        return refund(doc, (&id, false), "success", account);
    }
    let intent = parent.filter(|_| matches!(kind.as_str(), "capture" | "void")).unwrap_or(id);
    let mut figures = blank("payment", &subject(account, Kind::Payment, &intent)?);
    figures.number = doc.id("order_id")?;
    figures.test = doc.flag("test");
    if figures.number.is_none() {
        figures.warnings.push(Warning::new("no_order_reference", "order_id", "the payment names no order"));
    }
    let amount = shop_amount(doc, &mut figures)?;
    let settled = tender || (matches!(kind.as_str(), "sale" | "capture" | "change") && status == "success");
    // Change is what a buyer was given back over the counter.
    let amount = amount.map(|amount| if kind == "change" { negative(amount) } else { amount });
    figures.total = amount.map(|amount| amount.to_string());
    figures.paid =
        amount.map(|amount| if settled { amount } else { Money::zero(amount.currency()) }).map(|paid| paid.to_string());
    figures.state = payment_state(&kind, &status, &mut figures.warnings).map(str::to_owned);
    Ok(figures)
}

fn negative(amount: Money) -> Money {
    Money::zero(amount.currency()).minus(amount).unwrap_or(amount)
}

/// An amount that is stated once: plain with its currency (REST), or as one object (GraphQL).
fn plain_amount(doc: &Doc<'_>) -> Result<Option<Money>, Refusal> {
    let of = |doc: &Doc<'_>| doc.currency("currency").map_or(Ok(None), |currency| doc.money("amount", currency));
    doc.doc("amount").map_or_else(|| of(doc), |amount| of(&amount))
}

fn payment_state(kind: &str, status: &str, warnings: &mut Vec<Warning>) -> Option<&'static str> {
    match (kind, status) {
        ("authorization" | "emv_authorization", "success") => Some("authorized"),
        ("sale" | "capture" | "change", "success") | ("", "") => Some("captured"),
        ("void", "success") => Some("voided"),
        (_, "pending" | "awaiting_response") => Some("pending"),
        (_, "failure" | "error") => Some("failed"),
        (..) => {
            warnings.push(Warning::new("schema_drift", "kind", "a kind or status that this build does not know"));
            None
        }
    }
}

fn refund(doc: &Doc<'_>, (id, unlinked): (&str, bool), status: &str, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("refund", &subject(account, Kind::Refund, id)?);
    figures.test = doc.flag("test");
    if unlinked {
        figures.warnings.push(Warning::new("unlinked_refund", "parent_id", "the refund names no payment"));
    }
    let amount = shop_amount(doc, &mut figures)?.map(Money::abs);
    figures.total = amount.map(|amount| amount.to_string());
    let settled = amount.map(|amount| if status == "success" { amount } else { Money::zero(amount.currency()) });
    figures.refunded = settled.map(|amount| amount.to_string());
    figures.state = match status {
        "success" => Some("succeeded".to_owned()),
        "pending" | "awaiting_response" => Some("pending".to_owned()),
        "failure" | "error" => Some("failed".to_owned()),
        _ => None,
    };
    Ok(figures)
}

/// The amount in the shop's currency: of a set where there is one, else as stated unless the payload names another currency
/// as the shop's.
fn shop_amount(doc: &Doc<'_>, figures: &mut Figures) -> Result<Option<Money>, Refusal> {
    let set = doc.shop("amount_set")?;
    let shop = doc.doc("total_unsettled_set").and_then(|set| set.doc("shop_money"));
    let shop = shop.and_then(|amount| amount.currency("currency").or_else(|| amount.currency("currency_code")));
    let stated = doc.currency("currency").filter(|stated| shop.is_none_or(|shop| shop == *stated));
    let amount = match (set, stated) {
        (Some(amount), _) => Some(amount),
        (None, Some(currency)) => doc.money("amount", currency)?,
        (None, None) if doc.doc("amount").is_some() => plain_amount(doc)?,
        (None, None) => None,
    };
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    if amount.is_none() {
        let message = "not in the shop's currency; the amount in it is unknown";
        figures.warnings.push(Warning::new("presentment_only", "currency", message));
    }
    Ok(amount)
}

/// A chargeback or an inquiry.
pub(super) fn dispute(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("dispute", &subject(account, Kind::Dispute, &doc.own_id()?)?);
    if doc.id("order_id")?.is_none() {
        figures.warnings.push(Warning::new("no_order_reference", "order_id", "the dispute names no order"));
    }
    let amount = plain_amount(doc)?;
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    figures.total = amount.map(|amount| amount.to_string());
    // Source: `DisputeStatus`, Admin API 2026-10.
    figures.state = match doc.text("status").map(str::to_lowercase).unwrap_or_default().as_str() {
        "needs_response" => Some("needs_response"),
        "under_review" => Some("under_review"),
        "won" => Some("won"),
        "lost" | "accepted" => Some("lost"),
        "charge_refunded" | "prevented" => Some("closed"),
        _ => drift(&mut figures, "status"),
    }
    .map(str::to_owned);
    Ok(figures)
}

/// A transfer to the bank, signed as stated.
pub(super) fn payout(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("payout", &subject(account, Kind::Payout, &doc.own_id()?)?);
    let amount = match doc.doc("net") {
        Some(net) => net.currency("currency").map_or(Ok(None), |currency| net.money("amount", currency))?,
        None => doc.currency("currency").map_or(Ok(None), |currency| doc.money("amount", currency))?,
    };
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    figures.total = amount.map(|amount| amount.to_string());
    // Source: `ShopifyPaymentsPayoutStatus`, Admin API 2026-10.
    figures.state = match doc.text("status").map(str::to_lowercase).unwrap_or_default().as_str() {
        "scheduled" | "pending" => Some("pending"),
        "in_transit" => Some("in_transit"),
        "paid" => Some("paid"),
        "failed" => Some("failed"),
        "canceled" | "cancelled" => Some("cancelled"),
        _ => drift(&mut figures, "status"),
    }
    .map(str::to_owned);
    Ok(figures)
}

fn drift(figures: &mut Figures, field: &'static str) -> Option<&'static str> {
    figures.warnings.push(Warning::new("schema_drift", field, "a word that this build does not know"));
    None
}
