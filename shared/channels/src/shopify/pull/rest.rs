//! An order that does not fit its page is read alone, in as many parts as it takes. All parts are of one version: an order
//! that changes meanwhile is let go, since a changed order comes again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    answer::part,
    documents,
    order::{PageInfo, plain},
};
use crate::{Answer, Pulled, Rest, Trouble, shopify::topics};

/// What is held of an order, and what is still to be asked.
#[derive(Serialize, Deserialize)]
struct Held {
    /// Its global id.
    id: String,
    /// The `updatedAt` that every part must have.
    version: Option<String>,
    /// What was read.
    node: Value,
    /// What is missing, in this order.
    open: Vec<Open>,
}

#[derive(Serialize, Deserialize)]
enum Open {
    /// The order itself, with its first lines.
    Order,
    /// Lines from that place on.
    Lines(String),
    /// A refund by its place and global id, its lines from some place on.
    Refund { place: usize, id: String, after: Option<String> },
}

/// Everything of an order is still to be asked.
pub(super) fn of_order(id: &str) -> Rest {
    keep(&Held { id: id.to_owned(), version: None, node: Value::Null, open: vec![Open::Order] })
}

fn keep(held: &Held) -> Rest {
    // Writing to a value does not fail: these types have text keys.
    Rest { held: serde_json::to_value(held).unwrap_or_default() }
}

fn held(rest: &Rest) -> Result<Held, Trouble> {
    Held::deserialize(&rest.held).map_err(|error| Trouble::Unreadable(error.to_string()))
}

/// Query, variables and cost of what is to be asked next.
pub(super) fn question(rest: &Rest) -> (String, Value, u32) {
    let held = held(rest).ok();
    let id = held.as_ref().map(|held| held.id.clone()).unwrap_or_default();
    match held.and_then(|held| held.open.into_iter().next()) {
        Some(Open::Refund { id, after, .. }) => {
            (documents::one_refund(), json!({"id": id, "after": after}), documents::ONE_REFUND_COST)
        }
        Some(Open::Lines(after)) => {
            (documents::one_order(), json!({"id": id, "after": after}), documents::ONE_ORDER_COST)
        }
        Some(Open::Order) | None => {
            (documents::one_order(), json!({"id": id, "after": null}), documents::ONE_ORDER_COST)
        }
    }
}

/// Adds an answer to what is held.
pub(super) fn answer(rest: &Rest, data: &str) -> Result<Answer, Trouble> {
    let mut held = held(rest)?;
    let mut data: Value = part(data)?;
    if held.open.is_empty() {
        return Err(Trouble::Unreadable("an answer to no question".into()));
    }
    let step = held.open.remove(0);
    let field = if matches!(step, Open::Refund { .. }) { "refund" } else { "order" };
    let Some(found) = data.get_mut(field).map(Value::take).filter(Value::is_object) else { return Ok(Answer::Moved) };
    let stated = found.pointer(if field == "refund" { "/order/updatedAt" } else { "/updatedAt" });
    let version = stated.and_then(Value::as_str).map(ToOwned::to_owned);
    if version.is_none() || held.version.as_ref().is_some_and(|known| Some(known) != version.as_ref()) {
        return Ok(Answer::Moved);
    }
    held.version = version;
    match step {
        Open::Order => begin(&mut held, found)?,
        Open::Lines(_) => lines(&mut held, found)?,
        Open::Refund { place, id, after } => refund(&mut held, (place, id, after.is_some()), found)?,
    }
    Ok(Answer::Item(pulled(&held)))
}

fn pulled(held: &Held) -> Pulled {
    Pulled {
        topic: topics::PULLED_ORDER,
        id: Some(plain(&held.id).to_owned()),
        changed: held.version.as_deref().and_then(|version| version.parse().ok()),
        body: if held.open.is_empty() { held.node.to_string().into_bytes() } else { Vec::new() },
        rest: (!held.open.is_empty()).then(|| keep(held)),
    }
}

fn begin(held: &mut Held, order: Value) -> Result<(), Trouble> {
    held.open.extend(next(&order, "lineItems")?.map(Open::Lines));
    let refunds = order.get("refunds").and_then(Value::as_array).into_iter().flatten().enumerate();
    for (place, refund) in refunds {
        let id = refund.get("id").and_then(Value::as_str).ok_or_else(|| lacks("refunds"))?;
        held.open.push(Open::Refund { place, id: id.to_owned(), after: None });
    }
    held.node = order;
    Ok(())
}

fn lines(held: &mut Held, mut order: Value) -> Result<(), Trouble> {
    let more = next(&order, "lineItems")?.map(Open::Lines);
    append(&mut held.node, &mut order, "lineItems")?;
    held.open.splice(0..0, more);
    Ok(())
}

fn refund(held: &mut Held, (place, id, goes_on): (usize, String, bool), mut refund: Value) -> Result<(), Trouble> {
    let more = next(&refund, "refundLineItems")?.map(|after| Open::Refund { place, id, after: Some(after) });
    if let Some(fields) = refund.as_object_mut() {
        fields.remove("order");
    }
    let known = held.node.get_mut("refunds").and_then(|refunds| refunds.get_mut(place));
    let known = known.ok_or_else(|| lacks("refunds"))?;
    if goes_on {
        append(known, &mut refund, "refundLineItems")?;
    } else {
        *known = refund;
    }
    held.open.splice(0..0, more);
    Ok(())
}

/// Adds the items of a connection to those that are held, and takes over where it goes on.
fn append(known: &mut Value, more: &mut Value, connection: &'static str) -> Result<(), Trouble> {
    let more = more.get_mut(connection).ok_or_else(|| lacks(connection))?;
    let nodes = more.get_mut("nodes").map(Value::take);
    let Some(Value::Array(nodes)) = nodes else { return Err(lacks(connection)) };
    let page = more.get_mut("pageInfo").map(Value::take).unwrap_or_default();
    let known = known.get_mut(connection).and_then(Value::as_object_mut).ok_or_else(|| lacks(connection))?;
    if let Some(Value::Array(list)) = known.get_mut("nodes") {
        list.extend(nodes);
    }
    known.insert("pageInfo".into(), page);
    Ok(())
}

fn next(node: &Value, connection: &'static str) -> Result<Option<String>, Trouble> {
    let page = node.get(connection).and_then(|connection| connection.get("pageInfo"));
    let page = page.and_then(|page| PageInfo::deserialize(page).ok()).ok_or_else(|| lacks(connection))?;
    page.next()
}

fn lacks(field: &'static str) -> Trouble {
    Trouble::Unreadable(format!("no {field}"))
}
