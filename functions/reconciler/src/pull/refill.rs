//! How long an operation's quota takes to give one question more, found out by asking: documented rates, and those that answers
//! state, are not the real ones.
//!
//! Between two answers it was too early for the last time at `low`, and early enough at `high`; the next question is asked half
//! way, and both come closer. After each answer `low` is forgotten a little, so that a quota that gives more is noticed; one that
//! gives less is refused at `high`, which doubles.

use serde::{Deserialize, Serialize};

/// The least step, in milliseconds.
const STEP_MS: i64 = 100;
/// The most of the first guess, in milliseconds: a wait too long is lost for good, one too short costs a refusal.
const FIRST_MS: i64 = 2_000;
/// What part of a pause is not worth another refusal.
const PARTS: i64 = 20;
/// Nobody waits longer before asking again, in milliseconds.
const LONGEST_MS: i64 = 600_000;

/// What is known of it. Milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Refill {
    /// The last answer since it was refused for the first time; since 1970.
    since: i64,
    /// It was too early so long after an answer.
    low: i64,
    /// It was free so long after an answer.
    high: i64,
    /// It was refused since the last answer.
    refused: bool,
}

impl Refill {
    /// Was it never refused?
    pub(super) fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// It was refused: when to ask again.
    pub(super) fn refused(&mut self, now: i64, hint_ms: Option<u64>) -> i64 {
        if self.since == 0 || self.since > now {
            self.since = now;
        }
        let elapsed = now.saturating_sub(self.since);
        self.refused = true;
        self.low = self.low.max(elapsed).min(LONGEST_MS);
        if self.high <= self.low {
            let guess = hint_ms.and_then(|hint| i64::try_from(hint).ok()).map(|hint| hint.min(FIRST_MS));
            let doubled = self.low.saturating_mul(2);
            self.high = guess.filter(|_| self.low == 0).unwrap_or(doubled).clamp(STEP_MS, LONGEST_MS);
        }
        let middle = self.low.midpoint(self.high);
        let step = self.high.checked_div(PARTS).unwrap_or_default().max(STEP_MS);
        let soonest = elapsed.saturating_add(step);
        let next = if middle >= soonest { middle } else { self.high.max(soonest) };
        self.since.saturating_add(next)
    }

    /// It was answered.
    pub(super) fn told(&mut self, now: i64) {
        if self.since == 0 {
            return;
        }
        let elapsed = now.saturating_sub(self.since).clamp(STEP_MS, LONGEST_MS);
        if self.refused {
            self.high = elapsed;
            self.low = self.low.min(elapsed).saturating_mul(9).checked_div(10).unwrap_or_default();
        }
        (self.since, self.refused) = (now, false);
    }
}
