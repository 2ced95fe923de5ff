//! `sluice verify`: answers without opening a connection.

use std::path::Path;

use serde_json::Value;
use sluice_channels::Inbound;
use sluice_domain::ports::{Clock, secrets::Secret};
use sluice_platform::SystemClock;

use super::{channel_named, read_file};
use crate::{
    arguments::Verify,
    output::{self, Problem},
};

pub(crate) fn run(verb: &Verify) -> Result<u8, Problem> {
    let channel = channel_named(&verb.channel)?;
    let body = read_file(&verb.body)?;
    let headers = headers(&verb.headers)?;
    let now = verb.now.unwrap_or_else(|| SystemClock.now());
    let inbound = Inbound { headers: &headers, body: &body, url: verb.url.as_deref(), now };
    let secrets: Result<Vec<Secret>, String> = verb.secret.iter().map(|value| secret(value)).collect();
    let verdict = secrets.and_then(|secrets| channel.verify(&inbound, &secrets).map_err(|reason| reason.to_string()));
    match verdict {
        Ok(()) => {
            output::result("accepted");
            Ok(0)
        }
        Err(reason) => {
            output::result(&format!("rejected: {reason}"));
            Ok(1)
        }
    }
}

/// A value that names an existing file is read, without the end of line that editors put after it; one that cannot be read
/// is a rejection, not wrong usage.
fn secret(value: &str) -> Result<Secret, String> {
    let path = Path::new(value);
    if value.is_empty() || !path.is_file() {
        return Ok(Secret::new(value));
    }
    let bytes = std::fs::read(path).map_err(|_| "unreadable key".to_owned())?;
    let text = String::from_utf8(bytes).map_err(|_| "unreadable key".to_owned())?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(line.strip_suffix('\r').unwrap_or(line)))
}

type Headers = Vec<(String, String)>;

/// A JSON object of name to value; a list of values is as many headers.
fn headers(path: &Path) -> Result<Headers, Problem> {
    let bytes = read_file(path)?;
    let usage = || Problem::usage(format!("{}: expected a JSON object of header names and values", path.display()));
    let Ok(Value::Object(object)) = serde_json::from_slice(&bytes) else { return Err(usage()) };
    let mut headers = Vec::new();
    for (name, value) in object {
        match value {
            Value::String(text) => headers.push((name, text)),
            Value::Array(values) => {
                for value in values {
                    headers.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)));
                }
            }
            Value::Null => {}
            other @ (Value::Bool(_) | Value::Number(_) | Value::Object(_)) => headers.push((name, other.to_string())),
        }
    }
    Ok(headers)
}
