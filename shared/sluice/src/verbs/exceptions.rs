//! `sluice exceptions`: what waits for a person.

use serde_json::{Value, json};
use sluice_operator_api::{ExceptionGroup, Selection};

use crate::{
    arguments::{ExceptionVerb, Exceptions, Format},
    embedded::client::{Client, Repair},
    output::{self, Problem},
};

/// How many subjects of a group are shown as text.
const SHOWN: usize = 5;

pub(crate) async fn run(verb: Exceptions) -> Result<u8, Problem> {
    let client = Client::at(&verb.place)?;
    let repair = match verb.verb {
        None | Some(ExceptionVerb::List) => {
            let groups = client.exceptions().await?;
            match verb.format {
                Format::Json => output::result(&serde_json::to_value(&groups).unwrap_or(Value::Null).to_string()),
                Format::Text => list(&groups),
            }
            return Ok(0);
        }
        Some(ExceptionVerb::Retry { id, cause, all }) => Repair::Retry(selection(id, cause, all)?),
        Some(ExceptionVerb::Park { id }) => Repair::Park(id),
        Some(ExceptionVerb::Release { id }) => Repair::Release(id),
    };
    let count = client.repair(&repair).await?;
    match verb.format {
        Format::Json => output::result(&json!({"subjects": count}).to_string()),
        Format::Text => output::result(&format!("{count} subjects go on; see `sluice exceptions list`")),
    }
    Ok(0)
}

fn selection(id: Option<String>, cause: Option<String>, all: bool) -> Result<Selection, Problem> {
    match (id, cause, all) {
        (Some(id), _, _) => Ok(Selection::One(id)),
        (None, Some(cause), _) => Ok(Selection::Cause(cause)),
        (None, None, true) => Ok(Selection::All),
        (None, None, false) => Err(Problem::usage("retry what? Give a name, --cause CAUSE or --all")),
    }
}

fn list(groups: &[ExceptionGroup]) {
    if groups.is_empty() {
        output::result("nothing waits for a person");
    }
    for group in groups {
        let count = group.subjects.len();
        output::result(&format!(
            "{count} x {} ({}), owner {}, since {}",
            group.class, group.cause, group.owner, group.since
        ));
        let mut said = "";
        for row in group.subjects.iter().take(SHOWN) {
            // One cause, and each its own numbers: a sentence stands above those for whom it is true.
            if row.reason != said {
                output::result(&format!("    {}", row.reason));
                said = &row.reason;
            }
            output::result(&format!("      {} {}", row.number.as_deref().unwrap_or("-"), row.subject));
        }
        if count > SHOWN {
            output::result(&format!("    and {} more", count.saturating_sub(SHOWN)));
        }
        output::result(&format!("    runbook: {}", group.runbook));
    }
}
