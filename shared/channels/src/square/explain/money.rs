//! Payments, refunds of payments, payouts and their entries. Source: README, semantics.

use std::collections::BTreeMap;

use sluice_domain::{
    account::Account,
    value::{Kind, Money},
};

use crate::{
    Explained, Figures, Refusal, Warning,
    doc::Doc,
    evidence::subject,
    explain::{blank, ignored},
    json::{MAX_LINES, Node, bound, refuse},
    square::wire::{at, money, out_of_range},
};

fn text(amount: Option<Money>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

fn own_id(doc: &Doc<'_>) -> Result<String, Refusal> {
    doc.id("id")?.ok_or_else(|| refuse("id", "missing"))
}

fn drift(figures: &mut Figures) -> Option<&'static str> {
    figures.warnings.push(Warning::new("schema_drift", "status", "a word that this build does not know"));
    None
}

/// A payment: `total_money` is the sale with its tip; what is only approved is not captured.
pub(super) fn payment(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("payment", &subject(account, Kind::Payment, &own_id(doc)?)?);
    let (sale, total) = (money(doc, "amount_money")?, money(doc, "total_money")?.or(money(doc, "amount_money")?));
    let tip = money(doc, "tip_money")?;
    let zero = total.map(|total| Money::zero(total.currency()));
    figures.number = doc.text("reference_id").map_or_else(|| doc.id("order_id"), |id| Ok(Some(id.to_owned())))?;
    if figures.number.is_none() {
        figures.warnings.push(Warning::new("no_order_reference", "order_id", "the payment names no order"));
    }
    figures.currency = total.map(|total| total.currency().code().to_owned());
    figures.total = text(total);
    figures.tip = text(tip.or(zero));
    figures.refunded = text(money(doc, "refunded_money")?.or(zero));
    let state = match doc.text("status").unwrap_or_default() {
        "APPROVED" => Some("authorized"),
        "COMPLETED" => Some("captured"),
        "PENDING" => Some("pending"),
        "CANCELED" => Some("voided"),
        "FAILED" => Some("failed"),
        _ => drift(&mut figures),
    };
    figures.paid = text(if state == Some("captured") { total } else { zero });
    figures.state = state.map(str::to_owned);
    if let (Some(sale), Some(total)) = (sale, total)
        && sale.plus(tip.unwrap_or(Money::zero(sale.currency()))) != Ok(total)
    {
        let message = "the sale and its tip do not add up to the total";
        figures.warnings.push(Warning::new("sums_disagree", "total_money", message));
    }
    Ok(figures)
}

/// A refund of a payment, or one that is linked to none.
pub(super) fn refund(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("refund", &subject(account, Kind::Refund, &own_id(doc)?)?);
    let amount = money(doc, "amount_money")?;
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    figures.total = text(amount);
    let state = match doc.text("status").unwrap_or_default() {
        "PENDING" => Some("pending"),
        "COMPLETED" | "APPROVED" => Some("succeeded"),
        "REJECTED" | "FAILED" => Some("failed"),
        _ => drift(&mut figures),
    };
    let settled = amount.map(|amount| if state == Some("succeeded") { amount } else { Money::zero(amount.currency()) });
    figures.refunded = text(settled);
    figures.state = state.map(str::to_owned);
    if doc.flag("unlinked") || (doc.get("payment_id").is_none() && doc.get("tender_id").is_none()) {
        let message = "the refund is linked to no payment";
        figures.warnings.push(Warning::new("unlinked_refund", "payment_id", message));
    }
    Ok(figures)
}

/// A transfer to the bank, or from it where it is below nothing.
pub(super) fn payout(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let mut figures = blank("payout", &subject(account, Kind::Payout, &own_id(doc)?)?);
    let amount = money(doc, "amount_money")?;
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    figures.total = text(amount);
    figures.state = match doc.text("status").unwrap_or_default() {
        "SENT" => Some("in_transit"),
        "PAID" => Some("paid"),
        "FAILED" => Some("failed"),
        _ => drift(&mut figures),
    }
    .map(str::to_owned);
    Ok(figures)
}

/// Money that a bank wants back. Older events name the dispute `id`, newer ones `dispute_id`. Source of the words:
/// `DisputeState` of Square's API reference.
pub(super) fn dispute(doc: &Doc<'_>, account: &Account) -> Result<Figures, Refusal> {
    let id = doc.id("dispute_id")?.map_or_else(|| own_id(doc), Ok)?;
    let mut figures = blank("dispute", &subject(account, Kind::Dispute, &id)?);
    let amount = money(doc, "amount_money")?;
    figures.currency = amount.map(|amount| amount.currency().code().to_owned());
    figures.total = text(amount);
    figures.state = match doc.text("state").unwrap_or_default() {
        "INQUIRY_EVIDENCE_REQUIRED" | "EVIDENCE_REQUIRED" => Some("needs_response"),
        "INQUIRY_PROCESSING" | "PROCESSING" => Some("under_review"),
        "WON" => Some("won"),
        "LOST" | "ACCEPTED" => Some("lost"),
        "INQUIRY_CLOSED" => Some("closed"),
        _ => drift(&mut figures),
    }
    .map(str::to_owned);
    Ok(figures)
}

#[derive(Default)]
struct Sums {
    rows: usize,
    net: Option<Money>,
}

/// Entries of payouts: one settlement for each payout that they name. The sum of their nets is the payout (README).
pub(super) fn settlements(topic: &str, root: Node<'_>, account: &Account) -> Vec<Explained> {
    match sums(root) {
        Err(refusal) => vec![Explained::Refused(refusal)],
        Ok(payouts) if payouts.is_empty() => ignored(topic, "an answer without items"),
        Ok(payouts) => {
            payouts.iter().map(|(id, sums)| settlement(id, sums, account).unwrap_or_else(Explained::Refused)).collect()
        }
    }
}

fn sums(root: Node<'_>) -> Result<BTreeMap<String, Sums>, Refusal> {
    let list = root.get("payout_entries").unwrap_or(root);
    let entries: Vec<Node<'_>> = match list.items() {
        Some(items) => items.take(MAX_LINES.saturating_mul(10)).collect(),
        None if root.get("payout_id").is_some() => vec![root],
        None => return Err(refuse("payout_entries", "missing")),
    };
    bound("payout_entries", entries.len(), MAX_LINES.saturating_mul(10).saturating_sub(1))?;
    let mut payouts: BTreeMap<String, Sums> = BTreeMap::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let doc = Doc::new(entry);
        let here = |refusal| at("payout_entries", index, refusal);
        let id = doc.id("payout_id").map_err(here)?.ok_or_else(|| here(refuse("payout_id", "missing")))?;
        let net = money(&doc, "net_amount_money").map_err(here)?;
        let net = net.ok_or_else(|| here(refuse("net_amount_money", "missing")))?;
        let sums = payouts.entry(id).or_default();
        sums.rows = sums.rows.saturating_add(1);
        sums.net = Some(match sums.net {
            Some(known) => known.plus(net).map_err(out_of_range("net_amount_money")).map_err(here)?,
            None => net,
        });
    }
    Ok(payouts)
}

fn settlement(id: &str, sums: &Sums, account: &Account) -> Result<Explained, Refusal> {
    let mut figures = blank("settlement", &subject(account, Kind::Settlement, id)?);
    figures.currency = sums.net.map(|net| net.currency().code().to_owned());
    figures.total = text(sums.net);
    figures.lines = Some(sums.rows);
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
