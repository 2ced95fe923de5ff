//! The queues: SQS, sending.

pub(crate) mod look;
mod redrive;

use std::sync::Arc;

use aws_sdk_sqs::{
    Client,
    types::{QueueAttributeName, SendMessageBatchRequestEntry},
};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
    },
    state::Lane,
};

use crate::{
    bodies::KeepBodies,
    failure::{Unusable, described},
    wire::{Outgoing, encode_delivery, encode_wake},
};

pub use look::QueueLook;
pub use redrive::Redrive;

/// The most messages of one request.
const MAX_BATCH: usize = 10;
/// How often entries that a batch refused are sent again.
const MAX_ROUNDS: usize = 3;

/// Where the queues are; a function names those that it sends to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueUrls {
    /// `deliveries`.
    pub deliveries: Option<String>,
    /// `odoo.urgent`.
    pub urgent: Option<String>,
    /// `odoo.bulk`.
    pub bulk: Option<String>,
}

/// Sends to SQS.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    urls: QueueUrls,
    bodies: Option<Arc<dyn KeepBodies>>,
}

impl SqsQueue {
    /// Queues at these URLs; `bodies` takes what fits no message.
    #[must_use]
    pub fn new(client: Client, urls: QueueUrls, bodies: Option<Arc<dyn KeepBodies>>) -> Self {
        Self { client, urls, bodies }
    }

    /// Looks whether the queues that this function was told of can be used, which also opens the connection to them.
    ///
    /// # Errors
    /// When one is not there, or this role may not ask for its attributes.
    pub async fn check(&self) -> Result<(), Unusable> {
        let QueueUrls { deliveries, urgent, bulk } = &self.urls;
        for url in [deliveries, urgent, bulk].into_iter().flatten() {
            look::attribute(&self.client, url, QueueAttributeName::QueueArn).await?;
        }
        Ok(())
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), QueueError> {
        let url = named(self.urls.deliveries.as_ref(), "deliveries")?;
        let message = match encode_delivery(delivery).map_err(|error| QueueError(error.to_string()))? {
            Outgoing::Whole(message) => message,
            Outgoing::Stored { key, packed, message } => {
                let missing = || QueueError("it fits no message, and this function has no bucket of bodies".into());
                let bodies = self.bodies.as_ref().ok_or_else(missing)?;
                bodies.put(&key, packed).await.map_err(|error| QueueError(error.to_string()))?;
                message
            }
        };
        let group = delivery.account.as_str();
        let sent = self.client.send_message().queue_url(url).message_body(message).message_group_id(group).send().await;
        sent.map(drop).map_err(|error| QueueError(described("sqs:SendMessage", url, &error)))
    }

    fn lane(&self, lane: Lane) -> Result<&str, QueueError> {
        match lane {
            Lane::Urgent => named(self.urls.urgent.as_ref(), "odoo.urgent"),
            Lane::Bulk => named(self.urls.bulk.as_ref(), "odoo.bulk"),
        }
    }

    async fn wake(&self, lane: Lane, wakes: &[Wake]) -> Result<(), QueueError> {
        let url = self.lane(lane)?;
        for batch in wakes.chunks(MAX_BATCH) {
            let entries = batch.iter().enumerate().map(|(index, wake)| entry(index, wake)).collect::<Result<_, _>>()?;
            self.send_batch(url, entries).await?;
        }
        Ok(())
    }

    /// Sends one batch, and again what of it was refused.
    async fn send_batch(&self, url: &str, mut entries: Vec<SendMessageBatchRequestEntry>) -> Result<(), QueueError> {
        let mut refused = String::new();
        for _ in 0..MAX_ROUNDS {
            let request = self.client.send_message_batch().queue_url(url).set_entries(Some(entries.clone()));
            let answer = request.send().await.map_err(|error| QueueError(described("sqs:SendMessage", url, &error)))?;
            entries.retain(|entry| answer.failed().iter().any(|failed| failed.id() == entry.id()));
            let Some(first) = answer.failed().first() else { return Ok(()) };
            refused =
                format!("sqs:SendMessage on {url}: {}: {}", first.code(), first.message().unwrap_or("no message"));
            if answer.failed().iter().all(aws_sdk_sqs::types::BatchResultErrorEntry::sender_fault) {
                break;
            }
        }
        Err(QueueError(refused))
    }
}

fn entry(index: usize, wake: &Wake) -> Result<SendMessageBatchRequestEntry, QueueError> {
    let body = encode_wake(wake).map_err(|error| QueueError(error.to_string()))?;
    let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
    let entry = entry.message_group_id(wake.subject.account().as_str()).build();
    entry.map_err(|error| QueueError(error.to_string()))
}

fn named<'a>(url: Option<&'a String>, queue: &str) -> Result<&'a str, QueueError> {
    url.map(String::as_str).ok_or_else(|| QueueError(format!("this function was not told the URL of {queue}")))
}

impl Queue for SqsQueue {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move { self.send(&delivery).await })
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move { self.wake(lane, &wakes).await })
    }

    fn waiting(&self, lane: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        Box::pin(async move {
            let count =
                look::attribute(&self.client, self.lane(lane)?, QueueAttributeName::ApproximateNumberOfMessages);
            let count = count.await.map_err(|error| QueueError(error.to_string()))?;
            Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
        })
    }
}
