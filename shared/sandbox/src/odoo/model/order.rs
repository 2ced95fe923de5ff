//! Orders: defaults, protected fields, confirmation, cancellation.

use serde_json::{Value as Json, json};

use super::{delivery, partner, totals};
use crate::odoo::{
    orm::{
        env::Env,
        names,
        write::{Vals, given},
    },
    schema::{self, Model, account, base, line, order, product, stock},
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::{Kind, OdooError},
};

/// Sequence of order names; a refused `load` burns numbers (README).
const NAMES: &str = "sale.order";

pub(super) fn defaults(db: &mut Db, env: &Env, record: &mut Record, vals: &Vals) {
    if !given(vals, order::COMPANY) {
        record.set(order::COMPANY, Value::Int(env.company));
    }
    if record.get(order::NAME).is_unset() {
        record.set(order::NAME, Value::text(&format!("S{:05}", db.next_number(NAMES))));
    }
    let company = record.id_at(order::COMPANY);
    let customer = record.id_at(order::PARTNER);
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    default(order::STATE, Value::text("draft"));
    default(order::DATE_ORDER, Value::Int(env.now));
    default(order::USER, Value::Int(env.user));
    default(order::LOCKED, Value::Bool(false));
    default(order::INVOICE_TO, Value::from_id(customer.map(|id| partner::address(db, id, "invoice"))));
    default(order::SHIP_TO, Value::from_id(customer.map(|id| partner::address(db, id, "delivery"))));
    let pricelist = customer.map(|id| db.field(schema::PARTNER, id, schema::partner::PRICELIST)).unwrap_or_default();
    let pricelist = pricelist.as_id().or_else(|| first_of(db, schema::PRICELIST, company));
    default(order::PRICELIST, Value::from_id(pricelist));
    default(order::WAREHOUSE, Value::from_id(first_of(db, schema::WAREHOUSE, company)));
    default(order::TEAM, Value::from_id(first_of(db, schema::TEAM, company)));
    let currency = currency(db, record);
    record.set(order::CURRENCY, currency);
}

/// The first record of the company, or of none.
fn first_of(db: &Db, model: Model, company: Option<Id>) -> Option<Id> {
    let slot = schema::of(model).known("company_id")?;
    let mine = |record: &Record| record.id_at(slot).is_none_or(|of| Some(of) == company);
    db.iter(model).find(|(_, record)| mine(record)).map(|(id, _)| id)
}

/// The currency of the price list, else of the company (exchange 110).
fn currency(db: &Db, record: &Record) -> Value {
    match record.id_at(order::PRICELIST) {
        Some(pricelist) => db.field(schema::PRICELIST, pricelist, account::pricelist::CURRENCY),
        None => record
            .id_at(order::COMPANY)
            .map(|company| db.field(schema::COMPANY, company, base::company::CURRENCY))
            .unwrap_or_default(),
    }
}

/// The price list of a confirmed order is protected, also when it would not change (exchanges 027, 028).
pub(super) fn before_write(db: &Db, id: Id, vals: &Vals) -> Result<(), OdooError> {
    if given(vals, order::PRICELIST) && state(db, id) == "sale" {
        return Err(OdooError::user("You cannot change the pricelist of a confirmed order !"));
    }
    Ok(())
}

pub(super) fn after_write(db: &mut Db, env: &Env, id: Id, vals: &Vals) -> Result<(), OdooError> {
    if [order::PRICELIST, order::COMPANY].iter().any(|slot| given(vals, *slot)) {
        let currency = db.get(schema::ORDER, id).map(|record| currency(db, record)).unwrap_or_default();
        db.set(schema::ORDER, id, order::CURRENCY, currency);
    }
    let money = [order::PRICELIST, order::COMPANY, order::WAREHOUSE, order::ORDER_LINE];
    if money.iter().any(|slot| given(vals, *slot)) { after_change(db, env, id) } else { Ok(()) }
}

/// Amounts and companies, after the order or its lines changed.
pub(super) fn after_change(db: &mut Db, env: &Env, id: Id) -> Result<(), OdooError> {
    totals::recompute(db, env.version, id);
    check_companies(db, env, id)
}

/// Exchange 114.
fn check_companies(db: &Db, env: &Env, id: Id) -> Result<(), OdooError> {
    let Some(record) = db.get(schema::ORDER, id) else { return Ok(()) };
    let company = record.id_at(order::COMPANY);
    let def = schema::of(schema::ORDER);
    for (slot, target) in [
        (order::PARTNER, schema::PARTNER),
        (order::INVOICE_TO, schema::PARTNER),
        (order::SHIP_TO, schema::PARTNER),
        (order::WAREHOUSE, schema::WAREHOUSE),
        (order::PRICELIST, schema::PRICELIST),
        (order::TEAM, schema::TEAM),
        (order::FISCAL_POSITION, schema::FISCAL_POSITION),
    ] {
        let Some(pointed) = record.id_at(slot) else { continue };
        let Some(field) = def.fields.get(slot) else { continue };
        if belongs_elsewhere(db, (target, pointed), company) {
            let name = field.name_on(env.version).unwrap_or(field.name);
            return Err(mismatch(db, (schema::ORDER, id, company), (field.label, name), (target, pointed)));
        }
    }
    Ok(())
}

/// Has the record a company, and another one?
pub(super) fn belongs_elsewhere(db: &Db, (model, id): (Model, Id), company: Option<Id>) -> bool {
    let Some(slot) = schema::of(model).known("company_id") else { return false };
    db.field(model, id, slot).as_id().is_some_and(|of| Some(of) != company)
}

