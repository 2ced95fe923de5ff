//! From deliveries to evidence.

use serde::Deserialize;
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    order::Buyer,
    state::{Evidence, Facet},
    value::Kind,
};

use super::{buyer, items, order, refund, topics, topics::Route, verify::TARGET_VERSION, wire};
use crate::{
    DecodeContext, Decoded, Refusal, Warning,
    evidence::{self, Said, Statement, denied, named, of_refunds, subject},
    json::{self, Id, Path, Text, refuse},
};

pub(super) fn decode(delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal> {
    let body = delivery.body.as_slice();
    let statement = Statement::of(delivery);
    let mut decoded = match topics::route(&delivery.topic) {
        Route::Order => order_evidence(json::utf8(body)?, statement, context)?.into_decoded(),
        Route::Refund => refund_evidence(json::utf8(body)?, statement, context.account)?.into_decoded(),
        Route::Edited => edited(body, statement, context.account)?,
        Route::Deleted => deleted(body, statement, context.account)?,
        Route::PulledOrder => {
            evidence::each(items::split(body, &items::ORDER)?, |item| order_evidence(&item.text, statement, context))?
        }
        Route::PulledRefund => evidence::each(items::split(body, &items::REFUND)?, |item| {
            refund_evidence(&item.text, statement, context.account)
        })?,
        Route::Notice(what, advice) => notice(body, what, advice)?,
        Route::Denied => denied(delivery)?,
        Route::Ignored(reason) => Decoded::Ignored { reason },
    };
    if let Decoded::Evidence { warnings, .. } = &mut decoded {
        warnings.extend(drift(delivery, context.account));
    }
    Ok(decoded)
}

/// A call to an expired version is answered with the oldest supported one: compare what came with what was asked for.
fn drift(delivery: &Delivery, account: &Account) -> Option<Warning> {
    let expected = account.api_version.as_deref().unwrap_or(TARGET_VERSION);
    let found = delivery.api_version.as_deref().filter(|found| *found != expected)?;
    let message = format!("API version {} instead of {expected}", found.chars().take(20).collect::<String>());
    Some(Warning::new("schema_drift", "X-Shopify-API-Version", message))
}

/// The evidence of an edit or a deletion.
pub(super) fn announcement(
    topic: &str,
    body: &[u8],
    statement: Statement,
    account: &Account,
) -> Result<Vec<Evidence>, Refusal> {
    let decoded = match topics::route(topic) {
        Route::Edited => edited(body, statement, account)?,
        Route::Deleted => deleted(body, statement, account)?,
        Route::Order
        | Route::Refund
        | Route::Notice(..)
        | Route::PulledOrder
        | Route::PulledRefund
        | Route::Denied
        | Route::Ignored(_) => return Err(refuse("topic", "announces nothing")),
    };
    match decoded {
        Decoded::Evidence { evidence, .. } => Ok(evidence),
        Decoded::Ignored { .. } | Decoded::Thin { .. } | Decoded::Notice { .. } => Ok(Vec::new()),
    }
}

/// The evidence of one order: itself, its buyer and its refunds.
pub(super) fn order_evidence(text: &str, statement: Statement, context: &DecodeContext<'_>) -> Result<Said, Refusal> {
    let named = |refusal: Refusal| named(text, refusal);
    let wire: wire::Order<'_> = json::read_text(text).map_err(named)?;
    let id = wire.id.checked(Path::root("id"))?;
    let key = subject(context.account, Kind::Order, &id)?;
    let with_id = |mut refusal: Refusal| {
        refusal.external_id = Some(id.clone());
        refusal
    };
    let read = order::read(&wire).map_err(with_id)?;
    let buyer = buyer::read(&wire, context.contact_key).map_err(with_id)?;
    let rank = statement.rank(read.version, read.progress);
    let number = Some(read.order.number.clone());
    let mut evidence = Vec::with_capacity(read.refunds.len().saturating_add(2));
    evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Order(Box::new(read.order)) });
    // An answer that was not asked for the buyer says nothing of them.
    if wire.selected != Some(true) || buyer != Buyer::default() {
        evidence.push(Evidence { subject: key.clone(), rank, facet: Facet::Buyer(Box::new(buyer)) });
    }
    evidence.extend(of_refunds(&key, read.refunds.into_iter().map(|one| one.read), statement));
    Ok(Said { evidence, number, warnings: read.warnings })
}

