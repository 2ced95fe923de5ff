//! Entries as items.
//!
//! | item | `pk` | `sk` |
//! |---|---|---|
//! | entry | `<subject>` | `<instant>#<id>` |
//! | part of a body that fits no item | `part#<subject>` | `<instant>#<id>#<number>` |
//!
//! What the key says is said once: an entry's weight is a part of an order's price.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sluice_domain::{
    ports::{
        journal::{Happening, JournalEntry},
        state::StateError,
    },
    value::SubjectKey,
};

use crate::{
    json::{from_json, to_json},
    state::keys::instant,
    table::{Change, Condition, Found, Item, Key, Value, Write},
};

/// How long entries are kept, in days: a year, and time to close its books.
pub const RETENTION_DAYS: i64 = 400;
/// The most bytes of a body in one item: `DynamoDB` takes 400 KB, key and entry included.
const MAX_PART_BYTES: usize = 350 * 1_024;
/// The longest id that stands in a key as it is.
const MAX_ID_BYTES: usize = 256;
/// Hours of a day.
const HOURS: i64 = 24;

/// The key of an entry: its identity.
pub(super) fn key(entry: &JournalEntry) -> Key {
    Key::new(entry.subject.to_string(), format!("{}#{}", instant(entry.at), short(&entry.id)))
}

/// What of an entry stands in its attribute `e`; the body of evidence is `b`, its hash `h`.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The id, where the key has a hash of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "trace")]
    trace_id: String,
    #[serde(rename = "w")]
    what: What,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Evidence {
        topic: String,
        outcome: String,
        desired: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stated_at: Option<Timestamp>,
    },
    Write {
        step: String,
        outcome: String,
        desired: u64,
    },
    Note {
        text: String,
    },
}

/// What stands in attributes of its own: hash and body of evidence.
type Bulk = Option<(String, Vec<u8>)>;

fn taken_apart(what: Happening) -> (What, Bulk) {
    match what {
        Happening::Evidence { topic, sha256, outcome, desired, stated_at, body } => {
            (What::Evidence { topic, outcome, desired, stated_at }, Some((sha256, body)))
        }
        Happening::Write { step, outcome, desired } => (What::Write { step, outcome, desired }, None),
        Happening::Note { text } => (What::Note { text }, None),
    }
}

fn put_together(
    what: What,
    bulk: impl FnOnce() -> Result<(String, Vec<u8>), StateError>,
) -> Result<Happening, StateError> {
    Ok(match what {
        What::Evidence { topic, outcome, desired, stated_at } => {
            let (sha256, body) = bulk()?;
            Happening::Evidence { topic, sha256, outcome, desired, stated_at, body }
        }
        What::Write { step, outcome, desired } => Happening::Write { step, outcome, desired },
        What::Note { text } => Happening::Note { text },
    })
}

/// A hash as its bytes, which are half of its text; text that is no hash stays text.
fn hash_value(sha256: &str) -> Value {
    match hex::decode(sha256) {
        Ok(bytes) if hex::encode(&bytes) == sha256 => Value::Bytes(bytes),
        Ok(_) | Err(_) => Value::from(sha256),
    }
}

fn hash_text(item: &Item) -> Result<String, StateError> {
    item.bytes("h").map(hex::encode).or_else(|_| item.text("h").map(ToOwned::to_owned))
}

/// An id that fits a key. Ids of deliveries are headers, and as long as somebody likes.
fn short(id: &str) -> String {
    if id.len() <= MAX_ID_BYTES {
        return id.to_owned();
    }
    format!("sha256:{}", hex::encode(Sha256::digest(id)))
}

fn part_key(entry: &Key, number: usize) -> Key {
    Key::new(format!("part#{}", entry.pk), format!("{}#{number:02}", entry.sk))
}

/// What appending an entry writes: the parts of its body that do not fit, then the entry.
pub(crate) fn writes(entry: &JournalEntry) -> Result<Vec<Write>, StateError> {
    let key = key(entry);
    let (what, bulk) = taken_apart(entry.what.clone());
    let id = (entry.id.len() > MAX_ID_BYTES).then(|| entry.id.clone());
    let stored = Stored { id, trace_id: entry.trace_id.clone(), what };
    let kept = SignedDuration::from_hours(RETENTION_DAYS.saturating_mul(HOURS));
    let expires = entry.at.saturating_add(kept).map_err(|error| StateError::Broken(error.to_string()))?;
    let expires = Value::Number(expires.as_second().into());
    let put = |key, item: Item| {
        let item = item.with("expires_at", expires.clone());
        Write { key, change: Change::Put(item), condition: Condition::Absent }
    };
    let item = Item::default().with("e", to_json(&stored)?);
    let Some((sha256, body)) = bulk else { return Ok(vec![put(key, item)]) };
    let item = item.with("h", hash_value(&sha256));
    if body.len() <= MAX_PART_BYTES {
        return Ok(vec![put(key, item.with("b", Value::Bytes(body)))]);
    }
    let mut writes = Vec::new();
    for (number, part) in body.chunks(MAX_PART_BYTES).enumerate() {
        writes.push(put(part_key(&key, number), Item::default().with("b", Value::Bytes(part.to_vec()))));
    }
    let count = Value::Number(i128::try_from(writes.len()).unwrap_or_default());
    writes.push(put(key, item.with("parts", count)));
    Ok(writes)
}

