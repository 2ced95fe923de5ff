//! Refunds: `total` is what was asked, `refunded` what is settled.

use rust_decimal::Decimal;
use sluice_domain::{
    order::{Refund, RefundState},
    value::Kind,
};

use super::{blank, decoding, statement, subject};
use crate::{
    ExplainContext, Explained, Figures, Refusal, Warning,
    json::{self, Path},
    shopify::{
        decode,
        items::Item,
        refund::{self, Currencies},
        wire,
    },
};

pub(super) fn explain(item: &Item<'_>, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let text = item.text.as_ref();
    let named = |refusal| decode::named(text, refusal);
    let wire: wire::Refund<'_> = json::read(text.as_bytes()).map_err(named)?;
    let mut warnings = Vec::new();
    let read = refund::read(&wire, None, Path::top(), &mut warnings).map_err(named)?;
    let mut figures = blank("refund", &subject(context.account, Kind::Refund, &read.refund.id).map_err(named)?);
    figures.currency = Currencies::of(&wire, None).shop.map(|shop| shop.code().to_owned());
    figures.total = read.refund.amount.map(|amount| amount.to_string());
    figures.refunded = read.settled.map(|amount| amount.to_string());
    if figures.total.is_none() {
        figures.currency = None;
    }
    // An answer that was not asked for the lines says nothing of them.
    if let Some(list) = &wire.first_page_of {
        let message = "the answer holds the first page only";
        warnings.push(Warning::new("incomplete", Path::root("data"), format!("{}: {message}", list.as_str())));
    } else if wire.refund_line_items.is_some() || !item.selected {
        came_back(&read.refund, &mut figures);
    }
    figures.state = Some(state(read.refund.state).to_owned());
    let transactions = wire.transactions.as_deref().unwrap_or_default();
    figures.test = !transactions.is_empty() && transactions.iter().all(|one| one.test == Some(true));
    let evidence = if wire.order_id.is_some() {
        decode::refund_evidence(text, statement(text), decoding(context).account)?.evidence
    } else {
        warnings.push(Warning::new("unlinked_refund", "order_id", "the refund names no order"));
        Vec::new()
    };
    figures.warnings = warnings;
    Ok(Explained::Item { figures: Box::new(figures), evidence })
}

fn came_back(refund: &Refund, figures: &mut Figures) {
    let mut lines: Vec<&str> = refund.lines.iter().map(|line| line.line.as_str()).collect();
    lines.dedup();
    let units = refund.lines.iter().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity.get()));
    figures.lines = Some(lines.len());
    figures.units = Some(units.normalize().to_string());
}

fn state(state: RefundState) -> &'static str {
    match state {
        RefundState::Requested => "requested",
        RefundState::Pending => "pending",
        RefundState::Succeeded => "succeeded",
        RefundState::Failed => "failed",
        RefundState::Cancelled => "cancelled",
    }
}
