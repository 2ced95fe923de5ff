//! The dry run of a payload: each thing that it is about, with its figures.

mod goods;
mod order;
mod refund;

use sluice_domain::account::Account;

use super::{
    items,
    topics::{self, Route},
};
use crate::{
    ExplainContext, Explained, Figures, Refusal,
    doc::Doc,
    evidence::named,
    explain::{each, ignored},
    json::Tree,
};

/// What is printed of one document.
type Reader = fn(&Doc<'_>, &Account) -> Result<Figures, Refusal>;

/// Kinds that no flow takes yet: their topics (a whole topic, or a family ending in `.`), and their reader.
const KINDS: &[(&[&str], Reader)] = &[
    (&["pull:product", "product."], goods::product),
    (&["pull:customer", "customer."], goods::customer),
    (&["pull:stock"], goods::stock),
    (&["pull:shipment"], goods::shipment),
];

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    match topics::route(topic) {
        Route::Order | Route::PulledOrder => each(topic, items::split(body), |item| order::explain(item, context)),
        Route::PulledRefund => each(topic, items::split(body), |item| refund::explain(item, context)),
        Route::Deleted => each(topic, items::split(body), |item| order::deleted(item, context)),
        Route::Denied => ignored(topic, "the channel refused to be read"),
        Route::Ignored(reason) => other(topic, body, context.account).unwrap_or_else(|| ignored(topic, reason)),
    }
}

/// Kinds without a flow.
fn other(topic: &str, body: &[u8], account: &Account) -> Option<Vec<Explained>> {
    let names = |known: &str| topic == known || (known.ends_with('.') && topic.starts_with(known));
    let (_, read) = KINDS.iter().find(|(topics, _)| topics.iter().any(|known| names(known)))?;
    Some(each(topic, items::split(body), |item| {
        let tree = Tree::read_text(item)?;
        let figures = read(&Doc::new(tree.root()), account).map_err(|refusal| named(item, refusal))?;
        Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
    }))
}
