//! A retailer: accounts, the sellers behind them, an Odoo, and days in which things are sold.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::{
    account::Account,
    value::{Kind, SubjectKey},
};
use sluice_sandbox::{
    odoo::{SimConfig, SimOdoo},
    shopify::{Body, Revision},
};
use sluice_testkit::{
    scene::start,
    world::{Content, Dice, Plan, Pulls, Rates, Strike, Trouble, Webhook, World, WorldConfig},
};
use std::sync::Arc;

use crate::{
    books::Books,
    channels::{amazon, shopify, square, woocommerce},
    market::Sale,
    office::{Clerk, Ground, Outside, inside},
};

/// What may go wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weather {
    /// Nothing.
    Fair,
    /// Whatever the seed brings: crashes, lost answers, late commits, duplicates, an outage.
    Foul(u64),
    /// The first call of that name meets this.
    Once(&'static str, Trouble),
    /// The process that makes the call of that number, over all ports, dies of it: before it takes effect, or after.
    Dies(u64, Strike),
}

/// A retailer.
pub(crate) struct Retailer {
    pub(crate) world: World,
    pub(crate) sales: Vec<Sale>,
    sent: usize,
    outside: Option<Outside>,
}

/// Whose Odoo the retailer's writers work in.
#[derive(Clone)]
pub(crate) enum Office {
    /// That of the world.
    Inside(Box<SimOdoo>),
    /// One beside it, reached over its API alone.
    Outside(Box<Outside>, &'static Ground),
}

impl From<SimOdoo> for Office {
    fn from(odoo: SimOdoo) -> Self {
        Self::Inside(Box::new(odoo))
    }
}

impl Retailer {
    pub(crate) fn open(office: impl Into<Office>, accounts: &str, weather: Weather) -> Self {
        let (odoo, outside, accounts) = match office.into() {
            Office::Inside(odoo) => (*odoo, None, accounts.to_owned()),
            Office::Outside(outside, ground) => {
                outside.prepare(ground);
                let accounts = outside.accounts(accounts, ground);
                (SimOdoo::new(SimConfig::odoo19()), Some(*outside), accounts)
            }
        };
        let accounts: Vec<Account> = serde_yaml_ng::from_str(&accounts).unwrap();
        let (seed, plan) = match weather {
            Weather::Fair => (1, Plan::Random(Rates::CALM)),
            Weather::Dies(call, strike) => (1, Plan::Call(call, strike)),
            Weather::Once(call, trouble) => (1, Plan::Named(call, Strike::Http(trouble), 1)),
            // Nobody corrects contacts: that is another promise.
            Weather::Foul(seed) => {
                (seed, Plan::Random(Rates { clerk_every_seconds: 0, ..Rates::weather(&mut Dice::new(seed)) }))
            }
        };
        let config = WorldConfig {
            seed,
            start: start(),
            accounts,
            odoo,
            plan,
            writers: 2,
            bug: None,
            remember: false,
            pulls: Some(Pulls::CALM),
        };
        let world = match &outside {
            None => World::new(config),
            Some(outside) => World::beside(config, &outside.peer),
        };
        Self { world, sales: Vec::new(), sent: 0, outside }
    }

    /// An order happens: its channel has it, and tells of it in its own way.
    pub(crate) fn tell(&mut self, sale: Sale) {
        let account = sale.order.account;
        for (number, version) in sale.order.versions.iter().enumerate() {
            let at = version.at;
            match self.world.accounts()[account].channel.as_str() {
                "shopify" => {
                    let bytes = shopify::body(&sale, number);
                    let held: Body = Arc::new({
                        let bytes = bytes.clone();
                        move || bytes.clone()
                    });
                    let revision = Revision { order: sale.order.id, at, found_at: at, body: Some(held) };
                    self.world.shop(account, |shop| shop.revise(revision));
                    self.send(account, version.topic, bytes, at);
                }
                "woocommerce" => {
                    let order = woocommerce::order(&sale, number);
                    let topic = if number == 0 { "order.created" } else { "order.updated" };
                    self.send(account, topic, order.to_string().into_bytes(), at);
                    let id = sale.order.id.to_string();
                    self.world.seller(account, |seller| seller.revise(&id, at, order));
                }
                "amazon" => {
                    let order = amazon::order(&sale, number);
                    self.world.seller(account, |seller| seller.revise(&amazon::order_id(&sale), at, order));
                }
                _ => self.tell_of_square(&sale, number),
            }
        }
        self.sales.push(sale);
    }

