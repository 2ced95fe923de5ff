//! Metrics, counted from the log lines themselves and written in the embedded metric format of `CloudWatch`.
//!
//! A line that states an outcome is counted under its account, so that no handler knows of metrics and none can be
//! forgotten. What is counted under which name stands in [`super::names`]. The format: one JSON object a line, with an
//! `_aws` member that names the metrics among the other members (`CloudWatch` "Embedded metric format specification").

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

use super::names::{COUNTED, GREATEST};

/// The account under which stands what is about no account.
pub const NO_ACCOUNT: &str = "all";
/// The most accounts of one flush: more are counted under [`NO_ACCOUNT`].
const MAX_ACCOUNTS: usize = 100;
/// The name space in `CloudWatch`.
const NAMESPACE: &str = "Sluice";

/// Values by account and metric name.
type Counts = BTreeMap<String, BTreeMap<&'static str, i64>>;

/// Counts what the log lines of this process state, until it is drained.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Counts>>);

impl Meter {
    /// Adds to a metric of an account.
    pub fn add(&self, account: &str, metric: &'static str, value: i64) {
        self.change(account, metric, |known| known.saturating_add(value));
    }

    /// Raises a metric of an account to a value, where it is lower.
    pub fn raise(&self, account: &str, metric: &'static str, value: i64) {
        self.change(account, metric, |known| known.max(value));
    }

    fn change(&self, account: &str, metric: &'static str, change: impl FnOnce(i64) -> i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counts.len() >= MAX_ACCOUNTS && !counts.contains_key(account);
        let account = if full { NO_ACCOUNT } else { account };
        let slot = counts.entry(account.to_owned()).or_default().entry(metric).or_default();
        *slot = change(*slot);
    }

    /// What was counted since the last time, one line an account, each without its end of line.
    #[must_use]
    pub fn drain(&self, stage: &str, function: &str, now: Timestamp) -> Vec<String> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let lines = counts.iter().map(|(account, values)| line((stage, function, account), values, now));
        lines.collect()
    }
}

/// One line of the embedded metric format.
fn line(
    (stage, function, account): (&str, &str, &str),
    values: &BTreeMap<&'static str, i64>,
    now: Timestamp,
) -> String {
    let unit = |name: &str| {
        if name.ends_with("_seconds") {
            "Seconds"
        } else if name.ends_with("_ms") {
            "Milliseconds"
        } else {
            "Count"
        }
    };
    let metrics: Vec<String> =
        values.keys().map(|name| format!(r#"{{"Name":"{name}","Unit":"{}"}}"#, unit(name))).collect();
    let members: Vec<String> = values.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!(
        r#"{{"_aws":{{"Timestamp":{},"CloudWatchMetrics":[{{"Namespace":"{NAMESPACE}","Dimensions":[["stage"],["stage","account"]],"Metrics":[{}]}}]}},"stage":"{}","account":"{}","function":"{}",{}}}"#,
        now.as_millisecond(),
        metrics.join(","),
        plain(stage),
        plain(account),
        plain(function),
        members.join(",")
    )
}

/// Names hold nothing that JSON would have to escape; whatever does is taken out.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(*letter)).collect()
}

impl<S: Subscriber> Layer<S> for Meter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut stated = Stated::default();
        event.record(&mut stated);
        let account = stated.account.as_deref().unwrap_or(NO_ACCOUNT);
        let counted = COUNTED.iter().filter(|(outcome, _)| stated.outcome.as_deref() == Some(*outcome));
        for (_, metric) in counted {
            self.add(account, metric, 1);
        }
        for (field, value) in stated.numbers {
            if let Some((_, metric)) = GREATEST.iter().find(|(name, _)| *name == field) {
                self.raise(account, metric, value);
            }
        }
    }
}

/// What a log line states.
#[derive(Default)]
struct Stated {
    outcome: Option<String>,
    account: Option<String>,
    numbers: Vec<(&'static str, i64)>,
}

impl Stated {
    fn text(&mut self, field: &Field, value: &str) {
        match field.name() {
            "outcome" => self.outcome = Some(value.to_owned()),
            "account" => self.account = Some(value.to_owned()),
            // A subject's key begins with its account.
            "subject" => {
                let account = value.split('/').next().unwrap_or_default();
                self.account.get_or_insert_with(|| account.to_owned());
            }
            _ => {}
        }
    }
}

impl Visit for Stated {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if ["account", "subject"].contains(&field.name()) {
            self.text(field, &format!("{value:?}"));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.push((field.name(), value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.numbers.push((field.name(), i64::try_from(value).unwrap_or(i64::MAX)));
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn lines(run: impl FnOnce()) -> Vec<String> {
        let meter = Meter::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(meter.clone()), run);
        let lines = meter.drain("dev", "odoo-writer", Timestamp::UNIX_EPOCH);
        assert_eq!(meter.drain("dev", "odoo-writer", Timestamp::UNIX_EPOCH), Vec::<String>::new(), "drained is gone");
        lines
    }

    #[test]
    fn outcomes_are_counted_under_their_account_and_ages_keep_the_greatest() {
        let subject = "shop/order/1";
        let found = lines(|| {
            tracing::info!(%subject, outcome = "settled");
            tracing::info!(%subject, outcome = "settled");
            tracing::warn!(%subject, open_seconds = 7_i64, outcome = "deferred");
            tracing::warn!(%subject, open_seconds = 5_i64, outcome = "deferred");
            tracing::info!(account = "other", outcome = "ignored");
        });
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            found[1],
            r#"{"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"Sluice","Dimensions":[["stage"],["stage","account"]],"Metrics":[{"Name":"oldest_open_seconds","Unit":"Seconds"},{"Name":"orders_deferred","Unit":"Count"},{"Name":"orders_settled","Unit":"Count"}]}]},"stage":"dev","account":"shop","function":"odoo-writer","oldest_open_seconds":7,"orders_deferred":2,"orders_settled":2}"#
        );
        assert!(
            found[0].contains(r#""account":"other""#) && found[0].contains(r#""deliveries_ignored":1"#),
            "{found:?}"
        );
    }

    #[test]
    fn a_hostile_name_cannot_break_the_line() {
        let found = lines(|| tracing::info!(account = "a\"},{\"x\":\"\n", outcome = "accepted"));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains(r#""account":"ax""#) && !found[0].contains('\n'), "{found:?}");
    }
}
