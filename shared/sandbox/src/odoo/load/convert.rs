//! Cells to values (Odoo's `ir.fields.converter`).

use serde_json::{Value as Json, json};

use super::{
    extract::{self, Cell, Raw},
    reference::{self, Complaint, Reference, text},
};
use crate::odoo::{
    number,
    orm::{
        env::Env,
        write::{Command, Input, Vals},
    },
    schema::{
        self, Model,
        field::{FieldDef, Kind},
    },
    store::{
        Db,
        value::{Id, Value},
    },
    wire::error::{Kind as ErrorKind, OdooError},
};

/// Adds a key to a message.
pub(super) fn put(message: &mut Json, key: &str, value: Json) {
    if let Some(map) = message.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

/// What a conversion comes to: a value, or the end of the call (a Python error that nobody catches).
enum Failure {
    Complaint(Complaint),
    Abort(OdooError),
}

impl From<Complaint> for Failure {
    fn from(complaint: Complaint) -> Self {
        Self::Complaint(complaint)
    }
}

/// Who asks, and where warnings go.
struct Scope<'a> {
    db: &'a Db,
    env: &'a Env,
    warnings: Vec<Complaint>,
}

/// Converts a record; what cannot be converted becomes a message and is left out.
pub(super) fn record(
    db: &Db,
    env: &Env,
    (model, raw): (Model, &Raw<'_>),
    messages: &mut Vec<Json>,
) -> Result<Vals, OdooError> {
    let mut vals = Vals::with_capacity(raw.cells.len());
    for (slot, cell) in &raw.cells {
        let Some(field) = schema::of(model).fields.get(*slot) else { continue };
        let mut scope = Scope { db, env, warnings: Vec::new() };
        let outcome = convert(&mut scope, field, cell);
        for warning in scope.warnings {
            let mut message = raw.place.message("warning", &warning.text.replace("{field}", field.label));
            put(&mut message, "field", json!(field.name_on(env.version)));
            messages.push(message);
        }
        match outcome {
            Ok(input) => vals.push((*slot, input)),
            Err(Failure::Abort(error)) => return Err(error),
            Err(Failure::Complaint(complaint)) => {
                let mut message = raw.place.message("error", &complaint.text.replace("{field}", field.label));
                put(&mut message, "field", json!(field.name_on(env.version)));
                put(&mut message, "field_name", json!(field.label));
                if let Some(more) = complaint.more {
                    put(&mut message, "moreinfo", more);
                }
                messages.push(message);
            }
        }
    }
    Ok(vals)
}

fn convert(scope: &mut Scope<'_>, field: &FieldDef, cell: &Cell<'_>) -> Result<Input, Failure> {
    match (field.kind, cell) {
        (Kind::One2many(child, _), Cell::Records(records)) => children(scope, child, records),
        (Kind::Many2many(target), Cell::Records(records)) => many(scope, target, records),
        (Kind::Many2one(target), Cell::Records(records)) => {
            let Some(raw) = records.first() else { return Ok(Input::Value(Value::Unset)) };
            let Some(wanted) = Reference::of(raw) else { return Ok(Input::Value(Value::Unset)) };
            link(scope, target, &wanted)
        }
        (Kind::Many2one(target), Cell::Plain(cell)) if extract::is_set(cell) => {
            link(scope, target, &Reference::by_name(cell))
        }
        (Kind::Many2many(target), Cell::Plain(cell)) if extract::is_set(cell) => {
            let mut ids = Vec::new();
            for name in text(cell).split(',') {
                let (id, doubt) = reference::find(scope.db, scope.env, target, &Reference::Name(name.to_owned()))?;
                scope.warnings.extend(doubt);
                ids.extend(id);
            }
            Ok(Input::Commands(vec![Command::Set(ids)]))
        }
        (Kind::Many2many(_), Cell::Plain(_)) => Ok(Input::Commands(vec![Command::Set(Vec::new())])),
        (kind, Cell::Plain(cell)) => plain(scope, kind, cell).map(Input::Value).map_err(Failure::from),
        (_, Cell::Records(_)) => Ok(Input::Value(Value::Unset)),
    }
}

fn link(scope: &mut Scope<'_>, target: Model, wanted: &Reference<'_>) -> Result<Input, Failure> {
    let (id, doubt) = reference::find(scope.db, scope.env, target, wanted)?;
    scope.warnings.extend(doubt);
    Ok(Input::Value(Value::from_id(id)))
}

/// A many2many. A cell that is a JSON number ends the call: Odoo splits text.
fn many(scope: &mut Scope<'_>, target: Model, records: &[Raw<'_>]) -> Result<Input, Failure> {
    let Some(raw) = records.first() else { return Ok(Input::Value(Value::Unset)) };
    let Some(references) = reference::many(raw) else {
        let error = OdooError::new(ErrorKind::Attribute, "'int' object has no attribute 'split'");
        return Err(Failure::Abort(error));
    };
    let mut ids: Vec<Id> = Vec::with_capacity(references.len());
    for wanted in &references {
        let (id, doubt) = reference::find(scope.db, scope.env, target, wanted)?;
        scope.warnings.extend(doubt);
        ids.extend(id);
    }
    Ok(Input::Value(Value::ids(&ids)))
}

