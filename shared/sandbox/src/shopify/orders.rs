//! Orders as they change, and the search for them: by the index, which lags, while an order itself is read as it is.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    graph::{Wrong, connection, cursor, place},
    node,
};

/// Writes a body when it is wanted: REST's shape of one order.
pub type Body = Arc<dyn Fn() -> Vec<u8> + Send + Sync>;

/// An order from some moment on.
#[derive(Clone)]
pub struct Revision {
    /// The order's id.
    pub order: u64,
    /// Its `updated_at`: since then it is so.
    pub at: Timestamp,
    /// Since then the search finds it there.
    pub found_at: Timestamp,
    /// What it is; `None` when it was deleted.
    pub body: Option<Body>,
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({} at {})", self.order, self.at)
    }
}

/// All orders of a shop.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    by_id: BTreeMap<u64, Vec<Revision>>,
    /// The orders of refunds that somebody has been told of.
    refunds: BTreeMap<String, u64>,
}

/// Where a row stands in a list by `updated_at`: rows of one second by their id.
type Place = (Timestamp, u64);

impl Orders {
    pub(super) fn revise(&mut self, revision: Revision) {
        let revisions = self.by_id.entry(revision.order).or_default();
        revisions.push(revision);
        // Stable: of two revisions of one moment the later word counts.
        revisions.sort_by_key(|known| known.at);
    }

    /// When the last change of all can be found.
    pub(super) fn settled_at(&self) -> Option<Timestamp> {
        self.by_id.values().flatten().map(|revision| revision.found_at.max(revision.at)).max()
    }

    fn current(&self, id: u64, now: Timestamp) -> Option<&Revision> {
        self.by_id.get(&id)?.iter().rev().find(|revision| revision.at <= now)
    }

    /// The node of an order as it is now; null when there is none.
    pub(super) fn node(&mut self, id: u64, now: Timestamp) -> Value {
        let body = self.current(id, now).and_then(|revision| revision.body.clone());
        let body = body.and_then(|body| serde_json::from_slice::<Value>(&body()).ok());
        let node = body.map_or(Value::Null, |body| node::order(&body));
        let refunds = node.get("refunds").and_then(Value::as_array).into_iter().flatten();
        let gids = refunds.filter_map(|refund| refund.get("id").and_then(Value::as_str));
        self.refunds.extend(gids.map(|gid| (gid.to_owned(), id)));
        node
    }

    /// The node of a refund that an order has named.
    pub(super) fn refund(&mut self, gid: &str, now: Timestamp) -> Value {
        let Some(id) = self.refunds.get(gid).copied() else { return Value::Null };
        let order = self.node(id, now);
        let refunds = order.get("refunds").and_then(Value::as_array).into_iter().flatten();
        refunds.into_iter().find(|one| one.get("id").and_then(Value::as_str) == Some(gid)).cloned().unwrap_or_default()
    }

    /// A page of the search for orders by `updated_at`.
    pub(super) fn search(
        &mut self,
        query: &str,
        (first, after): (usize, Option<&str>),
        now: Timestamp,
    ) -> Result<Value, Wrong> {
        let filters = filters(query)?;
        let after = after.map(|text| {
            let stale = || Wrong::new("invalid_cursor", "Invalid cursor for current pagination sort.");
            place(text).and_then(|place| read(&place)).ok_or_else(stale)
        });
        let after = after.transpose()?;
        let indexed = |revisions: &[Revision]| {
            let found = revisions.iter().rev().find(|revision| revision.found_at <= now && revision.at <= now)?;
            Some((found.at, found.order))
        };
        let mut rows: Vec<Place> = self.by_id.values().filter_map(|revisions| indexed(revisions)).collect();
        rows.retain(|row| {
            let exists = self.current(row.1, now).is_some_and(|revision| revision.body.is_some());
            exists && filters.iter().all(|filter| filter.keeps(row.0)) && after.is_none_or(|after| *row > after)
        });
        rows.sort_unstable();
        let more = rows.len() > first;
        rows.truncate(first);
        let end = rows.last().map(|row| cursor(&format!("{}-{}", row.0.as_microsecond(), row.1))).unwrap_or_default();
        let nodes: Vec<Value> = rows.into_iter().map(|row| self.node(row.1, now)).collect();
        Ok(connection(&nodes, more, &end))
    }
}

fn read(place: &str) -> Option<Place> {
    let (micros, id) = place.rsplit_once('-')?;
    Some((Timestamp::from_microsecond(micros.parse().ok()?).ok()?, id.parse().ok()?))
}

/// `updated_at:>='2026-11-01T00:00:00Z'`: the search's own words, as far as they are about that field.
struct Filter {
    comparison: &'static str,
    instant: Timestamp,
}

impl Filter {
    fn keeps(&self, at: Timestamp) -> bool {
        match self.comparison {
            ">=" => at >= self.instant,
            "<=" => at <= self.instant,
            ">" => at > self.instant,
            "<" => at < self.instant,
            _ => at == self.instant,
        }
    }
}

/// An unknown word is refused here; Shopify would leave it out without saying so.
fn filters(query: &str) -> Result<Vec<Filter>, Wrong> {
    let words = query.split_whitespace().filter(|word| *word != "AND");
    words
        .map(|word| {
            let unknown = || Wrong::new("BAD_REQUEST", format!("the search does not know `{word}`"));
            let rest = word.strip_prefix("updated_at:").ok_or_else(unknown)?;
            let comparison = [">=", "<=", ">", "<"].into_iter().find(|sign| rest.starts_with(sign)).unwrap_or("");
            let text = rest.strip_prefix(comparison).unwrap_or(rest).trim_matches(['\'', '"']);
            Ok(Filter { comparison, instant: text.parse().map_err(|_| unknown())? })
        })
        .collect()
}
