//! Webhooks, and the channel that sends them until they are taken.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sluice_channels::{SigningRequest, channel};
use sluice_domain::{account::Account, ports::secrets::Secret};
use sluice_webhook_ingress::{Answer, IngressRequest};

use super::setup::{PUBLIC_URL, SIGNING_SECRET};
use crate::shop::{self, ShopOrder};

/// What a forger signs with.
pub const FORGERS_SECRET: &str = "not the secret";

/// A webhook to be sent.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// When it is sent first.
    pub at: Timestamp,
    /// To which of the world's accounts.
    pub account: usize,
    /// Its topic.
    pub topic: &'static str,
    /// Its delivery id.
    pub delivery_id: String,
    /// What it says.
    pub content: Content,
    /// Signed by somebody else?
    pub forged: bool,
}

/// What a webhook says; bodies are written when they are sent.
#[derive(Clone, Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// An order at one version, in the form of the webhook's topic.
    Order(Arc<ShopOrder>, usize),
}

impl Content {
    fn bytes(&self, topic: &str) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Order(order, version) => match topic {
                "refunds/create" => shop::refund_body(order, *version),
                "orders/edited" => shop::edited_body(order, *version),
                "orders/delete" => shop::deleted_body(order),
                _ => shop::order_body(order, *version),
            },
        }
    }
}

/// A webhook with what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) webhook: Webhook,
    pub(crate) tries: u32,
    pub(crate) answer: Option<Answer>,
    /// It was never sent.
    pub(crate) lost: bool,
}

impl Sending {
    pub(crate) fn new(webhook: Webhook) -> Self {
        Self { webhook, tries: 0, answer: None, lost: false }
    }

    /// Has the channel done with it?
    pub(crate) fn is_over(&self) -> bool {
        self.answer.is_some() || self.lost
    }

    /// Was it taken, so that nothing of it may be lost?
    pub(crate) fn is_accepted(&self) -> bool {
        self.answer == Some(Answer::Accepted)
    }

    /// When it is sent again, after so many tries.
    pub(crate) fn again(&self, now: Timestamp) -> Timestamp {
        let seconds = 10_i64.saturating_mul(1 << self.tries.min(7));
        super::kernel::later(now, SignedDuration::from_secs(seconds))
    }

    /// The request as the gateway hands it over.
    pub(crate) fn request(&self, account: &Account) -> IngressRequest {
        let Webhook { topic, delivery_id, content, forged, at, .. } = &self.webhook;
        let body = content.bytes(topic);
        let secret = Secret::new(if *forged { FORGERS_SECRET } else { SIGNING_SECRET });
        let path = format!("/webhooks/{}/{}", account.channel, account.name);
        let (url, now) = (format!("{PUBLIC_URL}{path}"), *at);
        let signing =
            SigningRequest { account, topic, delivery_id, body: &body, url: Some(&url), secret: &secret, now };
        let headers = channel(&account.channel).expect("a channel of this build").sign(&signing).headers;
        IngressRequest { method: "POST".into(), path, headers, body }
    }
}
