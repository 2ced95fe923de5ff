//! Fields that are worked out on reading.

use rust_decimal::Decimal;

use super::{env::Env, names};
use crate::odoo::{
    model::{ledger, picking, stock},
    number,
    schema::{self, Model, account, field::Kind, line, order, partner, product},
    store::{
        Db,
        value::{Id, Value},
    },
};

/// The content of a field, stored or computed. JSON fields are rendered elsewhere.
pub(crate) fn value(db: &Db, env: &Env, (model, id): (Model, Id), slot: usize) -> Value {
    let Some(field) = schema::of(model).fields.get(slot) else { return Value::Unset };
    if !field.computed {
        return db.field(model, id, slot);
    }
    match model {
        schema::PRODUCT | schema::TEMPLATE => of_product(db, env, (model, id), slot),
        // One operation per move is enough here: it carries the number of its move.
        schema::MOVE => Value::ids(&[id]),
        _ => match field.kind {
            Kind::One2many(child, inverse) => Value::ids(&children(db, child, inverse, id)),
            Kind::Char
            | Kind::Text
            | Kind::Html
            | Kind::Integer
            | Kind::Float(_)
            | Kind::Monetary
            | Kind::Boolean
            | Kind::Datetime
            | Kind::Selection(_)
            | Kind::Many2one(_)
            | Kind::Many2many(_)
            | Kind::Json => match model {
                schema::ORDER => of_order(db, id, slot),
                schema::LINE => of_line(db, id, slot),
                schema::PARTNER => of_partner(db, id, slot),
                schema::TAX => {
                    Value::Bool(db.field(model, id, account::tax::PRICE_INCLUDE_OVERRIDE).as_str() == "tax_included")
                }
                schema::CURRENCY => Value::Int(i64::from(currency_digits(db, Some(id)))),
                schema::PICKING => picking::computed(db, id, slot),
                schema::QUANT => stock::of_quant(db, id, slot),
                _ => Value::Unset,
            },
        },
    }
}

/// Ids of the children of a record; order lines in their own order, the others by id.
pub(crate) fn children(db: &Db, child: Model, inverse: usize, id: Id) -> Vec<Id> {
    let mut ids = db.find(child, inverse, &Value::Int(id));
    if child == schema::ENTRY_LINE {
        ids.sort_by_key(|id| (db.field(child, *id, schema::ledger::entry_line::SEQUENCE).as_id().unwrap_or(0), *id));
    }
    if child == schema::LINE {
        ids.sort_by_key(|id| (db.field(schema::LINE, *id, line::SEQUENCE).as_id().unwrap_or(0), *id));
    }
    ids
}

/// How many digits a currency has; two when unknown.
pub(crate) fn currency_digits(db: &Db, currency: Option<Id>) -> u32 {
    let rounding = currency.map(|id| db.field(schema::CURRENCY, id, account::currency::ROUNDING).as_dec());
    rounding.filter(|rounding| !rounding.is_zero()).map_or(2, |rounding| rounding.normalize().scale())
}

/// Units of the order's currency for one of the company's (exchange 111).
pub(crate) fn order_rate(db: &Db, id: Id) -> Decimal {
    let rate = |currency: Option<Id>| {
        let rate = currency.map(|id| db.field(schema::CURRENCY, id, account::currency::RATE).as_dec());
        rate.filter(|rate| !rate.is_zero()).unwrap_or(Decimal::ONE)
    };
    let company = db.field(schema::ORDER, id, order::COMPANY).as_id();
    let own = company.and_then(|id| db.field(schema::COMPANY, id, schema::base::company::CURRENCY).as_id());
    number::div(rate(db.field(schema::ORDER, id, order::CURRENCY).as_id()), rate(own))
}

fn of_order(db: &Db, id: Id, slot: usize) -> Value {
    match slot {
        order::CURRENCY_RATE => Value::Dec(order_rate(db, id)),
        order::INVOICE_STATUS => Value::text(invoice_status(db, id)),
        order::DELIVERY_STATUS => picking::delivery_status(db, id).map_or(Value::Unset, Value::text),
        order::DELIVERY_COUNT => {
            let pickings = db.find(schema::PICKING, schema::stock::picking::SALE, &Value::Int(id));
            Value::Int(i64::try_from(pickings.len()).unwrap_or(0))
        }
        order::INVOICES => Value::ids(&ledger::of_order(db, id)),
        order::INVOICE_COUNT => Value::Int(i64::try_from(ledger::of_order(db, id).len()).unwrap_or(0)),
        order::AMOUNT_INVOICED => {
            let lines = db.find(schema::LINE, line::ORDER, &Value::Int(id)).into_iter();
            Value::Dec(lines.fold(Decimal::ZERO, |sum, line| number::add(sum, ledger::posted(db, line).1)))
        }
        order::AMOUNT_TO_INVOICE => {
            let lines = db.find(schema::LINE, line::ORDER, &Value::Int(id)).into_iter();
            Value::Dec(lines.fold(Decimal::ZERO, |sum, line| number::add(sum, worth_to_invoice(db, line))))
        }
        _ => Value::Unset,
    }
}

