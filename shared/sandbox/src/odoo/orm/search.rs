//! `search`: which records, in which order.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{domain, env::Env, read::FieldRef};
use crate::odoo::{
    schema::{self, Model},
    store::{
        Db,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

/// What to search, besides the domain.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) offset: usize,
    pub(crate) limit: Option<usize>,
    /// Empty for the model's own.
    pub(crate) order: &'a str,
}

/// Ids of the visible records that meet the domain.
pub(crate) fn search(
    db: &Db,
    env: &Env,
    (model, domain): (Model, &Json),
    page: Page<'_>,
) -> Result<Vec<Id>, OdooError> {
    let domain = domain::parse(model, domain, env)?;
    let active = schema::of(model).known("active").filter(|_| env.active_test() && !domain.names_active());
    let company = schema::of(model).known("company_id");
    let seen = |id: Id| {
        db.get(model, id).is_some_and(|record| {
            active.is_none_or(|slot| record.get(slot).as_bool())
                && company.is_none_or(|slot| env.sees(company_of(db, model, id, slot)))
        })
    };
    let mut ids: Vec<Id> = match domain.candidates(db) {
        Some(ids) => ids.into_iter().filter(|id| seen(*id) && domain.meets(db, env, *id)).collect(),
        None => db.iter(model).map(|(id, _)| id).filter(|id| seen(*id) && domain.meets(db, env, *id)).collect(),
    };
    let order = if page.order.is_empty() { schema::of(model).order } else { page.order };
    sort(db, env, (model, &mut ids), order)?;
    let limit = page.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    Ok(ids.into_iter().skip(page.offset).take(limit).collect())
}

/// Order lines belong to the company of their order.
fn company_of(db: &Db, model: Model, id: Id, slot: usize) -> Option<Id> {
    if model == schema::LINE {
        let order = db.field(model, id, schema::line::ORDER).as_id()?;
        return db.field(schema::ORDER, order, schema::order::COMPANY).as_id();
    }
    db.field(model, id, slot).as_id()
}

fn sort(db: &Db, env: &Env, (model, ids): (Model, &mut Vec<Id>), order: &str) -> Result<(), OdooError> {
    let mut keys = Vec::new();
    for part in order.split(',') {
        let mut words = part.split_whitespace();
        let Some(name) = words.next() else { continue };
        let descending = words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"));
        let field = FieldRef::find(model, name, env.version)
            .ok_or_else(|| OdooError::value(format!("Invalid field '{name}' on model '{}'", schema::of(model).name)))?;
        keys.push((field, descending));
    }
    if keys == [(FieldRef::Id, false)] || ids.len() < 2 {
        ids.sort_unstable();
        return Ok(());
    }
    let mut rows: Vec<(Vec<Value>, Id)> = ids
        .iter()
        .map(|id| (keys.iter().map(|(field, _)| field.value(db, env, (model, *id))).collect(), *id))
        .collect();
    rows.sort_by(|(left, left_id), (right, right_id)| {
        let pairs = left.iter().zip(right).zip(&keys);
        let order = pairs.fold(Ordering::Equal, |order, ((left, right), (_, descending))| {
            order.then_with(|| if *descending { compare(right, left) } else { compare(left, right) })
        });
        order.then(left_id.cmp(right_id))
    });
    *ids = rows.into_iter().map(|(_, id)| id).collect();
    Ok(())
}

/// The database's order: empty values last.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.is_unset(), right.is_unset()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        _ => left.as_dec().cmp(&right.as_dec()),
    }
}
