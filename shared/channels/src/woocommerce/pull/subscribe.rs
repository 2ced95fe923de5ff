//! Webhooks. A shop turns one off after seven failures in a row, for good, and tells nobody (README, disabling): it counts as
//! none, so that a new one is made, which also has no failures behind it.

use serde::Deserialize;
use serde_json::Value;

use super::ask::MAX_PAGE;
use crate::{Answer, Subscription, Trouble, pull::quote};

/// Everything that an order's life is told by: refunds come as `order.updated`.
pub(super) const TOPICS: &[&str] = &["order.created", "order.updated", "order.deleted", "order.restored"];

#[derive(Deserialize)]
struct Webhook {
    topic: String,
    status: String,
    delivery_url: String,
}

pub(super) fn list(text: &str, after: Option<&str>) -> Result<Answer, Trouble> {
    let listed: Vec<Value> =
        serde_json::from_str(text).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    let page: u32 = after.and_then(|page| page.parse().ok()).unwrap_or(1);
    let full = u32::try_from(listed.len()).is_ok_and(|count| count >= MAX_PAGE);
    let webhooks = listed.into_iter().filter_map(|one| serde_json::from_value::<Webhook>(one).ok());
    let found = webhooks.filter(|webhook| webhook.status != "disabled").map(|webhook| Subscription {
        topic: webhook.topic,
        url: webhook.delivery_url,
        // Somebody paused it, and will know why.
        narrowed: webhook.status != "active",
    });
    Ok(Answer::Subscriptions { found: found.collect(), next: full.then(|| page.saturating_add(1).to_string()) })
}

/// The shop has sent its ping by now, and got its answer.
pub(super) fn made(topic: &str, text: &str) -> Result<Answer, Trouble> {
    let made: Webhook = serde_json::from_str(text).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    if made.topic == topic && made.status == "active" {
        return Ok(Answer::Subscribed);
    }
    Err(Trouble::Denied {
        fix: format!("the shop made a webhook for {topic} that is not active: see its list of webhooks"),
    })
}
