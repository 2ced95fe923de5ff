//! JSON in attributes.

use serde::{Serialize, de::DeserializeOwned};
use sluice_domain::ports::state::StateError;

pub(crate) fn to_json(value: &impl Serialize) -> Result<String, StateError> {
    serde_json::to_string(value).map_err(|error| StateError::Broken(error.to_string()))
}

/// An error names the place, not the content: that may be personal.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StateError> {
    serde_json::from_slice(bytes).map_err(|error| StateError::Broken(format!("JSON: {}", place(&error))))
}

/// Where a text stops being what it should be.
pub(crate) fn place(error: &serde_json::Error) -> String {
    format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
}
