//! A small world for one promise: one shop, one Odoo, a few orders, and what goes wrong said exactly.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    account::{Account, ConfirmPolicy, CreditNotes, UnknownProduct},
    ports::journal::Happening,
    state::{ExceptionClass, Record},
};
use sluice_sandbox::odoo::{OrderView, SimConfig, SimOdoo};

use crate::{
    check::{Findings, check, subject},
    shop::{Back, Buyer, Coin, Item, Line, ShopOrder, Version, refund},
    simulate::Odoos,
    world::{Content, Plan, Pulls, Rates, Webhook, World, WorldConfig, account, later, stocked_odoo},
};

/// Nothing goes wrong.
pub const CALM: Plan = Plan::Random(Rates::CALM);

/// When scenes begin.
///
/// # Panics
/// Never.
#[must_use]
pub fn start() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("an instant")
}

fn odoos() -> &'static Odoos {
    static ODOOS: OnceLock<Odoos> = OnceLock::new();
    ODOOS.get_or_init(Odoos::default)
}

/// Both versions of Odoo that a scene can have.
pub const VERSIONS: [u16; 2] = [18, 19];

/// A stocked Odoo of that version with another setting.
#[must_use]
pub fn odoo_with(version: u16, change: impl FnOnce(&mut SimConfig)) -> SimOdoo {
    let mut config = if version >= 19 { SimConfig::odoo19() } else { SimConfig::odoo18() };
    config.track_changes = false;
    change(&mut config);
    stocked_odoo(config, start())
}

/// A scene.
pub struct Scene {
    /// The world.
    pub world: World,
    /// Orders that were placed.
    pub orders: Vec<Arc<ShopOrder>>,
    sent: usize,
}

impl Scene {
    /// A scene with one account that confirms what is paid and parks what it does not know.
    #[must_use]
    pub fn new(version: u16, plan: Plan) -> Self {
        Self::with(version, plan, account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park))
    }

    /// A scene with that account.
    #[must_use]
    pub fn with(version: u16, plan: Plan, account: Account) -> Self {
        Self::over(odoos().versions[usize::from(version >= 19)].clone(), plan, account)
    }

    /// A scene over that Odoo.
    #[must_use]
    pub fn over(odoo: SimOdoo, plan: Plan, account: Account) -> Self {
        Self::of(odoo, plan, vec![account])
    }

    /// A scene over that Odoo with those accounts.
    #[must_use]
    pub fn of(odoo: SimOdoo, plan: Plan, accounts: Vec<Account>) -> Self {
        Self::made(odoo, plan, accounts, None)
    }

    /// A scene with that account, whose shop is read too.
    #[must_use]
    pub fn reading(plan: Plan, account: Account, pulls: Pulls) -> Self {
        Self::made(odoos().versions[1].clone(), plan, vec![account], Some(pulls))
    }

    fn made(odoo: SimOdoo, plan: Plan, accounts: Vec<Account>, pulls: Option<Pulls>) -> Self {
        let world = World::new(WorldConfig {
            seed: 1,
            start: start(),
            accounts,
            odoo,
            plan,
            writers: 2,
            bug: None,
            remember: true,
            pulls,
        });
        Self { world, orders: Vec::new(), sent: 0 }
    }

    /// Places an order, of which nobody has heard yet.
    pub fn place(&mut self, order: ShopOrder) -> Arc<ShopOrder> {
        let order = Arc::new(order);
        self.orders.push(Arc::clone(&order));
        if self.world.reads_channels() {
            self.world.stock(&order);
        }
        order
    }

    /// Sends a webhook about a version of an order, so many seconds after the beginning.
    pub fn post(&mut self, order: &Arc<ShopOrder>, (version, topic): (usize, &'static str), seconds: i64) {
        let content = Content::Order(Arc::clone(order), version);
        self.send_to(order.account, (topic, content), seconds);
    }

    /// Sends any webhook, so many seconds after the beginning.
    pub fn send(&mut self, topic: &'static str, content: Content, seconds: i64) {
        self.send_to(0, (topic, content), seconds);
    }

    fn send_to(&mut self, account: usize, (topic, content): (&'static str, Content), seconds: i64) {
        self.sent += 1;
        let at = later(start(), SignedDuration::from_secs(seconds));
        let delivery_id = format!("delivery-{}", self.sent);
        self.world.send(Webhook { at, account, topic, delivery_id, content, forged: false });
    }

    /// Places an order and sends each of its versions under its own topic when it comes to be.
    pub fn tell(&mut self, order: ShopOrder) -> Arc<ShopOrder> {
        let order = self.place(order);
        for (number, version) in order.versions.iter().enumerate() {
            let seconds = version.at.duration_since(start()).as_secs() + 1;
            self.post(&order, (number, version.topic), seconds);
        }
        order
    }

    /// Runs to the quiet point and checks everything.
    pub fn finish(&mut self) -> Findings {
        self.world.run();
        check(&self.world, &self.orders)
    }

    /// Runs to the quiet point, where all must be well.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn finish_well(&mut self) {
        let findings = self.finish();
        assert!(findings.is_clean(), "{:#?}", findings.shown(5));
    }

    /// The record of an order.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn record(&self, order: &ShopOrder) -> Record {
        self.world.record(&subject(&self.world, order)).expect("a record")
    }

    /// What an order waits for, if for a person.
    #[must_use]
    pub fn waits(&self, order: &ShopOrder) -> Option<ExceptionClass> {
        self.record(order).head.parked.map(|parked| parked.class)
    }

    /// Looks at an order in Odoo; `None` when it is not there.
    pub fn in_odoo<T>(&self, order: &ShopOrder, look: impl FnOnce(OrderView<'_>) -> T) -> Option<T> {
        let name = format!("{}.order_{}", self.world.accounts()[order.account].name, order.id);
        self.world.odoo(|odoo| odoo.order(&name).map(look))
    }

    /// Invoices and credit notes of it: kind, state, total, and whether it is ours.
    #[must_use]
    pub fn books(&self, order: &ShopOrder) -> Vec<(String, String, String, bool)> {
        let Some(id) = self.in_odoo(order, |sale| sale.id) else { return Vec::new() };
        let text = |amount: rust_decimal::Decimal| order.coin.text(order.coin.minor(amount).unwrap_or_default());
        self.world.odoo(|odoo| {
            let entries = odoo.entries_of(id);
            let shown = entries.iter().map(|entry| {
                let [total, _] = entry.amounts();
                (entry.kind().to_owned(), entry.state().to_owned(), text(total), !entry.external_id().is_empty())
            });
            shown.collect()
        })
    }

    /// What the journal said last of each of its refunds.
    #[must_use]
    pub fn refunds(&self, order: &ShopOrder) -> Vec<String> {
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for entry in self.world.journal(&subject(&self.world, order)) {
            let Happening::Write { step, .. } = entry.what else { continue };
            for part in step.split("; ").filter_map(|part| part.strip_prefix("refund ")) {
                let (refund, text) = part.split_once(": ").unwrap_or((part, ""));
                told.insert(refund.to_owned(), text.to_owned());
            }
        }
        told.into_values().collect()
    }

    /// Its state in Odoo; empty when it is not there.
    #[must_use]
    pub fn state(&self, order: &ShopOrder) -> String {
        self.in_odoo(order, |sale| sale.state().to_owned()).unwrap_or_default()
    }

    /// Its total in Odoo, as text.
    #[must_use]
    pub fn total(&self, order: &ShopOrder) -> String {
        let minor = self.in_odoo(order, |sale| order.coin.minor(sale.amount_total())).flatten();
        minor.map(|minor| order.coin.text(minor)).unwrap_or_default()
    }
}

