//! From deliveries to evidence.

use jiff::Timestamp;
use sluice_domain::{
    delivery::Delivery,
    state::{Evidence, Facet},
    value::Kind,
};

use super::{
    buyer,
    order::{self, Catalogue},
    returns,
    topics::{self, Route},
};
use crate::{
    DecodeContext, Decoded, Refusal,
    doc::Doc,
    evidence::{Said, Statement, denied, each, of_refunds, subject},
    json::{Node, refuse},
    wrapped::{self, Shape},
};

/// Answers with orders. `objects` beside them are what the catalogue says of their lines.
pub(super) const ANSWER: Shape = Shape { wrappers: &["order", "orders"], own: &["id", "location_id", "line_items"] };

pub(super) fn decode(delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
    match topics::route(&delivery.topic) {
        Route::PulledOrder => {
            let statement = Statement::of(delivery);
            let tree = wrapped::tree(&delivery.body)?;
            let catalogue = Catalogue::beside(tree.root());
            let read = |item: Node<'_>| {
                let mut said = order_evidence(item, &catalogue, statement, context)?;
                if order::is_draft(&Doc::new(item)) {
                    said.evidence.clear();
                }
                Ok(said)
            };
            Ok(match each(wrapped::split(tree.root(), &ANSWER)?, read)? {
                Decoded::Evidence { evidence, refused, .. } if evidence.is_empty() && refused.is_empty() => {
                    Decoded::Ignored { reason: "a draft is no sale yet" }
                }
                decoded @ (Decoded::Evidence { .. }
                | Decoded::Ignored { .. }
                | Decoded::Thin { .. }
                | Decoded::Notice { .. }) => decoded,
            })
        }
        Route::OrderEvent => Ok(Decoded::Thin { reason: topics::THIN }),
        Route::Denied => denied(delivery),
        Route::Ignored(reason) => Ok(Decoded::Ignored { reason }),
    }
}

/// When an order last changed.
pub(super) fn changed(doc: &Doc<'_>) -> Result<Timestamp, Refusal> {
    let field = ["updated_at", "closed_at", "created_at"].into_iter().find(|field| doc.get(field).is_some());
    order::time(doc, field.unwrap_or("updated_at"))
}

/// The evidence of one order: the sale, its buyer, and what it takes back of other sales.
pub(super) fn order_evidence(
    item: Node<'_>,
    catalogue: &Catalogue<'_>,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<Said, Refusal> {
    let doc = Doc::new(item);
    let id = doc.id("id")?.ok_or_else(|| refuse("id", "missing"))?;
    let with_id = |mut refusal: Refusal| {
        refusal.external_id = refusal.external_id.take().or_else(|| Some(id.clone()));
        refusal
    };
    let key = subject(context.account, Kind::Order, &id)?;
    let mut warnings = Vec::new();
    let version = changed(&doc).map_err(with_id)?.as_microsecond();
    let standing = order::standing(&doc, &mut warnings);
    let mut evidence = Vec::new();
    let mut number = None;
    if returns::has_sale(&doc) {
        let read = order::read(&doc, &id, standing, catalogue, &mut warnings).map_err(with_id)?;
        let rank = statement.rank(version, order::progress(&doc, standing));
        number = Some(read.number.clone());
        evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Order(Box::new(read)) });
        let buyer = buyer::read(&doc, context.contact_key).map_err(with_id)?;
        evidence.push(Evidence { subject: key, rank, facet: Facet::Buyer(Box::new(buyer)) });
    }
    for (order, refund) in returns::read(&doc, &id, standing, &mut warnings).map_err(with_id)? {
        let order = order.ok_or_else(|| {
            let problem = "the return names no sale: book it by hand, and take the exception off";
            with_id(refuse("returns.source_order_id", problem))
        })?;
        let key = subject(context.account, Kind::Order, &order).map_err(with_id)?;
        evidence.extend(of_refunds(
            &key,
            [returns::ranked(refund, version, order::progress(&doc, standing))],
            statement,
        ));
    }
    Ok(Said { evidence, number, warnings })
}
