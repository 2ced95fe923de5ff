//! How keys are put together: parts that sort as their values do.

use std::fmt::Write;

use jiff::Timestamp;
use sluice_domain::state::Lane;

/// Between parts. Sorts below everything that a part may hold, so a key sorts by its first part, then by its second.
pub(super) const SEPARATOR: char = '\u{1f}';
/// The character after the separator: where the keys under a prefix end.
pub(super) const AFTER_SEPARATOR: char = ' ';

/// Parts as one key.
pub(super) fn joined(parts: &[&str]) -> String {
    let mut key = String::with_capacity(parts.iter().map(|part| part.len().saturating_add(1)).sum());
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            key.push(SEPARATOR);
        }
        key.push_str(part);
    }
    key
}

/// What follows the first part.
pub(super) fn rest(key: &str) -> Option<&str> {
    key.split_once(SEPARATOR).map(|(_, rest)| rest)
}

/// The last part.
pub(super) fn last(key: &str) -> &str {
    key.rsplit_once(SEPARATOR).map_or(key, |(_, last)| last)
}

/// An instant as text that sorts as instants do.
pub(super) fn instant(at: Timestamp) -> String {
    // Counted from the first instant there is, so that none is negative; 21 digits hold the last one.
    format!("{:021}", at.as_nanosecond().saturating_sub(Timestamp::MIN.as_nanosecond()))
}

/// The first parts of a due row: `due#<lane>#<shard 0..15>`, without the space's name.
pub(super) fn due_shard(lane: Lane, shard: u32) -> String {
    let lane = match lane {
        Lane::Urgent => "urgent",
        Lane::Bulk => "bulk",
    };
    let mut key = joined(&[lane, ""]);
    // Writing to a string does not fail.
    let _ = write!(key, "{shard:02}");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_as_text() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let instants = [
            Timestamp::MIN,
            at("1969-12-31T23:59:59.999999999Z"),
            at("1970-01-01T00:00:00Z"),
            at("1970-01-01T00:00:00.000000001Z"),
            at("2026-11-24T04:13:33Z"),
            Timestamp::MAX,
        ];
        let keys: Vec<String> = instants.into_iter().map(instant).collect();
        assert!(keys.is_sorted() && keys.iter().all(|key| key.len() == 21), "{keys:?}");
    }
}
