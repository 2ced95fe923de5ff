//! Worlds in which channels are read too: simulated shops behind the accounts, pulls and looks at the subscriptions.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sluice_channels::channel;
use sluice_domain::{account::Account, ports::state::State};
use sluice_reconciler::Job;
use sluice_sandbox::{
    seller::SimSeller,
    shopify::{Revision, ShopConfig, SimShopify},
};

use super::{Event, World, look::now_or_never};
use crate::{
    bugs::PullBug,
    shop::{ShopOrder, held_body},
    world::{
        kernel::later,
        setup::{ACCESS_TOKEN, PUBLIC_URL, SIGNING_SECRET},
        task::{Done, Work},
        webhook::Content,
    },
};

/// How long a reading job is told that it has, in seconds.
const READING_SECONDS: i64 = 120;
/// When the platform ends it, in seconds.
const READING_KILLED_SECONDS: i64 = 150;

/// How a world reads its channels.
#[derive(Clone, Copy, Debug)]
pub struct Pulls {
    /// Seconds between two pulls, and between two looks at the subscriptions.
    pub every_seconds: i64,
    /// How many instances pull at once.
    pub instances: usize,
    /// How long the shops' index lags, in seconds.
    pub lag_seconds: i64,
    /// Webhooks that get lost, of ten thousand.
    pub lost: u32,
    /// Are there subscriptions at the beginning? Without them no webhook is sent.
    pub subscribed: bool,
    /// A bug on purpose.
    pub bug: Option<PullBug>,
}

impl Pulls {
    /// Every five minutes, from shops that lose nothing.
    pub const CALM: Self =
        Self { every_seconds: 300, instances: 1, lag_seconds: 0, lost: 0, subscribed: true, bug: None };
}

/// What is behind an account.
pub(crate) enum Shop {
    /// A Shopify shop.
    Shopify(Box<SimShopify>),
    /// A seller at another channel.
    Seller(Box<SimSeller>),
    /// Somebody who only sends.
    Sender,
}

/// The shops of a world, by the number of their account.
pub(crate) type Shops = Arc<Mutex<Vec<Shop>>>;

fn behind(account: &Account, pulls: &Pulls) -> Shop {
    if account.channel != "shopify" {
        return SimSeller::of(account).map_or(Shop::Sender, |seller| Shop::Seller(Box::new(seller)));
    }
    let config = ShopConfig::standard(account, ACCESS_TOKEN, SIGNING_SECRET);
    let mut shop = SimShopify::new(ShopConfig { lost: pulls.lost, ..config });
    let topics = channel(&account.channel).map_or(&[] as &[&str], |channel| channel.subscriptions());
    for topic in topics.iter().filter(|_| pulls.subscribed) {
        shop.subscribe(topic, &webhook_url(account));
    }
    Shop::Shopify(Box::new(shop))
}

impl World {
    /// Shops behind the accounts.
    pub(super) fn shops(pulls: Option<Pulls>, accounts: &[Account]) -> Shops {
        let shops = pulls.map(|pulls| accounts.iter().map(|account| behind(account, &pulls)).collect());
        Arc::new(Mutex::new(shops.unwrap_or_default()))
    }

    pub(super) fn begin_pulls(&mut self, start: Timestamp) {
        if let Some(pulls) = self.pulls {
            let first = later(start, SignedDuration::from_secs(pulls.every_seconds));
            self.schedule(first, Event::Pull);
            self.schedule(first, Event::Subscriptions);
        }
    }

    /// Are channels read in this world?
    #[must_use]
    pub fn reads_channels(&self) -> bool {
        self.pulls.is_some()
    }

    /// The shop of an account: to look at, or to be somebody who works there.
    ///
    /// # Panics
    /// In a world that reads no channels, and for an account of another channel.
    pub fn shop<T>(&self, account: usize, look: impl FnOnce(&mut SimShopify) -> T) -> T {
        self.shopify(account, look).expect("a Shopify shop")
    }

    fn shopify<T>(&self, account: usize, look: impl FnOnce(&mut SimShopify) -> T) -> Option<T> {
        match &mut self.shops.lock().expect("a world is one thread")[account] {
            Shop::Shopify(shop) => Some(look(shop)),
            Shop::Seller(_) | Shop::Sender => None,
        }
    }

    /// The seller of an account of another channel: to look at, or to be somebody who sells there.
    ///
    /// # Panics
    /// In a world that reads no channels, and for an account whose channel is not read.
    pub fn seller<T>(&self, account: usize, look: impl FnOnce(&mut SimSeller) -> T) -> T {
        match &mut self.shops.lock().expect("a world is one thread")[account] {
            Shop::Seller(seller) => look(seller),
            Shop::Shopify(_) | Shop::Sender => panic!("account {account} has no seller"),
        }
    }

