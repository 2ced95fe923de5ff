//! Refunds: `total` is what was asked, `refunded` what is settled.

use sluice_domain::value::Kind;

use super::decoding;
use crate::{
    ExplainContext, Explained, Refusal, Warning,
    evidence::{Statement, named, subject},
    explain::{blank, came_back, refund_state},
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
    let named = |refusal| named(text, refusal);
    let wire: wire::Refund<'_> = json::read(text.as_bytes()).map_err(named)?;
    let mut warnings = Vec::new();
    let read = refund::read(&wire, None, Path::top(), &mut warnings).map_err(named)?;
    let (refund, settled) = (read.read.refund, read.settled);
    let mut figures = blank("refund", &subject(context.account, Kind::Refund, &refund.id).map_err(named)?);
    figures.currency = Currencies::of(&wire, None).shop.map(|shop| shop.code().to_owned());
    figures.total = refund.amount.map(|amount| amount.to_string());
    figures.refunded = settled.map(|amount| amount.to_string());
    if figures.total.is_none() {
        figures.currency = None;
    }
    // An answer that was not asked for the lines says nothing of them.
    if let Some(list) = &wire.first_page_of {
        let message = "the answer holds the first page only";
        warnings.push(Warning::new("incomplete", Path::root("data"), format!("{}: {message}", list.as_str())));
    } else if wire.refund_line_items.is_some() || !item.selected {
        came_back(&refund, &mut figures);
    }
    figures.state = Some(refund_state(refund.state).to_owned());
    let transactions = wire.transactions.as_deref().unwrap_or_default();
    figures.test = !transactions.is_empty() && transactions.iter().all(|one| one.test == Some(true));
    let evidence = if wire.order_id.is_some() {
        decode::refund_evidence(text, Statement::dry(text), decoding(context).account)?.evidence
    } else {
        warnings.push(Warning::new("unlinked_refund", "order_id", "the refund names no order"));
        Vec::new()
    };
    figures.warnings = warnings;
    Ok(Explained::Item { figures: Box::new(figures), evidence })
}
