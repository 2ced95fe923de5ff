//! Refunds: the money is the sum of the successful transactions of kind refund; lines only say what came back (README, edge
//! cases 4 to 6). One refund reads the same from its own webhook and from its order's list.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use sluice_domain::{
    order::{Refund, RefundLine, RefundState, RefundValue, Restock},
    value::{Currency, Money, Quantity},
};

use super::{
    order::refunded,
    wire::{self, Amount, Transaction},
};
use crate::{
    Refusal, Warning,
    evidence::ReadRefund as Read,
    json::{MAX_LINES, Num, Path, Text, bound, refuse},
};

/// A refund as it was read.
pub(super) struct ReadRefund {
    /// The refund; its version is its time, since it is not edited, and its progress how far its transactions have come.
    pub(super) read: Read,
    /// What is settled; `None` where only the buyer's currency is stated.
    pub(super) settled: Option<Money>,
}

/// The refunds in an order.
pub(super) fn of_order(
    wire: &wire::Order<'_>,
    currency: Currency,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ReadRefund>, Refusal> {
    let stated = wire.refunds.as_deref().unwrap_or_default().iter().enumerate();
    stated.map(|(index, refund)| read(refund, Some(currency), Path::item("refunds", index), warnings)).collect()
}

/// Reads a refund. `currency` is the order's, where the order is known.
pub(super) fn read(
    wire: &wire::Refund<'_>,
    currency: Option<Currency>,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<ReadRefund, Refusal> {
    let id = wire.id.as_ref().ok_or_else(|| refuse(path.field("id"), "missing"))?.checked(path.field("id"))?;
    let currencies = Currencies::of(wire, currency);
    let money = movements(wire, &currencies, path, warnings)?;
    let at = match instant(wire.processed_at.as_ref(), path.field("processed_at"))? {
        Some(at) => Some(at),
        None => instant(wire.created_at.as_ref(), path.field("created_at"))?,
    };
    let lines = lines(wire, currencies.shop, path, warnings)?;
    let shipping = currencies.shop.map_or(Ok(None), |shop| shipping(wire, shop, path))?;
    let refund = Refund { id, at, amount: money.asked, state: money.state, lines, shipping, apart: false };
    let version = at.map_or(0, Timestamp::as_microsecond);
    // The shop's currency is known from the order's list, and not always from a refund alone.
    let valued = refund.lines.iter().all(|line| line.value.is_some());
    let progress = money.progress.saturating_add(u32::from(valued));
    Ok(ReadRefund { read: Read { refund, version, progress }, settled: money.settled })
}

/// The currencies that a refund names: its sets do even where they are zero.
pub(super) struct Currencies {
    /// The shop's.
    pub(super) shop: Option<Currency>,
    /// The refund knows no other currency than the shop's.
    only: bool,
}

#[derive(Deserialize)]
struct BothMoneys<'a> {
    #[serde(borrow)]
    shop_money: Option<Amount<'a>>,
    #[serde(borrow)]
    presentment_money: Option<Amount<'a>>,
}

impl Currencies {
    pub(super) fn of(wire: &wire::Refund<'_>, order: Option<Currency>) -> Self {
        let lines = wire.refund_line_items.as_deref().unwrap_or_default();
        let sets = wire.total_duties_set.into_iter().chain(lines.iter().filter_map(|line| line.subtotal_set));
        let set = sets.into_iter().find_map(|set| serde_json::from_str::<BothMoneys<'_>>(set.get()).ok());
        let code = |amount: &Option<Amount<'_>>| {
            let code = amount.as_ref()?.currency_code.as_ref()?;
            Currency::parse(code.as_str()).ok()
        };
        let (shop, buyer) = set.map_or((None, None), |set| (code(&set.shop_money), code(&set.presentment_money)));
        let summed = wire.total_refunded_set.as_ref().and_then(|set| code(&set.shop_money));
        Self { shop: order.or(shop).or(summed), only: shop.is_some() && shop == buyer }
    }
}

struct Movements {
    asked: Option<Money>,
    settled: Option<Money>,
    state: RefundState,
    progress: u32,
}

/// How far a transaction has come. Source: `OrderTransactionStatus`, Admin API 2026-10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Pending,
    Failed,
    Settled,
}

pub(super) fn step(transaction: &Transaction<'_>) -> Option<Step> {
    match transaction.status.as_ref()?.as_str() {
        "success" => Some(Step::Settled),
        "pending" | "awaiting_response" => Some(Step::Pending),
        "failure" | "error" => Some(Step::Failed),
        _ => None,
    }
}

