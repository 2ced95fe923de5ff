//! The dry run of a payload: each order that it is about, with its figures.

use sluice_domain::value::Kind;

use super::{
    decode, items,
    topics::{self, Route},
};
use crate::{
    DecodeContext, ExplainContext, Explained, Warning,
    evidence::{Statement, subject},
    explain::{blank, each, ignored, of_order},
};

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    match topics::route(topic) {
        Route::PulledOrder => each(topic, items::split(body), |item| {
            let context = DecodeContext { account: context.account, contact_key: context.contact_key };
            let statement = Statement::dry(&item.to_string());
            let (said, seen) = decode::order_evidence(item, statement, &context)?;
            if said.order().is_some() {
                return Ok(of_order(said));
            }
            // Nothing is known of its money, so there is no order to fold yet.
            let mut figures = blank("order", &subject(context.account, Kind::Order, &seen.id)?);
            figures.number = Some(seen.id);
            figures.lines = seen.lines;
            figures.units = seen.units.map(|units| units.normalize().to_string());
            figures.state = Some(seen.state.to_owned());
            figures.warnings = said.warnings;
            figures.warnings.push(Warning::new(
                "currency_unknown",
                "proceeds",
                "the order states no money of its items",
            ));
            Ok(Explained::Item { figures: Box::new(figures), evidence: Vec::new() })
        }),
        Route::Denied => ignored(topic, "the channel refused to be read"),
        Route::Ignored(reason) => ignored(topic, reason),
    }
}
