//! Deliveries that follow a confirmed order.

use rust_decimal::Decimal;

use super::{picking, stock as stocks};
use crate::odoo::{
    number::{add, neg, sub},
    orm::env::Env,
    schema::{
        self, line, order, product,
        stock::{picking as transfer, picking_type, stock_move, warehouse},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
};

/// Brings the open delivery of a line to its quantity (exchanges 486, 487, 488, 490). Services deliver nothing.
pub(super) fn follow_quantity(db: &mut Db, env: &Env, line_id: Id) {
    let item = db.field(schema::LINE, line_id, line::PRODUCT).as_id();
    if item.is_none_or(|item| db.field(schema::PRODUCT, item, product::TYPE).as_str() != "consu") {
        return;
    }
    let moves = db.find(schema::MOVE, stock_move::SALE_LINE, &Value::Int(line_id));
    let wanted = db.field(schema::LINE, line_id, line::QUANTITY).as_dec();
    let live: Vec<Id> = moves
        .into_iter()
        .filter(|id| {
            db.get(schema::MOVE, *id).is_some_and(|record| {
                record.get(stock_move::STATE).as_str() != "cancel" && record.get(stock_move::RETURN_OF).is_unset()
            })
        })
        .collect();
    let planned =
        live.iter().fold(Decimal::ZERO, |sum, id| add(sum, db.field(schema::MOVE, *id, stock_move::DEMAND).as_dec()));
    let missing = sub(wanted, planned);
    let open: Vec<Id> =
        live.into_iter().filter(|id| db.field(schema::MOVE, *id, stock_move::STATE).as_str() != "done").collect();
    if missing.is_sign_positive() && !missing.is_zero() {
        match open.first() {
            Some(first) => change_demand(db, env, *first, missing),
            None => add_move(db, env, line_id, missing),
        }
    } else if !missing.is_zero() {
        shrink(db, env, &open, missing.abs());
    }
}

fn shrink(db: &mut Db, env: &Env, open: &[Id], mut surplus: Decimal) {
    for id in open.iter().rev() {
        let demand = db.field(schema::MOVE, *id, stock_move::DEMAND).as_dec();
        let taken = demand.min(surplus);
        surplus = sub(surplus, taken);
        if taken == demand {
            cancel_move(db, env, *id);
        } else {
            change_demand(db, env, *id, neg(taken));
        }
        if let Some(transfer) = db.field(schema::MOVE, *id, stock_move::PICKING).as_id() {
            picking::refresh(db, env, transfer);
        }
    }
}

fn change_demand(db: &mut Db, env: &Env, id: Id, by: Decimal) {
    stocks::release(db, env, id);
    db.edit(schema::MOVE, id, |record| {
        let demand = add(record.get(stock_move::DEMAND).as_dec(), by);
        record.set(stock_move::DEMAND, Value::Dec(demand));
        record.written = env.now;
    });
    stocks::reserve(db, env, id);
    if let Some(transfer) = db.field(schema::MOVE, id, stock_move::PICKING).as_id() {
        picking::refresh(db, env, transfer);
    }
}

fn add_move(db: &mut Db, env: &Env, line_id: Id, quantity: Decimal) {
    let Some(order_id) = db.field(schema::LINE, line_id, line::ORDER).as_id() else { return };
    let Some(transfer) = open_picking(db, env, order_id) else { return };
    let mut record = Record::new(schema::of(schema::MOVE).stored(), env.now, env.user);
    record.set(stock_move::PICKING, Value::Int(transfer));
    record.set(stock_move::PRODUCT, db.field(schema::LINE, line_id, line::PRODUCT));
    record.set(stock_move::DEMAND, Value::Dec(quantity));
    record.set(stock_move::QUANTITY, Value::Dec(Decimal::ZERO));
    record.set(stock_move::STATE, Value::text("confirmed"));
    record.set(stock_move::SALE_LINE, Value::Int(line_id));
    record.set(stock_move::SOURCE, db.field(schema::PICKING, transfer, transfer::SOURCE));
    record.set(stock_move::DESTINATION, db.field(schema::PICKING, transfer, transfer::DESTINATION));
    record.set(stock_move::COMPANY, db.field(schema::ORDER, order_id, order::COMPANY));
    record.set(stock_move::ORIGIN, db.field(schema::PICKING, transfer, transfer::ORIGIN));
    record.set(stock_move::TO_REFUND, Value::Bool(false));
    record.set(stock_move::SEQUENCE, Value::Int(10));
    let id = db.next_id(schema::MOVE);
    db.put(schema::MOVE, id, Some(record));
    stocks::reserve(db, env, id);
    picking::refresh(db, env, transfer);
}

/// The open delivery of an order, made when there is none.
fn open_picking(db: &mut Db, env: &Env, order_id: Id) -> Option<Id> {
    let known = db.find(schema::PICKING, transfer::SALE, &Value::Int(order_id));
    let open = known.into_iter().find(|id| {
        db.get(schema::PICKING, *id).is_some_and(|record| {
            !matches!(record.get(transfer::STATE).as_str(), "done" | "cancel")
                && record.get(transfer::RETURN_OF).is_unset()
        })
    });
    if open.is_some() {
        return open;
    }
    let of_order = db.get(schema::ORDER, order_id)?;
    let house = of_order.id_at(order::WAREHOUSE).or_else(|| db.iter(schema::WAREHOUSE).next().map(|(id, _)| id))?;
    // Exchange 030: the customer's reference follows the order's name.
    let origin = match of_order.get(order::CLIENT_REF).as_str() {
        reference if env.version <= 18 && !reference.is_empty() => {
            format!("{} - {reference}", of_order.get(order::NAME).as_str())
        }
        _ => of_order.get(order::NAME).as_str().to_owned(),
    };
    let mut record = Record::new(schema::of(schema::PICKING).stored(), env.now, env.user);
    record.set(transfer::PARTNER, of_order.get(order::SHIP_TO).clone());
    record.set(transfer::CARRIER, of_order.get(order::CARRIER).clone());
    record.set(transfer::COMPANY, of_order.get(order::COMPANY).clone());
    record.set(transfer::SALE, Value::Int(order_id));
    record.set(transfer::ORIGIN, Value::text(&origin));
    record.set(transfer::SCHEDULED, Value::Int(env.now));
    record.set(transfer::STATE, Value::text("confirmed"));
    let kind = db.field(schema::WAREHOUSE, house, warehouse::OUT_TYPE).as_id()?;
    record.set(transfer::TYPE, Value::Int(kind));
    record.set(transfer::SOURCE, db.field(schema::WAREHOUSE, house, warehouse::STOCK));
    record.set(transfer::DESTINATION, Value::from_id(stocks::location_of(db, "customer")));
    record.set(transfer::NAME, Value::text(&next_name(db, kind)));
    let id = db.next_id(schema::PICKING);
    db.put(schema::PICKING, id, Some(record));
    Some(id)
}

/// `WH/OUT/00001`: warehouse, kind, a number of their own.
pub(super) fn next_name(db: &mut Db, kind: Id) -> String {
    let house = db.field(schema::PICKING_TYPE, kind, picking_type::WAREHOUSE).as_id();
    let code = house.map(|house| db.field(schema::WAREHOUSE, house, warehouse::CODE)).unwrap_or_default();
    let prefix = db.field(schema::PICKING_TYPE, kind, picking_type::PREFIX);
    let stem = format!("{}/{}", code.as_str(), prefix.as_str());
    let number = db.next_number(&stem);
    format!("{stem}/{number:05}")
}

/// Cancels a transfer that is not done (exchange 427).
pub(super) fn cancel(db: &mut Db, env: &Env, transfer: Id) {
    if matches!(db.field(schema::PICKING, transfer, transfer::STATE).as_str(), "done" | "cancel") {
        return;
    }
    for id in db.find(schema::MOVE, stock_move::PICKING, &Value::Int(transfer)) {
        cancel_move(db, env, id);
    }
    db.edit(schema::PICKING, transfer, |record| {
        record.set(transfer::STATE, Value::text("cancel"));
        record.written = env.now;
    });
}

fn cancel_move(db: &mut Db, env: &Env, id: Id) {
    if db.field(schema::MOVE, id, stock_move::STATE).as_str() == "done" {
        return;
    }
    stocks::release(db, env, id);
    db.edit(schema::MOVE, id, |record| {
        record.set(stock_move::STATE, Value::text("cancel"));
        record.written = env.now;
    });
}