    /// An order with its life, as its shop has it: each version from its time on, found by the search a little later.
    pub fn stock(&self, order: &Arc<ShopOrder>) {
        let lag = SignedDuration::from_secs(self.pulls.map_or(0, |pulls| pulls.lag_seconds));
        for (version, of) in order.versions.iter().enumerate() {
            let from = Arc::clone(order);
            let body: sluice_sandbox::shopify::Body = Arc::new(move || held_body(&from, version));
            let revision = Revision { order: order.id, at: of.at, found_at: later(of.at, lag), body: Some(body) };
            self.shop(order.account, |shop| shop.revise(revision));
        }
    }

    pub(super) fn start_reading(&mut self, job: &Job) {
        let Some(pulls) = self.pulls else { return };
        let next = later(self.kernel.now(), SignedDuration::from_secs(pulls.every_seconds));
        self.schedule(next, if *job == Job::Subscriptions { Event::Subscriptions } else { Event::Pull });
        for _ in 0..pulls.instances {
            let (reconciler, kernel, job) =
                (Arc::clone(&self.processes.reconciler), Arc::clone(&self.kernel), job.clone());
            let run = async move {
                let now = sluice_domain::ports::Clock::now(&*kernel);
                Done::Ran(reconciler.handle(job, later(now, SignedDuration::from_secs(READING_SECONDS))).await)
            };
            self.spawn(Work::Reading, run, SignedDuration::from_secs(READING_KILLED_SECONDS));
        }
    }

    /// Is a webhook never sent: lost, or subscribed to by nobody? Only what is about an order that the shop has.
    pub(super) fn is_lost(&mut self, number: usize) -> bool {
        let Some(sending) = self.sendings.get(number) else { return false };
        let webhook = &sending.webhook;
        let about_order = matches!(webhook.content, Content::Order(..)) && !webhook.forged;
        if self.pulls.is_none() || !about_order || sending.tries > 0 || sending.is_over() {
            return false;
        }
        let url = webhook_url(&self.accounts[webhook.account]);
        let sent = self.shopify(webhook.account, |shop| shop.sends(webhook.topic, &url)).unwrap_or(true);
        if !sent && let Some(sending) = self.sendings.get_mut(number) {
            sending.lost = true;
            self.unsent -= 1;
            self.lost += 1;
        }
        !sent
    }

    /// The shop learns what came of a webhook: a subscription whose address fails for long is deleted.
    pub(super) fn shop_hears(&self, number: usize, taken: bool) {
        let Some(sending) = self.sendings.get(number).filter(|_| self.pulls.is_some()) else { return };
        let url = webhook_url(&self.accounts[sending.webhook.account]);
        self.shopify(sending.webhook.account, |shop| shop.heard(sending.webhook.topic, &url, taken));
    }

    /// Webhooks that were never sent.
    #[must_use]
    pub fn lost_webhooks(&self) -> usize {
        self.lost
    }

    /// What the pulls, the looks at subscriptions and the sweeps that found something came to, in order.
    #[must_use]
    pub fn ran(&self) -> &[sluice_reconciler::Ran] {
        &self.ran
    }

    /// Everything that changed in an account's shop before it has been read; `None` before the first pull.
    #[must_use]
    pub fn read_until(&self, account: usize) -> Option<Timestamp> {
        let name = format!("pull#{}", self.accounts[account].name);
        let cursor = now_or_never(self.store.cursor(&name)).expect("a store in memory");
        let place: Value = serde_json::from_str(&cursor.value).ok()?;
        place["from"].as_str()?.parse().ok()
    }

    /// Has everything that ever changes in the shops been read?
    pub(super) fn is_read(&self) -> bool {
        let Some(_) = self.pulls else { return true };
        (0..self.accounts.len()).all(|account| {
            let settled = match &self.shops.lock().expect("a world is one thread")[account] {
                Shop::Shopify(shop) => shop.settled_at(),
                Shop::Seller(seller) => seller.settled_at(),
                Shop::Sender => None,
            };
            settled.is_none_or(|settled| self.read_until(account).is_some_and(|until| until > settled))
        })
    }
}

/// Where an account's webhooks go.
fn webhook_url(account: &Account) -> String {
    format!("{PUBLIC_URL}/webhooks/{}/{}", account.channel, account.name)
}
