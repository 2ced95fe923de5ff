//! The rate budget of an account, or of one operation of it, shared by all instances through a record: who asks takes its cost
//! first, and the channel's own words correct what is left. Where it says nothing that can be believed, when the next question
//! is free is found out (`refill`). The channel stays the judge; without the record it would only have to refuse more often.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sluice_channels::Meter;
use sluice_domain::ports::state::{Cursor, State, StateError};

use super::refill::Refill;

/// How often a save that lost against another one is decided again.
const MAX_SAVES: usize = 4;
/// Items of a page, before the channel has said what they cost.
const FIRST_SIZE: u32 = 7;
/// The most items of a page.
const MAX_SIZE: u32 = 50;
/// What a page may cost at most: below what a channel takes in one question.
const PAGE_COST: u32 = 900;

/// What is left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Left {
    /// Units at `at`; unknown while `most` is zero.
    units: u32,
    /// Milliseconds since 1970.
    at: i64,
    restored: u32,
    most: u32,
    /// Nobody asks before it; milliseconds since 1970.
    until: i64,
    /// Items that fit a page.
    size: u32,
    #[serde(skip_serializing_if = "Refill::is_unknown")]
    refill: Refill,
}

impl Left {
    /// Units left by now.
    fn by(&self, now: i64) -> u32 {
        let back = now.saturating_sub(self.at).max(0).saturating_mul(i64::from(self.restored)).checked_div(1_000);
        let back = back.and_then(|back| u32::try_from(back).ok()).unwrap_or(u32::MAX);
        self.units.saturating_add(back).min(self.most)
    }

    /// Takes the cost, or says how long to wait, in milliseconds.
    fn take(&mut self, cost: u32, now: i64) -> Result<(), u64> {
        if self.until > now {
            return Err(u64::try_from(self.until.saturating_sub(now)).unwrap_or_default());
        }
        if self.most == 0 {
            return Ok(());
        }
        let (left, cost) = (self.by(now), cost.min(self.most));
        if left < cost {
            let missing = u64::from(cost.saturating_sub(left)).saturating_mul(1_000);
            return Err(missing.div_ceil(u64::from(self.restored.max(1))).max(1));
        }
        (self.units, self.at) = (left.saturating_sub(cost), now);
        Ok(())
    }
}

/// The budget of one account.
pub(crate) struct Budget<'a> {
    state: &'a dyn State,
    name: String,
    is_of_operation: bool,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(state: &'a dyn State, account: &str) -> Self {
        Self { state, name: format!("budget#{account}"), is_of_operation: false }
    }

    /// The budget of one operation, which the others do not touch; the account's own where none is named.
    pub(crate) fn of(&self, operation: Option<&str>) -> Self {
        let name = operation.map_or_else(|| self.name.clone(), |operation| format!("{}#{operation}", self.name));
        Self { state: self.state, name, is_of_operation: operation.is_some() }
    }

    async fn load(&self) -> Option<(u64, Left)> {
        let cursor = self.state.cursor(&self.name).await.ok()?;
        Some((cursor.version, serde_json::from_str(&cursor.value).unwrap_or_default()))
    }

    /// Changes the record, on top of whatever others have saved. What the change answers is answered.
    async fn change<T>(&self, change: impl Fn(&mut Left) -> T) -> Option<T> {
        for _ in 0..MAX_SAVES {
            let (version, mut left) = self.load().await?;
            let before = left.clone();
            let answer = change(&mut left);
            if left == before {
                return Some(answer);
            }
            let value = serde_json::to_string(&left).unwrap_or_default();
            match self.state.save_cursor(&self.name, Cursor { version, value }).await {
                Ok(()) => return Some(answer),
                Err(StateError::Conflict) => {}
                Err(StateError::Throttled(_) | StateError::Unknown(_) | StateError::Broken(_)) => return None,
            }
        }
        None
    }

    /// Takes the cost of a question, or says how long to wait, in milliseconds.
    pub(crate) async fn take(&self, cost: u32, now: Timestamp) -> Result<(), u64> {
        self.change(|left| left.take(cost, now.as_millisecond())).await.unwrap_or(Ok(()))
    }

    /// What the channel says is left.
    pub(crate) async fn learn(&self, meter: Meter, now: Timestamp) {
        self.change(|left| {
            (left.units, left.at) = (meter.available, now.as_millisecond());
            (left.restored, left.most) = (meter.restored, meter.most);
        })
        .await;
    }

    /// The channel wants to be left alone.
    pub(crate) async fn hold(&self, until: Timestamp) {
        self.change(|left| left.until = left.until.max(until.as_millisecond())).await;
    }

    /// It was answered: what was found out is believed, or found out more closely. Only operations have something to find out.
    pub(crate) async fn told(&self, now: Timestamp) {
        if !self.is_of_operation {
            return;
        }
        self.change(|left| left.refill.told(now.as_millisecond())).await;
    }

    /// It was refused, and nobody knows for how long: nobody asks before it may be free.
    pub(crate) async fn refused(&self, hint_ms: Option<u64>, now: Timestamp) {
        self.change(|left| left.until = left.refill.refused(now.as_millisecond(), hint_ms)).await;
    }

    /// Items that fit a page.
    pub(crate) async fn size(&self) -> u32 {
        let known = self.load().await.map_or(0, |(_, left)| left.size);
        if known == 0 { FIRST_SIZE } else { known.min(MAX_SIZE) }
    }

    /// Remembers what fits a page: twice as much where that would still do.
    pub(crate) async fn fits(&self, size: u32, asked: Option<u32>) -> u32 {
        let twice = asked.is_some_and(|asked| asked.saturating_mul(2) <= PAGE_COST);
        let next = if twice { size.saturating_mul(2).min(MAX_SIZE) } else { size };
        if next != size {
            self.change(|left| left.size = next).await;
        }
        next
    }

    /// A page was too large: half of it, or `None` where it was one item already.
    pub(crate) async fn halve(&self, size: u32) -> Option<u32> {
        let half = size.checked_div(2).filter(|half| *half > 0)?;
        self.change(|left| left.size = half).await;
        Some(half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_back_in_time() {
        let mut left = Left { units: 100, at: 1_000, restored: 50, most: 1_000, ..Left::default() };
        assert_eq!(left.take(300, 1_000), Err(4_000));
        assert_eq!(left.take(300, 5_000), Ok(()));
        assert_eq!((left.units, left.at), (0, 5_000));
        // Never more than gathers, and never less than can be asked for.
        assert_eq!(left.by(1_000_000), 1_000);
        assert_eq!(left.take(5_000, 1_000_000), Ok(()));
    }

    #[test]
    fn nobody_asks_while_it_is_held() {
        let mut left = Left { until: 9_000, ..Left::default() };
        assert_eq!(left.take(1, 7_500), Err(1_500));
        assert_eq!(left.take(1, 9_000), Ok(()));
    }
}