/// Two goods, shipping and tax on top, paid at once: 2 × 19.99 + 5.00 + 4.90 at 8.25 %.
#[must_use]
pub fn plain_order(number: u64) -> ShopOrder {
    let line = |place: u64, product: u32, units: i64, price: i64| Line {
        id: number * 1_000 + place,
        item: Item::Known(product),
        ordered: units,
        sold: units,
        refunded: 0,
        price,
        discount: 0,
        rate: Some(8_250),
        shift: 0,
    };
    let version = Version {
        at: start(),
        topic: "orders/create",
        payment: "paid",
        cancelled: false,
        shipped: false,
        edited: false,
        lines: vec![line(1, 1, 2, 1_999), line(2, 2, 1, 500)],
        shipping: Some((490, 0)),
        shipping_rate: Some(8_250),
        tip: 0,
        house: 7,
        refunds: Vec::new(),
    };
    ShopOrder {
        id: 9_000_000_000 + number,
        number: format!("#{number}"),
        account: 0,
        coin: Coin::USD,
        tax_included: false,
        placed_at: start(),
        test: false,
        refused: false,
        buyer: Buyer {
            id: Some(70_000 + number),
            email: format!("buyer{number}@example.com"),
            name: format!("Kim Buyer{number}"),
            company: None,
            house: 7,
        },
        versions: vec![version],
    }
}

/// The next version of an order: a minute after the last one, under that topic.
pub fn then(order: &mut ShopOrder, topic: &'static str, change: impl FnOnce(&mut Version)) {
    let mut version = order.last().clone();
    version.at = later(version.at, SignedDuration::from_secs(60));
    version.topic = topic;
    change(&mut version);
    order.versions.push(version);
}

/// [`plain_order`] of which a unit came back the next minute: 19.99 and its tax, 21.64 together.
#[must_use]
pub fn refunded_order(number: u64) -> ShopOrder {
    let mut order = plain_order(number);
    refund(&mut order, Back::Unit, 60);
    order
}

/// An account that has refunds credited, in posted credit notes.
#[must_use]
pub fn with_credit_notes(credit_notes: CreditNotes) -> Account {
    let mut account = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
    account.books.credit_notes = credit_notes;
    account
}

/// One more line of an order that nobody has heard of yet: its place tells it from the others.
pub fn then_line(order: &mut ShopOrder, place: u64) {
    let first = &mut order.versions[0];
    let line = Line {
        id: order.id * 1_000 + place,
        item: Item::Known(3),
        ordered: 1,
        sold: 1,
        price: 250,
        ..first.lines[0].clone()
    };
    first.lines.push(line);
}

/// Pending, edited, paid: three versions of [`plain_order`].
#[must_use]
pub fn edited_order(number: u64) -> ShopOrder {
    let mut order = plain_order(number);
    order.versions[0].payment = "pending";
    then(&mut order, "orders/updated", |version| {
        version.edited = true;
        version.lines[0].sold = 1;
    });
    then(&mut order, "orders/paid", |version| version.payment = "paid");
    order
}
