//! Quantities: quants, reservations, availability of products.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::odoo::{
    number::{add, neg, sub},
    orm::{
        env::Env,
        write::{Input, Vals},
    },
    schema::{
        self, product,
        stock::{location, quant, stock_move, warehouse},
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
};

/// The first location of a usage: `customer`, `inventory`, `supplier`.
pub(super) fn location_of(db: &Db, usage: &str) -> Option<Id> {
    db.iter(schema::LOCATION).find(|(_, record)| record.get(location::USAGE).as_str() == usage).map(|(id, _)| id)
}

fn is_internal(db: &Db, place: Id) -> bool {
    db.field(schema::LOCATION, place, location::USAGE).as_str() == "internal"
}

fn quant_at(db: &Db, item: Id, place: Id) -> Option<Id> {
    let quants = db.find(schema::QUANT, quant::PRODUCT, &Value::Int(item));
    quants.into_iter().find(|id| db.field(schema::QUANT, *id, quant::LOCATION).as_id() == Some(place))
}

/// Changes what lies, or is reserved, at an internal place.
fn shift(db: &mut Db, env: &Env, (item, place): (Id, Id), slot: usize, by: Decimal) {
    if by.is_zero() || !is_internal(db, place) {
        return;
    }
    let id = quant_at(db, item, place).unwrap_or_else(|| {
        let mut record = Record::new(schema::of(schema::QUANT).stored(), env.now, env.user);
        record.set(quant::PRODUCT, Value::Int(item));
        record.set(quant::LOCATION, Value::Int(place));
        record.set(quant::COMPANY, db.field(schema::LOCATION, place, location::COMPANY));
        let id = db.next_id(schema::QUANT);
        db.put(schema::QUANT, id, Some(record));
        id
    });
    db.edit(schema::QUANT, id, |record| {
        let new = add(record.get(slot).as_dec(), by);
        record.set(slot, Value::Dec(new));
        record.written = env.now;
    });
}

fn is_storable(db: &Db, item: Id) -> bool {
    db.field(schema::PRODUCT, item, product::STORABLE).as_bool()
}

/// Where a move takes what, and how much it wants and has.
struct Wish {
    item: Id,
    source: Id,
    demand: Decimal,
    quantity: Decimal,
}

fn wish(db: &Db, id: Id) -> Option<Wish> {
    let record = db.get(schema::MOVE, id)?;
    Some(Wish {
        item: record.id_at(stock_move::PRODUCT)?,
        source: record.id_at(stock_move::SOURCE)?,
        demand: record.get(stock_move::DEMAND).as_dec(),
        quantity: record.get(stock_move::QUANTITY).as_dec(),
    })
}

/// Reserves what is free for a move. Goods that are not tracked, and receipts, are always there.
pub(super) fn reserve(db: &mut Db, env: &Env, id: Id) {
    let Some(wish) = wish(db, id) else { return };
    let lacking = sub(wish.demand, wish.quantity).max(Decimal::ZERO);
    let tracked = is_storable(db, wish.item) && is_internal(db, wish.source);
    let free = match quant_at(db, wish.item, wish.source) {
        Some(quant) => {
            let there = db.field(schema::QUANT, quant, quant::QUANTITY).as_dec();
            sub(there, db.field(schema::QUANT, quant, quant::RESERVED).as_dec()).max(Decimal::ZERO)
        }
        None => Decimal::ZERO,
    };
    let taken = if tracked { lacking.min(free) } else { lacking };
    if tracked {
        shift(db, env, (wish.item, wish.source), quant::RESERVED, taken);
    }
    let quantity = add(wish.quantity, taken);
    let state = if quantity >= wish.demand {
        "assigned"
    } else if quantity.is_zero() {
        "confirmed"
    } else {
        "partially_available"
    };
    db.edit(schema::MOVE, id, |record| {
        record.set(stock_move::QUANTITY, Value::Dec(quantity));
        record.set(stock_move::STATE, Value::text(state));
        record.written = env.now;
    });
}

