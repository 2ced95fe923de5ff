//! Search domains in prefix notation.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{env::Env, read::FieldRef};
use crate::odoo::{
    number,
    schema::{self, Model, field::Kind},
    store::{
        Db,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

/// A parsed domain.
#[derive(Clone, Debug)]
pub(crate) enum Domain {
    All(Vec<Domain>),
    Any(Vec<Domain>),
    Not(Box<Domain>),
    Leaf(Leaf),
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    path: Vec<(Model, FieldRef)>,
    operator: Operator,
    wanted: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    In,
    NotIn,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like { fold: bool, negate: bool },
    EqualLike,
    ChildOf,
}

fn operator(text: &str) -> Option<Operator> {
    Some(match text {
        "=" | "==" => Operator::Equal,
        "!=" | "<>" => Operator::NotEqual,
        "in" => Operator::In,
        "not in" => Operator::NotIn,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "like" => Operator::Like { fold: false, negate: false },
        "ilike" => Operator::Like { fold: true, negate: false },
        "not like" => Operator::Like { fold: false, negate: true },
        "not ilike" => Operator::Like { fold: true, negate: true },
        "=ilike" | "=like" => Operator::EqualLike,
        "child_of" => Operator::ChildOf,
        _ => return None,
    })
}

/// How deep operators may nest.
const MAX_DEPTH: usize = 64;

/// Parses a domain; the terms side by side are all required.
pub(crate) fn parse(model: Model, domain: &Json, env: &Env) -> Result<Domain, OdooError> {
    let terms = domain.as_array().map_or(&[][..], Vec::as_slice);
    let mut rest = terms.iter();
    let mut all = Vec::new();
    while !rest.as_slice().is_empty() {
        all.push(term(model, &mut rest, env, 0)?);
    }
    Ok(Domain::All(all))
}

fn term(model: Model, rest: &mut std::slice::Iter<'_, Json>, env: &Env, depth: usize) -> Result<Domain, OdooError> {
    let broken = || OdooError::value("Domain is invalid");
    let next = rest.next().filter(|_| depth < MAX_DEPTH).ok_or_else(broken)?;
    let deeper = depth.saturating_add(1);
    match next.as_str() {
        Some("&") => Ok(Domain::All(vec![term(model, rest, env, deeper)?, term(model, rest, env, deeper)?])),
        Some("|") => Ok(Domain::Any(vec![term(model, rest, env, deeper)?, term(model, rest, env, deeper)?])),
        Some("!") => Ok(Domain::Not(Box::new(term(model, rest, env, deeper)?))),
        Some(_) => Err(broken()),
        None => leaf(model, next, env),
    }
}

fn leaf(model: Model, leaf: &Json, env: &Env) -> Result<Domain, OdooError> {
    let broken = || OdooError::value("Domain is invalid");
    let (Some(name), Some(operator_text), Some(wanted)) = (leaf.get(0), leaf.get(1), leaf.get(2)) else {
        return Err(broken());
    };
    // `(1, "=", 1)` is the always-true leaf, `(0, "=", 1)` the always-false one.
    if let Some(number) = name.as_i64() {
        return Ok(if number == 1 { Domain::All(Vec::new()) } else { Domain::Any(Vec::new()) });
    }
    let (name, operator_text) = (name.as_str().ok_or_else(broken)?, operator_text.as_str().ok_or_else(broken)?);
    let unknown = || {
        let model = schema::of(model).name;
        OdooError::value(format!(
            "Invalid field {model}.{name} in leaf ('{name}', '{operator_text}', {})",
            python(wanted)
        ))
    };
    let mut path = Vec::new();
    let mut at = model;
    for part in name.split('.') {
        let field = FieldRef::find(at, part, env.version).ok_or_else(unknown)?;
        path.push((at, field));
        at = match field.kind(at) {
            Kind::Many2one(to) | Kind::Many2many(to) | Kind::One2many(to, _) => to,
            Kind::Char
            | Kind::Text
            | Kind::Html
            | Kind::Integer
            | Kind::Float(_)
            | Kind::Monetary
            | Kind::Boolean
            | Kind::Datetime
            | Kind::Selection(_)
            | Kind::Json => at,
        };
    }
    let operator = operator(operator_text)
        .ok_or_else(|| OdooError::value(format!("Invalid operator '{operator_text}' in domain")))?;
    let kind = path.last().map_or(Kind::Char, |(model, field)| field.kind(*model));
    let wanted = match wanted {
        Json::Array(list) => list.iter().map(|json| literal(kind, json)).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
            vec![literal(kind, wanted)]
        }
    };
    Ok(Domain::Leaf(Leaf { path, operator, wanted }))
}

/// A JSON value as Python's `repr` shows it, for the message of exchange 209.
fn python(value: &Json) -> String {
    match value {
        Json::String(text) => format!("'{text}'"),
        Json::Bool(true) => "True".into(),
        Json::Bool(false) => "False".into(),
        Json::Null => "None".into(),
        Json::Array(list) => format!("[{}]", list.iter().map(python).collect::<Vec<_>>().join(", ")),
        Json::Number(_) | Json::Object(_) => value.to_string(),
    }
}

fn literal(kind: Kind, json: &Json) -> Value {
    match (kind, json) {
        (Kind::Boolean, Json::Bool(bool)) => Value::Bool(*bool),
        (_, Json::Bool(_) | Json::Null | Json::Array(_) | Json::Object(_)) => Value::Unset,
        (Kind::Float(_) | Kind::Monetary, Json::Number(number)) => {
            number::decimal(&number.to_string()).map_or(Value::Unset, Value::Dec)
        }
        (Kind::Datetime, Json::String(text)) => number::seconds(text).map_or(Value::Unset, Value::Int),
        (_, Json::Number(number)) => number.as_i64().map_or(Value::Unset, Value::Int),
        (_, Json::String(text)) => Value::text(text),
    }
}

impl Domain {
    /// Does the record meet it?
    pub(crate) fn meets(&self, db: &Db, env: &Env, id: Id) -> bool {
        match self {
            Self::All(terms) => terms.iter().all(|term| term.meets(db, env, id)),
            Self::Any(terms) => terms.iter().any(|term| term.meets(db, env, id)),
            Self::Not(term) => !term.meets(db, env, id),
            Self::Leaf(leaf) => leaf.meets(db, env, id),
        }
    }

    /// Ids that contain every record meeting it, when an index can tell.
    pub(crate) fn candidates(&self, db: &Db) -> Option<Vec<Id>> {
        match self {
            Self::All(terms) => terms.iter().filter_map(|term| term.candidates(db)).min_by_key(Vec::len),
            Self::Leaf(leaf) => leaf.candidates(db),
            Self::Any(_) | Self::Not(_) => None,
        }
    }

    /// Does it say anything about `active`? Then archived records are not left out.
    pub(crate) fn names_active(&self) -> bool {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().any(Self::names_active),
            Self::Not(term) => term.names_active(),
            Self::Leaf(leaf) => leaf.path.first().is_some_and(|(model, field)| match field {
                FieldRef::Slot(slot) => schema::of(*model).known("active") == Some(*slot),
                FieldRef::Id
                | FieldRef::DisplayName
                | FieldRef::CreateDate
                | FieldRef::WriteDate
                | FieldRef::CreateUser
                | FieldRef::WriteUser => false,
            }),
        }
    }
}