/// Children: an external id that is known updates, else it is made with the child.
fn children(scope: &mut Scope<'_>, child: Model, records: &[Raw<'_>]) -> Result<Input, Failure> {
    let mut commands = Vec::with_capacity(records.len());
    for raw in records {
        let mut vals = Vals::with_capacity(raw.cells.len());
        for (slot, cell) in &raw.cells {
            let Some(field) = schema::of(child).fields.get(*slot) else { continue };
            match convert(scope, field, cell) {
                Ok(input) => vals.push((*slot, input)),
                Err(Failure::Complaint(mut complaint)) => {
                    complaint.text = complaint.text.replace("{field}", &format!("{{field}}/{}", field.label));
                    return Err(Failure::Complaint(complaint));
                }
                Err(abort @ Failure::Abort(_)) => return Err(abort),
            }
        }
        let known = match Reference::of(raw) {
            None => None,
            Some(Reference::External(name)) => {
                let module = scope.env.import.as_ref().map_or("__import__", |import| &*import.module);
                let found = scope.db.external(&super::complete(name, module));
                match found {
                    Some(found) if found.model == child => Some(found.id),
                    Some(_) => reference::find(scope.db, scope.env, child, &Reference::External(name))?.0,
                    None => None,
                }
            }
            Some(wanted) => reference::find(scope.db, scope.env, child, &wanted)?.0,
        };
        match known {
            Some(id) => {
                commands.push(Command::Link(id));
                if reference::has_values(raw) {
                    commands.push(Command::Update(id, vals));
                }
            }
            None => commands.push(Command::Create(vals, raw.external.map(str::to_owned))),
        }
    }
    Ok(Input::Commands(commands))
}

/// A cell that holds its value itself.
fn plain(scope: &mut Scope<'_>, kind: Kind, cell: &Json) -> Result<Value, Complaint> {
    if !extract::is_set(cell) {
        return Ok(match kind {
            Kind::Boolean => Value::Bool(false),
            Kind::Float(_) | Kind::Monetary => Value::Dec(0.into()),
            Kind::Integer => Value::Int(0),
            Kind::Char
            | Kind::Text
            | Kind::Html
            | Kind::Datetime
            | Kind::Selection(_)
            | Kind::Many2one(_)
            | Kind::One2many(..)
            | Kind::Many2many(_)
            | Kind::Json => Value::Unset,
        });
    }
    let given = text(cell);
    let refuse = |what: &str| Complaint::new(format!("'{given}' does not seem to be {what} for field '{{field}}'"));
    match kind {
        Kind::Char | Kind::Text | Kind::Html | Kind::Json => Ok(Value::text(&given)),
        Kind::Integer => given.trim().parse().map(Value::Int).map_err(|_| refuse("an integer")),
        Kind::Float(_) | Kind::Monetary => number::decimal(&given).map(Value::Dec).ok_or_else(|| refuse("a number")),
        Kind::Boolean => Ok(Value::Bool(truth(scope, &given))),
        // Import reads what a person typed: in the caller's time zone, where everything else is UTC.
        Kind::Datetime => number::seconds(&given)
            .map(|local| Value::Int(local.saturating_sub(scope.env.seconds_east())))
            .ok_or_else(|| Complaint {
                more: Some(json!("Use the format '2012-12-31 23:59:59'")),
                ..refuse("a valid datetime")
            }),
        Kind::Selection(options) => {
            let found = options.iter().find(|(key, label)| *key == given || label.eq_ignore_ascii_case(&given));
            found.map(|(key, _)| Value::text(key)).ok_or_else(|| Complaint {
                text: format!("Value '{given}' not found in selection field '{{field}}'"),
                more: Some(json!(options.iter().map(|(_, label)| *label).collect::<Vec<_>>())),
            })
        }
        Kind::Many2one(_) | Kind::One2many(..) | Kind::Many2many(_) => Ok(Value::Unset),
    }
}

/// A boolean word; an unknown one counts as yes, with a warning.
fn truth(scope: &mut Scope<'_>, given: &str) -> bool {
    match &*given.to_lowercase() {
        "1" | "true" | "yes" => true,
        "0" | "false" | "no" => false,
        _ => {
            let text = format!("Unknown value '{given}' for boolean field '{{field}}'");
            scope.warnings.push(Complaint::new(text));
            true
        }
    }
}