/// Gives back what a move had reserved.
pub(super) fn release(db: &mut Db, env: &Env, id: Id) {
    let Some(wish) = wish(db, id) else { return };
    if is_storable(db, wish.item) {
        shift(db, env, (wish.item, wish.source), quant::RESERVED, neg(wish.quantity));
    }
    db.edit(schema::MOVE, id, |record| {
        record.set(stock_move::QUANTITY, Value::Dec(Decimal::ZERO));
        record.set(stock_move::PICKED, Value::Bool(false));
    });
}

/// Writing the quantity of an open move changes what it holds reserved (exchanges 032, 120).
pub(super) fn rewrite_quantity(db: &mut Db, env: &Env, id: Id, vals: &Vals) {
    let written = vals.iter().find_map(|(slot, input)| match input {
        Input::Value(value) if *slot == stock_move::QUANTITY => Some(value.as_dec()),
        Input::Value(_) | Input::Commands(_) => None,
    });
    let (Some(written), Some(wish)) = (written, wish(db, id)) else { return };
    let open = !matches!(db.field(schema::MOVE, id, stock_move::STATE).as_str(), "done" | "cancel");
    if open && is_storable(db, wish.item) {
        shift(db, env, (wish.item, wish.source), quant::RESERVED, sub(written, wish.quantity));
    }
}

/// A count for a product and place that has a quant is written into that one.
pub(crate) fn count_into(db: &mut Db, vals: &Vals) -> Option<Id> {
    let value = |wanted: usize| {
        vals.iter().find_map(|(slot, input)| match input {
            Input::Value(value) if *slot == wanted => Some(value.clone()),
            Input::Value(_) | Input::Commands(_) => None,
        })
    };
    let id = quant_at(db, value(quant::PRODUCT)?.as_id()?, value(quant::LOCATION)?.as_id()?)?;
    db.set(schema::QUANT, id, quant::COUNTED, value(quant::COUNTED)?);
    Some(id)
}

/// Moves the goods of a done move.
pub(super) fn transfer(db: &mut Db, env: &Env, id: Id, reserved: Decimal) {
    let Some(wish) = wish(db, id) else { return };
    let destination = db.field(schema::MOVE, id, stock_move::DESTINATION).as_id();
    if !is_storable(db, wish.item) {
        return;
    }
    shift(db, env, (wish.item, wish.source), quant::RESERVED, neg(reserved));
    shift(db, env, (wish.item, wish.source), quant::QUANTITY, neg(wish.quantity));
    if let Some(destination) = destination {
        shift(db, env, (wish.item, destination), quant::QUANTITY, wish.quantity);
    }
}

/// Moves that wait for a product take what came in.
pub(super) fn reserve_waiting(db: &mut Db, env: &Env, item: Id) {
    for id in db.find(schema::MOVE, stock_move::PRODUCT, &Value::Int(item)) {
        if matches!(db.field(schema::MOVE, id, stock_move::STATE).as_str(), "confirmed" | "partially_available") {
            reserve(db, env, id);
            if let Some(picking) = db.field(schema::MOVE, id, stock_move::PICKING).as_id() {
                super::picking::refresh(db, env, picking);
            }
        }
    }
}

/// `action_apply_inventory`: what was counted is there (126). 19 reserves for waiting orders at once, 18 does not
/// (exchanges 464, 493).
pub(crate) fn apply_inventory(db: &mut Db, env: &Env, ids: &[Id]) {
    for id in ids {
        let Some(record) = db.get(schema::QUANT, *id) else { continue };
        let item = record.id_at(quant::PRODUCT);
        let counted = record.get(quant::COUNTED).as_dec();
        db.edit(schema::QUANT, *id, |record| {
            record.set(quant::QUANTITY, Value::Dec(counted));
            record.set(quant::COUNTED, Value::Unset);
            record.written = env.now;
        });
        if let Some(item) = item.filter(|_| env.version >= 19) {
            reserve_waiting(db, env, item);
        }
    }
}

