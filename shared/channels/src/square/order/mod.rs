//! From the wire to the canonical order.

mod charges;
mod lines;
mod paid;
mod taxes;

use jiff::Timestamp;
use sluice_domain::{
    order::{Order, OrderState, Sender, StatedTotals},
    value::Money,
};

use super::wire::{money, objects, own};
use crate::{
    OrderSums, Refusal, Warning,
    doc::Doc,
    json::{MAX_PARTS, Node, bound, refuse},
};

pub(super) use lines::{Catalogue, variations};
pub(super) use taxes::Taxes;

/// Where an order stands. Source: `OrderState`; the later in its life, the greater `progress`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) word: &'static str,
    progress: u32,
}

/// The states of an order are so many.
const STATES: u32 = 4;

/// Where an order stands; a word that nobody knows is told, and nothing is sold by it.
pub(super) fn standing(doc: &Doc<'_>, warnings: &mut Vec<Warning>) -> Standing {
    let (word, progress) = match doc.text("state").unwrap_or_default() {
        "DRAFT" => ("pending", 0),
        "OPEN" => ("open", 1),
        "COMPLETED" => ("closed", 2),
        "CANCELED" => ("cancelled", 3),
        _ => {
            let message = "a state that this build does not know: nothing is sold by it";
            warnings.push(Warning::new("schema_drift", "state", message));
            ("pending", 0)
        }
    };
    Standing { word, progress }
}

/// A draft can be neither paid nor fulfilled (`OrderState`).
pub(super) fn is_draft(doc: &Doc<'_>) -> bool {
    doc.text("state") == Some("DRAFT")
}

/// What only grows within one instant: the version number, which sales over the counter may lack, and the state.
pub(super) fn progress(doc: &Doc<'_>, standing: Standing) -> u32 {
    let version = doc.get("version").and_then(Node::natural).and_then(|version| u32::try_from(version).ok());
    version.unwrap_or_default().saturating_mul(STATES).saturating_add(standing.progress)
}

/// A date and time.
pub(super) fn time(doc: &Doc<'_>, field: &'static str) -> Result<Timestamp, Refusal> {
    let text = doc.text(field).ok_or_else(|| refuse(field, "missing"))?;
    text.parse().map_err(|_| refuse(field, "expected a date and time like 2026-11-02T10:00:00Z"))
}

/// Reads the sale of an order.
pub(super) fn read(
    doc: &Doc<'_>,
    id: &str,
    standing: Standing,
    catalogue: &Catalogue<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Order, Refusal> {
    let total = money(doc, "total_money")?.ok_or_else(|| refuse("total_money", "missing"))?;
    let currency = total.currency();
    let taxes = Taxes::of(doc, warnings)?;
    let lines = lines::read(doc, lines::Sale { taxes: &taxes, catalogue, currency }, warnings)?;
    let charges = charges::read(doc, &taxes, currency, warnings)?;
    let sums =
        OrderSums::of(currency, &lines, &[], &charges).map_err(|error| refuse("line_items", error.to_string()))?;
    let totals = StatedTotals {
        total,
        subtotal: Some(sums.subtotal),
        tax: own(doc, "total_tax_money", currency)?.or(Some(sums.tax)),
        discount: own(doc, "total_discount_money", currency)?.or(Some(sums.discount)),
        shipping: None,
    };
    let computed = sums.total(taxes.included, sums.tax).map_err(|error| refuse("total_money", error.to_string()))?;
    disagree("total_money", total, computed, warnings);
    disagree("total_tax_money", totals.tax.unwrap_or(sums.tax), sums.tax, warnings);
    disagree("total_discount_money", totals.discount.unwrap_or(sums.discount), sums.discount, warnings);
    let money = paid::read(doc, standing, total, currency)?;
    let afar = is_from_afar(doc, warnings)?;
    Ok(Order {
        number: doc.text("reference_id").unwrap_or(id).to_owned(),
        currency,
        presentment_currency: None,
        placed_at: time(doc, "created_at")?,
        test: false,
        source: doc.doc("source").and_then(|source| source.text("name")).map(str::to_owned),
        location: doc.id("location_id")?.filter(|_| !afar),
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: taxes.included,
        shipped: is_shipped(doc, standing),
        lines,
        shipping: Vec::new(),
        charges,
        totals,
        state: state(standing),
        payment: money.state,
        paid: money.captured,
        refunded: money.refunded,
        discount_codes: names(doc, "discounts")?,
        payment_methods: money.methods,
        tags: Vec::new(),
    })
}

fn state(standing: Standing) -> OrderState {
    match standing.word {
        "open" => OrderState::Open,
        "closed" => OrderState::Closed,
        "cancelled" => OrderState::Cancelled,
        _ => OrderState::Pending,
    }
}

fn disagree(field: &'static str, stated: Money, found: Money, warnings: &mut Vec<Warning>) {
    if stated != found {
        let message = format!("the parts add up to {found}, not to {stated}");
        warnings.push(Warning::new("sums_disagree", field, message));
    }
}

/// Sent to the buyer, so sold by no store's counter. Source: `FulfillmentType`.
fn is_from_afar(doc: &Doc<'_>, warnings: &mut Vec<Warning>) -> Result<bool, Refusal> {
    let mut afar = false;
    for one in objects(doc, "fulfillments")?.unwrap_or_default() {
        match one.text("type") {
            Some("SHIPMENT" | "DELIVERY") => afar = true,
            Some("PICKUP") | None => {}
            Some(_) => {
                let message = "a kind of fulfilment that this build does not know";
                warnings.push(Warning::new("schema_drift", "fulfillments.type", message));
            }
        }
    }
    Ok(afar)
}

/// Goods left: what is sold over the counter has no fulfilment, and is handed over when it is paid.
fn is_shipped(doc: &Doc<'_>, standing: Standing) -> bool {
    let mut states = doc.list("fulfillments").map(|one| one.text("state").unwrap_or_default()).peekable();
    if states.peek().is_none() { standing.word == "closed" } else { states.any(|state| state == "COMPLETED") }
}

/// Titles of a list.
fn names(doc: &Doc<'_>, list: &'static str) -> Result<Vec<String>, Refusal> {
    let all = objects(doc, list)?.unwrap_or_default();
    bound(list, all.len(), MAX_PARTS)?;
    Ok(all.iter().filter_map(|one| one.text("name").map(str::to_owned)).collect())
}
