//! Subjects: read and saved.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use sluice_domain::{
    ports::state::{Save, StateError},
    state::Record,
    value::SubjectKey,
};

use super::{keys, record};
use crate::table::{Found, Table};

/// Saves under way at once.
const AT_ONCE: usize = 16;
/// How often subjects are read whose head and body do not fit together.
const MAX_READS: usize = 5;

/// Reads head and body of each subject. One request does not read both at one instant: where a save came between, the head
/// knows of a body that was not read, and deciding on it would undo that save. Then both are read again.
pub(super) async fn read(table: &Table, subjects: &[SubjectKey]) -> Result<Vec<Option<Record>>, StateError> {
    let mut found = Found::new();
    let mut torn: BTreeSet<&SubjectKey> = subjects.iter().collect();
    for _ in 0..MAX_READS {
        if torn.is_empty() {
            break;
        }
        let wanted = torn.iter().flat_map(|key| [keys::head(key), keys::body(key)]).collect();
        for key in &torn {
            found.remove(&keys::head(key));
            found.remove(&keys::body(key));
        }
        found.extend(table.read(wanted).await?);
        let mut again = BTreeSet::new();
        for key in torn {
            if whole(&found, key)? == Whole::Torn {
                again.insert(key);
            }
        }
        torn = again;
    }
    if let Some(key) = torn.first() {
        return Err(StateError::Unknown(format!("head and body of {key} do not fit together")));
    }
    let records = subjects.iter().map(|key| match whole(&found, key)? {
        Whole::Record(record) => Ok(Some(*record)),
        Whole::Absent | Whole::Torn => Ok(None),
    });
    records.collect()
}

#[derive(PartialEq)]
enum Whole {
    Absent,
    Torn,
    Record(Box<Record>),
}

fn whole(found: &Found, key: &SubjectKey) -> Result<Whole, StateError> {
    let Some(head) = found.get(&keys::head(key)) else { return Ok(Whole::Absent) };
    let record = record::record(head, found.get(&keys::body(key)))?;
    Ok(record.map_or(Whole::Torn, |record| Whole::Record(Box::new(record))))
}

/// Saves each on its own condition, several at once.
pub(super) async fn save(table: &Table, saves: Vec<Save>) -> Vec<Result<(), StateError>> {
    stream::iter(saves.into_iter().map(|save| save_one(table, save))).buffered(AT_ONCE).collect().await
}

async fn save_one(table: &Table, save: Save) -> Result<(), StateError> {
    let writes = record::writes(save)?;
    match writes.as_slice() {
        [head] => table.write(head).await,
        both => table.write_together(both).await,
    }
}
