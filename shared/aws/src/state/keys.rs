//! Where things are in the table.
//!
//! | item | `pk` | `sk` |
//! |---|---|---|
//! | head of a subject | `s#<external id as looked up>` | `h#<subject>` |
//! | its body | `s#<external id as looked up>` | `b#<subject>` |
//! | call record | `call#<id>` | `call` |
//! | permit | `permit#<database>` | `<slot>` |
//! | permit to confirm | `confirm#<database>` | `<slot>` |
//! | pressure | `pressure#<database>` | `pressure` |
//! | what is known of a database | `identity#<database>` | `identity` |
//! | cursor | `cursor#<name>` | `cursor` |
//!
//! The partition of a subject is its external id as people type it, so that looking it up needs no index, which every order
//! would pay for. Due entries and parked subjects are found by sparse indexes.

use jiff::Timestamp;
use sluice_domain::{
    ports::state::{Permit, PermitKind, StateError},
    state::{Lane, look_up_name, shard},
    value::SubjectKey,
};

use crate::table::Key;

/// Beginning of a head's sort key.
pub(super) const HEAD: &str = "h#";
/// What `parked` holds while a subject is parked.
pub(super) const PARKED: &str = "parked";
/// How many parts the index of calls has. Calls are a tenth of the orders, or fewer.
pub(crate) const CALL_SHARDS: u32 = 4;

/// The partition of subjects of that external id.
pub(super) fn partition(external_id: &str) -> String {
    format!("s#{}", look_up_name(external_id))
}

/// A head.
pub(crate) fn head(subject: &SubjectKey) -> Key {
    Key::new(partition(subject.external_id()), format!("{HEAD}{subject}"))
}

/// A body.
pub(crate) fn body(subject: &SubjectKey) -> Key {
    Key::new(partition(subject.external_id()), format!("b#{subject}"))
}

/// The subject of a head.
pub(super) fn subject(head: &Key) -> Result<SubjectKey, StateError> {
    let text = head.sk.strip_prefix(HEAD).unwrap_or_default();
    SubjectKey::parse(text).map_err(|error| StateError::Broken(error.to_string()))
}

/// A call record.
pub(super) fn call(id: &str) -> Key {
    Key::new(format!("call#{id}"), "call")
}

/// The permits of one kind of a database.
pub(super) fn permits(kind: PermitKind, database: &str) -> String {
    match kind {
        PermitKind::Call => format!("permit#{database}"),
        PermitKind::Confirm => format!("confirm#{database}"),
    }
}

/// One of them. Slots sort by number.
pub(super) fn permit(permit: &Permit) -> Key {
    Key::new(permits(permit.kind, &permit.database), format!("{:05}", permit.slot))
}

/// What is known about the pressure on a database.
pub(crate) fn pressure(database: &str) -> Key {
    Key::new(format!("pressure#{database}"), "pressure")
}

/// What is known of a database.
pub(crate) fn identity(database: &str) -> Key {
    Key::new(format!("identity#{database}"), "identity")
}

/// A cursor.
pub(super) fn cursor(name: &str) -> Key {
    Key::new(format!("cursor#{name}"), "cursor")
}

/// The part of the due index in which a subject of that lane is.
pub(super) fn due_part(lane: Lane, shard: u32) -> String {
    let lane = match lane {
        Lane::Urgent => "urgent",
        Lane::Bulk => "bulk",
    };
    format!("due#{lane}#{shard:02}")
}

/// The part of the due index in which a call is.
pub(super) fn call_part(shard: u32) -> String {
    format!("call#{shard:02}")
}

/// The shard of a call.
pub(super) fn call_shard(id: &str) -> u32 {
    shard(id).checked_rem(CALL_SHARDS).unwrap_or_default()
}

/// A place in the due index: sorts by instant, then by what is due.
pub(super) fn place(at: Timestamp, what: &str) -> String {
    format!("{}#{what}", instant(at))
}

/// Before this is every place of that instant and of those before it.
pub(super) fn after(at: Timestamp) -> String {
    format!("{}$", instant(at))
}

/// An instant as text that sorts as instants do, and that a person can read. (Before the year 0 only the first holds.)
pub(crate) fn instant(at: Timestamp) -> String {
    format!("{at:.9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_as_text() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let instants = [
            at("-000001-01-01T00:00:00Z"),
            at("1969-12-31T23:59:59.999999999Z"),
            at("1970-01-01T00:00:00Z"),
            at("1970-01-01T00:00:00.000000001Z"),
            at("2026-11-24T04:13:33Z"),
            at("2026-11-24T04:13:33.5Z"),
            Timestamp::MAX,
        ];
        let keys: Vec<String> = instants.into_iter().map(instant).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert_eq!(keys[4], "2026-11-24T04:13:33.000000000Z");
        let (now, later) = (instants[4], instants[5]);
        assert!(place(now, "~") < after(now) && after(now) < place(later, "a"));
    }

    #[test]
    fn subjects_survive_their_key() {
        for text in ["shop/order/82098Ab", "shop/order/#1", "a1/customer/x#y!"] {
            let key = SubjectKey::parse(text).unwrap();
            assert_eq!(subject(&head(&key)), Ok(key.clone()));
            assert_eq!(head(&key).pk, body(&key).pk);
        }
        assert!(matches!(subject(&Key::new("s#1", "b#shop/order/1")), Err(StateError::Broken(_))));
    }
}
