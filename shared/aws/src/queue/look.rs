//! Looking at a queue: for the doctor of a stage.

use aws_sdk_sqs::{Client, types::QueueAttributeName};

use crate::failure::{Unusable, described};

/// A queue, as it is seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLook {
    /// Its URL.
    pub url: String,
    /// About how many messages wait in it.
    pub messages: u64,
}

/// A queue by its name.
pub(crate) async fn look(client: &Client, name: &str) -> Result<QueueLook, Unusable> {
    let unusable = |problem: String| Unusable { what: format!("the queue {name}"), problem };
    let found = client.get_queue_url().queue_name(name).send().await;
    let url = found.map_err(|error| unusable(described("GetQueueUrl", name, &error)))?.queue_url.unwrap_or_default();
    let waiting = QueueAttributeName::ApproximateNumberOfMessages;
    let asked = client.get_queue_attributes().queue_url(&url).attribute_names(waiting.clone()).send().await;
    let attributes =
        asked.map_err(|error| unusable(described("GetQueueAttributes", name, &error)))?.attributes.unwrap_or_default();
    let messages = attributes.get(&waiting).and_then(|count| count.parse().ok()).unwrap_or_default();
    Ok(QueueLook { url, messages })
}
