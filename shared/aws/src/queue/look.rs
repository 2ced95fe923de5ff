//! Looking at a queue: for the doctor of a stage.

use aws_sdk_sqs::{
    Client,
    error::SdkError,
    operation::{get_queue_attributes::GetQueueAttributesError, get_queue_url::GetQueueUrlError},
    types::QueueAttributeName,
};

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
    let found = client.get_queue_url().queue_name(name).send().await;
    let url = found.map_err(|error| unfound(name, &error))?.queue_url.unwrap_or_default();
    let messages = QueueAttributeName::ApproximateNumberOfMessages;
    let count = attribute(client, &url, messages).await?.and_then(|count| count.parse().ok()).unwrap_or_default();
    Ok(QueueLook { url, messages: count })
}

/// An attribute of a queue; asking for one opens the connection to it.
pub(super) async fn attribute(
    client: &Client,
    url: &str,
    name: QueueAttributeName,
) -> Result<Option<String>, Unusable> {
    let asked = client.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await;
    let attributes = asked.map_err(|error| unread(url, &error))?.attributes;
    Ok(attributes.and_then(|mut attributes| attributes.remove(&name)))
}

fn unfound(name: &str, error: &SdkError<GetQueueUrlError>) -> Unusable {
    Unusable { what: format!("the queue {name}"), problem: described("sqs:GetQueueUrl", name, error) }
}

fn unread(url: &str, error: &SdkError<GetQueueAttributesError>) -> Unusable {
    Unusable { what: format!("the queue {url}"), problem: described("sqs:GetQueueAttributes", url, error) }
}