/// Computed fields of a quant.
pub(crate) fn of_quant(db: &Db, id: Id, slot: usize) -> Value {
    let Some(record) = db.get(schema::QUANT, id) else { return Value::Unset };
    match slot {
        quant::AVAILABLE => Value::Dec(sub(record.get(quant::QUANTITY).as_dec(), record.get(quant::RESERVED).as_dec())),
        quant::WAREHOUSE => record
            .id_at(quant::LOCATION)
            .map(|place| db.field(schema::LOCATION, place, location::WAREHOUSE))
            .unwrap_or_default(),
        _ => Value::Unset,
    }
}

/// The places that a product's quantities are asked for: `warehouse_id` or `location` of the context, else all of the
/// visible companies. The key `warehouse` of older versions is ignored (README "Stock").
fn places(db: &Db, env: &Env) -> Vec<Id> {
    let ids = |json: &Json| match json {
        Json::Array(list) => list.iter().filter_map(Json::as_i64).collect(),
        Json::Number(_) => json.as_i64().into_iter().collect::<Vec<_>>(),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Object(_) => Vec::new(),
    };
    if let Some(location) = env.context.get("location") {
        return ids(location);
    }
    if let Some(houses) = env.context.get("warehouse_id") {
        let houses = ids(houses);
        return houses.iter().filter_map(|id| db.field(schema::WAREHOUSE, *id, warehouse::STOCK).as_id()).collect();
    }
    db.iter(schema::LOCATION)
        .filter(|(_, record)| {
            record.get(location::USAGE).as_str() == "internal" && env.sees(record.id_at(location::COMPANY))
        })
        .map(|(id, _)| id)
        .collect()
}

/// Quantities of a product (exchanges 120, 462-464, 492-494).
pub(crate) fn of_product(db: &Db, env: &Env, item: Id, slot: usize) -> Value {
    let places = places(db, env);
    let quants = db.find(schema::QUANT, quant::PRODUCT, &Value::Int(item));
    let here = quants
        .iter()
        .filter_map(|id| db.get(schema::QUANT, *id))
        .filter(|record| record.id_at(quant::LOCATION).is_some_and(|place| places.contains(&place)));
    let (mut on_hand, mut reserved) = (Decimal::ZERO, Decimal::ZERO);
    for record in here {
        on_hand = add(on_hand, record.get(quant::QUANTITY).as_dec());
        reserved = add(reserved, record.get(quant::RESERVED).as_dec());
    }
    Value::Dec(match slot {
        product::ON_HAND => on_hand,
        product::FREE => sub(on_hand, reserved),
        product::OUTGOING => planned(db, &places, item).0,
        product::INCOMING => planned(db, &places, item).1,
        product::FORECAST => {
            let (outgoing, incoming) = planned(db, &places, item);
            add(sub(on_hand, outgoing), incoming)
        }
        _ => return Value::Unset,
    })
}

/// What open moves will take from, and bring to, the places.
fn planned(db: &Db, places: &[Id], item: Id) -> (Decimal, Decimal) {
    let (mut outgoing, mut incoming) = (Decimal::ZERO, Decimal::ZERO);
    for id in db.find(schema::MOVE, stock_move::PRODUCT, &Value::Int(item)) {
        let Some(record) = db.get(schema::MOVE, id) else { continue };
        if matches!(record.get(stock_move::STATE).as_str(), "draft" | "done" | "cancel") {
            continue;
        }
        let inside = |slot| record.id_at(slot).is_some_and(|place| places.contains(&place));
        let demand = record.get(stock_move::DEMAND).as_dec();
        match (inside(stock_move::SOURCE), inside(stock_move::DESTINATION)) {
            (true, false) => outgoing = add(outgoing, demand),
            (false, true) => incoming = add(incoming, demand),
            (true, true) | (false, false) => {}
        }
    }
    (outgoing, incoming)
}
