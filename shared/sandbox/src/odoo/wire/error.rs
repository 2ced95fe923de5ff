//! Odoo's errors: what they are called, and how each version says them.

use serde_json::{Value as Json, json};

use crate::odoo::schema::{self, Model};

/// What went wrong, in Odoo's own classes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    AccessDenied,
    Access,
    User,
    Validation,
    Missing,
    /// A `UserError` that names a screen: action id and text of the button (exchange 236).
    Redirect(i64, &'static str),
    Value,
    Type,
    Attribute,
    Key,
    /// The database refused an empty required field: model and slot (213, 242, 343).
    Required(Model, usize),
    /// The database refused a row: the constraint's own text (245, 253).
    Constraint,
    Serialization,
    Deadlock,
    NoDatabase,
    /// An HTTP error of JSON-2, with its status.
    Http(&'static str, u16),
}

/// An error of one call. The call's effects are rolled back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OdooError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

impl OdooError {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(Kind::Value, message)
    }

    pub(crate) fn missing(model: Model, id: i64, user: i64) -> Self {
        let name = schema::of(model).name;
        let text = format!("Record does not exist or has been deleted.\n(Record: {name}({id},), User: {user})");
        Self::new(Kind::Missing, text)
    }

    pub(crate) fn required(model: Model, slot: usize) -> Self {
        let def = schema::of(model);
        let (label, name) = def.fields.get(slot).map_or(("", ""), |field| (field.label, field.name));
        Self::new(Kind::Required(model, slot), format!("Missing required value for the field '{label}' ({name})"))
    }

    pub(crate) fn serialization() -> Self {
        Self::new(Kind::Serialization, "could not serialize access due to concurrent update\n")
    }

    pub(crate) fn deadlock() -> Self {
        Self::new(Kind::Deadlock, "deadlock detected\n")
    }

    fn name(&self) -> &'static str {
        match &self.kind {
            Kind::AccessDenied => "odoo.exceptions.AccessDenied",
            Kind::Access => "odoo.exceptions.AccessError",
            Kind::User => "odoo.exceptions.UserError",
            Kind::Validation | Kind::Required(..) | Kind::Constraint => "odoo.exceptions.ValidationError",
            Kind::Missing => "odoo.exceptions.MissingError",
            Kind::Redirect(..) => "odoo.exceptions.RedirectWarning",
            Kind::Value => "builtins.ValueError",
            Kind::Type => "builtins.TypeError",
            Kind::Attribute => "builtins.AttributeError",
            Kind::Key => "builtins.KeyError",
            Kind::Serialization => "psycopg2.errors.SerializationFailure",
            Kind::Deadlock => "psycopg2.errors.DeadlockDetected",
            Kind::NoDatabase => "psycopg2.OperationalError",
            Kind::Http(name, _) => name,
        }
    }

    /// The HTTP status over JSON-2 (exchanges 304, 306, 330-349).
    pub(crate) fn status(&self) -> u16 {
        match &self.kind {
            Kind::AccessDenied => 401,
            Kind::Access => 403,
            Kind::User | Kind::Validation | Kind::Required(..) | Kind::Constraint | Kind::Redirect(..) => 422,
            Kind::Missing => 404,
            Kind::Value
            | Kind::Type
            | Kind::Attribute
            | Kind::Key
            | Kind::Serialization
            | Kind::Deadlock
            | Kind::NoDatabase => 500,
            Kind::Http(_, status) => *status,
        }
    }

    fn text(&self, version: u16) -> String {
        match &self.kind {
            Kind::Required(model, slot) => required_text(*model, *slot, version),
            Kind::Constraint => format!("The operation cannot be completed: {}", self.message.trim_matches('\'')),
            Kind::Redirect(action, button) => format!("{}\n{action}\n{button}\nNone", self.message),
            Kind::AccessDenied
            | Kind::Access
            | Kind::User
            | Kind::Validation
            | Kind::Missing
            | Kind::Value
            | Kind::Type
            | Kind::Attribute
            | Kind::Key
            | Kind::Serialization
            | Kind::Deadlock
            | Kind::NoDatabase
            | Kind::Http(..) => self.message.clone(),
        }
    }

    fn arguments(&self, text: &str) -> Json {
        match &self.kind {
            Kind::Redirect(action, button) => json!([self.message, action, button, null]),
            Kind::Http(_, status) => json!([text, status]),
            Kind::AccessDenied
            | Kind::Access
            | Kind::User
            | Kind::Validation
            | Kind::Missing
            | Kind::Value
            | Kind::Type
            | Kind::Attribute
            | Kind::Key
            | Kind::Required(..)
            | Kind::Constraint
            | Kind::Serialization
            | Kind::Deadlock
            | Kind::NoDatabase => json!([text]),
        }
    }

    /// `name`, `message`, `arguments`, `context` and `debug`: the `data` of JSON-RPC, the body of JSON-2.
    pub(crate) fn body(&self, version: u16) -> Json {
        let text = self.text(version);
        let debug = format!("Traceback (most recent call last):\n{}: {}\n", self.name(), text.trim_end());
        json!({
            "name": self.name(),
            "message": text,
            "arguments": self.arguments(&text),
            "context": {},
            "debug": debug,
        })
    }
}

/// The two wordings: exchange 213 on 18, 343 on 19.
fn required_text(model: Model, slot: usize, version: u16) -> String {
    let def = schema::of(model);
    let (label, field) = def.fields.get(slot).map_or(("", ""), |field| (field.label, field.name));
    let (title, name) = (def.label, def.name);
    if version <= 18 {
        format!(
            "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another \
             model requires the record being deleted. If possible, archive it instead.\n\nModel: {title} \
             ({name})\nField: {label} ({field})\n"
        )
    } else {
        format!(
            "The operation cannot be completed: Missing required value for the field '{label}' ({field}).\nModel: \
             '{title}' ({name})\n- create/update: a mandatory field is not set\n- delete: another model requires \
             the record being deleted, you can archive it instead\n"
        )
    }
}
