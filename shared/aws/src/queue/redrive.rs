//! Brings back what a dead-letter queue holds: after a deploy that mends the defect, or by hand.
//!
//! Each message is sent to its queue before it is deleted from the other: a crash in between makes it two, and two
//! deliveries of one thing are one.

use aws_sdk_sqs::{
    Client,
    error::SdkError,
    types::{
        DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, SendMessageBatchRequestEntry,
        SendMessageBatchResultEntry,
        builders::{DeleteMessageBatchRequestEntryBuilder, SendMessageBatchRequestEntryBuilder},
    },
};
use aws_smithy_types::error::{metadata::ProvideErrorMetadata, operation::BuildError};
use sluice_domain::ports::queue::QueueError;

use crate::{failure::described, wire::MAX_MESSAGE_BYTES};

/// The most messages of one request.
const BATCH: i32 = 10;
/// The most requests of one redrive that bring nothing: an answer without messages need not mean an empty queue.
const MAX_EMPTY: usize = 3;

/// Moves messages between two queues.
#[derive(Clone, Debug)]
pub struct Redrive {
    client: Client,
}

impl Redrive {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Moves at most `most` messages from one queue to another; answers how many.
    ///
    /// # Errors
    /// When SQS refuses or does not answer. What was moved before stays moved, nothing is lost.
    pub async fn run(&self, from: &str, to: &str, most: usize) -> Result<usize, QueueError> {
        let (mut moved, mut empty) = (0_usize, 0_usize);
        while moved < most && empty < MAX_EMPTY {
            let received = self.client.receive_message().queue_url(from).max_number_of_messages(BATCH);
            let received = received.message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
            let messages = received.send().await.map_err(|error| refused("sqs:ReceiveMessage", from, &error))?;
            let messages = messages.messages.unwrap_or_default();
            if messages.is_empty() {
                empty = empty.saturating_add(1);
                continue;
            }
            for batch in batches(messages) {
                moved = moved.saturating_add(self.forward(from, to, &batch).await?);
            }
        }
        Ok(moved)
    }

    async fn forward(&self, from: &str, to: &str, messages: &[Message]) -> Result<usize, QueueError> {
        let entries = each(messages, |index, message| sending(index, message).build())?;
        let sent = self.client.send_message_batch().queue_url(to).set_entries(Some(entries)).send().await;
        let sent = sent.map_err(|error| refused("sqs:SendMessage", to, &error))?;
        let done: Vec<&str> = sent.successful().iter().map(SendMessageBatchResultEntry::id).collect();
        let arrived = messages.iter().enumerate().filter(|(index, _)| done.contains(&index.to_string().as_str()));
        let arrived: Vec<Message> = arrived.map(|(_, message)| message.clone()).collect();
        if arrived.is_empty() {
            let why = sent.failed().first().and_then(|entry| entry.message()).unwrap_or("no reason given");
            return Err(QueueError(format!("nothing of a batch was taken: {why}")));
        }
        let entries = each(&arrived, |index, message| deleting(index, message).build())?;
        let deleted = self.client.delete_message_batch().queue_url(from).set_entries(Some(entries)).send().await;
        deleted.map_err(|error| refused("sqs:DeleteMessage", from, &error))?;
        Ok(arrived.len())
    }
}

fn refused<E>(action: &str, queue: &str, error: &SdkError<E>) -> QueueError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    QueueError(described(action, queue, error))
}

/// Messages in batches that SQS takes: all of one together are no larger than one message may be.
fn batches(messages: Vec<Message>) -> Vec<Vec<Message>> {
    let mut batches: Vec<Vec<Message>> = Vec::new();
    let mut room = 0;
    for message in messages {
        let bytes = message.body().unwrap_or_default().len();
        if let Some(batch) = batches.last_mut().filter(|_| bytes <= room) {
            batch.push(message);
        } else {
            batches.push(vec![message]);
            room = MAX_MESSAGE_BYTES;
        }
        room = room.saturating_sub(bytes);
    }
    batches
}

fn each<T>(
    messages: &[Message],
    build: impl Fn(usize, &Message) -> Result<T, BuildError>,
) -> Result<Vec<T>, QueueError> {
    let entries = messages.iter().enumerate().map(|(index, message)| build(index, message));
    entries.collect::<Result<_, _>>().map_err(|error| QueueError(error.to_string()))
}

fn sending(index: usize, message: &Message) -> SendMessageBatchRequestEntryBuilder {
    let group = message.attributes().and_then(|attributes| attributes.get(&MessageSystemAttributeName::MessageGroupId));
    SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_body(message.body().unwrap_or_default())
        .set_message_group_id(group.cloned())
}

fn deleting(index: usize, message: &Message) -> DeleteMessageBatchRequestEntryBuilder {
    let receipt = message.receipt_handle().unwrap_or_default();
    DeleteMessageBatchRequestEntry::builder().id(index.to_string()).receipt_handle(receipt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(given: &[usize]) -> Vec<usize> {
        let message = |bytes: &usize| Message::builder().body("x".repeat(*bytes)).build();
        batches(given.iter().map(message).collect()).iter().map(Vec::len).collect()
    }

    #[test]
    fn a_batch_is_no_larger_than_a_message_may_be() {
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&[10; 10]), [10]);
        assert_eq!(sizes(&[MAX_MESSAGE_BYTES, 0, 1]), [2, 1]);
        assert_eq!(sizes(&[400_000; 5]), [2, 2, 1]);
    }
}
