//! Deliveries of orders that are not done, and the calls that do one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::wire::{
    Call, Fault,
    values::{decimal, reference},
};

/// A delivery that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Database id.
    pub id: i64,
    /// `WH/OUT/00001`
    pub name: String,
    /// The order that it is of.
    pub order: i64,
    /// It waits for another transfer, where a warehouse picks and packs first.
    pub waits: bool,
    /// Its moves that are not done, and what they ask for, as Odoo wrote it.
    pub moves: BTreeMap<i64, Value>,
}

/// What is neither done nor given up.
fn open() -> Value {
    json!(["state", "not in", ["done", "cancel"]])
}

/// Asks for the deliveries of orders that are not done, and not for what is to come back (exchanges 030, 423).
#[must_use]
pub fn deliveries_call(orders: &[i64], companies: &[i64]) -> Call {
    let domain = json!([["sale_id", "in", orders], ["return_id", "=", false], open()]);
    Call::search_read("stock.picking", domain, &["name", "state", "sale_id"]).companies(companies)
}

/// Asks for their moves (exchange 031).
#[must_use]
pub fn delivery_moves_call(deliveries: &[Delivery], companies: &[i64]) -> Call {
    let ids: Vec<i64> = deliveries.iter().map(|delivery| delivery.id).collect();
    let domain = json!([["picking_id", "in", ids], open()]);
    Call::search_read("stock.move", domain, &["picking_id", "product_uom_qty"]).companies(companies)
}

/// Reads deliveries, in the order of their ids.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn parse_deliveries(answer: &Value) -> Result<Vec<Delivery>, Fault> {
    let malformed = || Fault::Mapping("a record of stock.picking that cannot be read".into());
    let parse = |record: &Value| {
        Some(Delivery {
            id: record.get("id")?.as_i64()?,
            name: record.get("name")?.as_str()?.to_owned(),
            order: record.get("sale_id").and_then(reference)?,
            waits: record.get("state")?.as_str()? == "waiting",
            moves: BTreeMap::new(),
        })
    };
    let list = answer.as_array().ok_or_else(malformed)?;
    let mut found = list.iter().map(parse).collect::<Option<Vec<_>>>().ok_or_else(malformed)?;
    found.sort_by_key(|delivery| delivery.id);
    Ok(found)
}

/// Adds their moves.
///
/// # Errors
/// When an answer is not of the form that was recorded.
pub fn complete_deliveries(deliveries: &mut [Delivery], answer: &Value) -> Result<(), Fault> {
    let malformed = || Fault::Mapping("a record of stock.move that cannot be read".into());
    for record in answer.as_array().ok_or_else(malformed)? {
        let owner = record.get("picking_id").and_then(reference);
        let Some(delivery) = deliveries.iter_mut().find(|delivery| Some(delivery.id) == owner) else { continue };
        let id = record.get("id").and_then(Value::as_i64).ok_or_else(malformed)?;
        let asked = record.get("product_uom_qty").filter(|asked| decimal(asked).is_some()).ok_or_else(malformed)?;
        delivery.moves.insert(id, asked.clone());
    }
    Ok(())
}

impl Delivery {
    /// All of it goes, whatever is reserved (exchanges 032, 415): the same however often it is said.
    #[must_use]
    pub fn pick_call(&self, companies: &[i64]) -> Call {
        let moved = |(id, asked): (&i64, &Value)| json!([1, id, {"quantity": asked, "picked": true}]);
        let mut values = Map::new();
        values.insert("move_ids".into(), self.moves.iter().map(moved).collect());
        Call::on("stock.picking", "write", vec![self.id]).arg("vals", Value::Object(values)).companies(companies)
    }

    /// It is done (exchanges 040, 416). Without the second key a database that sends text messages asks about them first (by
    /// the source of `stock_sms`; not recorded).
    #[must_use]
    pub fn done_call(&self, companies: &[i64]) -> Call {
        let call = Call::on("stock.picking", "button_validate", vec![self.id]).companies(companies);
        call.context("skip_backorder", json!(true)).context("skip_sms", json!(true))
    }
}

/// What Odoo asks instead of doing it: the model of a wizard (exchange 033). `None` is done.
#[must_use]
pub fn question(answer: &Value) -> Option<&str> {
    answer.is_object().then(|| answer.get("res_model").and_then(Value::as_str).unwrap_or("a wizard"))
}
