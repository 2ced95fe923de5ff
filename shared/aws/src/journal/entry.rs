//! Entries as items.
//!
//! | item | `pk` | `sk` |
//! |---|---|---|
//! | entry | `<subject>` | `<instant>#<id>` |
//! | part of a body that fits no item | `part#<subject>` | `<instant>#<id>#<number>` |

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use sluice_domain::ports::{
    journal::{Happening, JournalEntry},
    state::StateError,
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
    let mut entry = entry.clone();
    let body = match &mut entry.what {
        Happening::Evidence { body, .. } => Some(std::mem::take(body)),
        Happening::Write { .. } | Happening::Note { .. } => None,
    };
    let kept = SignedDuration::from_hours(RETENTION_DAYS.saturating_mul(HOURS));
    let expires = entry.at.saturating_add(kept).map_err(|error| StateError::Broken(error.to_string()))?;
    let expires = Value::Number(expires.as_second().into());
    let put = |key, item: Item| {
        let item = item.with("expires_at", expires.clone());
        Write { key, change: Change::Put(item), condition: Condition::Absent }
    };
    let item = Item::default().with("e", to_json(&entry)?);
    let Some(body) = body else { return Ok(vec![put(key, item)]) };
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

/// An entry, its body put together.
pub(super) fn read(key: &Key, item: &Item, found: &Found) -> Result<JournalEntry, StateError> {
    let mut entry: JournalEntry = from_json(item.text("e")?.as_bytes())?;
    if let Happening::Evidence { body, .. } = &mut entry.what {
        if item.get("b").is_some() {
            *body = item.bytes("b")?.to_vec();
        }
        for part in parts(key, item)? {
            let item = found.get(&part);
            let item = item.ok_or_else(|| StateError::Broken(format!("{} lacks a part of its body", key.sk)))?;
            body.extend(item.bytes("b")?);
        }
    }
    Ok(entry)
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
    fn a_long_id_has_a_short_key_of_its_own() {
        let (one, other) = (evidence(&"x".repeat(5_000), Vec::new()), evidence(&"x".repeat(5_001), Vec::new()));
        check(&one);
        assert_ne!(key(&one), key(&other));
    }

    #[test]
    fn a_lost_part_is_no_shorter_body() {
        let entry = evidence("e", vec![7; 2 * MAX_PART_BYTES]);
        let whole = writes(&entry).unwrap().pop().unwrap();
        let Change::Put(item) = whole.change else { panic!() };
        assert!(matches!(read(&whole.key, &item, &Found::new()), Err(StateError::Broken(_))));
    }
}
