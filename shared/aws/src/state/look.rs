//! What leads to subjects: the due index, names, what waits for a person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sluice_domain::{
    ports::state::StateError,
    state::{DUE_SHARDS, Head, Lane, look_up_name},
    value::SubjectKey,
};

use super::{keys, record};
use crate::table::{Item, Key, Query, Range, Table};

/// The most subjects that one name leads to.
const MAX_FOUND: usize = 50;
/// How many pages of parked subjects one call looks at: entries may be of subjects that were released just now.
const MAX_PAGES: usize = 20;
/// The most subjects of one of those pages.
const MAX_PAGE: usize = 100;

/// The longest due of every shard, merged.
pub(super) async fn due(
    table: &Table,
    lane: Lane,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<SubjectKey>, StateError> {
    let looks = (0..DUE_SHARDS).map(|shard| before(keys::due_part(lane, shard), now, limit));
    let found = oldest_first(table.query_all(looks).await?, limit)?;
    found.iter().map(keys::subject).collect()
}

/// A look at what of one part of the due index is due.
pub(super) fn before(part: String, now: Timestamp, limit: usize) -> Query {
    let range = ("due_sk", Range::Below(keys::after(now)));
    Query { index: Some("due"), hash: ("due_pk", part), range, limit }
}

/// The keys of what is due, merged.
pub(super) fn oldest_first(found: Vec<(Key, Item)>, limit: usize) -> Result<Vec<Key>, StateError> {
    let places = found.into_iter().map(|(key, item)| Ok((item.text("due_sk")?.to_owned(), key)));
    let mut places: Vec<(String, Key)> = places.collect::<Result<_, StateError>>()?;
    places.sort_unstable();
    Ok(places.into_iter().take(limit).map(|(_, key)| key).collect())
}

/// A whole key, else any name; the same subject once, in the order of keys.
pub(super) async fn find(table: &Table, reference: &str) -> Result<Vec<SubjectKey>, StateError> {
    let reference = reference.trim();
    let parts: Vec<&str> = reference.splitn(3, '/').collect();
    let (name, whole) = match parts.as_slice() {
        [_, _, external_id] => (look_up_name(external_id), true),
        _ => (look_up_name(reference), false),
    };
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let by_id = Query {
        index: None,
        hash: ("pk", keys::partition(&name)),
        range: ("sk", Range::Begins(keys::HEAD.to_owned())),
        limit: MAX_FOUND,
    };
    let by_name =
        |index| Query { index: Some(index), hash: (index, name.clone()), range: ("sk", Range::All), limit: MAX_FOUND };
    let mut looks = vec![by_id];
    if !whole {
        looks.extend(["number", "odoo_name", "odoo_id"].map(by_name));
    }
    let found = table.query_all(looks).await?;
    let mut subjects = found.iter().map(|(key, _)| keys::subject(key)).collect::<Result<BTreeSet<_>, _>>()?;
    subjects.retain(|key| !whole || key.to_string().eq_ignore_ascii_case(reference));
    let mut subjects: Vec<SubjectKey> = subjects.into_iter().collect();
    subjects.sort_by_key(ToString::to_string);
    subjects.truncate(MAX_FOUND);
    Ok(subjects)
}

/// Heads of parked subjects. The index says which may be, the heads which are.
pub(super) async fn parked(table: &Table, after: Option<&SubjectKey>, limit: usize) -> Result<Vec<Head>, StateError> {
    let mut heads: Vec<Head> = Vec::new();
    let mut place = after.map(|key| keys::head(key).sk);
    for _ in 0..MAX_PAGES {
        let wanted = limit.saturating_sub(heads.len()).min(MAX_PAGE);
        let found = table.query(parked_after(place.take(), wanted)).await?;
        let entries: Vec<Key> = found.into_iter().map(|(key, _)| key).collect();
        let items = table.read(entries.iter().cloned().collect()).await?;
        for item in entries.iter().filter_map(|key| items.get(key)) {
            heads.push(record::head(item)?);
        }
        heads.retain(|head| head.parked.is_some());
        place = entries.last().map(|key| key.sk.clone());
        if entries.len() < wanted || heads.len() >= limit {
            break;
        }
    }
    Ok(heads)
}

fn parked_after(place: Option<String>, limit: usize) -> Query {
    let range = ("sk", place.map_or(Range::All, Range::Above));
    Query { index: Some("parked"), hash: ("parked", keys::PARKED.to_owned()), range, limit }
}

/// Heads of everything, in the table's own order: it reads the whole table, bodies too.
pub(super) async fn heads(table: &Table, after: Option<&SubjectKey>, limit: usize) -> Result<Vec<Head>, StateError> {
    let found = table.scan(after.map(keys::head), ("sk", keys::HEAD), limit).await?;
    found.iter().map(record::head).collect()
}
