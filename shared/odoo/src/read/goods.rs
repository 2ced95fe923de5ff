//! What was delivered of an order and what came back, and the calls that make a transfer back.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_domain::plan::{BackMove, Goods, ShippedMove};

use crate::wire::{
    Call, Fault,
    values::{decimal, reference},
};

const MOVE: &str = "stock.move";
const WIZARD: &str = "stock.return.picking";
const WIZARD_LINE: &str = "stock.return.picking.line";

/// Asks for what went to customers of some order lines (exchange 031). Where a warehouse picks and packs first, those moves name
/// the order line too, and end elsewhere.
#[must_use]
pub fn shipped_call(lines: &[i64], companies: &[i64]) -> Call {
    let domain = json!([
        ["sale_line_id", "in", lines],
        ["state", "=", "done"],
        ["location_dest_id.usage", "=", "customer"],
        ["origin_returned_move_id", "=", false],
    ]);
    Call::search_read(MOVE, domain, &["picking_id", "product_id", "quantity", "sale_line_id"]).companies(companies)
}

/// Asks for what came back of it, or is to (exchange 424).
#[must_use]
pub fn back_call(goods: &Goods, companies: &[i64]) -> Call {
    let moves: Vec<i64> = goods.shipped.keys().copied().collect();
    let domain = json!([["origin_returned_move_id", "in", moves], ["state", "!=", "cancel"]]);
    let fields = ["picking_id", "product_uom_qty", "quantity", "state", "origin_returned_move_id"];
    Call::search_read(MOVE, domain, &fields).companies(companies)
}

fn malformed(model: &str) -> Fault {
    Fault::Mapping(format!("a record of {model} that cannot be read"))
}

fn records<T>(answer: &Value, model: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>, Fault> {
    let list = answer.as_array().ok_or_else(|| malformed(model))?;
    list.iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(|| malformed(model))
}

/// Reads what went to the customer.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn parse_shipped(answer: &Value) -> Result<Goods, Fault> {
    let read = |record: &Value| {
        let shipped = ShippedMove {
            delivery: record.get("picking_id").and_then(reference)?,
            line: record.get("sale_line_id").and_then(reference)?,
            product: record.get("product_id").and_then(reference)?,
            quantity: record.get("quantity").and_then(decimal)?,
        };
        Some((record.get("id")?.as_i64()?, shipped))
    };
    Ok(Goods { shipped: records(answer, MOVE, read)?.into_iter().collect(), back: Vec::new() })
}

/// Adds what came back of it.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn complete_goods(goods: &mut Goods, answer: &Value) -> Result<(), Fault> {
    goods.back = records(answer, MOVE, |record| {
        let done = record.get("state")?.as_str()? == "done";
        Some(BackMove {
            of: record.get("origin_returned_move_id").and_then(reference)?,
            transfer: record.get("picking_id").and_then(reference)?,
            quantity: record.get(if done { "quantity" } else { "product_uom_qty" }).and_then(decimal)?,
            done,
        })
    })?;
    Ok(())
}

/// Opens the wizard of a delivery; Odoo forgets it by itself, so a second one does no harm (exchanges 046, 419).
#[must_use]
pub fn wizard_call(delivery: i64, companies: &[i64]) -> Call {
    let call = Call::new(WIZARD, "create").arg("vals_list", json!([{ "picking_id": delivery }]));
    let call = call.context("active_id", json!(delivery)).context("active_ids", json!([delivery]));
    call.context("active_model", json!("stock.picking")).companies(companies)
}

/// Its id.
///
/// # Errors
/// When the answer is not of the form that was recorded.
pub fn parse_wizard(answer: &Value) -> Result<i64, Fault> {
    answer.get(0).and_then(Value::as_i64).ok_or_else(|| malformed(WIZARD))
}

/// Asks for what it proposes (exchange 420).
#[must_use]
pub fn proposed_call(wizard: i64, companies: &[i64]) -> Call {
    let domain = json!([["wizard_id", "=", wizard]]);
    Call::search_read(WIZARD_LINE, domain, &["move_id", "quantity"]).companies(companies)
}

/// Its lines by move, and what each proposes.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn parse_proposed(answer: &Value) -> Result<BTreeMap<i64, (i64, Decimal)>, Fault> {
    let read = |record: &Value| {
        let of = record.get("move_id").and_then(reference)?;
        Some((of, (record.get("id")?.as_i64()?, record.get("quantity").and_then(decimal)?)))
    };
    Ok(records(answer, WIZARD_LINE, read)?.into_iter().collect())
}

/// Sets what comes back of one line (exchanges 049, 421). The order keeps what it delivered: what is given back stands in a
/// credit note of its own, and an order that delivered less than it invoiced would be credited once more by whoever invoices
/// what is to be invoiced.
#[must_use]
pub fn units_call(line: i64, units: Decimal, companies: &[i64]) -> Call {
    let values = json!({ "quantity": number(units), "to_refund": false });
    Call::on(WIZARD_LINE, "write", vec![line]).arg("vals", values).companies(companies)
}

/// As JSON writes it: Odoo's quantities are numbers.
fn number(units: Decimal) -> Value {
    serde_json::from_str(&units.normalize().to_string()).unwrap_or_default()
}

/// Makes the transfer (exchanges 050, 422): each time another one, whatever came back before (exchange 425).
#[must_use]
pub fn return_call(wizard: i64, companies: &[i64]) -> Call {
    Call::on(WIZARD, "action_create_returns", vec![wizard]).companies(companies)
}

/// Receives all of a transfer (exchange 051).
#[must_use]
pub fn receive_call(transfer: i64, companies: &[i64]) -> Call {
    Call::on("stock.picking", "button_validate", vec![transfer]).companies(companies)
}
