//! Orders: the figures of the canonical order.

use sluice_domain::value::Kind;

use crate::{
    DecodeContext, ExplainContext, Explained, Refusal, Warning,
    doc::Doc,
    evidence::{Statement, subject},
    explain::{blank, of_order},
    json::Tree,
    woocommerce::{decode, order::is_draft},
};

pub(super) fn explain(item: &str, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let context = DecodeContext { account: context.account, contact_key: context.contact_key };
    let wire = decode::read(item)?;
    let said = decode::whole(item, &wire, Statement::dry(item), &context)?;
    let mut explained = of_order(said);
    if let (true, Explained::Item { evidence, .. }) = (is_draft(&wire), &mut explained) {
        evidence.clear();
    }
    Ok(explained)
}

/// A deletion: the order that it is about, and nothing known of it.
pub(super) fn deleted(item: &str, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let tree = Tree::read_text(item)?;
    let mut figures = blank("order", &subject(context.account, Kind::Order, &Doc::new(tree.root()).own_id()?)?);
    let message = "it says that the order was deleted, and nothing else of it";
    figures.warnings.push(Warning::new("no_content", "body", message));
    Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
}
