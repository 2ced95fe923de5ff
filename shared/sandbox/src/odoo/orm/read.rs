//! `read`: records as JSON.

use serde_json::{Map, Value as Json, json};

use super::{compute, env::Env, names, write::kind_of};
use crate::odoo::{
    model::totals,
    number,
    schema::{
        self, Model,
        field::{FieldDef, Kind},
    },
    store::{
        Db,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

/// A field as asked for: one of the model's own, or one that every model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldRef {
    Id,
    DisplayName,
    CreateDate,
    WriteDate,
    CreateUser,
    WriteUser,
    Slot(usize),
}

impl FieldRef {
    /// Finds a field by name.
    pub(crate) fn find(model: Model, name: &str, version: u16) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "display_name" => Self::DisplayName,
            "create_date" => Self::CreateDate,
            "write_date" => Self::WriteDate,
            "create_uid" => Self::CreateUser,
            "write_uid" => Self::WriteUser,
            _ => Self::Slot(schema::of(model).slot(name, version)?),
        })
    }

    /// The content, for comparing and sorting.
    pub(crate) fn value(self, db: &Db, env: &Env, (model, id): (Model, Id)) -> Value {
        let record = db.get(model, id);
        match self {
            Self::Id => Value::Int(id),
            Self::DisplayName => Value::text(&names::display_name(db, model, id)),
            Self::CreateDate => record.map_or(Value::Unset, |record| Value::Int(record.created)),
            Self::WriteDate => record.map_or(Value::Unset, |record| Value::Int(record.written)),
            Self::CreateUser | Self::WriteUser => record.map_or(Value::Unset, |record| Value::Int(record.author)),
            Self::Slot(slot) => compute::value(db, env, (model, id), slot),
        }
    }

    /// The type, for reading what it is compared with.
    pub(crate) fn kind(self, model: Model) -> Kind {
        match self {
            Self::Id => Kind::Integer,
            Self::DisplayName => Kind::Char,
            Self::CreateDate | Self::WriteDate => Kind::Datetime,
            Self::CreateUser | Self::WriteUser => Kind::Many2one(schema::USER),
            Self::Slot(slot) => schema::of(model).fields.get(slot).map_or(Kind::Char, |field| field.kind),
        }
    }
}

/// Finds the fields to read; none named means all.
pub(crate) fn fields_of(model: Model, names: &[Json], env: &Env) -> Result<Vec<(String, FieldRef)>, OdooError> {
    let def = schema::of(model);
    if names.is_empty() {
        let own = def.fields.iter().enumerate();
        let own = own
            .filter_map(|(slot, field)| field.name_on(env.version).map(|name| (name.to_owned(), FieldRef::Slot(slot))));
        let common = ["id", "display_name", "create_date", "write_date", "create_uid", "write_uid"];
        let common = common
            .into_iter()
            .filter_map(|name| FieldRef::find(model, name, env.version).map(|field| (name.to_owned(), field)));
        return Ok(common.chain(own).collect());
    }
    let mut fields = Vec::with_capacity(names.len());
    for name in names {
        let name = name.as_str().unwrap_or_default();
        // The wording of exchange 208 on 18, of 340 on 19.
        let unknown = || {
            let on = if env.version <= 18 { "on model" } else { "on" };
            OdooError::value(format!("Invalid field '{name}' {on} '{}'", def.name))
        };
        fields.push((name.to_owned(), FieldRef::find(model, name, env.version).ok_or_else(unknown)?));
    }
    Ok(fields)
}

/// Reads records; missing ids are left out (exchange 205).
pub(crate) fn read(db: &Db, env: &Env, (model, ids): (Model, &[Id]), names: &[Json]) -> Result<Json, OdooError> {
    let fields = fields_of(model, names, env)?;
    let present = ids.iter().filter(|id| db.get(model, **id).is_some());
    Ok(Json::Array(present.map(|id| record(db, env, (model, *id), &fields)).collect()))
}

fn record(db: &Db, env: &Env, (model, id): (Model, Id), fields: &[(String, FieldRef)]) -> Json {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(id));
    for (name, field) in fields {
        map.insert(name.clone(), field_json(db, env, (model, id), *field));
    }
    Json::Object(map)
}

fn field_json(db: &Db, env: &Env, (model, id): (Model, Id), field: FieldRef) -> Json {
    if let FieldRef::Slot(slot) = field
        && (model, slot) == (schema::ORDER, schema::order::TAX_TOTALS)
    {
        return totals::tax_totals(db, env, id);
    }
    render(db, field.kind(model), &field.value(db, env, (model, id)))
}

/// A value as Odoo answers it: `false` for what is empty, numbers apart.
fn render(db: &Db, kind: Kind, value: &Value) -> Json {
    match kind {
        Kind::Integer => json!(value.as_id().unwrap_or(0)),
        Kind::Float(_) | Kind::Monetary => number::float(value.as_dec()),
        Kind::Boolean => Json::Bool(value.as_bool()),
        Kind::Datetime => value.as_id().map_or(Json::Bool(false), |at| json!(number::datetime_text(at))),
        Kind::Many2one(model) => match value.as_id().filter(|id| db.get(model, *id).is_some()) {
            Some(id) => json!([id, names::display_name(db, model, id)]),
            None => Json::Bool(false),
        },
        Kind::One2many(..) | Kind::Many2many(_) => json!(value.as_ids()),
        Kind::Char | Kind::Text | Kind::Html | Kind::Selection(_) => match value.as_str() {
            "" => Json::Bool(false),
            text => json!(text),
        },
        Kind::Json => Json::Bool(false),
    }
}

/// `fields_get`: what the simulation knows of a model.
pub(crate) fn fields_get(model: Model, env: &Env) -> Json {
    let mut map = Map::new();
    for (slot, field) in schema::of(model).fields.iter().enumerate() {
        if let Some(name) = field.name_on(env.version) {
            map.insert(name.to_owned(), describe(field, kind_of(env, (model, slot), field)));
        }
    }
    Json::Object(map)
}

fn describe(field: &FieldDef, kind: Kind) -> Json {
    let (named, relation) = match kind {
        Kind::Char => ("char", None),
        Kind::Text => ("text", None),
        Kind::Html => ("html", None),
        Kind::Integer => ("integer", None),
        Kind::Float(_) => ("float", None),
        Kind::Monetary => ("monetary", None),
        Kind::Boolean => ("boolean", None),
        Kind::Datetime => ("datetime", None),
        Kind::Selection(_) => ("selection", None),
        Kind::Many2one(model) => ("many2one", Some(model)),
        Kind::One2many(model, _) => ("one2many", Some(model)),
        Kind::Many2many(model) => ("many2many", Some(model)),
        Kind::Json => ("json", None),
    };
    let mut map = Map::new();
    map.insert("type".into(), json!(named));
    map.insert("string".into(), json!(field.label));
    map.insert("required".into(), json!(field.required));
    map.insert("readonly".into(), json!(field.computed));
    map.insert("store".into(), json!(!field.computed));
    if let Some(relation) = relation {
        map.insert("relation".into(), json!(schema::of(relation).name));
    }
    if let Kind::Float(Some(digits)) = kind {
        map.insert("digits".into(), json!([16, digits]));
    }
    if let Kind::Selection(options) = field.kind {
        map.insert("selection".into(), json!(options));
    }
    Json::Object(map)
}
