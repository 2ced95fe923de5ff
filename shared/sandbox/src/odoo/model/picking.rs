//! Transfers: their states, validation, backorders.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::{delivery, stock as stocks};
use crate::odoo::{
    number::{add, sub},
    orm::env::Env,
    schema::{
        self,
        base::named,
        line,
        stock::{picking, stock_move},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

fn moves(db: &Db, id: Id) -> Vec<Id> {
    db.find(schema::MOVE, stock_move::PICKING, &Value::Int(id))
}

fn states(db: &Db, id: Id) -> Vec<Value> {
    moves(db, id).into_iter().map(|id| db.field(schema::MOVE, id, stock_move::STATE)).collect()
}

/// The state of a transfer follows its moves: as soon as one can go, it can (Odoo's `move_type` "direct").
pub(super) fn refresh(db: &mut Db, env: &Env, id: Id) {
    let states = states(db, id);
    let is = |wanted: &'static str| move |state: &Value| state.as_str() == wanted;
    let live: Vec<&Value> = states.iter().filter(|state| state.as_str() != "cancel").collect();
    let state = if live.is_empty() {
        if states.is_empty() { "draft" } else { "cancel" }
    } else if live.iter().all(|state| is("done")(state)) {
        "done"
    } else if live.iter().any(|state| is("assigned")(state) || is("partially_available")(state)) {
        "assigned"
    } else {
        "confirmed"
    };
    db.edit(schema::PICKING, id, |record| {
        record.set(picking::STATE, Value::text(state));
        record.written = env.now;
    });
}

/// After a move was written, its transfer shows it.
pub(super) fn follow_moves(db: &mut Db, env: &Env, move_id: Id) {
    if let Some(id) = db.field(schema::MOVE, move_id, stock_move::PICKING).as_id() {
        refresh(db, env, id);
    }
}

/// Computed fields of a transfer.
pub(crate) fn computed(db: &Db, id: Id, slot: usize) -> Value {
    match slot {
        picking::AVAILABILITY_STATE => match db.field(schema::PICKING, id, picking::STATE).as_str() {
            "assigned" => Value::text("available"),
            "confirmed" | "waiting" => Value::text("late"),
            _ => Value::Unset,
        },
        picking::TRACKING_URL => tracking_url(db, id).map_or(Value::Unset, |url| Value::text(&url)),
        _ => Value::Unset,
    }
}

/// The carrier's link with the reference in it (exchange 036).
fn tracking_url(db: &Db, id: Id) -> Option<String> {
    let record = db.get(schema::PICKING, id)?;
    let reference = record.get(picking::TRACKING).as_str();
    let link = db.field(schema::CARRIER, record.id_at(picking::CARRIER)?, named::TRACKING_URL);
    (!reference.is_empty() && !link.is_unset()).then(|| link.as_str().replace("<shipmenttrackingnumber>", reference))
}

/// `delivery_status` of an order (exchanges 044, 414).
pub(crate) fn delivery_status(db: &Db, order_id: Id) -> Option<&'static str> {
    let transfers = db.find(schema::PICKING, picking::SALE, &Value::Int(order_id));
    let states: Vec<Value> = transfers.iter().map(|id| db.field(schema::PICKING, *id, picking::STATE)).collect();
    if states.iter().all(|state| state.as_str() == "cancel") {
        return None;
    }
    if states.iter().all(|state| matches!(state.as_str(), "done" | "cancel")) {
        return Some("full");
    }
    if !states.iter().any(|state| state.as_str() == "done") {
        return Some("pending");
    }
    let lines = db.find(schema::LINE, line::ORDER, &Value::Int(order_id));
    let delivered = lines.iter().any(|id| !db.field(schema::LINE, *id, line::DELIVERED).as_dec().is_zero());
    Some(if delivered { "partial" } else { "started" })
}

/// What is done and what stays behind of one transfer.
fn split(db: &Db, id: Id) -> (Vec<(Id, Decimal)>, bool) {
    let open: Vec<Id> = moves(db, id)
        .into_iter()
        .filter(|id| !matches!(db.field(schema::MOVE, *id, stock_move::STATE).as_str(), "done" | "cancel"))
        .collect();
    let any_picked = open.iter().any(|id| db.field(schema::MOVE, *id, stock_move::PICKED).as_bool());
    let done: Vec<(Id, Decimal)> = open
        .iter()
        .map(|id| {
            // Nothing marked as picked: everything reserved goes (README "Deliver").
            let goes = !any_picked || db.field(schema::MOVE, *id, stock_move::PICKED).as_bool();
            let quantity = db.field(schema::MOVE, *id, stock_move::QUANTITY).as_dec();
            (*id, if goes { quantity } else { Decimal::ZERO })
        })
        .collect();
    let behind = done.iter().any(|(id, goes)| *goes < db.field(schema::MOVE, *id, stock_move::DEMAND).as_dec());
    (done, behind)
}

/// `button_validate`: `true` when done, a wizard when something stays behind (exchanges 033, 037, 038, 040).
pub(crate) fn validate(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    for id in ids {
        if db.get(schema::PICKING, *id).is_none() {
            return Err(OdooError::missing(schema::PICKING, *id, env.user));
        }
        let (done, behind) = split(db, *id);
        if done.iter().all(|(_, quantity)| quantity.is_zero()) {
            return Err(OdooError::user(
                "You cannot validate a transfer if no quantities are reserved. To force the transfer, encode \
                 quantities.",
            ));
        }
        if behind && !env.flag("skip_backorder") {
            return Ok(wizard(*id));
        }
    }
    for id in ids {
        let keeps = env.context.get("picking_ids_not_to_backorder").and_then(Json::as_array);
        let drops_rest = keeps.is_some_and(|ids| ids.iter().any(|other| other.as_i64() == Some(*id)));
        finish(db, env, *id, !drops_rest);
    }
    Ok(Json::Bool(true))
}

/// Exchange 033.
fn wizard(id: Id) -> Json {
    json!({
        "name": "Create Backorder?",
        "type": "ir.actions.act_window",
        "view_mode": "form",
        "res_model": "stock.backorder.confirmation",
        "views": [[898, "form"]],
        "view_id": 898,
        "target": "new",
        "context": {
            "button_validate_picking_ids": [id],
            "default_show_transfers": false,
            "default_pick_ids": [[4, id]],
        },
    })
}

/// Ships what goes; the rest becomes a backorder, or is dropped.
pub(crate) fn finish(db: &mut Db, env: &Env, id: Id, backorder: bool) {
    let (done, behind) = split(db, id);
    let next = (behind && backorder).then(|| make_backorder(db, env, id)).flatten();
    for (move_id, goes) in done {
        ship(db, env, move_id, goes, next);
    }
    db.edit(schema::PICKING, id, |record| {
        record.set(picking::DONE_AT, Value::Int(env.now));
        record.written = env.now;
    });
    refresh(db, env, id);
    if let Some(next) = next {
        refresh(db, env, next);
    }
}

fn ship(db: &mut Db, env: &Env, id: Id, goes: Decimal, backorder: Option<Id>) {
    let Some(before) = db.get(schema::MOVE, id).cloned() else { return };
    let rest = sub(before.get(stock_move::DEMAND).as_dec(), goes);
    if goes.is_zero() {
        // The whole move goes over to the backorder.
        stocks::release(db, env, id);
        if let Some(next) = backorder {
            db.set(schema::MOVE, id, stock_move::PICKING, Value::Int(next));
            stocks::reserve(db, env, id);
        } else {
            db.set(schema::MOVE, id, stock_move::STATE, Value::text("cancel"));
        }
        return;
    }
    stocks::transfer(db, env, id, goes);
    db.edit(schema::MOVE, id, |record| {
        record.set(stock_move::STATE, Value::text("done"));
        record.set(stock_move::PICKED, Value::Bool(true));
        record.set(stock_move::DEMAND, Value::Dec(goes));
        record.written = env.now;
    });
    if !rest.is_zero()
        && rest.is_sign_positive()
        && let Some(next) = backorder
    {
        let mut left = before.clone();
        left.set(stock_move::PICKING, Value::Int(next));
        left.set(stock_move::DEMAND, Value::Dec(rest));
        left.set(stock_move::QUANTITY, Value::Dec(Decimal::ZERO));
        left.set(stock_move::PICKED, Value::Bool(false));
        let left_id = db.next_id(schema::MOVE);
        db.put(schema::MOVE, left_id, Some(left));
        stocks::reserve(db, env, left_id);
    }
    count_delivered(db, &before, goes);
    let incoming = !before.get(stock_move::RETURN_OF).is_unset();
    if let Some(item) = before.id_at(stock_move::PRODUCT).filter(|_| incoming) {
        stocks::reserve_waiting(db, env, item);
    }
}

/// `qty_delivered` of the order line: up with a delivery, down with a return that is to be refunded.
fn count_delivered(db: &mut Db, of: &Record, goes: Decimal) {
    let Some(line_id) = of.id_at(stock_move::SALE_LINE) else { return };
    let returned = !of.get(stock_move::RETURN_OF).is_unset();
    if returned && !of.get(stock_move::TO_REFUND).as_bool() {
        return;
    }
    let before = db.field(schema::LINE, line_id, line::DELIVERED).as_dec();
    let after = if returned { sub(before, goes) } else { add(before, goes) };
    db.set(schema::LINE, line_id, line::DELIVERED, Value::Dec(after));
}

fn make_backorder(db: &mut Db, env: &Env, id: Id) -> Option<Id> {
    let mut next = db.get(schema::PICKING, id)?.clone();
    let kind = next.id_at(picking::TYPE)?;
    next.created = env.now;
    next.written = env.now;
    next.external = Box::default();
    next.set(picking::NAME, Value::text(&delivery::next_name(db, kind)));
    next.set(picking::BACKORDER_OF, Value::Int(id));
    next.set(picking::TRACKING, Value::Unset);
    next.set(picking::DONE_AT, Value::Unset);
    let next_id = db.next_id(schema::PICKING);
    db.put(schema::PICKING, next_id, Some(next));
    Some(next_id)
}

/// `action_cancel`, or `action_assign`: cancels a transfer, or reserves for it what is free.
pub(crate) fn run(db: &mut Db, env: &Env, id: Id, cancels: bool) {
    if cancels {
        delivery::cancel(db, env, id);
        return;
    }
    for move_id in moves(db, id) {
        if matches!(db.field(schema::MOVE, move_id, stock_move::STATE).as_str(), "confirmed" | "partially_available") {
            stocks::reserve(db, env, move_id);
        }
    }
    refresh(db, env, id);
}
