//! The shop as a whole.

use jiff::Timestamp;
use sluice_domain::ports::http::{HttpRequest, HttpResponse};

use super::{Emission, Revision, ShopConfig, Subscription, answer, bucket::Bucket, orders::Orders, webhooks::Webhooks};

/// Something that goes wrong with the next questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopTrouble {
    /// An HTTP status instead of an answer; 429 with `Retry-After` where seconds are given.
    Status(u16, Option<u32>),
    /// `INTERNAL_SERVER_ERROR` in HTTP 200.
    Internal,
    /// Another app has used up the bucket.
    Drained,
}

/// A simulated shop.
#[derive(Clone, Debug)]
pub struct SimShopify {
    pub(super) config: ShopConfig,
    pub(super) orders: Orders,
    pub(super) webhooks: Webhooks,
    pub(super) bucket: Bucket,
    pub(super) denied: Vec<String>,
    troubles: Vec<ShopTrouble>,
    questions: u64,
    pub(super) throttled: u64,
}

impl SimShopify {
    /// A shop without orders.
    #[must_use]
    pub fn new(config: ShopConfig) -> Self {
        let bucket = Bucket::new(config.restored, config.most);
        Self {
            config,
            bucket,
            orders: Orders::default(),
            webhooks: Webhooks::default(),
            denied: Vec::new(),
            troubles: Vec::new(),
            questions: 0,
            throttled: 0,
        }
    }

    /// How it is.
    #[must_use]
    pub fn config(&self) -> &ShopConfig {
        &self.config
    }

    /// It changes while it runs: a token is revoked, webhooks begin to get lost.
    pub fn change(&mut self) -> &mut ShopConfig {
        &mut self.config
    }

    /// An order is placed, changed or deleted.
    pub fn revise(&mut self, revision: Revision) {
        self.orders.revise(revision);
    }

    /// When the search finds the last change of all; `None` without orders.
    #[must_use]
    pub fn settled_at(&self) -> Option<Timestamp> {
        self.orders.settled_at()
    }

    /// Questions so far, refused ones too.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.questions
    }

    /// Questions that were refused because the bucket was empty.
    #[must_use]
    pub fn throttled(&self) -> u64 {
        self.throttled
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &HttpRequest, now: Timestamp) -> HttpResponse {
        self.questions = self.questions.saturating_add(1);
        let trouble = if self.troubles.is_empty() { None } else { Some(self.troubles.remove(0)) };
        if trouble == Some(ShopTrouble::Drained) {
            self.bucket.drain(now);
        }
        answer::answer(self, request, trouble.as_ref(), now)
    }

    /// The next questions meet these, one each.
    pub fn trouble(&mut self, troubles: impl IntoIterator<Item = ShopTrouble>) {
        self.troubles.extend(troubles);
    }

    /// From now on the app may not ask for that field of the query root, or of an order.
    pub fn deny(&mut self, field: &str) {
        self.denied.push(field.to_owned());
    }

    /// Every right is given, and nothing goes wrong.
    pub fn heal(&mut self) {
        self.denied.clear();
        self.troubles.clear();
    }

    /// Subscribes by hand.
    pub fn subscribe(&mut self, topic: &str, url: &str) {
        self.webhooks.subscribe(topic, url);
    }

    /// Subscriptions as they stand.
    #[must_use]
    pub fn subscriptions(&self) -> &[Subscription] {
        self.webhooks.subscriptions()
    }

    /// Somebody deletes every subscription.
    pub fn unsubscribe(&mut self) {
        self.webhooks.clear();
    }

    /// Would an event of a topic be sent to a URL, or is it lost, or wanted by nobody?
    pub fn sends(&mut self, topic: &str, url: &str) -> bool {
        let lost = self.config.lost;
        self.webhooks.sends(topic, url, lost)
    }

    /// What came of an event that somebody else has sent: a subscription whose address fails is deleted.
    pub fn heard(&mut self, topic: &str, url: &str, taken: bool) {
        self.webhooks.heard(topic, url, taken);
    }

    /// Something happened: whoever subscribed to the topic will hear of it.
    pub fn tell(&mut self, topic: &str, body: &[u8], now: Timestamp) {
        let lost = self.config.lost;
        self.webhooks.tell(topic, body, now, lost);
    }

    /// Signed webhooks that are to be posted now.
    pub fn due_webhooks(&mut self, now: Timestamp) -> Vec<Emission> {
        self.webhooks.due(now, &self.config)
    }

    /// What came of posting one.
    pub fn report(&mut self, id: u64, taken: bool, now: Timestamp) {
        self.webhooks.report(id, taken, now);
    }
}
