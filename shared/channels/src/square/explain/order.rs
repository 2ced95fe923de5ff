//! Orders as they are read, and the thin events that name them.

use sluice_domain::value::Kind;

use crate::{
    DecodeContext, ExplainContext, Explained, Refusal, Warning,
    doc::Doc,
    evidence::{Statement, subject},
    explain::{blank, came_back, each, of_order, refund_state},
    json::{Node, refuse},
    square::{
        decode::{ANSWER, order_evidence},
        order::{self, Catalogue},
        returns,
        topics::THIN,
    },
    wrapped,
};

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Result<Vec<Explained>, Refusal> {
    let statement = Statement::dry(std::str::from_utf8(body).unwrap_or_default());
    let tree = wrapped::tree(body)?;
    let catalogue = Catalogue::beside(tree.root());
    let one = |item: &Node<'_>| {
        let decoding = DecodeContext { account: context.account, contact_key: context.contact_key };
        let doc = Doc::new(*item);
        if !returns::has_sale(&doc) {
            return refund(&doc, &catalogue, statement, context);
        }
        let said = order_evidence(*item, &catalogue, statement, &decoding)?;
        let mut explained = of_order(said);
        if let (true, Explained::Item { evidence, .. }) = (order::is_draft(&doc), &mut explained) {
            evidence.clear();
        }
        Ok(explained)
    };
    Ok(each(topic, wrapped::split(tree.root(), &ANSWER), one))
}

/// An order that only takes back: a refund of another one.
fn refund(
    doc: &Doc<'_>,
    catalogue: &Catalogue<'_>,
    statement: Statement,
    context: &ExplainContext<'_>,
) -> Result<Explained, Refusal> {
    let id = doc.id("id")?.ok_or_else(|| refuse("id", "missing"))?;
    let mut warnings = Vec::new();
    let standing = order::standing(doc, &mut warnings);
    let mut figures = blank("refund", &subject(context.account, Kind::Refund, &id)?);
    let mut linked = true;
    for (sold, refund) in returns::read(doc, &id, standing, &mut warnings)? {
        linked &= sold.is_some();
        figures.currency = refund.amount.map(|amount| amount.currency().code().to_owned());
        figures.total = refund.amount.map(|amount| amount.to_string());
        let settled = refund.state == sluice_domain::order::RefundState::Succeeded;
        figures.refunded = refund.amount.map(|amount| {
            if settled { amount } else { sluice_domain::value::Money::zero(amount.currency()) }.to_string()
        });
        figures.state = Some(refund_state(refund.state).to_owned());
        came_back(&refund, &mut figures);
    }
    let decoding = DecodeContext { account: context.account, contact_key: context.contact_key };
    let evidence = if linked {
        order_evidence(doc.node(), catalogue, statement, &decoding)?.evidence
    } else {
        let message = "the return names no sale";
        warnings.push(Warning::new("unlinked_refund", "returns.source_order_id", message));
        Vec::new()
    };
    figures.warnings = warnings;
    Ok(Explained::Item { figures: Box::new(figures), evidence })
}

/// What an event says of its order: it has no money and no person, so nothing is folded and the order is read.
pub(super) fn event(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Result<Vec<Explained>, Refusal> {
    let tree = wrapped::tree(body)?;
    let one = |item: &Node<'_>| {
        let names = ["order_created", "order_updated", "order_fulfillment_updated"];
        let object = item.get("data").and_then(|data| data.get("object"));
        let object = object.ok_or_else(|| refuse("data.object", "missing"))?;
        let told = names.iter().find_map(|name| object.get(name)).filter(|told| told.is_object());
        let doc = Doc::new(told.ok_or_else(|| refuse("data.object.order_updated", "missing"))?);
        let id = doc.id("order_id")?.ok_or_else(|| refuse("data.object.order_updated.order_id", "missing"))?;
        let mut figures = blank("order", &subject(context.account, Kind::Order, &id)?);
        if doc.get("state").is_some() {
            figures.state = Some(order::standing(&doc, &mut figures.warnings).word.to_owned());
        }
        figures.warnings.push(Warning::new("currency_unknown", "data.object", THIN));
        Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
    };
    let event = wrapped::Shape { wrappers: &["events"], own: &["data", "event_id"] };
    Ok(each(topic, wrapped::split(tree.root(), &event), one))
}
