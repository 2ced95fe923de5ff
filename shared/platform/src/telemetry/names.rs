//! Names of log fields and metrics. One file, so that a dashboard and the code cannot drift apart: a test holds the fields of
//! every log line against [`FIELDS`].
//!
//! None of them may carry personal data. A subject key, a topic, an Odoo order number and an account name are none.

use crate::http::MeteredNames;

/// Every field that a log line may have, in alphabetical order, and what it holds.
pub const FIELDS: &[(&str, &str)] = &[
    ("account", "name of the account"),
    ("behind_seconds", "how far back a channel must be read from next time"),
    ("bytes", "how large something is, in bytes"),
    ("call", "the step of a call to Odoo whose outcome is unknown"),
    ("channel", "folder name of the channel"),
    ("class", "class of an exception, also the name of its runbook"),
    ("code", "the fixed word of an oddity in a payload"),
    ("deliveries", "how many deliveries"),
    ("elsewhere", "subscriptions that go to another address"),
    ("error", "why a port failed; ports quote no payload"),
    ("fault", "why a call to Odoo failed; quotes Odoo's own message"),
    ("field", "path of a field in a payload, never its value"),
    ("known", "orders of a read that the state held word for word"),
    ("narrowed", "subscriptions that leave events or fields out"),
    ("odoo", "the order's number in Odoo, or a dash"),
    ("oldest_due_seconds", "how long the oldest due subject has been due"),
    ("open_seconds", "how long an order has been neither settled nor held"),
    ("orders", "orders of a read"),
    ("outage", "whether a fault is of Odoo as a whole"),
    ("outcome", "what came of it, one of OUTCOMES"),
    ("overdue_calls", "calls of unknown outcome that were looked at"),
    ("pages", "pages of a read"),
    ("queue", "name of a queue"),
    ("reason", "a sentence for the operator, without personal data"),
    ("subject", "account/kind/external-id"),
    ("subjects", "how many subjects"),
    ("subscribed", "subscriptions that were made"),
    ("topic", "the provider's own event name"),
    ("trace_id", "follows a delivery into Odoo"),
    ("until", "not before this instant"),
    ("why", "why it was deferred"),
    ("woken", "subjects that a sweep woke"),
    ("wrote", "the steps that were taken in Odoo"),
];

/// Every outcome that a log line may state, in alphabetical order. [`COUNTED`] says which are metrics.
pub const OUTCOMES: &[(&str, &str)] = &[
    ("accepted", "a delivery was proved and queued"),
    ("continues", "steps of an order were taken and more are due"),
    ("deferred", "Odoo gave no definite answer, or no permit was free: later again"),
    ("denied", "a channel refuses to be read or to send: a person must give a right"),
    ("due", "work of an account is due: how long the oldest of it has been"),
    ("folded", "a delivery changed the desired state of a subject"),
    ("held", "an order waits for a person"),
    ("ignored", "a delivery of no concern to the flows that exist"),
    ("invalid", "a delivery was proved, and its body is one that its sender must correct: 422, and no trace but this"),
    ("not_started", "a function cannot start: the line says what is missing"),
    ("panicked", "a defect of Sluice: what was worked on comes back"),
    ("parked", "a delivery waits for a person"),
    ("ping", "a channel saw that somebody answers: nothing was in it"),
    ("prompted", "an event only named what changed: the account is read by the next sweep"),
    ("read", "a channel was read to the end"),
    ("redriven", "messages came back from a dead-letter queue"),
    ("settled", "nothing is left to do for an order"),
    ("skipped", "an account is not read: it has no access token, or nobody knows where webhooks should go"),
    ("stopped", "the Odoo database is not the one that was known: nothing is written to it"),
    ("subscribed", "every topic of an account is sent here"),
    ("swept", "the sweep woke what was due"),
    ("unauthorized", "a delivery was not proved: 401, and no trace but this"),
    ("unavailable", "a delivery was not queued: the channel sends it again"),
    ("unfinished", "a channel was not read to the end: the next run goes on there"),
    ("unread", "a channel could not be read: the next run tries again"),
    ("unreadable", "an event or a message that Sluice did not write"),
    ("waits", "an order waits for what somebody does in Odoo without telling us: it is looked at again"),
    ("without_secret", "an account cannot be served: its secret is missing"),
];

/// What is counted: the outcome that a log line states, and the metric that it adds one to.
pub const COUNTED: &[(&str, &str)] = &[
    ("accepted", "deliveries_accepted"),
    ("unauthorized", "deliveries_unauthorized"),
    ("unavailable", "deliveries_unavailable"),
    ("invalid", "deliveries_invalid"),
    ("ignored", "deliveries_ignored"),
    ("parked", "deliveries_parked"),
    ("folded", "folds"),
    ("read", "reads_complete"),
    ("unfinished", "reads_unfinished"),
    ("unread", "reads_failed"),
    ("denied", "reads_denied"),
    ("continues", "orders_continued"),
    ("deferred", "orders_deferred"),
    ("held", "orders_held"),
    ("settled", "orders_settled"),
];

/// Of which the greatest value is kept: the field of a log line, and the metric.
pub const GREATEST: &[(&str, &str)] = &[
    ("open_seconds", "oldest_open_seconds"),
    ("oldest_due_seconds", "oldest_due_seconds"),
    ("behind_seconds", "read_behind_seconds"),
];

/// Requests to Odoo.
pub const ODOO_CALLS: MeteredNames =
    MeteredNames { calls: "odoo_calls", failures: "odoo_failures", slowest_ms: "odoo_slowest_ms" };

/// Every metric, and what it says. Units by ending: `_seconds`, `_ms`, else a count. Dimensions: stage, and account.
pub const METRICS: &[(&str, &str)] = &[
    ("deliveries_accepted", "webhooks that were proved and queued"),
    ("deliveries_ignored", "deliveries of no concern to the flows that exist"),
    ("deliveries_invalid", "webhooks that were proved, with a body that their sender must correct"),
    ("deliveries_parked", "deliveries that wait for a person"),
    ("deliveries_unauthorized", "webhooks that were not proved"),
    ("deliveries_unavailable", "webhooks that could not be queued: the channel sends them again"),
    ("folds", "subjects whose desired state a delivery changed"),
    ("odoo_calls", "requests to Odoo"),
    ("odoo_failures", "requests to Odoo without an answer"),
    ("odoo_slowest_ms", "the slowest answer of Odoo"),
    ("oldest_due_seconds", "how long the longest due subject has been due: work is not being done"),
    ("oldest_open_seconds", "how late the latest order is: \"orders are delayed\" is this one"),
    ("orders_continued", "orders of which a step was taken and more are due"),
    ("orders_deferred", "retries to come: Odoo gave no definite answer, or no permit was free"),
    ("orders_held", "orders that wait for a person"),
    ("orders_settled", "orders of which nothing is left to do"),
    ("read_behind_seconds", "how far back a channel must be read from: lost webhooks are not healed"),
    ("reads_complete", "reads of a channel to the end"),
    ("reads_denied", "reads that a channel refuses: a person must give a right"),
    ("reads_failed", "reads without an answer: the next one tries again"),
    ("reads_unfinished", "reads that the next run goes on with"),
];
