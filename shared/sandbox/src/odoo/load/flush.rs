//! Records to the database: together, and when that fails one by one.

use serde_json::{Value as Json, json};

use super::{Ready, convert::put};
use crate::odoo::{
    orm::{
        env::Env,
        write::{self, Vals},
    },
    schema::{self, Model},
    store::{Db, Savepoint, value::Id},
    wire::error::{Kind, OdooError},
};

/// Odoo stops naming errors after so many.
const MAX_ERRORS: usize = 10;

/// Writes all records. A first attempt for all of them burns what it took: ids and order numbers (README).
///
/// By the source of Odoo (`BaseModel.load`, `flush`): what the first attempt met is said of the FIRST record, whichever was to
/// blame, if it is an error for users; and from 19 on a record that fails takes back the whole call so far, so that later
/// rows which refer to earlier ones fail with it.
pub(super) fn flush(
    db: &mut Db,
    env: &Env,
    (model, update, begun): (Model, bool, Savepoint),
    records: &[Ready],
    messages: &mut Vec<Json>,
) -> Vec<Id> {
    let savepoint = db.savepoint();
    let together: Result<Vec<Id>, OdooError> =
        records.iter().map(|record| write_one(db, env, (model, update), record)).collect();
    let first = match together {
        Ok(ids) => return ids,
        Err(error) if is_for_users(&error) => records.first().map(|record| message(env, (model, record), &error)),
        Err(_) => None,
    };
    db.rollback_to(savepoint);
    let mut ids = Vec::new();
    let mut errors = 0usize;
    for (done, record) in records.iter().enumerate() {
        let savepoint = db.savepoint();
        match write_one(db, env, (model, update), record) {
            Ok(id) => ids.push(id),
            Err(error) => {
                db.rollback_to(if env.version >= 19 { begun } else { savepoint });
                messages.push(message(env, (model, record), &error));
                errors = errors.saturating_add(1);
            }
        }
        if errors >= MAX_ERRORS && errors.saturating_mul(MAX_ERRORS) >= done {
            let text = "Found more than 10 errors and more than one error per 10 records, interrupted to avoid \
                        showing too many errors.";
            messages.push(json!({ "type": "warning", "message": text }));
            break;
        }
    }
    if let Some(first) = first.filter(|first| errors > 0 && !messages.contains(first)) {
        messages.insert(0, first);
    }
    ids
}

/// Is it one of Odoo's `UserError`s?
fn is_for_users(error: &OdooError) -> bool {
    matches!(error.kind, Kind::User | Kind::Validation | Kind::Access | Kind::AccessDenied | Kind::Missing)
}

fn message(env: &Env, (model, record): (Model, &Ready), error: &OdooError) -> Json {
    match &error.kind {
        Kind::Required(of, slot) => {
            let mut message = record.place.message("error", &error.message);
            // The field is named when it is one of the loaded model's own (exchange 242).
            if *of == model
                && let Some(field) = schema::of(model).fields.get(*slot)
            {
                put(&mut message, "field", json!(field.name_on(env.version)));
            }
            message
        }
        Kind::Redirect(action, button) => {
            record.place.message("error", &format!("{}\n{action}\n{button}\nNone", error.message))
        }
        Kind::Value | Kind::Type | Kind::Attribute | Kind::Key => {
            let class = match error.kind {
                Kind::Value => "ValueError",
                Kind::Type => "TypeError",
                Kind::Attribute => "AttributeError",
                Kind::AccessDenied
                | Kind::Access
                | Kind::User
                | Kind::Validation
                | Kind::Missing
                | Kind::Redirect(..)
                | Kind::Key
                | Kind::Required(..)
                | Kind::Constraint
                | Kind::Serialization
                | Kind::Deadlock
                | Kind::NoDatabase
                | Kind::Http(..) => "KeyError",
            };
            let text = format!("Unknown error during import: <class '{class}'>: {}", error.message);
            let mut message = record.place.message("error", &text);
            put(&mut message, "moreinfo", json!("Resolve other errors first"));
            message
        }
        Kind::AccessDenied
        | Kind::Access
        | Kind::User
        | Kind::Validation
        | Kind::Missing
        | Kind::Constraint
        | Kind::Serialization
        | Kind::Deadlock
        | Kind::NoDatabase
        | Kind::Http(..) => record.place.message("error", &error.message),
    }
}

/// Odoo's `_load_records`: found by external id, found by database id, or new.
fn write_one(db: &mut Db, env: &Env, (model, update): (Model, bool), record: &Ready) -> Result<Id, OdooError> {
    let vals: &Vals = &record.vals;
    let Some(name) = &record.external else {
        return match record.id {
            Some(id) => write::write(db, env, (model, &[id]), vals).map(|()| id),
            // Without any id nothing is made in update mode, and Odoo then misses the record.
            None if update => Err(OdooError::new(Kind::Key, "'record'")),
            None => write::create(db, env, model, vals),
        };
    };
    match db.external(name) {
        Some(found) if found.model != model => Err(OdooError::new(
            Kind::Validation,
            // Exchange 244.
            format!(
                "For external id {name} when trying to create/update a record of model {} found record of different \
                 model {} ({})",
                schema::of(model).name,
                schema::of(found.model).name,
                found.row
            ),
        )),
        // Create-once: update mode leaves alone what was made with `noupdate` (exchanges 021, 026, 404, 476).
        Some(found) if update && found.noupdate => Ok(found.id),
        Some(found) => write::write(db, env, (model, &[found.id]), vals).map(|()| found.id),
        None => {
            let id = write::create(db, env, model, vals)?;
            write::name_record(db, env, (model, id), name)?;
            Ok(id)
        }
    }
}
