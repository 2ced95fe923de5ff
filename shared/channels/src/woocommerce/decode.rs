//! From deliveries to evidence.

use jiff::Timestamp;
use sluice_domain::{
    delivery::Delivery,
    state::{Evidence, Facet},
    value::Kind,
};

use super::{buyer, items, order, topics, topics::Route, wire};
use crate::{
    DecodeContext, Decoded, Refusal,
    evidence::{self, Said, Statement, denied, named, of_refunds, subject},
    json,
};

pub(super) fn decode(delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
    let body = delivery.body.as_slice();
    let statement = Statement::of(delivery);
    match topics::route(&delivery.topic) {
        Route::Order => {
            let read = json::utf8(body).and_then(|text| order_evidence(text, statement, context));
            read.map_or_else(|refusal| error(body, refusal), |said| Ok(or_draft(said.into_decoded())))
        }
        Route::Deleted => {
            // The body is `{"id": 27}` and no header has a time: when it reached us is all that is known of when it was.
            let rank = || statement.rank(Timestamp::as_microsecond(delivery.received_at), 0);
            evidence::deleted(body, context.account, rank).or_else(|refusal| error(body, refusal))
        }
        Route::PulledOrder => {
            let read = evidence::each(items::split(body)?, |item| order_evidence(item, statement, context))?;
            Ok(or_draft(read))
        }
        // Its amount has no currency: the order that it belongs to is read, with its refunds.
        Route::PulledRefund => Ok(Decoded::Ignored { reason: "refunds are read with their order" }),
        Route::Denied => denied(delivery),
        Route::Ignored(reason) => Ok(Decoded::Ignored { reason }),
    }
}

/// A signed body may be an error: the order is gone, or the webhook's user may not see it any more (README, body).
fn error(body: &[u8], refusal: Refusal) -> Result<Decoded, Refusal> {
    let text = json::utf8(body)?;
    match (items::error_in(text), items::status_in(text)) {
        (Some(_), Some(401 | 403)) => Ok(Decoded::Notice {
            what: "access_denied",
            message: "the shop sends errors in place of orders: the user that owns the webhook may not read orders any more; \
                      give the user that right, or make the webhook anew with one who has it"
                .into(),
        }),
        (Some(error), _) => Err(error),
        (None, _) => Err(refusal),
    }
}

fn or_draft(decoded: Decoded) -> Decoded {
    let draft =
        matches!(&decoded, Decoded::Evidence { evidence, refused, .. } if evidence.is_empty() && refused.is_empty());
    if draft { Decoded::Ignored { reason: "a checkout that is not finished is no sale" } } else { decoded }
}

/// The evidence of one order: itself, its buyer and its refunds; none of a draft.
pub(super) fn order_evidence(text: &str, statement: Statement, context: &DecodeContext<'_>) -> Result<Said, Refusal> {
    let wire: wire::Order<'_> = read(text)?;
    let mut said = whole(text, &wire, statement, context)?;
    if order::is_draft(&wire) {
        said.evidence.clear();
    }
    Ok(said)
}

/// Reads an order's body.
pub(super) fn read(text: &str) -> Result<wire::Order<'_>, Refusal> {
    json::read_text(text).map_err(|refusal| named(text, refusal))
}

/// The same whatever its status.
pub(super) fn whole(
    text: &str,
    wire: &wire::Order<'_>,
    statement: Statement,
    context: &DecodeContext<'_>,
) -> Result<Said, Refusal> {
    let with_id = |refusal| named(text, refusal);
    let id = wire::own_id(&wire.id)?;
    let key = subject(context.account, Kind::Order, &id)?;
    let read = order::read(wire).map_err(with_id)?;
    let buyer = buyer::read(wire, context.contact_key).map_err(with_id)?;
    let rank = statement.rank(read.version, read.progress);
    let number = Some(read.order.number.clone());
    let mut evidence = Vec::with_capacity(read.refunds.len().saturating_add(2));
    evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Order(Box::new(read.order)) });
    evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Buyer(Box::new(buyer)) });
    evidence.extend(of_refunds(&key, read.refunds, statement));
    Ok(Said { evidence, number, warnings: read.warnings })
}
