//! The place that a page ended at. Pages of numbers shift while orders change, since a changed one moves to the end; so a page
//! begins at the second in which the last one ended, after the orders of that second that were read.
//!
//! The shop sorts orders of one second by id (its class `WC_REST_CRUD_Controller` adds the id to the order by date, "for
//! consistency with pagination"), and takes `modified_after` as later than, so the question is for a second earlier.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::ask::MAX_PAGE;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The second, since 1970.
    pub(super) second: i64,
    /// How many of the orders since that second were read.
    pub(super) offset: u32,
    /// The last of them: it is read once more, since another one in its place says that orders have moved.
    pub(super) last: Option<String>,
}

impl Place {
    /// The beginning of a run.
    pub(super) fn begin(since: Timestamp) -> Self {
        Self::at(since.as_second())
    }

    /// The beginning of a second.
    pub(super) fn at(second: i64) -> Self {
        Self { second, offset: 0, last: None }
    }

    /// As it is kept: `1795444771:3:727`.
    pub(super) fn written(&self) -> String {
        format!("{}:{}:{}", self.second, self.offset, self.last.as_deref().unwrap_or_default())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (second, offset) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let last = parts.next().filter(|last| !last.is_empty()).map(ToOwned::to_owned);
        Some(Self { second, offset, last })
    }

    /// From which order on, and how many: one more where the last one is read again.
    pub(super) fn window(&self, size: u32) -> (u32, u32) {
        let again = u32::from(self.last.is_some() && self.offset > 0);
        let size = size.clamp(1, MAX_PAGE.saturating_sub(1));
        (self.offset.saturating_sub(again), size.saturating_add(again))
    }

    pub(super) fn query(&self, size: u32) -> String {
        let (offset, count) = self.window(size);
        let before = Timestamp::from_second(self.second.saturating_sub(1)).unwrap_or(Timestamp::UNIX_EPOCH);
        let before: DateTime = TimeZone::UTC.to_datetime(before);
        format!(
            "modified_after={}&dates_are_gmt=true&orderby=modified&order=asc&per_page={count}&offset={offset}",
            before.strftime("%Y-%m-%dT%H:%M:%S")
        )
    }
}
