//! Returns: the wizard of a done delivery, and the incoming transfer that it makes.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::{delivery, picking as transfers, stock as stocks};
use crate::odoo::{
    orm::env::Env,
    schema::{
        self,
        stock::{picking, picking_type, return_line, return_wizard, stock_move, warehouse},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

fn blank(env: &Env, model: schema::Model) -> Record {
    Record::new(schema::of(model).stored(), env.now, env.user)
}

/// A new wizard proposes what was delivered, at quantity zero (exchanges 046 to 048, 420).
pub(super) fn propose(db: &mut Db, env: &Env, wizard: Id) {
    let Some(delivery) = db.field(schema::RETURN_WIZARD, wizard, return_wizard::PICKING).as_id() else { return };
    let company = db.field(schema::PICKING, delivery, picking::COMPANY);
    db.set(schema::RETURN_WIZARD, wizard, return_wizard::COMPANY, company);
    for id in db.find(schema::MOVE, stock_move::PICKING, &Value::Int(delivery)) {
        if db.field(schema::MOVE, id, stock_move::STATE).as_str() != "done" {
            continue;
        }
        let mut record = blank(env, schema::RETURN_LINE);
        record.set(return_line::WIZARD, Value::Int(wizard));
        record.set(return_line::PRODUCT, db.field(schema::MOVE, id, stock_move::PRODUCT));
        record.set(return_line::QUANTITY, Value::Dec(Decimal::ZERO));
        record.set(return_line::MOVE, Value::Int(id));
        record.set(return_line::TO_REFUND, Value::Bool(true));
        let line = db.next_id(schema::RETURN_LINE);
        db.put(schema::RETURN_LINE, line, Some(record));
    }
}

/// `action_create_returns`: makes the transfer, each time anew and whatever came back before (exchanges 050, 422, 425).
pub(crate) fn create(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    let mut made = None;
    for wizard in ids {
        if db.get(schema::RETURN_WIZARD, *wizard).is_none() {
            return Err(OdooError::missing(schema::RETURN_WIZARD, *wizard, env.user));
        }
        let lines: Vec<Record> = db
            .find(schema::RETURN_LINE, return_line::WIZARD, &Value::Int(*wizard))
            .into_iter()
            .filter_map(|id| db.get(schema::RETURN_LINE, id).cloned())
            .filter(|line| !line.get(return_line::QUANTITY).as_dec().is_zero())
            .collect();
        let delivery = db.field(schema::RETURN_WIZARD, *wizard, return_wizard::PICKING).as_id();
        let Some(delivery) = delivery.filter(|_| !lines.is_empty()) else {
            // By the source; not recorded.
            return Err(OdooError::user("Please specify at least one non-zero quantity."));
        };
        made = transfer(db, env, delivery, &lines);
    }
    Ok(json!({
        "name": "Returned Picking",
        "view_mode": "form",
        "res_model": "stock.picking",
        "res_id": made,
        "type": "ir.actions.act_window",
        "context": {},
    }))
}

/// The transfer back, of which everything is there at once (exchanges 052, 423).
fn transfer(db: &mut Db, env: &Env, delivery: Id, lines: &[Record]) -> Option<Id> {
    let of = db.get(schema::PICKING, delivery)?.clone();
    let house = db.field(schema::PICKING_TYPE, of.id_at(picking::TYPE)?, picking_type::WAREHOUSE).as_id()?;
    let kind = db.field(schema::WAREHOUSE, house, warehouse::IN_TYPE).as_id()?;
    let mut record = blank(env, schema::PICKING);
    for slot in [picking::PARTNER, picking::COMPANY, picking::SALE] {
        record.set(slot, of.get(slot).clone());
    }
    record.set(picking::TYPE, Value::Int(kind));
    record.set(picking::SOURCE, of.get(picking::DESTINATION).clone());
    record.set(picking::DESTINATION, of.get(picking::SOURCE).clone());
    record.set(picking::RETURN_OF, Value::Int(delivery));
    record.set(picking::ORIGIN, Value::text(&format!("Return of {}", of.get(picking::NAME).as_str())));
    record.set(picking::SCHEDULED, Value::Int(env.now));
    record.set(picking::STATE, Value::text("draft"));
    record.set(picking::NAME, Value::text(&delivery::next_name(db, kind)));
    let id = db.next_id(schema::PICKING);
    db.put(schema::PICKING, id, Some(record));
    for line in lines {
        let Some(shipped) = line.id_at(return_line::MOVE).and_then(|id| db.get(schema::MOVE, id)).cloned() else {
            continue;
        };
        let mut back = blank(env, schema::MOVE);
        for slot in [stock_move::PRODUCT, stock_move::SALE_LINE, stock_move::COMPANY] {
            back.set(slot, shipped.get(slot).clone());
        }
        back.set(stock_move::PICKING, Value::Int(id));
        back.set(stock_move::DEMAND, line.get(return_line::QUANTITY).clone());
        back.set(stock_move::QUANTITY, Value::Dec(Decimal::ZERO));
        back.set(stock_move::STATE, Value::text("confirmed"));
        back.set(stock_move::SOURCE, shipped.get(stock_move::DESTINATION).clone());
        back.set(stock_move::DESTINATION, shipped.get(stock_move::SOURCE).clone());
        back.set(stock_move::RETURN_OF, line.get(return_line::MOVE).clone());
        back.set(stock_move::TO_REFUND, line.get(return_line::TO_REFUND).clone());
        back.set(stock_move::SEQUENCE, Value::Int(10));
        let move_id = db.next_id(schema::MOVE);
        db.put(schema::MOVE, move_id, Some(back));
        stocks::reserve(db, env, move_id);
    }
    transfers::refresh(db, env, id);
    Some(id)
}
