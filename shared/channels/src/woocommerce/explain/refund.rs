//! Refunds by themselves. They name no currency, so their amounts are shown as they are stated.

use sluice_domain::{
    order::{Refund, RefundState},
    value::Kind,
};

use crate::{
    ExplainContext, Explained, Refusal, Warning,
    evidence::{named, subject},
    explain::{blank, came_back, refund_state},
    json::{self, Loose, Num, Path, refuse},
    woocommerce::{refund, wire},
};

pub(super) fn explain(item: &str, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    read(item, context).map_err(|refusal| named(item, refusal))
}

fn read(item: &str, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let wire: wire::Refund<'_> = json::read_text(item)?;
    let id = wire.id.get().ok_or_else(|| refuse("id", "missing"))?;
    let id = wire::own_id(id)?;
    let mut figures = blank("refund", &subject(context.account, Kind::Refund, &id)?);
    let amount = stated(&wire.amount, "amount")?.or(stated(&wire.total, "total")?);
    let amount = amount.ok_or_else(|| refuse("amount", "missing"))?;
    figures.total = Some(amount.clone());
    figures.refunded = Some(amount);
    figures.state = Some(refund_state(RefundState::Succeeded).to_owned());
    if wire.line_items.stated() {
        let lines = refund::lines(&wire, Path::top(), &mut figures.warnings)?;
        came_back(
            &Refund { id, at: None, amount: None, state: RefundState::Succeeded, lines, shipping: None, apart: false },
            &mut figures,
        );
    }
    let message = "a refund names no currency; its amount is shown as it is stated";
    figures.warnings.push(Warning::new("currency_unknown", "amount", message));
    if refund::order_of(&wire)?.is_none() {
        figures.warnings.push(Warning::new("unlinked_refund", "parent_id", "the refund names no order"));
    }
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}

/// An amount without its sign, at the precision that it has.
fn stated(num: &Loose<Num<'_>>, field: &'static str) -> Result<Option<String>, Refusal> {
    num.get().map(|num| num.decimal(Path::root(field)).map(|value| value.abs().to_string())).transpose()
}
