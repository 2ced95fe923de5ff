//! The dry run of a payload.

use sluice_domain::{
    state::{Facet, ReadOrPush},
    value::SubjectKey,
};

use super::{
    decode::{self, Said, Statement},
    items, topics,
    topics::Route,
};
use crate::{DecodeContext, ExplainContext, Explained, Figures, Refusal, content_rank};

pub(super) fn explain(topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained> {
    match topics::route(topic) {
        Route::Order | Route::PulledOrder => each(topic, body, &items::ORDER, |text| order(text, context)),
        Route::Refund | Route::PulledRefund => ignored(topic, "not yet"),
        Route::Edited => ignored(topic, "an edit carries no content: the order is read again"),
        Route::Deleted => ignored(topic, "a deletion carries no content: the order is marked as deleted at the channel"),
        Route::Notice(_, advice) => ignored(topic, advice),
        Route::Ignored(reason) => ignored(topic, reason),
    }
}

fn ignored(topic: &str, reason: &str) -> Vec<Explained> {
    vec![Explained::Ignored { topic: topic.to_owned(), reason: reason.to_owned() }]
}

fn each(
    topic: &str,
    body: &[u8],
    shape: &items::Shape,
    one: impl Fn(&str) -> Result<Explained, Refusal>,
) -> Vec<Explained> {
    match items::split(body, shape) {
        Ok(items) if items.is_empty() => ignored(topic, "an answer without items"),
        Ok(items) => items.iter().map(|item| one(&item.text).unwrap_or_else(Explained::Refused)).collect(),
        Err(refusal) => vec![Explained::Refused(refusal)],
    }
}

fn order(text: &str, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    let statement =
        Statement { source: ReadOrPush::Read, stated_at: 0, content: content_rank(text.as_bytes()) };
    let decoding = DecodeContext { account: context.account, contact_key: context.contact_key };
    let Said { evidence, warnings, .. } = decode::order_evidence(text, statement, &decoding)?;
    let found = evidence.iter().find_map(|one| match &one.facet {
        Facet::Order(order) => Some((&one.subject, order)),
        Facet::Buyer(_) | Facet::Refund(_) | Facet::Outdated | Facet::Deleted | Facet::Decision(_) => None,
    });
    let figures = found.map(|(subject, order): (&SubjectKey, _)| Figures::of_order(subject, order, warnings));
    Ok(Explained::Item { figures: Box::new(figures.unwrap_or_default()), evidence })
}
