//! Reads: by key, consistently; by place in a partition, page by page.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::{
    operation::query::QueryOutput,
    types::{AttributeValue, KeysAndAttributes},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use sluice_domain::ports::state::StateError;

use super::{Found, Item, Key, Table, state_error};

/// The most keys of one request.
const MAX_KEYS: usize = 100;
/// How often what a request left out is asked for again. A request answers at most 16 MB, so large items take several.
const MAX_READS: u32 = 12;
/// Requests under way at once.
const AT_ONCE: usize = 8;
/// Items that one request of a scan looks at.
const SCANNED: i32 = 500;
/// The most pages of one query: each has up to 1 MB.
const MAX_PAGES: u32 = 64;

/// Where in a partition to look.
#[derive(Clone, Debug)]
pub(crate) enum Range {
    /// Everywhere.
    All,
    /// At what begins so.
    Begins(String),
    /// Before that.
    Below(String),
    /// After that.
    Above(String),
}

/// A look into one partition of the table or of an index.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// The index, or the table itself.
    pub(crate) index: Option<&'static str>,
    /// Its partition key.
    pub(crate) hash: (&'static str, String),
    /// Its sort key, and where to look.
    pub(crate) range: (&'static str, Range),
    /// At most so many.
    pub(crate) limit: usize,
}

impl Table {
    /// The items of these keys that exist. Each is read consistently, but not all at one instant.
    pub(crate) async fn read(&self, keys: BTreeSet<Key>) -> Result<Found, StateError> {
        let keys: Vec<Key> = keys.into_iter().collect();
        let parts: Vec<Vec<Key>> = keys.chunks(MAX_KEYS).map(<[Key]>::to_vec).collect();
        let reads = stream::iter(parts.into_iter().map(|part| self.read_part(part))).buffer_unordered(AT_ONCE);
        reads
            .try_fold(Found::new(), |mut all, part| async move {
                all.extend(part);
                Ok(all)
            })
            .await
    }

    async fn read_part(&self, keys: Vec<Key>) -> Result<Found, StateError> {
        let place = keys.first().map(|key| key.pk.clone()).unwrap_or_default();
        let mut found = Found::new();
        let mut left: Vec<HashMap<String, AttributeValue>> = keys.iter().map(Key::to_sdk).collect();
        for attempt in 0..MAX_READS {
            if attempt > 0 {
                self.pause(attempt, &place).await;
            }
            let request = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let request = request.map_err(|error| StateError::Broken(error.to_string()))?;
            let sent = self.patient.batch_get_item().request_items(&self.name, request).send().await;
            let mut answer = sent.map_err(|error| state_error(self.call("BatchGetItem"), &error))?;
            let items = answer.responses.as_mut().and_then(|tables| tables.remove(&self.name)).unwrap_or_default();
            for item in items {
                let (key, item) = Item::from_sdk(item)?;
                found.insert(key, item);
            }
            let unread = answer.unprocessed_keys.as_mut().and_then(|tables| tables.remove(&self.name));
            left = unread.map(|unread| unread.keys).unwrap_or_default();
            if left.is_empty() {
                return Ok(found);
            }
        }
        Err(StateError::Throttled(format!("{} keys of table {} are still not read", left.len(), self.name)))
    }

    /// Items in order of the sort key; of an index, their keys.
    pub(crate) async fn query(&self, query: Query) -> Result<Vec<(Key, Item)>, StateError> {
        let mut found = Vec::new();
        let mut next = None;
        for _ in 0..MAX_PAGES {
            let wanted = query.limit.saturating_sub(found.len());
            if wanted == 0 {
                break;
            }
            let page = self.page(&query, wanted, next).await?;
            for item in page.items.unwrap_or_default() {
                found.push(Item::from_sdk(item)?);
            }
            next = page.last_evaluated_key;
            if next.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Items of the whole table whose sort key begins so, after a key, in the table's own order.
    pub(crate) async fn scan(
        &self,
        after: Option<Key>,
        (sort, begins): (&str, &str),
        limit: usize,
    ) -> Result<Vec<Item>, StateError> {
        let mut found = Vec::new();
        let mut next = after.as_ref().map(Key::to_sdk);
        // A page may hold nothing that is wanted, so their number is no bound; that each begins later ends it.
        loop {
            let request =
                self.patient.scan().table_name(&self.name).consistent_read(true).set_exclusive_start_key(next);
            let request = request.filter_expression("begins_with(#sort, :sort)").limit(SCANNED);
            let request = request.expression_attribute_names("#sort", sort);
            let sent = request.expression_attribute_values(":sort", AttributeValue::S(begins.to_owned())).send().await;
            let page = sent.map_err(|error| state_error(self.call("Scan"), &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(Item::from_sdk(item)?.1);
            }
            next = page.last_evaluated_key;
            if next.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }

    /// Several looks, under way together.
    pub(crate) async fn query_all(
        &self,
        queries: impl IntoIterator<Item = Query>,
    ) -> Result<Vec<(Key, Item)>, StateError> {
        let looks = stream::iter(queries.into_iter().map(|query| self.query(query))).buffer_unordered(AT_ONCE);
        looks.try_concat().await
    }

    async fn page(
        &self,
        query: &Query,
        wanted: usize,
        start: Option<HashMap<String, AttributeValue>>,
    ) -> Result<QueryOutput, StateError> {
        let (hash, place) = &query.hash;
        let (sort, range) = &query.range;
        let mut request = self.patient.query().table_name(&self.name).set_exclusive_start_key(start);
        request = request.limit(i32::try_from(wanted).unwrap_or(i32::MAX)).expression_attribute_names("#hash", *hash);
        request = request.expression_attribute_values(":hash", AttributeValue::S(place.clone()));
        // An index cannot be read consistently.
        request = request.set_index_name(query.index.map(ToOwned::to_owned)).consistent_read(query.index.is_none());
        let within = match range {
            Range::All => None,
            Range::Begins(text) => Some(("begins_with(#sort, :sort)", text)),
            Range::Below(text) => Some(("#sort < :sort", text)),
            Range::Above(text) => Some(("#sort > :sort", text)),
        };
        let condition = match within {
            None => "#hash = :hash".to_owned(),
            Some((within, text)) => {
                request = request.expression_attribute_names("#sort", *sort);
                request = request.expression_attribute_values(":sort", AttributeValue::S(text.clone()));
                format!("#hash = :hash AND {within}")
            }
        };
        let sent = request.key_condition_expression(condition).send().await;
        sent.map_err(|error| state_error(self.call("Query"), &error))
    }
}
