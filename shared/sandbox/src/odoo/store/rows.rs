//! The database as key and value rows, for a durable store.
//!
//! A record is `r/<model>/<id>` with its fields by name, so that rows outlive a change of the table of fields; a counter
//! is `c/<name>`.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::{
    Db,
    record::{ExternalId, Record},
    value::{Id, Value},
};
use crate::odoo::schema::{self, Model, ModelDef};

/// Why rows do not make a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The key is neither a record nor a counter.
    #[error("the row `{0}` has an unknown key")]
    Key(String),
    /// The content of the row does not read.
    #[error("the row `{0}` does not read")]
    Content(String),
}

fn encode(value: &Value) -> Json {
    match value {
        Value::Unset => Json::Null,
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Int(int) => json!(int),
        Value::Dec(dec) => json!({ "d": dec.to_string() }),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Ids(ids) => json!(**ids),
    }
}

fn decode(json: &Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Unset),
        Json::Bool(bool) => Some(Value::Bool(*bool)),
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::text(text)),
        Json::Array(ids) => {
            let ids: Option<Vec<Id>> = ids.iter().map(Json::as_i64).collect();
            ids.map(|ids| Value::ids(&ids))
        }
        Json::Object(map) => {
            map.get("d").and_then(Json::as_str).and_then(|text| Decimal::from_str_exact(text).ok()).map(Value::Dec)
        }
    }
}

fn encode_record(def: &ModelDef, record: &Record) -> Vec<u8> {
    let mut values = Map::new();
    for (slot, field) in def.fields.iter().enumerate() {
        let value = record.get(slot);
        if *value != Value::Unset {
            values.insert(field.name.to_owned(), encode(value));
        }
    }
    let external: Vec<Json> =
        record.external.iter().map(|external| json!([&*external.name, external.row, external.noupdate])).collect();
    json!({ "c": record.created, "w": record.written, "u": record.author, "x": external, "v": values })
        .to_string()
        .into_bytes()
}

fn decode_record(def: &ModelDef, bytes: &[u8]) -> Option<Record> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    let mut record = Record::new(def.stored(), json.get("c")?.as_i64()?, json.get("u")?.as_i64()?);
    record.written = json.get("w")?.as_i64()?;
    let mut external = Vec::new();
    for row in json.get("x")?.as_array()? {
        let name = Arc::from(row.get(0)?.as_str()?);
        external.push(ExternalId { name, row: row.get(1)?.as_i64()?, noupdate: row.get(2)?.as_bool()? });
    }
    record.external = external.into_boxed_slice();
    for (name, value) in json.get("v")?.as_object()? {
        if let Some(slot) = def.fields.iter().position(|field| field.name == name) {
            record.set(slot, decode(value)?);
        }
    }
    Some(record)
}

impl Db {
    /// What changed since the last call, oldest key first.
    pub(crate) fn drain(&mut self) -> Vec<(String, Option<Vec<u8>>)> {
        let mut rows = Vec::new();
        for (model, id) in std::mem::take(&mut self.changed) {
            let def = schema::of(model);
            let content = self.get(model, id).map(|record| encode_record(def, record));
            rows.push((format!("r/{}/{id}", def.name), content));
        }
        for name in std::mem::take(&mut self.changed_counters) {
            let number = match name.strip_prefix('#') {
                Some(counter) => self.counters.get(counter).copied(),
                None => schema::by_name(&name).and_then(|model| self.tables.get(model.index())).map(|table| table.last),
            };
            rows.push((format!("c/{name}"), number.map(|number| number.to_string().into_bytes())));
        }
        rows
    }

    /// Reads one row of [`Self::drain`] back.
    pub(crate) fn restore_row(&mut self, key: &str, content: &[u8]) -> Result<(), RestoreError> {
        let unknown = || RestoreError::Key(key.to_owned());
        let broken = || RestoreError::Content(key.to_owned());
        if let Some(name) = key.strip_prefix("c/") {
            let number = std::str::from_utf8(content).ok().and_then(|text| text.parse().ok()).ok_or_else(broken)?;
            return self.restore_counter(name, number).ok_or_else(unknown);
        }
        let (name, id) = key.strip_prefix("r/").and_then(|rest| rest.split_once('/')).ok_or_else(unknown)?;
        let model: Model = schema::by_name(name).ok_or_else(unknown)?;
        let id = id.parse().map_err(|_| unknown())?;
        let record = decode_record(schema::of(model), content).ok_or_else(broken)?;
        self.exchange(model, id, Some(record));
        if let Some(table) = self.tables.get_mut(model.index()) {
            table.last = table.last.max(id);
        }
        Ok(())
    }

    fn restore_counter(&mut self, name: &str, number: i64) -> Option<()> {
        if let Some(counter) = name.strip_prefix('#') {
            self.counters.insert(counter.to_owned(), number);
        } else {
            let table = self.tables.get_mut(schema::by_name(name)?.index())?;
            table.last = table.last.max(number);
        }
        Some(())
    }
}