/// The keys of the parts of an entry's body.
pub(super) fn parts(key: &Key, item: &Item) -> Result<Vec<Key>, StateError> {
    if item.get("parts").is_none() {
        return Ok(Vec::new());
    }
    Ok((0..item.number::<usize>("parts")?).map(|number| part_key(key, number)).collect())
}

/// The body of evidence, in one item or in parts.
fn body(key: &Key, item: &Item, found: &Found) -> Result<Vec<u8>, StateError> {
    if item.get("parts").is_none() {
        return Ok(item.bytes("b")?.to_vec());
    }
    let mut body = Vec::new();
    for part in parts(key, item)? {
        let item = found.get(&part);
        let item = item.ok_or_else(|| StateError::Broken(format!("{} lacks a part of its body", key.sk)))?;
        body.extend(item.bytes("b")?);
    }
    Ok(body)
}

/// An entry, its body put together.
pub(super) fn read(key: &Key, item: &Item, found: &Found) -> Result<JournalEntry, StateError> {
    let Stored { id, trace_id, what } = from_json(item.text("e")?.as_bytes())?;
    let what = put_together(what, || Ok((hash_text(item)?, body(key, item, found)?)))?;
    let foreign = || StateError::Broken(format!("{} {} is no key of the journal", key.pk, key.sk));
    let (at, known) = key.sk.split_once('#').ok_or_else(foreign)?;
    let (subject, at) = (SubjectKey::parse(&key.pk), at.parse::<Timestamp>());
    let (Ok(subject), Ok(at)) = (subject, at) else { return Err(foreign()) };
    Ok(JournalEntry { subject, at, id: id.unwrap_or_else(|| known.to_owned()), trace_id, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(id: &str, body: Vec<u8>) -> JournalEntry {
        JournalEntry {
            subject: "shop/order/1".to_owned().try_into().unwrap(),
            at: "2026-11-24T08:00:00Z".parse().unwrap(),
            id: id.to_owned(),
            trace_id: "t".into(),
            what: Happening::Evidence {
                topic: "orders/create".into(),
                sha256: "00".repeat(32),
                outcome: "changed".into(),
                desired: 1,
                stated_at: None,
                body,
            },
        }
    }

    /// Stores what an entry writes, reads it, and answers how many items it took.
    #[track_caller]
    fn check(entry: &JournalEntry) -> usize {
        let writes = writes(entry).unwrap();
        let count = writes.len();
        let mut found = Found::new();
        for write in writes {
            let Change::Put(item) = write.change else { panic!("{:?}", write.change) };
            assert!(crate::table::units::item_bytes(&write.key, &item) < 400 * 1_000 && write.key.sk.len() < 1_024);
            assert_eq!(item.number::<i64>("expires_at"), Ok(1_830_067_200));
            found.insert(write.key, item);
        }
        let key = key(entry);
        assert_eq!(read(&key, &found[&key], &found).as_ref(), Ok(entry));
        count
    }

    #[test]
    fn bodies_are_split_where_they_must() {
        for (bytes, items) in [(0, 1), (MAX_PART_BYTES, 1), (MAX_PART_BYTES + 1, 3), (1_100_000, 5)] {
            assert_eq!(check(&evidence("e", vec![7; bytes])), items, "{bytes}");
        }
    }

    #[test]
    fn every_kind_of_entry_is_read_as_it_was() {
        let base = evidence("e", b"body".to_vec());
        let hash = |sha256: &str| match base.what.clone() {
            Happening::Evidence { topic, outcome, desired, body, .. } => {
                let stated_at = Some(Timestamp::UNIX_EPOCH);
                Happening::Evidence { topic, sha256: sha256.into(), outcome, desired, stated_at, body }
            }
            other @ (Happening::Write { .. } | Happening::Note { .. }) => other,
        };
        for what in [
            hash(&"a0".repeat(32)),
            hash(&"A0".repeat(32)),
            hash("none"),
            Happening::Write { step: "load".into(), outcome: "Ä".into(), desired: u64::MAX },
            Happening::Note { text: "parked".into() },
        ] {
            assert_eq!(check(&JournalEntry { what, ..base.clone() }), 1);
        }
    }

    #[test]
    fn a_long_id_has_a_short_key_of_its_own() {
        let (one, other) = (evidence(&"x".repeat(5_000), Vec::new()), evidence(&"x".repeat(5_001), Vec::new()));
        check(&one);
        assert_ne!(key(&one), key(&other));
    }

    #[test]
    fn a_key_of_somebody_else_is_no_entry() {
        let entry = evidence("e", Vec::new());
        let Change::Put(item) = writes(&entry).unwrap().remove(0).change else { panic!() };
        for (pk, sk) in [("shop/order/1", "2026"), ("shop/order/1", "soon#e"), ("part#shop/order/1", "2026-11-24#e")] {
            assert!(matches!(read(&Key::new(pk, sk), &item, &Found::new()), Err(StateError::Broken(_))), "{pk} {sk}");
        }
    }

    #[test]
    fn a_lost_part_is_no_shorter_body() {
        let entry = evidence("e", vec![7; 2 * MAX_PART_BYTES]);
        let whole = writes(&entry).unwrap().pop().unwrap();
        let Change::Put(item) = whole.change else { panic!() };
        assert!(matches!(read(&whole.key, &item, &Found::new()), Err(StateError::Broken(_))));
    }
}
