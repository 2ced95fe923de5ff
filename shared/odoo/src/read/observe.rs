//! Orders as observed: one read of headers and one of lines, for any number of orders.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_domain::{
    plan::{Observed, ObservedLine, SaleState, TaxGroup},
    value::{Currency, Money},
};

use crate::wire::{
    Call, Fault, Version,
    values::{decimal, ids, instant, money, reference, text},
};

/// The two reads that observe orders. `search_read` by id: an order that is gone is absent, where `read` fails the whole
/// call on 19 (exchange 341).
#[must_use]
pub fn observe_calls(orders: &[i64], version: Version, companies: &[i64]) -> [Call; 2] {
    let header = [
        "name",
        "client_order_ref",
        "origin",
        "state",
        "date_order",
        "currency_id",
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "tax_totals",
        "partner_invoice_id",
        "partner_shipping_id",
    ];
    let lines = [
        "order_id",
        "name",
        "product_id",
        "product_uom_qty",
        "price_unit",
        "discount",
        version.line_taxes(),
        "qty_delivered",
        "qty_invoiced",
        "price_total",
    ];
    [
        Call::search_read("sale.order", json!([["id", "in", orders]]), &header).companies(companies),
        Call::search_read("sale.order.line", json!([["order_id", "in", orders]]), &lines).companies(companies),
    ]
}

/// Reads the two answers: orders by id.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn parse_observed(headers: &Value, lines: &Value, version: Version) -> Result<BTreeMap<i64, Observed>, Fault> {
    let mut orders = BTreeMap::new();
    for header in list(headers)? {
        let order = parse_header(header).ok_or_else(|| malformed("sale.order"))?;
        orders.insert(order.0.id, order);
    }
    for line in list(lines)? {
        let owner = line.get("order_id").and_then(reference).and_then(|id| orders.get_mut(&id));
        if let Some((order, currency)) = owner {
            order.lines.push(parse_line(line, *currency, version).ok_or_else(|| malformed("sale.order.line"))?);
        }
    }
    Ok(orders.into_iter().map(|(id, (order, _))| (id, order)).collect())
}

fn malformed(model: &str) -> Fault {
    Fault::Mapping(format!("a record of {model} that cannot be read"))
}

fn list(answer: &Value) -> Result<&Vec<Value>, Fault> {
    answer.as_array().ok_or_else(|| Fault::Mapping("an answer that is no list".into()))
}

fn parse_header(header: &Value) -> Option<(Observed, Currency)> {
    let money_of = header.get("currency_id")?;
    let currency = Currency::parse(money_of.get(1).and_then(Value::as_str)?).ok()?;
    let amount = |field: &str| header.get(field).and_then(|value| money(value, currency));
    let state = match header.get("state").and_then(Value::as_str)? {
        "draft" | "sent" => SaleState::Quotation,
        "sale" | "done" => SaleState::Confirmed,
        "cancel" => SaleState::Cancelled,
        other => SaleState::Unknown(other.chars().take(40).collect()),
    };
    let order = Observed {
        id: header.get("id")?.as_i64()?,
        name: header.get("name").and_then(text)?.to_owned(),
        reference: header.get("client_order_ref").and_then(text).map(ToOwned::to_owned),
        origin: header.get("origin").and_then(text).map(ToOwned::to_owned),
        state,
        date: header.get("date_order").and_then(instant),
        untaxed: amount("amount_untaxed")?,
        tax: amount("amount_tax")?,
        total: amount("amount_total")?,
        groups: groups(header.get("tax_totals"), currency),
        lines: Vec::new(),
        currency: reference(money_of)?,
        invoice_contact: header.get("partner_invoice_id").and_then(reference),
        delivery_contact: header.get("partner_shipping_id").and_then(reference),
    };
    Some((order, currency))
}

/// `tax_totals.subtotals[].tax_groups[]` (exchanges 405 on 19, 475 on 18).
fn groups(totals: Option<&Value>, currency: Currency) -> Vec<TaxGroup> {
    let subtotals = totals.and_then(|totals| totals.get("subtotals")).and_then(Value::as_array);
    let groups = subtotals.into_iter().flatten().filter_map(|subtotal| subtotal.get("tax_groups")?.as_array());
    groups
        .flatten()
        .filter_map(|group| {
            let amount = group.get("tax_amount_currency").or_else(|| group.get("tax_amount"))?;
            Some(TaxGroup {
                name: group.get("group_name").and_then(text).unwrap_or("tax").to_owned(),
                taxes: group.get("involved_tax_ids").map(ids).unwrap_or_default(),
                amount: money(amount, currency)?,
            })
        })
        .collect()
}

fn parse_line(line: &Value, currency: Currency, version: Version) -> Option<ObservedLine> {
    let number = |field: &str| line.get(field).and_then(decimal);
    Some(ObservedLine {
        id: line.get("id")?.as_i64()?,
        product: line.get("product_id").and_then(reference),
        quantity: number("product_uom_qty")?,
        unit_price: number("price_unit")?,
        discount: number("discount").unwrap_or_default(),
        taxes: line.get(version.line_taxes()).map(ids).unwrap_or_default(),
        title: line.get("name").and_then(text).unwrap_or_default().to_owned(),
        delivered: number("qty_delivered").unwrap_or(Decimal::ZERO),
        invoiced: number("qty_invoiced").unwrap_or(Decimal::ZERO),
        total: line.get("price_total").and_then(|total| money(total, currency)).unwrap_or(Money::zero(currency)),
    })
}

/// External ids of lines, by database id.
pub type LineNames = BTreeMap<i64, String>;

/// Asks for the external ids of lines (exchange 468).
#[must_use]
pub fn line_names_call(lines: Vec<i64>, companies: &[i64]) -> Call {
    Call::on("sale.order.line", "get_external_id", lines).companies(companies)
}

/// Reads them; lines without one are absent.
#[must_use]
pub fn parse_line_names(answer: &Value) -> LineNames {
    let names = answer.as_object().into_iter().flatten();
    names.filter_map(|(id, name)| Some((id.parse().ok()?, text(name)?.to_owned()))).collect()
}

/// Finds orders that existed before us by the channel's number.
#[must_use]
pub fn find_by_reference(references: &[&str], companies: &[i64]) -> Call {
    Call::search_read("sale.order", json!([["client_order_ref", "in", references]]), &["client_order_ref"])
        .companies(companies)
}

/// Ids by reference; one that several orders carry has several.
#[must_use]
pub fn parse_found(answer: &Value) -> BTreeMap<String, Vec<i64>> {
    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for order in answer.as_array().into_iter().flatten() {
        if let Some((name, id)) =
            order.get("client_order_ref").and_then(text).zip(order.get("id").and_then(Value::as_i64))
        {
            found.entry(name.to_owned()).or_default().push(id);
        }
    }
    found
}
