//! `load(fields, rows)`: Odoo's import, as `odoo.models.BaseModel.load` does it.
//!
//! Rows become records with children, cells become values (errors are collected, not raised), and records are written
//! together; when that fails, one by one, so that each refusal is named. Any error undoes the whole call.

mod convert;
mod extract;
mod flush;
mod reference;

use serde_json::{Value as Json, json};

use self::extract::{Column, Raw};
use crate::odoo::{
    orm::{
        env::{Env, Import},
        write::Vals,
    },
    schema::Model,
    store::{Db, value::Id},
    wire::error::OdooError,
};

/// A record ready to be written.
#[derive(Clone, Debug)]
struct Ready {
    /// Complete external id.
    external: Option<String>,
    /// From the `.id` column; an external id wins over it (exchange 482).
    id: Option<Id>,
    vals: Vals,
    place: Place,
}

/// Where in the call a record stood.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) record: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Place {
    /// A message about the record, with what every message has.
    pub(crate) fn message(self, kind: &str, text: &str) -> Json {
        json!({
            "rows": { "from": self.from, "to": self.to },
            "record": self.record,
            "type": kind,
            "message": text,
        })
    }
}

/// Loads rows. Bad data is a message in the answer; an unknown column is an error (exchanges 243, 304).
pub(crate) fn load(
    db: &mut Db,
    env: &mut Env,
    model: Model,
    (fields, rows): (&[Json], &[Json]),
) -> Result<Json, OdooError> {
    let module = env.context.get("module").and_then(Json::as_str).unwrap_or("__import__").to_owned();
    let noupdate = env.flag("noupdate");
    let update = env.context.get("mode").and_then(Json::as_str) == Some("update");
    env.import = Some(Import { module: module.clone(), noupdate });
    let columns = Column::parse_all(model, fields, env)?;
    let savepoint = db.savepoint();
    let mut messages = Vec::new();
    let mut ready: Vec<Ready> = Vec::new();
    let mut ids = Vec::new();
    for raw in extract::records(&columns, rows) {
        // A row may refer to one before it: what stands ready is written first. Not recorded: it is how `db_id_for` of Odoo's
        // `ir.fields.converter` resolves an external id, by its source.
        let names = raw.referred().map(|name| complete(name, &module)).collect::<Vec<_>>();
        if ready.iter().any(|record| record.external.as_ref().is_some_and(|name| names.contains(name))) {
            ids.extend(flush::flush(db, env, (model, update, savepoint), &ready, &mut messages));
            ready.clear();
        }
        ready.push(prepare(db, env, model, (&raw, &module), &mut messages)?);
    }
    ids.extend(flush::flush(db, env, (model, update, savepoint), &ready, &mut messages));
    let failed = messages.iter().any(|message| message.get("type").is_some_and(|kind| kind == "error"));
    if failed {
        db.rollback_to(savepoint);
    }
    let ids = if failed { json!(false) } else { json!(ids) };
    Ok(json!({ "ids": ids, "messages": messages, "nextrow": 0 }))
}

fn prepare(
    db: &Db,
    env: &Env,
    model: Model,
    (raw, module): (&Raw<'_>, &str),
    messages: &mut Vec<Json>,
) -> Result<Ready, OdooError> {
    let place = raw.place;
    let mut id = None;
    if let Some(cell) = raw.database_id {
        let text = cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
        id = text.parse::<Id>().ok().filter(|id| db.get(model, *id).is_some());
        if id.is_none() && extract::is_set(cell) {
            let mut message = place.message("error", &format!("Unknown database identifier '{text}'"));
            convert::put(&mut message, "field", json!(".id"));
            messages.push(message);
        }
    }
    let vals = convert::record(db, env, (model, raw), messages)?;
    let external = raw.external.filter(|name| !name.is_empty()).map(|name| complete(name, module));
    Ok(Ready { external, id, vals, place })
}

/// An external id without a dot gets the module's prefix.
fn complete(name: &str, module: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("{module}.{name}") }
}

/// The answer to a `load` that lost against another transaction (exchanges 231, 232, 350).
pub(crate) fn refused(message: &str, rows_to: usize) -> Json {
    let place = Place { record: 0, from: 0, to: rows_to };
    json!({ "ids": false, "messages": [place.message("error", message)], "nextrow": 0 })
}

/// The place of the top-level record with that external id in a call, or of the first when none is named.
pub(crate) fn place_of(
    model: Model,
    (fields, rows): (&[Json], &[Json]),
    env: &Env,
    name: Option<&str>,
) -> Option<Place> {
    let columns = Column::parse_all(model, fields, env).ok()?;
    extract::records(&columns, rows).into_iter().find(|raw| name.is_none() || raw.external == name).map(|raw| raw.place)
}
