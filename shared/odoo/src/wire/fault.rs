//! What went wrong, and what it says about Odoo's state.

use jiff::SignedDuration;
use serde_json::Value;
use sluice_domain::{
    disposition::Disposition,
    ports::http::{HttpError, HttpResponse},
    state::ExceptionClass,
};

/// The longest text of Odoo that is passed on, in characters.
const MAX_TEXT: usize = 500;

/// A call that gave no result. Classified by the exception's `name` and the status, never by wording, from the table
/// "Errors" of the Odoo contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The request never reached Odoo.
    #[error("Odoo cannot be reached: {0}")]
    NotSent(String),
    /// It was sent, and nobody knows what came of it; it may still commit.
    #[error("Odoo gave no answer: {0}")]
    NoAnswer(String),
    /// Odoo or a proxy asks for patience.
    #[error("Odoo is busy (HTTP {status})")]
    Busy {
        /// 429 or 503.
        status: u16,
        /// `Retry-After`, where given.
        after: Option<SignedDuration>,
    },
    /// The database rolled the call back because of a concurrent one.
    #[error("a concurrent change in Odoo: {0}")]
    Conflict(String),
    /// The key is wrong or expired.
    #[error("Odoo refuses the key: {0}")]
    Credentials(String),
    /// A right or a company is missing.
    #[error("the integration user lacks a right: {0}")]
    Access(String),
    /// A business rule of Odoo says no, unless the state shows that it is already done.
    #[error("{0}")]
    Refused(String),
    /// The record is gone.
    #[error("the record is gone: {0}")]
    Missing(String),
    /// A field, method or value that this Odoo does not know: the version or the mapping is another one.
    #[error("this Odoo does not understand the call: {0}")]
    Mapping(String),
    /// No such database, or no Odoo at that address.
    #[error("no such database or address: {0}")]
    Address(String),
}

impl Fault {
    /// Is it certain that the call neither committed nor will?
    #[must_use]
    pub fn definite(&self) -> bool {
        match self {
            Self::NoAnswer(_) => false,
            Self::NotSent(_)
            | Self::Busy { .. }
            | Self::Conflict(_)
            | Self::Credentials(_)
            | Self::Access(_)
            | Self::Refused(_)
            | Self::Missing(_)
            | Self::Mapping(_)
            | Self::Address(_) => true,
        }
    }

