//! Payments, disputes, payouts and the rows of payouts.

use std::collections::BTreeMap;

use serde_json::Value;
use sluice_domain::{
    account::Account,
    value::{Kind, Money},
};

use super::{Doc, blank, subject};
use crate::{Explained, Figures, Refusal, Warning, json};

/// A transaction of an order. One that gives money back is a refund's; the id of a payment is that of the authorisation
/// where there is one.
pub(super) fn payment(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let id = doc.own_id()?;
    let parent = doc.id("parent_id")?;
    let kind = doc.text("kind").unwrap_or_default().to_lowercase();
    let status = doc.text("status").unwrap_or_default().to_lowercase();
    if kind == "refund" {
        return refund(doc, (&id, parent.is_none()), &status, account);
    }
    let intent = parent.filter(|_| matches!(kind.as_str(), "capture" | "void")).unwrap_or(id);
    let mut figures = blank("payment", &subject(account, Kind::Payment, &intent)?);
    figures.number = doc.id("order_id")?;
    figures.test = doc.flag("test");
    if figures.number.is_none() {
        figures.warnings.push(Warning::new("no_order_reference", "order_id", "the payment names no order"));
    }
    let amount = shop_amount(doc, &mut figures)?;
    let settled = matches!(kind.as_str(), "sale" | "capture") && status == "success";
    figures.total = amount.map(|amount| amount.to_string());
    figures.paid =
        amount.map(|amount| if settled { amount } else { Money::zero(amount.currency()) }).map(|paid| paid.to_string());
    figures.state = payment_state(&kind, &status, &mut figures.warnings).map(str::to_owned);
    Ok(figures)
}

fn payment_state(kind: &str, status: &str, warnings: &mut Vec<Warning>) -> Option<&'static str> {
    match (kind, status) {
        ("authorization" | "emv_authorization", "success") => Some("authorized"),
        // A tender transaction has neither kind nor status: it is money that moved.
        ("sale" | "capture", "success") | ("", "") => Some("captured"),
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
    let amount = shop_amount(doc, &mut figures)?;
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
    let currency = doc.currency("currency");
    let amount = currency.map_or(Ok(None), |currency| doc.money("amount", currency))?;
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

#[derive(Default)]
struct Settlement {
    rows: usize,
    payout: Option<Money>,
    net: Option<Money>,
    closed: bool,
    test: bool,
}

/// Rows of Shopify Payments (`transactions` with a `payout_id`): one settlement a payout. A payout is one negative row of
/// type payout, and the sum of the others' net (README, payout arithmetic).
pub(super) fn settlements(body: &[u8], account: &Account) -> Option<Vec<Explained>> {
    let value: Value = json::read(body).ok()?;
    let list = Doc::new(&value);
    let rows: Vec<Doc<'_>> = list.list("transactions").collect();
    if rows.is_empty() || !rows.iter().all(|row| row.get("payout_id").is_some() && row.get("net").is_some()) {
        return None;
    }
    let mut payouts: BTreeMap<String, Settlement> = BTreeMap::new();
    let all: Result<(), Refusal> = rows.iter().try_for_each(|row| add(row, &mut payouts));
    if let Err(refusal) = all {
        return Some(vec![Explained::Refused(refusal)]);
    }
    let explained = payouts.iter().map(|(id, sums)| settlement(id, sums, account).unwrap_or_else(Explained::Refused));
    Some(explained.collect())
}

fn add(row: &Doc<'_>, payouts: &mut BTreeMap<String, Settlement>) -> Result<(), Refusal> {
    let id = row.id("payout_id")?.unwrap_or_default();
    let sums = payouts.entry(id).or_default();
    let currency = row.currency("currency").ok_or_else(|| json::refuse("currency", "not an ISO 4217 currency"))?;
    let net = row.money("net", currency)?.unwrap_or(Money::zero(currency));
    sums.closed = row.text("payout_status") == Some("paid");
    sums.test |= row.flag("test");
    if row.text("type") == Some("payout") {
        sums.payout = Money::zero(currency).minus(net).ok();
        return Ok(());
    }
    sums.rows = sums.rows.saturating_add(1);
    let so_far = sums.net.unwrap_or(Money::zero(currency));
    sums.net = Some(so_far.plus(net).map_err(|error| json::refuse("net", error.to_string()))?);
    Ok(())
}

fn settlement(id: &str, sums: &Settlement, account: &Account) -> Result<Explained, Refusal> {
    let mut figures = blank("settlement", &subject(account, Kind::Settlement, id)?);
    let total = sums.payout.or(sums.net);
    figures.currency = total.map(|total| total.currency().code().to_owned());
    figures.total = total.map(|total| total.to_string());
    figures.lines = Some(sums.rows);
    figures.test = sums.test;
    figures.state = Some(if sums.closed { "closed" } else { "open" }.to_owned());
    if sums.payout.is_some() && sums.payout != sums.net {
        let message = "the rows do not add up to the payout";
        figures.warnings.push(Warning::new("sums_disagree", "transactions", message));
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
