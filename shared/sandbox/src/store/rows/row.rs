//! What rows hold. In memory they stay typed and shared; in the file they are encoded.

use std::sync::Arc;

use sluice_domain::{
    ports::{
        journal::JournalEntry,
        state::{CallRecord, Cursor, Identity, Permit, Pressure},
    },
    state::{Body, Head},
};

use crate::store::queue::Message;

macro_rules! spaces {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// Kinds of rows: each has its own order of keys.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::store) enum Space {
            $($(#[$doc])* $name,)+
        }

        impl Space {
            /// The name in the file.
            pub(in crate::store) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

spaces! {
    /// Subject: head.
    Head = "head",
    /// Subject: body, only where one was saved.
    Body = "body",
    /// Lane, shard, instant, subject: mark. None for a record at rest.
    Due = "due",
    /// Name, subject: mark.
    Name = "name",
    /// Subject: mark, while it waits for a person.
    Parked = "parked",
    /// Id: call record.
    Call = "call",
    /// Deadline, id: mark.
    CallDue = "call_due",
    /// Database, slot: permit.
    Permit = "permit",
    /// Database: pressure.
    Pressure = "pressure",
    /// Name: cursor.
    Cursor = "cursor",
    /// Database: identity.
    Identity = "identity",
    /// Subject, instant, id: entry.
    Journal = "journal",
    /// Number: message, until it is acknowledged.
    Message = "message",
    /// Queue, when it can be seen, number: how often it was received.
    Queue = "queue",
    /// Queue, number: how often it was received before it was given up.
    Dead = "dead",
    /// Name: what counts on.
    Counter = "counter",
    /// The caller's space and key: bytes.
    Own = "own",
}

/// The value of a row.
#[derive(Clone, Debug)]
pub(in crate::store) enum Row {
    Mark,
    Number(u64),
    Bytes(Arc<[u8]>),
    Head(Arc<Head>),
    Body(Arc<Body>),
    Call(Arc<CallRecord>),
    Permit(Arc<Permit>),
    Pressure(Arc<Pressure>),
    Cursor(Arc<Cursor>),
    Identity(Arc<Identity>),
    Journal(Arc<JournalEntry>),
    Message(Arc<Message>),
}

/// A type that has a space of its own.
pub(in crate::store) trait Stored: Sized {
    /// Where it is kept.
    const SPACE: Space;

    /// As a row.
    fn into_row(self: Arc<Self>) -> Row;

    /// From a row.
    fn from_row(row: Row) -> Option<Arc<Self>>;
}

macro_rules! stored {
    ($($type:ty as $name:ident,)+) => {
        $(impl Stored for $type {
            const SPACE: Space = Space::$name;

            fn into_row(self: Arc<Self>) -> Row {
                Row::$name(self)
            }

            fn from_row(row: Row) -> Option<Arc<Self>> {
                if let Row::$name(value) = row { Some(value) } else { None }
            }
        })+
    };
}

stored! {
    Head as Head,
    Body as Body,
    CallRecord as Call,
    Permit as Permit,
    Pressure as Pressure,
    Cursor as Cursor,
    Identity as Identity,
    JournalEntry as Journal,
    Message as Message,
}
