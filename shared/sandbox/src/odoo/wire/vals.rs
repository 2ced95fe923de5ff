//! The `vals` of `create` and `write`.

use serde_json::{Map, Value as Json};

use super::error::OdooError;
use crate::odoo::{
    number,
    orm::{
        env::Env,
        write::{Command, Input, Vals},
    },
    schema::{self, Model, field::Kind},
    store::value::{Id, Value},
};

/// How deep children may hold children.
const MAX_DEPTH: usize = 8;

/// Reads the fields of one record.
pub(crate) fn parse(model: Model, vals: &Map<String, Json>, env: &Env) -> Result<Vals, OdooError> {
    parse_at(model, vals, env, MAX_DEPTH)
}

fn parse_at(model: Model, vals: &Map<String, Json>, env: &Env, depth: usize) -> Result<Vals, OdooError> {
    let def = schema::of(model);
    let mut parsed = Vals::with_capacity(vals.len());
    for (name, json) in vals {
        let Some(slot) = def.slot(name, env.version) else {
            // Fields that every model has cannot be written: Odoo leaves them alone.
            if matches!(&**name, "id" | "create_date" | "write_date" | "create_uid" | "write_uid" | "display_name") {
                continue;
            }
            // The wording of exchange 210.
            let on = if env.version <= 18 { "on model" } else { "on" };
            return Err(OdooError::value(format!("Invalid field '{name}' {on} '{}'", def.name)));
        };
        let kind = def.fields.get(slot).map_or(Kind::Char, |field| field.kind);
        parsed.push((slot, input((model, name), kind, json, (env, depth))?));
    }
    Ok(parsed)
}

fn input(
    (model, name): (Model, &str),
    kind: Kind,
    json: &Json,
    (env, depth): (&Env, usize),
) -> Result<Input, OdooError> {
    let wrong = || {
        let shown = json.as_str().map_or_else(|| json.to_string(), |text| format!("'{text}'"));
        OdooError::value(format!("Wrong value for {}.{name}: {shown}", schema::of(model).name))
    };
    let value = match kind {
        Kind::One2many(child, _) | Kind::Many2many(child) => return relation(child, json, (env, depth)),
        Kind::Many2one(_) | Kind::Integer => match json {
            Json::Bool(_) | Json::Null => Value::Unset,
            Json::Number(_) | Json::Array(_) | Json::String(_) | Json::Object(_) => {
                Value::Int(json.as_i64().ok_or_else(wrong)?)
            }
        },
        Kind::Float(_) | Kind::Monetary => match json {
            Json::Bool(_) | Json::Null => Value::Dec(0.into()),
            Json::Number(number) => Value::Dec(number::decimal(&number.to_string()).ok_or_else(wrong)?),
            Json::String(text) => Value::Dec(
                number::decimal(text)
                    .ok_or_else(|| OdooError::value(format!("could not convert string to float: '{text}'")))?,
            ),
            Json::Array(_) | Json::Object(_) => return Err(wrong()),
        },
        Kind::Boolean => Value::Bool(match json {
            Json::Bool(flag) => *flag,
            Json::Number(number) => number.as_i64() != Some(0),
            Json::String(text) => !text.is_empty(),
            Json::Null | Json::Array(_) | Json::Object(_) => false,
        }),
        Kind::Datetime => match json {
            Json::String(text) => Value::Int(number::seconds(text).ok_or_else(|| {
                OdooError::value(format!("time data '{text}' does not match format '%Y-%m-%d %H:%M:%S'"))
            })?),
            Json::Bool(_) | Json::Null => Value::Unset,
            Json::Number(_) | Json::Array(_) | Json::Object(_) => return Err(wrong()),
        },
        // Exchange 214.
        Kind::Selection(options) => match json.as_str() {
            Some(key) if options.iter().any(|(known, _)| *known == key) => Value::text(key),
            Some(_) => return Err(wrong()),
            None => Value::Unset,
        },
        Kind::Char | Kind::Text | Kind::Html | Kind::Json => match json {
            Json::String(text) => Value::text(text),
            Json::Number(number) => Value::text(&number.to_string()),
            Json::Bool(_) | Json::Null | Json::Array(_) | Json::Object(_) => Value::Unset,
        },
    };
    Ok(Input::Value(value))
}

/// Command tuples, or a bare list of ids.
fn relation(child: Model, json: &Json, (env, depth): (&Env, usize)) -> Result<Input, OdooError> {
    let broken = || OdooError::value(format!("Wrong value for a relation to {}: {json}", schema::of(child).name));
    let depth = depth.checked_sub(1).ok_or_else(broken)?;
    let Some(list) = json.as_array() else { return Ok(Input::Commands(vec![Command::Clear])) };
    let ids = |json: Option<&Json>| -> Vec<Id> {
        json.and_then(Json::as_array).map(|ids| ids.iter().filter_map(Json::as_i64).collect()).unwrap_or_default()
    };
    if list.iter().all(Json::is_i64) && !list.is_empty() {
        return Ok(Input::Commands(vec![Command::Set(ids(Some(json)))]));
    }
    let mut commands = Vec::with_capacity(list.len());
    for tuple in list {
        let id = tuple.get(1).and_then(Json::as_i64).unwrap_or(0);
        let vals = || match tuple.get(2) {
            Some(Json::Object(map)) => parse_at(child, map, env, depth),
            Some(_) | None => Err(broken()),
        };
        commands.push(match tuple.get(0).and_then(Json::as_i64).ok_or_else(broken)? {
            0 => Command::Create(vals()?, None),
            1 => Command::Update(id, vals()?),
            2 => Command::Delete(id),
            3 => Command::Unlink(id),
            4 => Command::Link(id),
            5 => Command::Clear,
            6 => Command::Set(ids(tuple.get(2))),
            _ => return Err(broken()),
        });
    }
    Ok(Input::Commands(commands))
}