fn invoice_status(db: &Db, id: Id) -> &'static str {
    if db.field(schema::ORDER, id, order::STATE).as_str() != "sale" {
        return "no";
    }
    let lines = db.find(schema::LINE, line::ORDER, &Value::Int(id));
    if lines.iter().any(|line| !to_invoice(db, *line).is_zero()) {
        return "to invoice";
    }
    let invoiced = |line: &Id| {
        let number = |slot| db.field(schema::LINE, *line, slot).as_dec();
        number(line::INVOICED) > Decimal::ZERO && number(line::INVOICED) >= number(line::QUANTITY)
    };
    if !lines.is_empty() && lines.iter().all(invoiced) { "invoiced" } else { "no" }
}

/// What is ordered, or delivered by policy, and not invoiced.
fn to_invoice(db: &Db, id: Id) -> Decimal {
    number::sub(by_policy(db, id), db.field(schema::LINE, id, line::INVOICED).as_dec())
}

/// The same in money, by what is posted: below zero where it was invoiced before its time (430).
fn worth_to_invoice(db: &Db, id: Id) -> Decimal {
    let quantity = db.field(schema::LINE, id, line::QUANTITY).as_dec();
    if quantity.is_zero() {
        return Decimal::ZERO;
    }
    let each = number::div(db.field(schema::LINE, id, line::LINE_TOTAL).as_dec(), quantity);
    number::round(number::mul(each, number::sub(by_policy(db, id), ledger::posted(db, id).0)), 6)
}

fn by_policy(db: &Db, id: Id) -> Decimal {
    let product = db.field(schema::LINE, id, line::PRODUCT).as_id();
    let policy = product.map(|id| db.field(schema::PRODUCT, id, product::POLICY)).unwrap_or_default();
    let slot = if policy.as_str() == "delivery" { line::DELIVERED } else { line::QUANTITY };
    db.field(schema::LINE, id, slot).as_dec()
}

fn of_line(db: &Db, id: Id, slot: usize) -> Value {
    let of_order = |slot| {
        let order = db.field(schema::LINE, id, line::ORDER).as_id();
        order.map(|order| db.field(schema::ORDER, order, slot)).unwrap_or_default()
    };
    match slot {
        line::PRICE_TAX => {
            let total = db.field(schema::LINE, id, line::LINE_TOTAL).as_dec();
            Value::Dec(number::sub(total, db.field(schema::LINE, id, line::SUBTOTAL).as_dec()))
        }
        line::TO_INVOICE if of_order(order::STATE).as_str() == "sale" => Value::Dec(to_invoice(db, id)),
        line::COMPANY => of_order(order::COMPANY),
        line::CURRENCY => of_order(order::CURRENCY),
        line::STATE => of_order(order::STATE),
        line::PARTNER => of_order(order::PARTNER),
        line::TEMPLATE => {
            let product = db.field(schema::LINE, id, line::PRODUCT).as_id();
            product.map(|product| db.field(schema::PRODUCT, product, product::TEMPLATE)).unwrap_or_default()
        }
        _ => Value::Unset,
    }
}

fn of_partner(db: &Db, id: Id, slot: usize) -> Value {
    let Some(record) = db.get(schema::PARTNER, id) else { return Value::Unset };
    match slot {
        partner::COMPANY_TYPE => {
            Value::text(if record.get(partner::IS_COMPANY).as_bool() { "company" } else { "person" })
        }
        partner::COMPLETE_NAME => Value::text(&names::partner_name(db, record)),
        partner::COMMERCIAL => match record.id_at(partner::PARENT) {
            Some(parent) if !record.get(partner::IS_COMPANY).as_bool() => Value::Int(parent),
            Some(_) | None => Value::Int(id),
        },
        _ => Value::Unset,
    }
}

fn of_product(db: &Db, env: &Env, (model, id): (Model, Id), slot: usize) -> Value {
    let template = if model == schema::TEMPLATE { Some(id) } else { db.field(model, id, product::TEMPLATE).as_id() };
    let variants =
        template.map(|template| db.find(schema::PRODUCT, product::TEMPLATE, &Value::Int(template))).unwrap_or_default();
    match slot {
        product::LIST_PRICE => db.field(model, id, product::PRICE),
        product::VARIANTS => Value::ids(&variants),
        product::VARIANT => Value::from_id(variants.first().copied()),
        product::VARIANT_COUNT => Value::Int(i64::try_from(variants.len()).unwrap_or(0)),
        _ if model == schema::PRODUCT => stock::of_product(db, env, id, slot),
        _ => {
            let sum = variants.iter().map(|variant| stock::of_product(db, env, *variant, slot).as_dec());
            Value::Dec(sum.fold(Decimal::ZERO, number::add))
        }
    }
}