fn movements(
    wire: &wire::Refund<'_>,
    currencies: &Currencies,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Movements, Refusal> {
    let all = wire.transactions.as_deref().unwrap_or_default();
    bound(path.field("transactions"), all.len(), MAX_LINES)?;
    let mut sums =
        BTreeMap::from([(Step::Pending, Vec::new()), (Step::Failed, Vec::new()), (Step::Settled, Vec::new())]);
    let mut progress = 0_u32;
    let refunds =
        all.iter().enumerate().filter(|(_, one)| one.kind.as_ref().is_none_or(|kind| kind.as_str() == "refund"));
    for (index, transaction) in refunds {
        let path = path.at("transactions", index);
        let step = step(transaction).unwrap_or_else(|| {
            warnings.push(Warning::new("schema_drift", path.field("status"), "a word that this build does not know"));
            Step::Pending
        });
        progress = progress.saturating_add(match step {
            Step::Pending => 1,
            Step::Failed => 2,
            Step::Settled => 3,
        });
        let amount = shop_amount(transaction, currencies, path, warnings)?;
        sums.entry(step).or_default().push(amount);
    }
    let count = |step| sums.get(&step).map_or(0, Vec::len);
    let stated = wire.total_refunded_set.as_ref().zip(currencies.shop);
    let stated = stated.map_or(Ok(None), |(set, shop)| set.shop(shop, path.field("total_refunded_set")))?;
    // The sum counts what is settled: nothing of it while a transaction that was not asked for is pending.
    let unsettled = wire.transactions.is_none() && stated.is_some_and(Money::is_zero);
    let state = match (count(Step::Pending), count(Step::Failed), count(Step::Settled)) {
        (0, 0, 0) if unsettled => RefundState::Pending,
        (1.., _, _) => RefundState::Pending,
        (0, 1.., 0) => RefundState::Failed,
        (0, _, _) => RefundState::Succeeded,
    };
    let sum = |steps: &[Step]| -> Option<Money> {
        let known: Option<Vec<Money>> = steps.iter().filter_map(|step| sums.get(step)).flatten().copied().collect();
        Money::sum(currencies.shop?, known?).ok()
    };
    let settled = if all.is_empty() { stated.or(sum(&[Step::Settled])) } else { sum(&[Step::Settled]).or(stated) };
    let asked = match state {
        RefundState::Failed => sum(&[Step::Failed]),
        RefundState::Pending if unsettled => None,
        RefundState::Pending => sum(&[Step::Pending, Step::Settled]),
        RefundState::Requested | RefundState::Succeeded | RefundState::Cancelled => settled,
    };
    progress = progress.saturating_add(u32::from(asked.is_some()));
    Ok(Movements { asked, settled, state, progress })
}

/// The amount of a transaction in the shop's currency. `amount` can be in the buyer's currency (edge case 4): then it is
/// unknown, never converted.
pub(super) fn shop_amount(
    transaction: &Transaction<'_>,
    currencies: &Currencies,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Money>, Refusal> {
    let Some(shop) = currencies.shop else {
        warnings.push(Warning::new("presentment_only", path.field("currency"), "nothing names the shop's currency"));
        return Ok(None);
    };
    let in_set = transaction.amount_set.as_ref().map_or(Ok(None), |set| set.shop(shop, path.field("amount_set")))?;
    if in_set.is_some() {
        return Ok(in_set);
    }
    let path_of_amount = path.field("amount");
    let read = |amount: &Num<'_>| amount.positive(shop, path_of_amount).map(Some);
    let amount = transaction.amount.as_ref().ok_or_else(|| refuse(path_of_amount, "missing"))?;
    match transaction.currency.as_ref().map(Text::as_str) {
        Some(code) if code == shop.code() => read(amount),
        // The official sample has refund transactions without a currency.
        None if currencies.only => read(amount),
        Some(_) | None => {
            let message = "not in the shop's currency; the amount in it is unknown";
            warnings.push(Warning::new("presentment_only", path.field("currency"), message));
            Ok(None)
        }
    }
}

/// What came back. One line may be listed twice (edge case 6): its units are added up.
fn lines(
    wire: &wire::Refund<'_>,
    shop: Option<Currency>,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<RefundLine>, Refusal> {
    let stated = wire.refund_line_items.as_deref().unwrap_or_default();
    bound(path.field("refund_line_items"), stated.len(), MAX_LINES)?;
    let mut lines: Vec<RefundLine> = Vec::with_capacity(stated.len());
    for (index, line) in stated.iter().enumerate() {
        let path = path.at("refund_line_items", index);
        let id = line.line_item_id.as_ref().ok_or_else(|| refuse(path.field("line_item_id"), "missing"))?;
        let id = id.checked(path.field("line_item_id"))?;
        let quantity = line.quantity.quantity(path.field("quantity"))?;
        let restock = restock(line, path, warnings);
        let value = shop.map_or(Ok(None), |shop| line_value(line, shop, path))?;
        match lines.iter_mut().find(|known| known.line == id && known.restock == restock) {
            Some(known) => {
                known.quantity = Quantity::new(known.quantity.get().saturating_add(quantity.get()));
                known.value = known.value.zip(value).and_then(|(one, more)| together(one, more));
            }
            None => lines.push(RefundLine { line: id, quantity, restock, value }),
        }
    }
    // The order's list and the refund's own may be sorted differently.
    lines.sort_by(|left, right| (&left.line, word(&left.restock)).cmp(&(&right.line, word(&right.restock))));
    Ok(lines)
}

/// What the units of a line were worth.
fn line_value(line: &wire::RefundLine<'_>, shop: Currency, path: Path<'_>) -> Result<Option<RefundValue>, Refusal> {
    let amount = refunded(line.subtotal.as_ref(), line.subtotal_set, shop, path.field("subtotal"))?;
    let tax = refunded(line.total_tax.as_ref(), line.total_tax_set, shop, path.field("total_tax"))?;
    Ok(amount.map(|amount| RefundValue { amount, tax: tax.unwrap_or(Money::zero(shop)) }))
}

fn together(one: RefundValue, more: RefundValue) -> Option<RefundValue> {
    Some(RefundValue { amount: one.amount.plus(more.amount).ok()?, tax: one.tax.plus(more.tax).ok()? })
}

/// What was given back of shipping. Edge case 5: it may be stated as a line and as an adjustment, and counts once.
fn shipping(wire: &wire::Refund<'_>, shop: Currency, path: Path<'_>) -> Result<Option<RefundValue>, Refusal> {
    let stated = wire.refund_shipping_lines.as_deref().unwrap_or_default();
    let nothing = RefundValue { amount: Money::zero(shop), tax: Money::zero(shop) };
    let mut sum = nothing;
    let mut add = |amount: Option<Money>, tax: Option<Money>| {
        let part =
            RefundValue { amount: amount.unwrap_or(nothing.amount).abs(), tax: tax.unwrap_or(nothing.tax).abs() };
        sum = together(sum, part).ok_or_else(|| refuse(path, "the amounts of shipping do not add up"))?;
        Ok(())
    };
    for line in stated {
        let in_shop =
            |set: Option<&wire::MoneySet<'_>>, field| set.map_or(Ok(None), |set| set.shop(shop, path.field(field)));
        let amount = in_shop(line.subtotal_amount_set.as_ref(), "subtotal_amount_set")?;
        add(amount, in_shop(line.tax_amount_set.as_ref(), "tax_amount_set")?)?;
    }
    let adjusted = wire.order_adjustments.iter().flatten().filter(|_| stated.is_empty());
    for one in adjusted.filter(|one| one.kind.as_ref().is_some_and(|kind| kind.as_str() == "shipping_refund")) {
        let amount = refunded(one.amount.as_ref(), one.amount_set, shop, path.field("amount"))?;
        add(amount, refunded(one.tax_amount.as_ref(), one.tax_amount_set, shop, path.field("tax_amount"))?)?;
    }
    Ok((sum != nothing).then_some(sum))
}

fn word(restock: &Restock) -> &str {
    match restock {
        Restock::None => "",
        Restock::Cancel => "cancel",
        Restock::Return => "return",
        Restock::Unknown(raw) => raw,
    }
}

/// Edge case 6: only `cancel` and `return` with a location move stock.
fn restock(line: &wire::RefundLine<'_>, path: Path<'_>, warnings: &mut Vec<Warning>) -> Restock {
    let moves = line.location_id.is_some();
    match line.restock_type.as_ref().map_or("no_restock", Text::as_str) {
        "cancel" if moves => Restock::Cancel,
        "return" if moves => Restock::Return,
        "cancel" | "return" | "no_restock" | "legacy_restock" => Restock::None,
        other => {
            let message = "a word that this build does not know; no stock is moved";
            warnings.push(Warning::new("unknown_restock", path.field("restock_type"), message));
            Restock::Unknown(other.chars().take(40).collect())
        }
    }
}

fn instant(text: Option<&Text<'_>>, path: Path<'_>) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text.filter(|text| !text.as_str().is_empty()) else { return Ok(None) };
    text.as_str().parse().map(Some).map_err(|_| refuse(path, "expected an RFC 3339 time with an offset"))
}

/// What the listed transactions captured; `None` where none are listed, or not in the shop's currency.
pub(super) fn captured(
    transactions: Option<&[Transaction<'_>]>,
    currency: Currency,
    field: &'static str,
) -> Result<Option<Money>, Refusal> {
    let all = transactions.unwrap_or_default();
    bound(field, all.len(), MAX_LINES)?;
    if all.is_empty() {
        return Ok(None);
    }
    let currencies = Currencies { shop: Some(currency), only: false };
    let mut sum = Money::zero(currency);
    for (index, transaction) in all.iter().enumerate() {
        let kind = transaction.kind.as_ref().map_or("", Text::as_str);
        if !matches!(kind, "sale" | "capture" | "change") || step(transaction) != Some(Step::Settled) {
            continue;
        }
        let path = Path::item(field, index);
        let Some(amount) = shop_amount(transaction, &currencies, path, &mut Vec::new())? else { return Ok(None) };
        // What a buyer was given back over the counter, of cash that was more than the price.
        let with = if kind == "change" { sum.minus(amount) } else { sum.plus(amount) };
        sum = with.map_err(|error| refuse(path, error.to_string()))?;
    }
    Ok(Some(sum))
}