/// The wording of exchange 114.
pub(super) fn mismatch(
    db: &Db,
    (model, id, company): (Model, Id, Option<Id>),
    (label, field): (&str, &str),
    (target, pointed): (Model, Id),
) -> OdooError {
    let record = names::display_name(db, model, id);
    let company = company.map(|company| names::display_name(db, schema::COMPANY, company)).unwrap_or_default();
    let shown = names::display_name(db, target, pointed);
    OdooError::user(format!(
        "Incompatible companies on records:\n- “{record}” belongs to company “{company}” and “{label}” ({field}: \
         '{shown}') belongs to another company."
    ))
}

pub(super) fn state(db: &Db, id: Id) -> String {
    db.field(schema::ORDER, id, order::STATE).as_str().to_owned()
}

/// Only a quotation or a cancelled order may go.
pub(super) fn before_unlink(db: &Db, id: Id) -> Result<(), OdooError> {
    match state(db, id).as_str() {
        "draft" | "cancel" => Ok(()),
        _ => Err(OdooError::user(
            "You can not delete a sent quotation or a confirmed sales order. You must first cancel it.",
        )),
    }
}

/// `action_confirm`: all of them or none (exchanges 025, 410, 477); overwrites `date_order` (407).
pub(crate) fn confirm(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    super::super::orm::access::check(env, schema::ORDER, super::super::orm::access::Operation::Write)?;
    for id in ids {
        if db.get(schema::ORDER, *id).is_none() {
            return Err(OdooError::missing(schema::ORDER, *id, env.user));
        }
        if !matches!(state(db, *id).as_str(), "draft" | "sent") {
            return Err(OdooError::user("Some orders are not in a state requiring confirmation."));
        }
    }
    for id in ids {
        db.edit(schema::ORDER, *id, |record| {
            record.set(order::STATE, Value::text("sale"));
            record.set(order::DATE_ORDER, Value::Int(env.now));
            record.written = env.now;
        });
        deliver(db, env, *id)?;
    }
    Ok(Json::Bool(true))
}

fn deliver(db: &mut Db, env: &Env, id: Id) -> Result<(), OdooError> {
    let lines = db.find(schema::LINE, line::ORDER, &Value::Int(id));
    let goods = lines.iter().any(|line| {
        let product = db.field(schema::LINE, *line, line::PRODUCT).as_id();
        product.is_some_and(|id| db.field(schema::PRODUCT, id, product::TYPE).as_str() == "consu")
    });
    if !goods {
        return Ok(());
    }
    // Exchange 236.
    let company = db.field(schema::ORDER, id, order::COMPANY).as_id();
    let warehouse = db.field(schema::ORDER, id, order::WAREHOUSE).as_id();
    if warehouse.or_else(|| first_of(db, schema::WAREHOUSE, company)).is_none() {
        let name = company.map(|company| names::display_name(db, schema::COMPANY, company)).unwrap_or_default();
        return Err(OdooError::new(
            Kind::Redirect(355, "Go to Warehouses"),
            format!("Please create a warehouse for company {name}."),
        ));
    }
    for line in lines {
        delivery::follow_quantity(db, env, line);
    }
    Ok(())
}

/// `action_cancel`: on 18 a wizard unless told otherwise (041, 045), on 19 at once (412, 413, 426).
pub(crate) fn cancel(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    super::super::orm::access::check(env, schema::ORDER, super::super::orm::access::Operation::Write)?;
    if let Some(missing) = ids.iter().find(|id| db.get(schema::ORDER, **id).is_none()) {
        return Err(OdooError::missing(schema::ORDER, *missing, env.user));
    }
    if ids.iter().any(|id| db.field(schema::ORDER, *id, order::LOCKED).as_bool()) {
        return Err(OdooError::user("You cannot cancel a locked order. Please unlock it first."));
    }
    let asks = env.version <= 18 && !env.flag("disable_cancel_warning");
    if asks && ids.iter().any(|id| state(db, *id) != "draft") {
        return match ids {
            [id] => Ok(wizard(*id)),
            _ => Err(OdooError::value(format!(
                "Expected singleton: sale.order({})",
                ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
            ))),
        };
    }
    for id in ids {
        cancel_now(db, env, *id);
    }
    Ok(Json::Bool(true))
}

/// Cancels an order and its open deliveries; done ones stay done (427).
pub(crate) fn cancel_now(db: &mut Db, env: &Env, id: Id) {
    for picking in db.find(schema::PICKING, stock::picking::SALE, &Value::Int(id)) {
        delivery::cancel(db, env, picking);
    }
    db.edit(schema::ORDER, id, |record| {
        record.set(order::STATE, Value::text("cancel"));
        record.written = env.now;
    });
}

/// `action_draft`: a cancelled order becomes a quotation again.
pub(crate) fn reset(db: &mut Db, env: &Env, ids: &[Id]) -> Json {
    for id in ids.iter().filter(|id| matches!(state(db, **id).as_str(), "cancel" | "sent")).copied().collect::<Vec<_>>()
    {
        db.edit(schema::ORDER, id, |record| {
            record.set(order::STATE, Value::text("draft"));
            record.written = env.now;
        });
    }
    Json::Bool(true)
}

/// Exchange 041.
fn wizard(id: Id) -> Json {
    json!({
        "name": "Cancel Sales Order",
        "view_mode": "form",
        "res_model": "sale.order.cancel",
        "view_id": 1316,
        "type": "ir.actions.act_window",
        "context": {
            "default_template_id": 20,
            "default_order_id": id,
            "mark_so_as_canceled": true,
            "default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
            "model_description": "Sales Order",
        },
        "target": "new",
    })
}