/// The evidence of one refund: a facet of its order.
pub(super) fn refund_evidence(text: &str, statement: Statement, account: &Account) -> Result<Said, Refusal> {
    let wire: wire::Refund<'_> = json::read_text(text).map_err(|refusal| named(text, refusal))?;
    let mut warnings = Vec::new();
    let with_id = |refusal| named(text, refusal);
    let order = wire.order_id.as_ref().ok_or_else(|| with_id(refuse("order_id", "missing")))?;
    let key = subject(account, Kind::Order, &order.checked(Path::root("order_id")).map_err(with_id)?)?;
    let read = refund::read(&wire, None, Path::top(), &mut warnings).map_err(with_id)?;
    let evidence = of_refunds(&key, [read.read], statement).collect();
    Ok(Said { evidence, number: None, warnings })
}

#[derive(Deserialize)]
struct EditedBody<'a> {
    #[serde(borrow)]
    order_edit: OrderEdit<'a>,
}

#[derive(Deserialize)]
struct OrderEdit<'a> {
    #[serde(borrow)]
    order_id: Id<'a>,
    #[serde(borrow)]
    committed_at: Option<Text<'a>>,
    #[serde(borrow)]
    created_at: Option<Text<'a>>,
}

/// `orders/edited` carries only ids and deltas, no prices: the order must be read again, or `orders/updated` brings it.
fn edited(body: &[u8], statement: Statement, account: &Account) -> Result<Decoded, Refusal> {
    let edit = json::read::<EditedBody<'_>>(body)?.order_edit;
    let id = edit.order_id.checked(Path::root("order_edit").field("order_id"))?;
    let at = order::instant(edit.committed_at.as_ref().or(edit.created_at.as_ref()), "order_edit.committed_at")?;
    let at = at.ok_or_else(|| refuse("order_edit.committed_at", "missing"))?;
    let rank = statement.rank(at.as_microsecond(), 0);
    let evidence = vec![Evidence { subject: subject(account, Kind::Order, &id)?, rank, facet: Facet::Outdated }];
    Ok(Decoded::Evidence { evidence, number: None, warnings: Vec::new(), refused: Vec::new() })
}

/// `orders/delete` carries only the id; its version is when it was sent.
fn deleted(body: &[u8], statement: Statement, account: &Account) -> Result<Decoded, Refusal> {
    evidence::deleted(body, account, || statement.rank(statement.stated_at, 0))
}

#[derive(Deserialize)]
struct PrivacyBody<'a> {
    #[serde(borrow)]
    customer: Option<OnlyOptionalId<'a>>,
    #[serde(borrow)]
    orders_to_redact: wire::List<Id<'a>>,
    #[serde(borrow)]
    orders_requested: wire::List<Id<'a>>,
}

#[derive(Deserialize)]
struct OnlyOptionalId<'a> {
    #[serde(borrow)]
    id: Option<Id<'a>>,
}

/// Ids only: the body of a privacy request holds an e-mail address and a telephone number too.
fn notice(body: &[u8], what: &'static str, advice: &'static str) -> Result<Decoded, Refusal> {
    let request: PrivacyBody<'_> = json::read(body)?;
    let customer = request.customer.and_then(|customer| customer.id);
    let customer = customer.map(|id| id.checked(Path::root("customer").field("id"))).transpose()?;
    let orders = request.orders_to_redact.or(request.orders_requested).unwrap_or_default();
    let whom = customer.map_or_else(String::new, |id| format!(" (customer {id}, {} orders)", orders.len()));
    Ok(Decoded::Notice { what, message: format!("{advice}{whom}") })
}
