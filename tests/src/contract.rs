//! The documents that the open channel publishes, as they stand under `docs/open-channel`.

use serde_json::Value;
use sluice_channels::{open_openapi, open_schema, open_version};

/// Where they stand.
pub const FOLDER: &str = "docs/open-channel";

/// Paths below [`FOLDER`] and texts. The schema of the current version stands there twice: where people look, and under its
/// version, where it stays for good once it was released.
#[must_use]
pub fn documents() -> Vec<(String, String)> {
    let text = |value: &Value| format!("{value:#}\n");
    let schema = text(&open_schema());
    vec![
        ("openapi.json".to_owned(), text(&open_openapi())),
        (format!("published/{}.json", open_version()), schema.clone()),
        ("schema.json".to_owned(), schema),
    ]
}
