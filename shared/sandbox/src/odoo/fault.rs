//! What can go wrong on purpose.

use jiff::{SignedDuration, Timestamp};
use sluice_domain::ports::http::HttpResponse;

/// Which calls a fault meets. Empty fields meet all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct On {
    /// Technical name of the model, such as `sale.order`.
    pub model: Option<String>,
    /// Method, such as `load`.
    pub method: Option<String>,
}

impl On {
    /// Any call.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Calls of one method of one model.
    #[must_use]
    pub fn call(model: &str, method: &str) -> Self {
        Self { model: Some(model.to_owned()), method: Some(method.to_owned()) }
    }

    /// Calls of one method, whatever the model.
    #[must_use]
    pub fn method(method: &str) -> Self {
        Self { model: None, method: Some(method.to_owned()) }
    }

    pub(crate) fn meets(&self, model: &str, method: &str) -> bool {
        self.model.as_deref().is_none_or(|wanted| wanted == model)
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
    }
}

/// What a fault does to the calls it meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The call commits; the connection closes without an answer.
    LostAnswer,
    /// Nothing is committed; the connection closes without an answer.
    DroppedBefore,
    /// No answer; the call runs when the clock has gone on by so much (architecture section 8: measured, four of four).
    CommitLate {
        /// How long after the request.
        after: SignedDuration,
    },
    /// Conflict with another transaction. In `load`: `ids: false` and the message (231, 350); elsewhere the error after
    /// the server's own retries (230, 349).
    Serialization,
    /// As above with `deadlock detected` (232).
    Deadlock,
    /// 429 of a proxy in front, with `Retry-After`.
    TooManyRequests {
        /// Seconds of `Retry-After`.
        retry_after_s: u32,
    },
    /// 503 of a proxy in front.
    Unavailable,
    /// 502 of a proxy in front, HTML.
    BadGateway,
    /// Connections are refused until then, whatever the count of the fault.
    DownUntil(Timestamp),
    /// The answer takes so much longer.
    SlowBy {
        /// Milliseconds.
        ms: u64,
    },
    /// A `load` whose rows hold this external id answers an error for its record.
    RowError {
        /// External id of a top-level record.
        external_id: String,
        /// Text of the message.
        message: String,
    },
    /// The server itself runs the method so many times before it commits once: sequence numbers burn.
    ServerRetries {
        /// Attempts before the one that commits.
        attempts: u32,
    },
}

/// A fault: which calls, what happens, how many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimFault {
    /// Which calls it meets.
    pub on: On,
    /// What it does to them.
    pub effect: Effect,
    /// How many calls it meets before it is used up.
    pub times: u32,
}

impl SimFault {
    /// A fault that meets one call.
    #[must_use]
    pub fn once(on: On, effect: Effect) -> Self {
        Self { on, effect, times: 1 }
    }

    /// A fault that meets several calls.
    #[must_use]
    pub fn times(on: On, effect: Effect, times: u32) -> Self {
        Self { on, effect, times }
    }
}

/// What the caller of one call gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answer(HttpResponse),
    /// Committed; the connection closed without an answer.
    LostAnswer,
    /// Not committed; the connection closed without an answer.
    Dropped,
    /// No answer; it commits at that instant.
    Pending {
        /// When its effects happen.
        commits_at: Timestamp,
    },
    /// Nobody listens.
    ConnectionRefused,
}

/// One call, answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What the caller gets.
    pub outcome: Outcome,
    /// Milliseconds that the real server would take; 0 without [`super::Costs`].
    pub server_ms: u64,
    /// Milliseconds that faults add.
    pub slow_ms: u64,
}
