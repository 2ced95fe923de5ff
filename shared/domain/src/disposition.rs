//! What the shell does with a failed unit of work.

use jiff::{SignedDuration, Timestamp};

use crate::{state::ExceptionClass, value::SubjectKey};

/// What the shell does with a failed unit of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing happened. Try again, no sooner than `after` when the peer named a delay.
    Retry {
        /// The delay that the peer named.
        after: Option<SignedDuration>,
    },
    /// It may have happened. Look before repeating.
    Reconcile,
    /// Something named must exist first. Saving that subject wakes this one.
    Await {
        /// What must exist.
        subject: SubjectKey,
        /// From then on it is an exception.
        until: Timestamp,
    },
    /// It can never succeed as it stands. Park it for a person.
    Park {
        /// The class of trouble.
        class: ExceptionClass,
        /// What makes two of them the same trouble.
        cause: String,
        /// A sentence for the person.
        reason: String,
    },
}