impl Leaf {
    fn candidates(&self, db: &Db) -> Option<Vec<Id>> {
        if !matches!(self.operator, Operator::Equal | Operator::In) || self.wanted.contains(&Value::Unset) {
            return None;
        }
        let [(model, field)] = self.path.as_slice() else { return None };
        let mut ids = match field {
            FieldRef::Id => self.wanted.iter().filter_map(Value::as_id).collect(),
            FieldRef::Slot(slot) => {
                let mut ids = Vec::new();
                for value in &self.wanted {
                    ids.extend(db.find_indexed(*model, *slot, value)?);
                }
                ids
            }
            FieldRef::DisplayName
            | FieldRef::CreateDate
            | FieldRef::WriteDate
            | FieldRef::CreateUser
            | FieldRef::WriteUser => return None,
        };
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    fn meets(&self, db: &Db, env: &Env, id: Id) -> bool {
        let mut reached = vec![id];
        let mut values = Vec::new();
        for (at, (model, field)) in self.path.iter().enumerate() {
            values = reached.iter().map(|id| field.value(db, env, (*model, *id))).collect::<Vec<_>>();
            if at.saturating_add(1) < self.path.len() {
                reached = values.iter().flat_map(ids_in).collect();
            }
        }
        if self.operator == Operator::ChildOf {
            return self.is_below(db, env, &values);
        }
        let negative =
            matches!(self.operator, Operator::NotEqual | Operator::NotIn | Operator::Like { negate: true, .. });
        let hit = if values.is_empty() {
            self.wanted.contains(&Value::Unset) && matches!(self.operator, Operator::Equal | Operator::In)
        } else {
            values.iter().any(|value| self.hits(db, env, value))
        };
        hit != negative
    }

    /// Positive reading of the operator; the negative ones are turned around by the caller.
    fn hits(&self, db: &Db, env: &Env, value: &Value) -> bool {
        match self.operator {
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                self.wanted.iter().any(|wanted| self.equal(db, env, value, wanted))
            }
            Operator::Less => self.compare(value).is_some_and(Ordering::is_lt),
            Operator::LessOrEqual => self.compare(value).is_some_and(Ordering::is_le),
            Operator::Greater => self.compare(value).is_some_and(Ordering::is_gt),
            Operator::GreaterOrEqual => self.compare(value).is_some_and(Ordering::is_ge),
            Operator::Like { fold, .. } => self.text(db, env, value, |text, wanted| {
                if fold { text.to_lowercase().contains(&wanted.to_lowercase()) } else { text.contains(wanted) }
            }),
            Operator::EqualLike => {
                self.text(db, env, value, |text, wanted| text.to_lowercase() == wanted.to_lowercase())
            }
            Operator::ChildOf => false,
        }
    }

