//! The ports of a world: the real interfaces over in-memory stores, with faults before and after every call.

mod http;
mod journal;
mod peer;
mod queue;
mod shop;
mod state;
mod watch;

pub(crate) use http::{FaultyHttp, TIMEOUT_MS};
pub(crate) use journal::{FaultyJournal, FaultySecrets};
pub use peer::Peer;
pub(crate) use queue::{FaultyQueue, Mailboxes};
pub(crate) use state::FaultyState;
pub(crate) use watch::Watch;
