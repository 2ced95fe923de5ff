//! Webhook subscriptions. Those that an app makes by the Admin API are deleted after 8 failures in a row, and nobody is told
//! (README, removal).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer::part, order::PageInfo};
use crate::{Answer, Subscription, Trouble, pull::quote};

/// Everything that an order's life is told by.
pub(super) const TOPICS: &[&str] = &[
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/edited",
    "orders/fulfilled",
    "orders/partially_fulfilled",
    "orders/delete",
    "refunds/create",
    "app/uninstalled",
];

/// `ORDERS_CREATE` of `orders/create`: `WebhookSubscriptionTopic`.
fn enumerated(topic: &str) -> String {
    topic.replace('/', "_").to_uppercase()
}

pub(super) fn variables(topic: &str, url: &str) -> Value {
    json!({"topic": enumerated(topic), "subscription": {"uri": url, "format": "JSON"}})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    webhook_subscriptions: Connection,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    page_info: PageInfo,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    topic: String,
    uri: String,
    format: String,
    include_fields: Vec<String>,
    filter: Option<String>,
}

pub(super) fn list(data: &str) -> Result<Answer, Trouble> {
    let connection = part::<Listed>(data)?.webhook_subscriptions;
    let named = |topic: &str| {
        let known = TOPICS.iter().find(|known| enumerated(known) == topic);
        known.map_or_else(|| topic.to_lowercase(), |known| (*known).to_owned())
    };
    let found = connection.nodes.into_iter().map(|node| Subscription {
        topic: named(&node.topic),
        url: node.uri,
        narrowed: node.format != "JSON"
            || !node.include_fields.is_empty()
            || node.filter.is_some_and(|filter| !filter.trim().is_empty()),
    });
    Ok(Answer::Subscriptions { found: found.collect(), next: connection.page_info.next()? })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    webhook_subscription_create: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
struct UserError {
    message: String,
}

/// Two at once ask for the same subscription: the second is told that the address is taken, which is what it wanted.
const TAKEN: &str = "already been taken";

pub(super) fn made(topic: &str, data: &str) -> Result<Answer, Trouble> {
    let made = part::<Made>(data)?.webhook_subscription_create;
    let payload = made.ok_or_else(|| Trouble::Unreadable("no webhookSubscriptionCreate".into()))?;
    match payload.user_errors.first() {
        None => Ok(Answer::Subscribed),
        Some(error) if error.message.contains(TAKEN) => Ok(Answer::Subscribed),
        Some(error) => {
            Err(Trouble::Denied { fix: format!("Shopify refuses to send {topic}: {}", quote(&error.message)) })
        }
    }
}