    /// A refund makes no new version of the order at a counter, but an order that takes it back.
    fn tell_of_square(&mut self, sale: &Sale, number: usize) {
        let (account, version) = (sale.order.account, &sale.order.versions[number]);
        let before = number.checked_sub(1).map_or(0, |before| sale.order.versions[before].refunds.len());
        let (id, body) = match version.refunds.get(before) {
            Some(refund) => square::returned(sale, refund),
            None => (square::order_id(sale), square::order(sale, number)),
        };
        let event = square::event(&id, sale.place.store.unwrap(), version.at, self.sent);
        self.send(account, "order.updated", event, version.at);
        self.world.seller(account, |seller| {
            seller.revise(&id, version.at, body);
            for (id, object) in square::catalogue(sale) {
                seller.offer(&id, object);
            }
        });
    }

    fn send(&mut self, account: usize, topic: &'static str, bytes: Vec<u8>, at: Timestamp) {
        self.sent += 1;
        let delivery_id = format!("delivery-{}", self.sent);
        self.world.send(Webhook { at, account, topic, delivery_id, content: Content::Bytes(bytes), forged: false });
    }

    /// The record's key of an order.
    pub(crate) fn key(&self, sale: &Sale) -> SubjectKey {
        let account = &self.world.accounts()[sale.order.account];
        let id = match account.channel.as_str() {
            "amazon" => amazon::order_id(sale),
            "square" => square::order_id(sale),
            _ => sale.order.id.to_string(),
        };
        SubjectKey::new(account.name.clone(), Kind::Order, &id).unwrap()
    }

    fn in_odoo<T>(&self, work: impl FnOnce(&mut Clerk<'_>, &str) -> T) -> T {
        let Some(outside) = &self.outside else {
            let now = self.world.now();
            return self.world.odoo(|odoo| work(&mut Clerk::of("", &mut inside(odoo, now)), ""));
        };
        work(&mut Clerk::of(&outside.tag, &mut |place, args, context| outside.ask(place, args, context)), &outside.tag)
    }

    /// People in the warehouses send what is open.
    fn ship(&mut self) {
        self.in_odoo(|clerk, _| {
            for picking in clerk.all("stock.picking", &[json!(["state", "not in", ["done", "cancel"]])], &["name"]) {
                let done = clerk.call(("stock.picking", "button_validate"), &json!([[picking["id"]]]));
                assert_eq!(done, true, "{picking}");
            }
        });
    }

    /// Everything comes to rest, and nobody has sent anything yet.
    pub(crate) fn rest(&mut self) -> Books {
        self.world.run();
        self.books()
    }

    /// Everything comes to rest, the warehouses send, everything comes to rest again; then the books are read.
    pub(crate) fn close(&mut self) -> Books {
        self.world.run();
        self.ship();
        self.world.run_for(SignedDuration::from_hours(2));
        self.world.run();
        assert_eq!(self.world.wrong(), [] as [String; 0]);
        for sale in &self.sales {
            let key = self.key(sale);
            let record = self.world.record(&key).unwrap_or_else(|| panic!("{key} was never heard of"));
            assert_eq!(record.head.parked.map(|parked| parked.reason), None, "{key}");
        }
        self.books()
    }

    fn books(&self) -> Books {
        let accounts: Vec<&str> = self.world.accounts().iter().map(|account| account.name.as_str()).collect();
        self.in_odoo(|clerk, tag| Books::read(clerk, &accounts, tag))
    }

    /// The books as the sales themselves make them.
    pub(crate) fn due(&self) -> Books {
        // Shopify alone says whether goods are in stock again.
        let (globally, tag) = self.in_odoo(|clerk, tag| (clerk.rounds_globally(), tag.to_owned()));
        let name = |account: usize| {
            let account = &self.world.accounts()[account];
            let name = account.name.as_str().trim_end_matches(&tag).trim_end_matches('_');
            (name.to_owned(), account.channel == "shopify")
        };
        Books::due(&self.sales, name, globally)
    }
}
