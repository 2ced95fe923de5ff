//! Webhooks: subscriptions, signed emission, retries, and the deletion of a subscription whose address fails (README,
//! retries and removal).

use jiff::{SignedDuration, Timestamp};
use sluice_channels::{SigningRequest, channel};
use sluice_domain::ports::secrets::Secret;

use super::ShopConfig;

/// Failures in a row after which a subscription is deleted.
const FAILURES: u32 = 8;
/// Seconds until each of the eight retries: four hours in all.
const GAPS: [i64; 8] = [10, 30, 60, 300, 900, 1_800, 3_600, 7_200];
/// An odd constant whose bits are well spread.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its number.
    pub id: u64,
    /// Its topic: `orders/create`.
    pub topic: String,
    /// Where events go.
    pub url: String,
    /// Failures since the last success.
    pub failures: u32,
}

/// A webhook that is to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emission {
    /// Its number, to report what came of it.
    pub id: u64,
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Waiting {
    id: u64,
    subscription: u64,
    topic: String,
    url: String,
    body: Vec<u8>,
    triggered_at: Timestamp,
    due: Timestamp,
    tries: usize,
}

/// All subscriptions of an app, and what waits to be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhooks {
    subscriptions: Vec<Subscription>,
    waiting: Vec<Waiting>,
    count: u64,
}

impl Webhooks {
    fn next(&mut self) -> u64 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// Subscribes; `false` when the address is taken for that topic.
    pub(super) fn subscribe(&mut self, topic: &str, url: &str) -> bool {
        if self.subscriptions.iter().any(|known| known.topic == topic && known.url == url) {
            return false;
        }
        let id = self.next();
        self.subscriptions.push(Subscription { id, topic: topic.to_owned(), url: url.to_owned(), failures: 0 });
        true
    }

    pub(super) fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    pub(super) fn clear(&mut self) {
        self.subscriptions.clear();
    }

    /// Is an event of a topic sent to a URL, or is it lost on the way or to nobody?
    pub(super) fn sends(&mut self, topic: &str, url: &str, lost: u32) -> bool {
        let subscribed = self.subscriptions.iter().any(|known| known.topic == topic && known.url == url);
        subscribed && !self.loses(lost)
    }

    fn loses(&mut self, lost: u32) -> bool {
        let mixed = self.next().wrapping_mul(SPREAD);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(SPREAD) >> 32;
        mixed.checked_rem(10_000).is_some_and(|roll| roll < u64::from(lost))
    }

    /// What came of sending to a URL.
    pub(super) fn heard(&mut self, topic: &str, url: &str, taken: bool) {
        for known in self.subscriptions.iter_mut().filter(|known| known.topic == topic && known.url == url) {
            known.failures = if taken { 0 } else { known.failures.saturating_add(1) };
        }
        self.subscriptions.retain(|known| known.failures < FAILURES);
    }

    /// Something happened: every subscription to the topic hears of it, or it is lost.
    pub(super) fn tell(&mut self, topic: &str, body: &[u8], now: Timestamp, lost: u32) {
        let targets: Vec<(u64, String)> = self
            .subscriptions
            .iter()
            .filter(|known| known.topic == topic)
            .map(|known| (known.id, known.url.clone()))
            .collect();
        for (subscription, url) in targets {
            if self.loses(lost) {
                continue;
            }
            let id = self.next();
            let (topic, body) = (topic.to_owned(), body.to_vec());
            self.waiting.push(Waiting { id, subscription, topic, url, body, triggered_at: now, due: now, tries: 0 });
        }
    }

    /// What is to be posted now. It is given out again after a while unless somebody reports what came of it.
    pub(super) fn due(&mut self, now: Timestamp, config: &ShopConfig) -> Vec<Emission> {
        let Some(shopify) = channel(&config.account.channel) else { return Vec::new() };
        let secret = Secret::new(config.secret.clone());
        let mut due = Vec::new();
        for one in self.waiting.iter_mut().filter(|one| one.due <= now) {
            let delivery_id = format!("sim-{}", one.id);
            let signed = shopify.sign(&SigningRequest {
                account: &config.account,
                topic: &one.topic,
                delivery_id: &delivery_id,
                body: &one.body,
                url: Some(&one.url),
                secret: &secret,
                now: one.triggered_at,
            });
            due.push(Emission { id: one.id, url: one.url.clone(), headers: signed.headers, body: one.body.clone() });
            one.due = later(now, GAPS.get(one.tries).copied().unwrap_or_default());
        }
        due
    }

    /// What came of a webhook that was given out.
    pub(super) fn report(&mut self, id: u64, taken: bool, now: Timestamp) {
        let Some(place) = self.waiting.iter().position(|one| one.id == id) else { return };
        let Some(one) = self.waiting.get_mut(place) else { return };
        let subscription = one.subscription;
        let gap = GAPS.get(one.tries);
        one.tries = one.tries.saturating_add(1);
        match gap {
            Some(gap) if !taken => one.due = later(now, *gap),
            Some(_) | None => drop(self.waiting.remove(place)),
        }
        if let Some(known) = self.subscriptions.iter_mut().find(|known| known.id == subscription) {
            known.failures = if taken { 0 } else { known.failures.saturating_add(1) };
        }
        self.subscriptions.retain(|known| known.failures < FAILURES);
    }
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
