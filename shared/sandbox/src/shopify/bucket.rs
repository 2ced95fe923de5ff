//! The leaky bucket of query costs.

use jiff::Timestamp;

/// Points are counted in thousandths, so that a part of a second gives back its part.
const PART: i64 = 1_000;

/// A bucket.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    restored: i64,
    most: i64,
    /// Thousandths of points.
    left: i64,
    at: Option<Timestamp>,
}

impl Bucket {
    pub(super) fn new(restored: u32, most: u32) -> Self {
        let most = i64::from(most).saturating_mul(PART);
        Self { restored: i64::from(restored), most, left: most, at: None }
    }

    fn restore(&mut self, now: Timestamp) {
        let since = self.at.map_or(0, |at| now.as_millisecond().saturating_sub(at.as_millisecond()).max(0));
        self.left = self.left.saturating_add(since.saturating_mul(self.restored)).min(self.most);
        self.at = Some(self.at.map_or(now, |at| at.max(now)));
    }

    /// Takes what a question is rated at; `false` when there is less.
    pub(super) fn take(&mut self, points: u32, now: Timestamp) -> bool {
        self.restore(now);
        let wanted = i64::from(points).saturating_mul(PART);
        let enough = wanted <= self.left;
        if enough {
            self.left = self.left.saturating_sub(wanted);
        }
        enough
    }

    /// Gives back what a question did not use.
    pub(super) fn give_back(&mut self, points: u32) {
        self.left = self.left.saturating_add(i64::from(points).saturating_mul(PART)).min(self.most);
    }

    /// Somebody else's app of the same shop used them.
    pub(super) fn drain(&mut self, now: Timestamp) {
        self.restore(now);
        self.left = 0;
    }

    /// Whole points left.
    pub(super) fn left(&self) -> i64 {
        self.left.checked_div(PART).unwrap_or_default()
    }

    pub(super) fn restored(&self) -> i64 {
        self.restored
    }

    pub(super) fn most(&self) -> i64 {
        self.most.checked_div(PART).unwrap_or_default()
    }
}
