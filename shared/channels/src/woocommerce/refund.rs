//! Refunds. An order lists `{id, reason, total}` with a negative total; the refund itself has a positive amount and what came back
//! (README, edge case 4). Neither changes afterwards, so what says more is what counts.

use sluice_domain::{
    order::{Refund, RefundLine, RefundState, Restock},
    value::Quantity,
};

use super::{
    order::{Amounts, utc},
    wire::{self, Meta},
};
use crate::{
    Refusal, Warning,
    evidence::ReadRefund,
    json::{MAX_LINES, Path, Text, bound, refuse},
};

/// The line's meta that names what was refunded.
const REFUNDED_ITEM: &str = "refunded_item_id";

/// The refunds in an order.
pub(super) fn of_order(
    wire: &wire::Order<'_>,
    amounts: &mut Amounts,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ReadRefund>, Refusal> {
    let mut refunds: Vec<ReadRefund> = Vec::with_capacity(wire.refunds.get().len());
    for (index, refund) in wire.refunds.get().iter().enumerate() {
        let path = Path::item("refunds", index);
        let read = read(refund, amounts, path, warnings)?;
        match refunds.iter().find(|known| known.refund.id == read.refund.id) {
            None => refunds.push(read),
            // As with lines (`captured_responses/broken-orders-mark-2.json`).
            Some(known) if known.refund.amount == read.refund.amount => {
                let message = "the refund is there twice; it counts once";
                warnings.push(Warning::new("contradiction", path.field("id"), message));
            }
            Some(_) => return Err(refuse(path.field("id"), "two refunds have one id")),
        }
    }
    Ok(refunds)
}

/// Reads a refund of an order whose currency is known: its own resource names none.
fn read(
    wire: &wire::Refund<'_>,
    amounts: &mut Amounts,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<ReadRefund, Refusal> {
    let id = wire.id.get().ok_or_else(|| refuse(path.field("id"), "missing"))?.checked(path.field("id"))?;
    let stated = match amounts.maybe(&wire.amount, path.field("amount"))? {
        Some(amount) => Some(amount),
        None => amounts.maybe(&wire.total, path.field("total"))?,
    };
    let amount = stated.ok_or_else(|| refuse(path.field("total"), "missing"))?.abs();
    let at = wire.date_created_gmt.get().or(wire.date_created.get()).and_then(|text| utc(text.as_str()));
    // The order does not say when: the refund's own resource does, and counts for more.
    let progress = u32::from(is_own(wire));
    let lines = lines(wire, path, warnings)?;
    // A refund is an entry in the shop's books: what its gateway did with it, the API does not say.
    let refund =
        Refund { id, at, amount: Some(amount), state: RefundState::Succeeded, lines, shipping: None, apart: false };
    Ok(ReadRefund { refund, version: 0, progress })
}

fn unstated() -> Restock {
    Restock::Unknown("not stated".into())
}

/// Is it the refund's own resource, and not the order's note of it?
fn is_own(wire: &wire::Refund<'_>) -> bool {
    wire.amount.get().is_some() || wire.line_items.stated()
}

/// What came back, by order line. What becomes of it the refund does not say: that the shop put it back into its own stock stands
/// in the order's line, for all its refunds together.
pub(super) fn lines(
    wire: &wire::Refund<'_>,
    path: Path<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<RefundLine>, Refusal> {
    let stated = wire.line_items.get();
    bound(path.field("line_items"), stated.len(), MAX_LINES)?;
    let mut lines: Vec<RefundLine> = Vec::with_capacity(stated.len());
    for (index, item) in stated.iter().enumerate() {
        let path = path.at("line_items", index);
        let quantity = item.quantity.signed_quantity(path.field("quantity"))?.get().abs();
        if quantity.is_zero() {
            // Money for a line of which nothing came back.
            continue;
        }
        let meta = Meta::all(item.meta_data);
        let named = meta.iter().find(|entry| entry.name() == REFUNDED_ITEM).and_then(Meta::text);
        let named = named.map_or(Ok(None), |id: Text<'_>| id.name(path.field("meta_data")))?;
        let line = match named {
            Some(line) => line,
            None => item.id.get().ok_or_else(|| refuse(path.field("id"), "missing"))?.checked(path.field("id"))?,
        };
        match lines.iter_mut().find(|known| known.line == line) {
            Some(known) => known.quantity = Quantity::new(known.quantity.get().saturating_add(quantity)),
            None => {
                lines.push(RefundLine { line, quantity: Quantity::new(quantity), restock: unstated(), value: None });
            }
        }
    }
    if !lines.is_empty() {
        let message = "a refund does not say whether the goods went back into stock";
        warnings.push(Warning::new("unknown_restock", path.field("line_items"), message));
    }
    lines.sort_by(|left, right| left.line.cmp(&right.line));
    Ok(lines)
}

/// The order that a refund names: its parent, or where it stands.
pub(super) fn order_of(wire: &wire::Refund<'_>) -> Result<Option<String>, Refusal> {
    if let Some(id) = wire.parent_id.get().filter(|id| id.as_str() != "0") {
        return id.checked(Path::root("parent_id")).map(Some);
    }
    let up = wire.links.get().and_then(|links| links.up.get().first()).and_then(|link| link.href.get());
    let id = up.and_then(|href| href.as_str().trim_end_matches('/').rsplit_once("/orders/")).map(|(_, id)| id);
    Ok(id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).map(ToOwned::to_owned))
}
