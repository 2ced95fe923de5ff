//! Wakes: "this subject is due".

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sluice_domain::{delivery::Wake, value::SubjectKey};

use super::{VERSION, WireError, json, read};

#[derive(Serialize, Deserialize)]
struct Message<'a> {
    v: u64,
    subject: SubjectKey,
    #[serde(borrow)]
    trace_id: Cow<'a, str>,
}

/// A wake as a message.
///
/// # Errors
/// None in practice: text is always JSON.
pub fn encode_wake(wake: &Wake) -> Result<String, WireError> {
    json(&Message { v: VERSION, subject: wake.subject.clone(), trace_id: Cow::Borrowed(&wake.trace_id) })
}

/// A message as a wake.
///
/// # Errors
/// When it is none, or of another version.
pub fn decode_wake(text: &str) -> Result<Wake, WireError> {
    let message: Message<'_> = read(text)?;
    Ok(Wake { subject: message.subject, trace_id: message.trace_id.into_owned() })
}
