//! From deliveries to evidence.

use sluice_domain::{
    delivery::Delivery,
    state::{Evidence, Facet},
    value::Kind,
};

use super::{
    buyer, order,
    topics::{self, Route},
};
use crate::{
    DecodeContext, Decoded, Refusal,
    doc::Doc,
    evidence::{Said, Statement, denied, each, subject},
    json::Node,
    wrapped::{self, Shape},
};

/// Answers with orders: v0 has `payload` and `Orders`.
pub(super) const ANSWER: Shape =
    Shape { wrappers: &["payload", "order", "orders", "Orders", "Order"], own: &["orderId", "AmazonOrderId"] };

pub(super) fn decode(delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
    let statement = Statement::of(delivery);
    match topics::route(&delivery.topic) {
        Route::PulledOrder => {
            let tree = wrapped::tree(&delivery.body)?;
            let read = |item: Node<'_>| order_evidence(item, statement, context).map(|(said, ..)| said);
            Ok(match each(wrapped::split(tree.root(), &ANSWER)?, read)? {
                Decoded::Evidence { evidence, refused, .. } if evidence.is_empty() && refused.is_empty() => {
                    Decoded::Ignored { reason: "an order without money is not a sale yet" }
                }
                decoded @ (Decoded::Evidence { .. }
                | Decoded::Ignored { .. }
                | Decoded::Thin { .. }
                | Decoded::Notice { .. }) => decoded,
            })
        }
        Route::OrderChange => Ok(Decoded::Thin { reason: topics::THIN }),
        Route::Denied => denied(delivery),
        Route::Ignored(reason) => Ok(Decoded::Ignored { reason }),
    }
}

/// The evidence of one order, and what it says even without money.
pub(super) fn order_evidence(
    item: Node<'_>,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<(Said, order::Seen, order::Stated), Refusal> {
    let doc = Doc::new(item);
    let id = doc.id("orderId").ok().flatten().or_else(|| doc.id("AmazonOrderId").ok().flatten());
    let with_id = |mut refusal: Refusal| {
        refusal.external_id = refusal.external_id.take().or_else(|| id.clone());
        refusal
    };
    let read = order::read(&doc).map_err(with_id)?;
    let subject = subject(context.account, Kind::Order, &read.seen.id)?;
    let rank = statement.rank(read.seen.version.unwrap_or_default(), read.seen.progress);
    let mut evidence = Vec::new();
    let number = Some(read.seen.id.clone());
    if let Some(order) = read.order {
        evidence.push(Evidence { subject: subject.clone(), rank, facet: Facet::Order(Box::new(order)) });
        if let Some(buyer) = buyer::read(&doc, context.contact_key) {
            let rank = if buyer::is_restricted(&buyer) { rank.of_less() } else { rank };
            evidence.push(Evidence { subject, rank, facet: Facet::Buyer(Box::new(buyer)) });
        }
    } else if read.seen.state == Some("cancelled") && read.seen.version.is_some() {
        // Cancelled orders may lose their prices. One that was never a sale is of no concern; one that is held by us must not go
        // on as if nothing had happened.
        evidence.push(Evidence { subject, rank, facet: Facet::Outdated });
    }
    Ok((Said { evidence, number, warnings: read.warnings }, read.seen, read.stated))
}
