//! Names of log fields and metrics. One file, so that a dashboard and the code cannot drift apart: a test holds the fields of
//! every log line against [`FIELDS`].
//!
//! None of them may carry personal data. A subject key, a topic, an Odoo order number and an account name are none.

/// Every field that a log line may have, in alphabetical order, and what it holds.
pub const FIELDS: &[(&str, &str)] = &[
    ("account", "name of the account"),
    ("call", "the step of a call to Odoo whose outcome is unknown"),
    ("channel", "folder name of the channel"),
    ("class", "class of an exception, also the name of its runbook"),
    ("code", "the fixed word of an oddity in a payload"),
    ("deliveries", "how many deliveries"),
    ("error", "why a port failed; ports quote no payload"),
    ("fault", "why a call to Odoo failed; quotes Odoo's own message"),
    ("field", "path of a field in a payload, never its value"),
    ("odoo", "the order's number in Odoo, or a dash"),
    ("oldest_due_seconds", "how long the oldest due subject has been due"),
    ("outage", "whether a fault is of Odoo as a whole"),
    ("outcome", "what came of it, one of OUTCOMES"),
    ("overdue_calls", "calls of unknown outcome that were looked at"),
    ("reason", "a sentence for the operator, without personal data"),
    ("subject", "account/kind/external-id"),
    ("subjects", "how many subjects"),
    ("topic", "the provider's own event name"),
    ("trace_id", "follows a delivery into Odoo"),
    ("until", "not before this instant"),
    ("why", "why it was deferred"),
    ("woken", "subjects that a sweep woke"),
    ("wrote", "the steps that were taken in Odoo"),
];

/// Every outcome that a log line may state, in alphabetical order. Metrics count lines by it.
pub const OUTCOMES: &[(&str, &str)] = &[
    ("accepted", "a delivery was proved and queued"),
    ("continues", "steps of an order were taken and more are due"),
    ("deferred", "Odoo gave no definite answer, or no permit was free: later again"),
    ("held", "an order waits for a person"),
    ("ignored", "a delivery of no concern to the flows that exist"),
    ("parked", "a delivery waits for a person"),
    ("settled", "nothing is left to do for an order"),
    ("stopped", "the Odoo database is not the one that was known: nothing is written to it"),
    ("swept", "the sweep woke what was due"),
    ("unauthorized", "a delivery was not proved: 401, and no trace but this"),
    ("unavailable", "a delivery was not queued: the channel sends it again"),
];

/// Every metric and its unit. They are counted from the fields and outcomes above.
pub const METRICS: &[(&str, &str)] = &[
    ("oldest_due_seconds", "seconds, per flow: \"orders are delayed\" is this one"),
    ("deliveries", "count, per account and outcome"),
    ("orders", "count, per account and outcome"),
];
