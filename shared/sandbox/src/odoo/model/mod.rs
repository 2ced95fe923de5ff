//! The rules of each model.

pub(crate) mod delivery;
pub(crate) mod ledger;
pub(crate) mod line;
pub(crate) mod order;
pub(crate) mod partner;
pub(crate) mod picking;
pub(crate) mod product;
pub(crate) mod returning;
pub(crate) mod stock;
pub(crate) mod tax;
pub(crate) use self::tax::totals;

use super::{
    orm::{
        env::Env,
        write::{Vals, given},
    },
    schema::{self, Model, account, base},
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

/// Fills the fields that were not given.
pub(crate) fn defaults(db: &mut Db, env: &Env, (model, record): (Model, &mut Record), vals: &Vals) {
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    if let Some(active) = schema::of(model).known("active") {
        default(active, Value::Bool(true));
    }
    match model {
        schema::PARTNER => partner::defaults(&mut default),
        schema::ORDER => order::defaults(db, env, record, vals),
        schema::LINE => line::defaults(db, env, record, vals),
        schema::PRODUCT | schema::TEMPLATE => product::defaults(db, record, vals),
        schema::TAX => {
            default(account::tax::USE, Value::text("sale"));
            default(account::tax::AMOUNT_TYPE, Value::text("percent"));
            default(account::tax::COMPANY, Value::Int(env.company));
            default(account::tax::SEQUENCE, Value::Int(1));
            let group = db.iter(schema::TAX_GROUP).next().map(|(id, _)| id);
            default(account::tax::GROUP, Value::from_id(group));
        }
        schema::TAX_GROUP => {
            default(account::group::SEQUENCE, Value::Int(10));
            default(account::group::COMPANY, Value::Int(env.company));
        }
        schema::PRICELIST => {
            default(account::pricelist::SEQUENCE, Value::Int(16));
            let currency = db.field(schema::COMPANY, env.company, base::company::CURRENCY);
            default(account::pricelist::CURRENCY, currency);
        }
        schema::ENTRY => ledger::defaults(db, env, record, vals),
        schema::ENTRY_LINE => ledger::line_defaults(db, record, vals),
        schema::QUANT => default(schema::stock::quant::COMPANY, Value::Int(env.company)),
        _ => {}
    }
}

/// Fields that are stored elsewhere than where they are written.
pub(crate) fn inverse(model: Model, slot: usize, value: &Value) -> Option<(usize, Value)> {
    match (model, slot) {
        (schema::PARTNER, schema::partner::COMPANY_TYPE) => {
            Some((schema::partner::IS_COMPANY, Value::Bool(value.as_str() == "company")))
        }
        (schema::PRODUCT | schema::TEMPLATE, schema::product::LIST_PRICE) => {
            Some((schema::product::PRICE, Value::Dec(super::number::round(value.as_dec(), 2))))
        }
        _ => None,
    }
}

/// Constraints of the database on one row.
pub(crate) fn check_row(model: Model, record: &Record) -> Result<(), OdooError> {
    match model {
        schema::PARTNER => partner::check_row(record),
        schema::LINE => line::check_row(record),
        _ => Ok(()),
    }
}

/// What follows from a new record.
pub(crate) fn after_create(db: &mut Db, env: &Env, (model, id): (Model, Id), vals: &Vals) -> Result<(), OdooError> {
    match model {
        schema::PARTNER => {
            partner::take_address_of_parent(db, id);
            partner::lend_address_to_parent(db, id);
            Ok(())
        }
        schema::ORDER => order::after_change(db, env, id),
        schema::LINE => line::after_change(db, env, id, true),
        schema::ENTRY_LINE => ledger::after_line_change(db, env, id),
        schema::PRODUCT | schema::TEMPLATE => product::after_change(db, env, (model, id), vals),
        schema::RETURN_WIZARD => {
            returning::propose(db, env, id);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What may refuse a change, and what must know the content before it.
pub(crate) fn before_write(db: &mut Db, env: &Env, (model, id): (Model, Id), vals: &Vals) -> Result<(), OdooError> {
    match model {
        schema::MOVE => {
            stock::rewrite_quantity(db, env, id, vals);
            Ok(())
        }
        schema::ORDER => order::before_write(db, id, vals),
        schema::LINE => line::before_write(db, id, vals),
        schema::ENTRY_LINE => ledger::check_draft(db, id),
        _ => Ok(()),
    }
}

/// What follows from a change.
pub(crate) fn after_write(db: &mut Db, env: &Env, (model, id): (Model, Id), vals: &Vals) -> Result<(), OdooError> {
    match model {
        schema::PARTNER => {
            partner::spread_address(db, env, id, vals);
            Ok(())
        }
        schema::ORDER => order::after_write(db, env, id, vals),
        schema::LINE => line::after_change(db, env, id, given(vals, schema::line::QUANTITY)),
        schema::ENTRY_LINE => ledger::after_line_change(db, env, id),
        schema::PRODUCT | schema::TEMPLATE => product::after_change(db, env, (model, id), vals),
        schema::MOVE => {
            picking::follow_moves(db, env, id);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What may refuse a deletion.
pub(crate) fn before_unlink(db: &Db, (model, id): (Model, Id)) -> Result<(), OdooError> {
    match model {
        schema::ORDER => order::before_unlink(db, id),
        schema::LINE => line::before_unlink(db, id),
        schema::ENTRY => ledger::before_unlink(db, id),
        schema::ENTRY_LINE => ledger::check_draft(db, id),
        schema::PRODUCT => product::before_unlink(db, id),
        _ => Ok(()),
    }
}
