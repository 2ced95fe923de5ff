//! Names of log fields and metrics. One file, so that a dashboard and the code cannot drift apart.

/// The subject: `account/kind/external-id`.
pub const SUBJECT: &str = "subject";
/// What came of it: `accepted`, `ignored`, `settled`, `continues`, `deferred`, `held`, `unauthorized`, `unavailable`, ...
pub const OUTCOME: &str = "outcome";

/// Every field that a log line may have. None of them may carry personal data.
pub const FIELDS: &[&str] = &["account", OUTCOME, SUBJECT];

/// Seconds since the oldest due subject of a lane became due: "orders are delayed" is this one.
pub const OLDEST_DUE_SECONDS: &str = "oldest_due_seconds";
/// Every metric.
pub const METRICS: &[&str] = &[OLDEST_DUE_SECONDS];
