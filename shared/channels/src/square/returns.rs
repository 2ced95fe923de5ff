//! Goods that come back are an order of their own, with `returns`, one for each sale that they were sold with (README, semantics);
//! what is bought in exchange stands in the same order as lines.

use sluice_domain::{
    order::{Refund, RefundLine, RefundState, RefundValue, Restock},
    value::{Currency, Money, Quantity},
};

use super::{
    order::{self, Standing, Taxes},
    wire::{at, money, object, objects, own_or_zero},
};
use crate::{
    Refusal, Warning,
    doc::Doc,
    evidence::ReadRefund,
    json::{MAX_LINES, bound, refuse},
};

/// Does an order sell something? One that only takes back does not.
pub(super) fn has_sale(doc: &Doc<'_>) -> bool {
    doc.list("returns").next().is_none() || doc.list("line_items").next().is_some()
}

/// What an order takes back, each with the order that sold it.
pub(super) fn read(
    doc: &Doc<'_>,
    id: &str,
    standing: Standing,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<(Option<String>, Refund)>, Refusal> {
    let returns = objects(doc, "returns")?.unwrap_or_default();
    bound("returns", returns.len(), MAX_LINES)?;
    let mut all = Vec::with_capacity(returns.len());
    for (index, one) in returns.iter().enumerate() {
        let id = if returns.len() == 1 { id.to_owned() } else { format!("{id}-{index}") };
        let only = returns.len() == 1;
        let read = refund(doc, one, (id, only), standing, warnings).map_err(|refusal| at("returns", index, refusal))?;
        all.push((one.id("source_order_id").map_err(|refusal| at("returns", index, refusal))?, read));
    }
    if !all.is_empty() {
        let message = "Square does not say what happens with goods that come back";
        warnings.push(Warning::new("unknown_restock", "returns.return_line_items", message));
    }
    Ok(all)
}

fn refund(
    order: &Doc<'_>,
    doc: &Doc<'_>,
    (id, only): (String, bool),
    standing: Standing,
    warnings: &mut Vec<Warning>,
) -> Result<Refund, Refusal> {
    let taxes = Taxes::of_return(doc, warnings)?;
    let mut amount = object(doc, "return_amounts")?.map_or(Ok(None), |sums| money(&sums, "total_money"))?;
    if amount.is_none() && only {
        amount = object(order, "return_amounts")?.map_or(Ok(None), |sums| money(&sums, "total_money"))?;
    }
    let stated = objects(doc, "return_line_items")?.unwrap_or_default();
    bound("return_line_items", stated.len(), MAX_LINES)?;
    let mut lines = Vec::with_capacity(stated.len());
    for (index, one) in stated.iter().enumerate() {
        let read = line(one, index, &taxes, amount.map(Money::currency));
        lines.push(read.map_err(|refusal| at("return_line_items", index, refusal))?);
    }
    Ok(Refund {
        id,
        at: order::time(order, "created_at").ok(),
        amount: amount.map(Money::abs),
        state: match standing.word {
            "closed" => RefundState::Succeeded,
            "open" => RefundState::Pending,
            "cancelled" => RefundState::Cancelled,
            _ => RefundState::Requested,
        },
        lines,
        shipping: None,
        apart: true,
    })
}

fn line(doc: &Doc<'_>, index: usize, taxes: &Taxes<'_>, currency: Option<Currency>) -> Result<RefundLine, Refusal> {
    let quantity = doc.quantity("quantity")?.ok_or_else(|| refuse("quantity", "missing"))?;
    let value = match (money(doc, "total_money")?, currency) {
        (Some(with_all), currency) if currency.is_none_or(|known| known == with_all.currency()) => {
            let currency = with_all.currency();
            let amount = taxes.price(with_all, taxes.additive(doc, currency)?)?;
            Some(RefundValue { amount: amount.abs(), tax: own_or_zero(doc, "total_tax_money", currency)?.abs() })
        }
        _ => None,
    };
    let named = doc.id("source_line_item_uid")?;
    Ok(RefundLine {
        line: named.unwrap_or_else(|| format!("unknown-{index}")),
        quantity: Quantity::new(quantity.abs()),
        restock: Restock::Unknown("not stated".into()),
        value,
    })
}

/// A refund with its version.
pub(super) fn ranked(refund: Refund, version: i64, progress: u32) -> ReadRefund {
    ReadRefund { refund, version, progress }
}
