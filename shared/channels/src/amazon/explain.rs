//! The dry run of a payload: each order that it is about, with its figures.

use sluice_domain::value::{Kind, Money};

use super::{
    decode, notification,
    order::{Seen, Stated},
    topics::{self, Route},
};
use crate::{
    DecodeContext, ExplainContext, Explained, Figures, Refusal,
    evidence::{Statement, subject},
    explain::{blank, each, ignored},
    json::Node,
    wrapped,
};

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    let statement = Statement::dry(std::str::from_utf8(body).unwrap_or_default());
    match topics::route(topic) {
        Route::PulledOrder => {
            let explained = wrapped::tree(body).map(|tree| {
                each(topic, wrapped::split(tree.root(), &decode::ANSWER), |item| order(*item, statement, context))
            });
            explained.unwrap_or_else(|refusal| vec![Explained::Refused(refusal)])
        }
        Route::OrderChange => notification::explain(topic, body, context),
        Route::Denied => ignored(topic, "the channel refused to be read"),
        Route::Ignored(reason) => ignored(topic, reason),
    }
}

fn order(item: Node<'_>, statement: Statement, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let decoding = DecodeContext { account: context.account, contact_key: context.contact_key };
    let (said, seen, stated) = decode::order_evidence(item, statement, &decoding)?;
    let mut figures = blank("order", &subject(context.account, Kind::Order, &seen.id)?);
    fill(&mut figures, &seen, &stated);
    figures.warnings = said.warnings;
    Ok(Explained::Item { figures: Box::new(figures), evidence: said.evidence })
}

/// Figures are what the payload states: what it does not say is null, also where the canonical order needs an amount.
fn fill(figures: &mut Figures, seen: &Seen, stated: &Stated) {
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    figures.number = Some(seen.id.clone());
    figures.currency = stated.currency.map(|currency| currency.code().to_owned());
    figures.total = text(stated.total);
    figures.subtotal = text(stated.subtotal);
    figures.tax_included = stated.tax_included;
    figures.tax = text(stated.tax);
    figures.discount = text(stated.discount);
    figures.shipping = text(stated.shipping);
    figures.tip = text(stated.tip);
    figures.fees = text(stated.fees);
    figures.lines = seen.lines;
    figures.units = seen.units.map(|units| units.normalize().to_string());
    figures.paid = text(seen.paid);
    figures.state = seen.state.map(ToOwned::to_owned);
    figures.test = seen.test;
}