    /// Does it say something about the whole database rather than about this call?
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::NoAnswer(_) | Self::Busy { .. } | Self::Credentials(_) | Self::Address(_) => true,
            Self::Conflict(_) | Self::Access(_) | Self::Refused(_) | Self::Missing(_) | Self::Mapping(_) => false,
        }
    }

    /// May it come from something looked up earlier that is no longer so (another version, a key, a database)?
    #[must_use]
    pub fn doubts_lookups(&self) -> bool {
        match self {
            Self::Credentials(_) | Self::Mapping(_) | Self::Address(_) | Self::Missing(_) => true,
            Self::NotSent(_)
            | Self::NoAnswer(_)
            | Self::Busy { .. }
            | Self::Conflict(_)
            | Self::Access(_)
            | Self::Refused(_) => false,
        }
    }

    /// What the shell does.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        let park = |class, cause: &str| Disposition::Park { class, cause: cause.to_owned(), reason: self.to_string() };
        match self {
            // A wrong key or address heals when somebody mends it: nothing of the orders is wrong.
            Self::NotSent(_) | Self::Conflict(_) | Self::Credentials(_) | Self::Address(_) => {
                Disposition::Retry { after: None }
            }
            Self::Busy { after, .. } => Disposition::Retry { after: *after },
            Self::NoAnswer(_) => Disposition::Reconcile,
            Self::Access(_) => park(ExceptionClass::OdooAccess, "access"),
            Self::Refused(_) | Self::Missing(_) => park(ExceptionClass::RefusedByOdoo, "refused"),
            Self::Mapping(_) => park(ExceptionClass::RefusedByOdoo, "mapping"),
        }
    }

    pub(crate) fn of_http(error: HttpError) -> Self {
        match error {
            HttpError::NotSent(text) => Self::NotSent(text),
            HttpError::NoAnswer(text) => Self::NoAnswer(text),
            HttpError::TooLarge { limit } => Self::NoAnswer(format!("the answer is longer than {limit} bytes")),
            HttpError::Refused(text) => Self::Address(text),
        }
    }

    /// Of an answer that is no result. 502 and 504 come from a proxy that may have passed the request on.
    pub(crate) fn of_status(response: &HttpResponse, error: Option<&Value>) -> Self {
        if let Some(error) = error.filter(|error| error.get("name").is_some()) {
            return Self::of_exception(error, response.status);
        }
        let short = format!("HTTP {}", response.status);
        match response.status {
            429 | 503 => Self::Busy { status: response.status, after: retry_after(response) },
            200..=299 | 500.. => Self::NoAnswer(short),
            401 => Self::Credentials(short),
            403 => Self::Access(short),
            404 | 300..=399 => Self::Address(format!("{short}: check ODOO_URL (base path included) and ODOO_DB")),
            _ => Self::Mapping(short),
        }
    }

    /// Of an exception as Odoo states it: `{"name", "message", "arguments"}`.
    pub(crate) fn of_exception(error: &Value, status: u16) -> Self {
        let name = error.get("name").and_then(Value::as_str).unwrap_or_default();
        let text = message(error);
        match name {
            "odoo.exceptions.AccessDenied" | "werkzeug.exceptions.Unauthorized" => Self::Credentials(text),
            "odoo.exceptions.AccessError" | "werkzeug.exceptions.Forbidden" => Self::Access(text),
            "odoo.exceptions.UserError" | "odoo.exceptions.ValidationError" | "odoo.exceptions.RedirectWarning" => {
                Self::Refused(text)
            }
            "odoo.exceptions.MissingError" => Self::Missing(text),
            "psycopg2.OperationalError" if text.contains("does not exist") => Self::Address(text),
            _ => match name.strip_prefix("psycopg2.") {
                Some(name) => Self::of_database(name.trim_start_matches("errors."), text, status),
                None => Self::Mapping(format!("{name}: {text}")),
            },
        }
    }
}

impl Fault {
    /// Of an error of the database, by its name in psycopg2 (which is that of the database's error codes). Those of data and of
    /// rules are refusals; the others pass.
    fn of_database(name: &str, text: String, status: u16) -> Self {
        match name {
            "SerializationFailure" | "DeadlockDetected" | "LockNotAvailable" | "QueryCanceled" => Self::Conflict(text),
            // Nothing was begun, or nothing can be kept.
            "pool.PoolError" | "TooManyConnections" | "DiskFull" | "OutOfMemory" | "ReadOnlySqlTransaction" => {
                Self::Busy { status, after: None }
            }
            // The connection broke: at its commit, perhaps.
            "OperationalError"
            | "InterfaceError"
            | "AdminShutdown"
            | "CrashShutdown"
            | "CannotConnectNow"
            | "DatabaseDropped"
            | "ConnectionException"
            | "ConnectionFailure"
            | "ConnectionDoesNotExist"
            | "IdleInTransactionSessionTimeout" => Self::NoAnswer(text),
            _ => Self::Refused(text),
        }
    }
}

/// The text for people: `arguments[0]`, since a `RedirectWarning`'s message carries ids too (exchange 236).
fn message(error: &Value) -> String {
    let first = error.get("arguments").and_then(|arguments| arguments.get(0)).and_then(Value::as_str);
    let text = first.or_else(|| error.get("message").and_then(Value::as_str)).unwrap_or("no message");
    text.trim().chars().take(MAX_TEXT).collect()
}

fn retry_after(response: &HttpResponse) -> Option<SignedDuration> {
    let seconds: i64 = response.header("retry-after")?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(seconds.clamp(0, 3600)))
}
