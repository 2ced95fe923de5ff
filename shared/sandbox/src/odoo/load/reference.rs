//! Cells that point at records: by external id, by database id, by display name.

use serde_json::{Value as Json, json};

use super::extract::{self, Cell, Raw};
use crate::odoo::{
    orm::{env::Env, names},
    schema::{self, Model},
    store::{Db, value::Id},
};

/// Why a cell was refused, or a doubt about it. `{field}` stands for the path of labels.
#[derive(Clone, Debug)]
pub(super) struct Complaint {
    pub(super) text: String,
    /// Attached to messages about references (exchanges 240, 241).
    pub(super) more: Option<Json>,
}

impl Complaint {
    pub(super) fn new(text: String) -> Self {
        Self { text, more: None }
    }
}

/// What a reference is made by.
pub(super) enum Reference<'a> {
    External(&'a str),
    DatabaseId(String),
    Name(String),
}

impl<'a> Reference<'a> {
    /// The reference that a record of a many2one column holds, if it holds nothing else.
    pub(super) fn of(raw: &Raw<'a>) -> Option<Self> {
        match (raw.external.filter(|name| !name.is_empty()), raw.database_id) {
            (Some(name), _) => Some(Self::External(name)),
            (None, Some(cell)) => Some(Self::DatabaseId(text(cell))),
            (None, None) => None,
        }
    }

    pub(super) fn by_name(cell: &Json) -> Self {
        Self::Name(text(cell))
    }
}

/// A cell as Python's `str` shows it.
pub(super) fn text(cell: &Json) -> String {
    match cell {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "True".into(),
        Json::Null | Json::Bool(false) | Json::Number(_) | Json::Array(_) | Json::Object(_) => cell.to_string(),
    }
}

/// The action that every "no match" carries.
fn possible_values(target: Model) -> Json {
    json!({
        "name": "Possible Values",
        "type": "ir.actions.act_window",
        "target": "new",
        "view_mode": "list,form",
        "views": [[false, "list"], [false, "form"]],
        "context": { "create": false },
        "help": "See all possible values",
        "res_model": "ir.model.data",
        "domain": [["model", "=", schema::of(target).name]],
    })
}

/// Finds the record (Odoo's `db_id_for`). A doubt is a warning: two records of that name, the first is taken (246).
pub(super) fn find(
    db: &Db,
    env: &Env,
    target: Model,
    reference: &Reference<'_>,
) -> Result<(Option<Id>, Option<Complaint>), Complaint> {
    let no_match = |kind: &str, value: &str| Complaint {
        text: format!("No matching record found for {kind} '{value}' in field '{{field}}'"),
        more: Some(possible_values(target)),
    };
    match reference {
        Reference::External(name) => {
            let module = env.import.as_ref().map_or("__import__", |import| &*import.module);
            let full = super::complete(name, module);
            match db.external(&full) {
                Some(found) if found.model == target => Ok((Some(found.id), None)),
                Some(found) => Err(Complaint::new(format!(
                    "Invalid external ID {full}: expected model '{}', found '{}'",
                    schema::of(target).name,
                    schema::of(found.model).name
                ))),
                None => Err(no_match("external id", name)),
            }
        }
        Reference::DatabaseId(value) => {
            if matches!(&*value.to_lowercase(), "" | "0" | "false" | "no") {
                return Ok((None, None));
            }
            let id: Id = value
                .trim()
                .parse()
                .map_err(|_| Complaint::new(format!("Invalid database id '{value}' for the field '{{field}}'")))?;
            match db.get(target, id) {
                Some(_) => Ok((Some(id), None)),
                None => Err(no_match("database id", value)),
            }
        }
        Reference::Name(value) => by_name(db, env, target, value).ok_or_else(|| no_match("name", value)),
    }
}

fn by_name(db: &Db, env: &Env, target: Model, value: &str) -> Option<(Option<Id>, Option<Complaint>)> {
    let def = schema::of(target);
    let active = def.known("active").filter(|_| env.active_test());
    let live = |id: &Id| active.is_none_or(|slot| db.field(target, *id, slot).as_bool());
    let candidates: Vec<Id> = match def.known("name") {
        Some(slot) => {
            let by_field = db.find(target, slot, &crate::odoo::store::value::Value::text(value));
            if by_field.is_empty() {
                let shown = |id: &Id| names::display_name(db, target, *id) == value;
                db.iter(target).map(|(id, _)| id).filter(shown).collect()
            } else {
                by_field
            }
        }
        None => Vec::new(),
    };
    let found: Vec<Id> = candidates.into_iter().filter(live).collect();
    let first = *found.first()?;
    let doubt = (found.len() > 1).then(|| {
        let count = found.len();
        Complaint::new(format!("Found multiple matches for value \"{value}\" in field \"{{field}}\" ({count} matches)"))
    });
    Some((Some(first), doubt))
}

/// The references of a many2many column: ids or names separated by commas in one cell (exchange 254).
pub(super) fn many<'a>(raw: &'a Raw<'a>) -> Option<Vec<Reference<'a>>> {
    if let Some(cell) = raw.database_id {
        let text = cell.as_str()?;
        return Some(text.split(',').map(|part| Reference::DatabaseId(part.to_owned())).collect());
    }
    raw.external.map(|text| text.split(',').map(Reference::External).collect())
}

/// Are there cells besides the reference?
pub(super) fn has_values(raw: &Raw<'_>) -> bool {
    raw.cells.iter().any(|(_, cell)| match cell {
        Cell::Plain(cell) => extract::is_set(cell),
        Cell::Records(records) => !records.is_empty(),
    })
}