    fn equal(&self, db: &Db, env: &Env, value: &Value, wanted: &Value) -> bool {
        match (value, wanted) {
            (Value::Unset, Value::Bool(false)) | (Value::Bool(false), Value::Unset) => true,
            (Value::Ids(ids), Value::Int(id)) => ids.contains(id),
            (Value::Int(_), Value::Text(_)) => self.text(db, env, value, |text, wanted| text == wanted),
            (Value::Dec(_), Value::Int(_) | Value::Dec(_)) => value.as_dec() == wanted.as_dec(),
            _ => value == wanted || (value.is_unset() && wanted.is_unset()),
        }
    }

    fn compare(&self, value: &Value) -> Option<Ordering> {
        let wanted = self.wanted.first()?;
        match (value, wanted) {
            (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
            (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
            (Value::Dec(_), Value::Dec(_) | Value::Int(_)) => Some(value.as_dec().cmp(&wanted.as_dec())),
            (Value::Unset, Value::Dec(dec)) => Some(Decimal::ZERO.cmp(dec)),
            _ => None,
        }
    }

    /// Compares text; a many2one by its display name.
    fn text(&self, db: &Db, _env: &Env, value: &Value, test: impl Fn(&str, &str) -> bool) -> bool {
        let shown = match (value, self.path.last().map(|(model, field)| field.kind(*model))) {
            (Value::Int(id), Some(Kind::Many2one(model))) => super::names::display_name(db, model, *id),
            (value, _) => value.as_str().to_owned(),
        };
        self.wanted.iter().any(|wanted| test(&shown, wanted.as_str()))
    }

    /// `child_of`: the record itself, or any of its parents, is wanted. Partners and locations have parents.
    fn is_below(&self, db: &Db, _env: &Env, values: &[Value]) -> bool {
        let Some((model, field)) = self.path.last() else { return false };
        let tree = match field.kind(*model) {
            Kind::Many2one(to) => to,
            Kind::Char
            | Kind::Text
            | Kind::Html
            | Kind::Integer
            | Kind::Float(_)
            | Kind::Monetary
            | Kind::Boolean
            | Kind::Datetime
            | Kind::Selection(_)
            | Kind::One2many(..)
            | Kind::Many2many(_)
            | Kind::Json => *model,
        };
        let parent = match tree {
            schema::LOCATION => schema::stock::location::PARENT,
            _ => schema::partner::PARENT,
        };
        values.iter().filter_map(Value::as_id).any(|start| {
            let ancestors = std::iter::successors(Some(start), |id| db.field(tree, *id, parent).as_id());
            ancestors.take(MAX_DEPTH).any(|id| self.wanted.contains(&Value::Int(id)))
        })
    }
}

fn ids_in(value: &Value) -> Vec<Id> {
    match value {
        Value::Int(id) => vec![*id],
        Value::Ids(ids) => ids.to_vec(),
        Value::Unset | Value::Bool(_) | Value::Dec(_) | Value::Text(_) => Vec::new(),
    }
}
