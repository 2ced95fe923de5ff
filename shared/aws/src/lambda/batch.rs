//! Batches of queue messages: each answers for itself.
//!
//! Waiting is kept in the records, so a message that was received before met a crash. It is handled after the others, alone:
//! what crashes then is this one, and the others do not share its fate.

use std::{future::Future, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

/// The most messages of one event: what Lambda's largest batch of a standard queue holds.
const MAX_MESSAGES: usize = 10_000;

/// A message of an SQS queue, as Lambda hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    /// The queue's id of it.
    #[serde(rename = "messageId")]
    pub id: String,
    /// What it says.
    #[serde(default)]
    pub body: String,
    /// The ARN of its queue.
    #[serde(rename = "eventSourceARN", default)]
    pub source: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attributes {
    approximate_receive_count: Option<String>,
}

impl QueueMessage {
    /// How often it was received, this time included.
    #[must_use]
    pub fn receives(&self) -> u32 {
        self.attributes.approximate_receive_count.as_deref().and_then(|count| count.parse().ok()).unwrap_or(1)
    }
}

#[derive(Deserialize)]
struct QueueEvent {
    #[serde(rename = "Records")]
    records: Vec<QueueMessage>,
}

/// The messages of an event.
///
/// # Errors
/// When it is no event of a queue: where it is broken, without its content.
pub fn messages(event: &RawValue) -> Result<Vec<QueueMessage>, String> {
    let event: QueueEvent = serde_json::from_str(event.get()).map_err(|error| {
        format!("{:?} error at line {} column {}: no event of a queue", error.classify(), error.line(), error.column())
    })?;
    if event.records.len() > MAX_MESSAGES {
        return Err(format!("{} messages, more than {MAX_MESSAGES}", event.records.len()));
    }
    Ok(event.records)
}

/// Hands over the messages that come for the first time together, and then each of the others alone. `handle` answers the
/// ids that must come back; where it panics, all that it was given do.
pub async fn each_batch<F, R>(messages: Vec<QueueMessage>, handle: F) -> Value
where
    F: Fn(Vec<QueueMessage>) -> R,
    R: Future<Output = Vec<String>>,
{
    let (fresh, before): (Vec<_>, Vec<_>) = messages.into_iter().partition(|message| message.receives() <= 1);
    let mut failed = Vec::new();
    let alone = before.into_iter().map(|message| vec![message]);
    for batch in std::iter::once(fresh).chain(alone).filter(|batch| !batch.is_empty()) {
        let ids: Vec<String> = batch.iter().map(|message| message.id.clone()).collect();
        if let Ok(left) = AssertUnwindSafe(async { handle(batch).await }).catch_unwind().await {
            failed.extend(left);
        } else {
            tracing::error!(error = "a panic", deliveries = ids.len(), outcome = "panicked");
            failed.extend(ids);
        }
    }
    answer(failed)
}

/// The answer that makes some messages come back and deletes the others (`ReportBatchItemFailures`).
#[must_use]
pub fn answer(failed: Vec<String>) -> Value {
    let failures: Vec<Value> = failed.into_iter().map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failures})
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn event(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn message(id: &str, receives: u32) -> QueueMessage {
        let attributes = Attributes { approximate_receive_count: Some(receives.to_string()) };
        QueueMessage { id: id.into(), body: id.into(), source: String::new(), attributes }
    }

    /// Handles messages of which some fail and some panic; answers the batches and what comes back.
    fn run(messages: Vec<QueueMessage>) -> (Vec<Vec<String>>, Value) {
        let batches = RefCell::new(Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(each_batch(messages, |batch| {
            let ids: Vec<String> = batch.into_iter().map(|message| message.id).collect();
            batches.borrow_mut().push(ids.clone());
            async move {
                assert!(!ids.iter().any(|id| id == "panics"), "poison");
                ids.into_iter().filter(|id| id == "fails").collect()
            }
        }));
        (batches.into_inner(), answer)
    }

    #[test]
    fn one_failure_of_a_batch_brings_back_one_message() {
        let (batches, answer) = run(vec![message("a", 1), message("fails", 1), message("b", 1)]);
        assert_eq!(batches, [["a", "fails", "b"]]);
        assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "fails"}]}));
        assert_eq!(run(vec![message("a", 1)]).1, json!({"batchItemFailures": []}));
    }

    #[test]
    fn what_was_received_before_is_handled_last_and_alone() {
        let (batches, answer) = run(vec![message("again", 2), message("panics", 3), message("a", 1), message("b", 1)]);
        assert_eq!(batches, [vec!["a", "b"], vec!["again"], vec!["panics"]]);
        assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "panics"}]}), "one poison, one message");
    }

    #[test]
    fn a_panic_brings_back_the_batch_that_it_met() {
        let (_, answer) = run(vec![message("a", 1), message("panics", 1), message("b", 2)]);
        let failed = json!({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "panics"}]});
        assert_eq!(answer, failed);
    }

    #[test]
    fn an_event_is_read_and_anything_else_is_named() {
        let read = messages(&event(
            r#"{"Records":[{"messageId":"1","body":"x","attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1"},"eventSource":"aws:sqs"},{"messageId":"2"}]}"#,
        ));
        let read = read.unwrap();
        assert_eq!(
            read.iter().map(|message| (message.id.as_str(), message.receives())).collect::<Vec<_>>(),
            [("1", 3), ("2", 1)]
        );
        for strange in ["{}", "[]", "null", r#"{"Records":{}}"#, r#"{"Records":[{"body":"secret"}]}"#, r#""text""#] {
            let problem = messages(&event(strange)).unwrap_err();
            assert!(problem.contains("no event of a queue") && !problem.contains("secret"), "{problem}");
        }
    }
}
