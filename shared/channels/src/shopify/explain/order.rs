//! Orders: the figures of the canonical order. Where an answer leaves fields out (GraphQL gives what was asked for), or
//! states presentment money only, what is known is shown and the rest is null.

use sluice_domain::value::{Kind, Money};

use super::decoding;
use crate::{
    ExplainContext, Explained, Figures, Refusal, Warning,
    doc::Doc,
    evidence::{Statement, subject},
    explain::{blank, of_order},
    json::{Node, Path, Tree},
    shopify::{decode, items::Item},
};

pub(super) fn explain(item: &Item<'_>, context: &ExplainContext<'_>) -> Result<Explained, Refusal> {
    match decode::order_evidence(&item.text, Statement::dry(&item.text), &decoding(context)) {
        Ok(said) => Ok(of_order(said)),
        Err(refusal) => partial(item, &refusal, context)?.ok_or(refusal),
    }
}

/// What is known of an order that cannot be folded; `None` where it is simply wrong.
fn partial(item: &Item<'_>, refusal: &Refusal, context: &ExplainContext<'_>) -> Result<Option<Explained>, Refusal> {
    let tree = Tree::read_text(&item.text)?;
    let doc = Doc::new(tree.root());
    let gid = doc.text("admin_graphql_api_id").unwrap_or("gid://shopify/Order/");
    let foreign = presentment_only(&doc);
    let incomplete = (item.selected || foreign) && refusal.problem.starts_with("missing");
    if !incomplete || !gid.starts_with("gid://shopify/Order/") {
        return Ok(None);
    }
    let mut figures = blank("order", &subject(context.account, Kind::Order, &doc.own_id()?)?);
    figures.number = doc.text("name").map(str::to_owned);
    figures.test = doc.flag("test");
    figures.tax_included = doc.get("taxes_included").and_then(Node::flag);
    figures.state = state(&doc).map(str::to_owned);
    let whole = doc.text("first_page_of") != Some("line_items");
    if whole && doc.get("line_items").is_some_and(Node::is_list) {
        figures.lines = Some(doc.list("line_items").count());
        figures.units = Some(doc.units("line_items", "quantity")?);
    }
    let warning = if foreign {
        Warning::new(
            "presentment_only",
            "currency",
            "only the buyer's currency is stated; amounts in the shop's are unknown",
        )
    } else {
        amounts(&doc, &mut figures)?;
        Warning::new("incomplete", Path::root("data"), "the answer leaves out fields that an order needs")
    };
    figures.warnings.push(warning);
    Ok(Some(Explained::Item { figures: Box::new(figures), evidence: Vec::new() }))
}

/// No shop money anywhere: no currency of the shop, or totals whose sets have presentment money only.
fn presentment_only(doc: &Doc<'_>) -> bool {
    let set = |name| doc.doc(name);
    let sets = ["total_price_set", "current_total_price_set"].map(set);
    let buyers =
        sets.iter().flatten().any(|set| set.doc("presentment_money").is_some() && set.doc("shop_money").is_none());
    let names = doc.text("presentment_currency").is_some() && doc.text("currency").is_none();
    (buyers && doc.get("total_price").is_none()) || names
}

fn state(doc: &Doc<'_>) -> Option<&'static str> {
    let fulfilment = doc.text("fulfillment_status").unwrap_or_default();
    if doc.get("cancelled_at").is_some() {
        return Some("cancelled");
    }
    if doc.get("closed_at").is_some() || fulfilment == "fulfilled" || doc.text("financial_status") == Some("refunded") {
        return Some("closed");
    }
    match fulfilment {
        "on_hold" => Some("on_hold"),
        "" if doc.text("financial_status").is_none() => None,
        _ => Some("open"),
    }
}

/// What was given back: the sum that is stated, else that of the refunds.
fn refunded(doc: &Doc<'_>) -> Result<Option<Money>, Refusal> {
    let stated = doc.shop("total_refunded_set")?;
    if stated.is_some() || doc.get("refunds").is_none() {
        return Ok(stated);
    }
    let refunds: Result<Vec<Option<Money>>, Refusal> =
        doc.list("refunds").map(|refund| refund.shop("total_refunded_set")).collect();
    let sums: Option<Vec<Money>> = refunds?.into_iter().collect();
    let currency = sums.as_ref().and_then(|sums| sums.first()).map(|sum| sum.currency());
    Ok(currency.zip(sums).and_then(|(currency, sums)| Money::sum(currency, sums).ok()))
}

/// The sums that GraphQL states itself.
fn amounts(doc: &Doc<'_>, figures: &mut Figures) -> Result<(), Refusal> {
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    let total = doc.shop("total_price_set")?;
    let named = doc.currency("currency").or_else(|| total.map(Money::currency));
    figures.currency = named.map(|currency| currency.code().to_owned());
    figures.total = text(total);
    figures.subtotal = text(doc.shop("subtotal_price_set")?);
    figures.tax = text(doc.shop("total_tax_set")?);
    figures.discount = text(doc.shop("total_discounts_set")?);
    figures.tip = text(doc.shop("total_tip_received_set")?);
    figures.shipping = text(doc.shop("total_shipping_price_set")?);
    figures.refunded = text(refunded(doc)?);
    figures.paid = match (text(doc.shop("total_received_set")?), doc.text("financial_status")) {
        (Some(received), _) => Some(received),
        (None, Some("paid" | "partially_refunded")) => figures.total.clone(),
        (None, Some("pending" | "authorized" | "expired" | "voided")) => named.map(|one| Money::zero(one).to_string()),
        (None, Some(_) | None) => None,
    };
    Ok(())
}
