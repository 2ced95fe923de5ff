//! Reading subjects: by key, by what is due, by name, by what waits for a person.

use std::sync::Arc;

use jiff::Timestamp;
use sluice_domain::{
    ports::state::StateError,
    state::{Body, DUE_SHARDS, Head, Lane, Record, look_up_name},
    value::SubjectKey,
};

use super::{
    broken, keys,
    rows::{Space, Span, Transaction, get, of},
};

/// The most subjects that one name leads to.
pub const MAX_FOUND: usize = 50;

pub(super) fn record(rows: &mut dyn Transaction, key: &SubjectKey) -> Result<Option<Record>, StateError> {
    let key = key.to_string();
    let Some(head) = get::<Head>(rows, &key)? else { return Ok(None) };
    let body = get::<Body>(rows, &key)?.map(Arc::unwrap_or_clone).unwrap_or_default();
    Ok(Some(Record { head: Arc::unwrap_or_clone(head), body }))
}

/// The longest due of every shard, merged.
pub(super) fn due(
    rows: &mut dyn Transaction,
    lane: Lane,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<SubjectKey>, StateError> {
    let until = keys::instant(now);
    let mut due: Vec<String> = Vec::new();
    for shard in 0..DUE_SHARDS {
        let found = rows.scan(Space::Due, &Span::until(&keys::due_shard(lane, shard), &until), limit)?;
        // Without lane and shard: instant and subject.
        let places = found.iter().filter_map(|(key, _)| keys::rest(keys::rest(key)?));
        due.extend(places.map(ToOwned::to_owned));
    }
    due.sort_unstable();
    due.iter().take(limit).map(|place| subject(keys::last(place))).collect()
}

/// A whole key, else any name; the same subject once, in the order of keys.
pub(super) fn find(rows: &mut dyn Transaction, reference: &str) -> Result<Vec<SubjectKey>, StateError> {
    let reference = reference.trim();
    let parts: Vec<&str> = reference.splitn(3, '/').collect();
    let (name, whole) = match parts.as_slice() {
        [_, _, external_id] => (look_up_name(external_id), true),
        _ => (look_up_name(reference), false),
    };
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let found = rows.scan(Space::Name, &Span::under(&[&name]), MAX_FOUND)?;
    let subjects = found.iter().map(|(key, _)| keys::last(key));
    subjects.filter(|key| !whole || key.eq_ignore_ascii_case(reference)).map(subject).collect()
}

pub(super) fn parked(
    rows: &mut dyn Transaction,
    after: Option<&SubjectKey>,
    limit: usize,
) -> Result<Vec<Head>, StateError> {
    let after = after.map(ToString::to_string);
    let found = rows.scan(Space::Parked, &Span::after(after.as_deref()), limit)?;
    let mut heads = Vec::with_capacity(found.len());
    for (key, _) in found {
        heads.extend(get::<Head>(rows, &key)?.map(Arc::unwrap_or_clone));
    }
    Ok(heads)
}

pub(super) fn heads(
    rows: &mut dyn Transaction,
    after: Option<&SubjectKey>,
    limit: usize,
) -> Result<Vec<Head>, StateError> {
    let after = after.map(ToString::to_string);
    let found = rows.scan(Space::Head, &Span::after(after.as_deref()), limit)?;
    found.into_iter().map(|(_, row)| of::<Head>(row).map(Arc::unwrap_or_clone)).collect()
}

fn subject(key: &str) -> Result<SubjectKey, StateError> {
    SubjectKey::parse(key).map_err(|error| broken(&error))
}
