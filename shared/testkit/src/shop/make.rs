//! Makes orders by the dice.

use jiff::{SignedDuration, Timestamp};

use super::{Buyer, Coin, Item, Line, PRODUCTS, RATES, ShopOrder, Version};
use crate::world::Dice;

/// Which kinds of orders there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// With lines that Odoo has no product for, or two.
    pub oddities: bool,
    /// With edits, cancellations, refunds and the like.
    pub lives: bool,
    /// With other currencies than the company's.
    pub currencies: bool,
}

impl Mix {
    /// Everything.
    pub const ALL: Self = Self { oddities: true, lives: true, currencies: true };
    /// Plain orders that are paid at once.
    pub const PLAIN: Self = Self { oddities: false, lives: false, currencies: false };
}

/// How an order's life goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    PaidAtOnce,
    PaidLater,
    PaidInOneSecond,
    Authorised,
    NeverPaid,
    EditedBeforePaid,
    EditedOften,
    EditedAfterPaid,
    MovedBeforePaid,
    MovedAfterPaid,
    Cancelled,
    PaidAndCancelled,
    ShippedAndCancelled,
    Refunded,
    Shipped,
}

/// Lives with their weights.
const LIVES: [(u64, Life); 15] = [
    (34, Life::PaidAtOnce),
    (14, Life::PaidLater),
    (4, Life::PaidInOneSecond),
    (5, Life::Authorised),
    (2, Life::NeverPaid),
    (5, Life::EditedBeforePaid),
    (12, Life::EditedOften),
    (3, Life::EditedAfterPaid),
    (2, Life::MovedBeforePaid),
    (1, Life::MovedAfterPaid),
    (4, Life::Cancelled),
    (4, Life::PaidAndCancelled),
    (2, Life::ShippedAndCancelled),
    (9, Life::Refunded),
    (4, Life::Shipped),
];

/// Makes orders of one shop.
#[derive(Clone, Debug)]
pub struct Maker {
    dice: Dice,
    mix: Mix,
    account: usize,
    next: u64,
    customers: u64,
}

impl Maker {
    /// A shop with so many customers who come back.
    #[must_use]
    pub fn new(dice: Dice, mix: Mix, account: usize, customers: u64) -> Self {
        Self { dice, mix, account, next: 1_001, customers: customers.max(1) }
    }

    /// The next order, placed then.
    pub fn order(&mut self, placed_at: Timestamp) -> ShopOrder {
        let number = self.next;
        self.next += 1;
        let coin = if self.mix.currencies {
            *self.dice.pick(&[Coin::USD, Coin::USD, Coin::USD, Coin::EUR, Coin::EUR, Coin::GBP, Coin::JPY, Coin::KWD])
        } else {
            Coin::USD
        };
        let id = 5_000_000_000_000 + number;
        let buyer = self.buyer();
        let mut order = ShopOrder {
            id,
            number: format!("#{}{number}", if self.account == 0 { 'A' } else { 'B' }),
            account: self.account,
            coin,
            tax_included: self.dice.chance(4_000),
            placed_at,
            test: self.mix.oddities && self.dice.chance(50),
            refused: self.mix.oddities && self.dice.chance(120),
            buyer,
            versions: Vec::new(),
        };
        let first = self.first(&order);
        order.versions.push(first);
        let life = self.life();
        self.live(&mut order, life);
        order
    }

    fn buyer(&mut self) -> Buyer {
        let who = self.dice.below(self.customers);
        let guest = who % 4 == 0;
        // People type their address in one case today and in another tomorrow.
        let email = format!("buyer{who}@example.com");
        let email = if guest && self.dice.chance(3_000) { email.to_uppercase() } else { email };
        Buyer {
            id: (!guest).then_some(70_000 + who),
            email,
            name: format!("Kim Buyer{who}"),
            company: (who % 11 == 3).then(|| format!("Company {who} Ltd")),
            house: u32::try_from(1 + who % 90).unwrap_or(1),
        }
    }

    fn life(&mut self) -> Life {
        if !self.mix.lives {
            return Life::PaidAtOnce;
        }
        let mut roll = self.dice.below(LIVES.iter().map(|(weight, _)| weight).sum());
        for (weight, life) in LIVES {
            if roll < weight {
                return life;
            }
            roll -= weight;
        }
        Life::PaidAtOnce
    }

    fn first(&mut self, order: &ShopOrder) -> Version {
        let count = self.dice.between(1, 5);
        let lines: Vec<Line> = (0..count).map(|place| self.line(order, place)).collect();
        let rate = lines.first().and_then(|line| line.rate);
        let shipping = self.dice.chance(6_000).then(|| {
            let price = self.price(order.coin, 1_500);
            (price, if self.dice.chance(1_500) { price } else { 0 })
        });
        let tip = if self.dice.chance(500) { self.price(order.coin, 900) } else { 0 };
        Version {
            at: order.placed_at,
            topic: "orders/create",
            payment: "pending",
            cancelled: false,
            shipped: false,
            edited: false,
            lines,
            shipping,
            shipping_rate: rate,
            tip,
            house: order.buyer.house,
            refunds: Vec::new(),
        }
    }

    /// A price in minor units that Odoo's two decimals can hold.
    fn price(&mut self, coin: Coin, most: i64) -> i64 {
        match coin.digits {
            3 => self.dice.between(1, most) * 10,
            _ => self.dice.between(1, most),
        }
    }

    fn line(&mut self, order: &ShopOrder, place: i64) -> Line {
        let item = match self.dice.below(1_000) {
            0..=3 if self.mix.oddities => Item::Unknown,
            4..=5 if self.mix.oddities => Item::Twice,
            6..=7 if self.mix.oddities => Item::Custom,
            8..=29 => Item::GiftCard,
            _ => Item::Known(1 + u32::try_from(self.dice.below(u64::from(PRODUCTS))).unwrap_or(0)),
        };
        let ordered = self.dice.between(1, 4);
        let price = self.price(order.coin, 20_000);
        let discount = if item != Item::GiftCard && self.dice.chance(3_000) {
            let most = ordered * price;
            let step = if order.coin.digits == 3 { 10 } else { 1 };
            self.dice.between(0, most / step) * step
        } else {
            0
        };
        // One rate per order, some lines untaxed.
        let rate = RATES[usize::try_from(order.id % 5).unwrap_or(0)];
        let taxed = item != Item::GiftCard && !self.dice.chance(1_000);
        let id = order.id * 100 + 10 + u64::try_from(place).unwrap_or(0) * 3;
        Line { id, item, ordered, sold: ordered, refunded: 0, price, discount, rate: taxed.then_some(rate), shift: 0 }
    }

    /// The next version: the last one, some time later.
    fn then(&mut self, order: &mut ShopOrder, topic: &'static str, change: impl FnOnce(&mut Version, &mut Dice)) {
        let mut version = order.last().clone();
        version.at = later(version.at, self.dice.between(20, 1_800));
        version.topic = topic;
        change(&mut version, &mut self.dice);
        order.versions.push(version);
    }

    fn pay(&mut self, order: &mut ShopOrder) {
        self.then(order, "orders/paid", |version, _| version.payment = "paid");
    }

    fn live(&mut self, order: &mut ShopOrder, life: Life) {
        let paid_at_once = matches!(
            life,
            Life::PaidAtOnce
                | Life::EditedAfterPaid
                | Life::MovedAfterPaid
                | Life::PaidAndCancelled
                | Life::ShippedAndCancelled
                | Life::Refunded
                | Life::Shipped
        );
        if paid_at_once {
            order.versions[0].payment = "paid";
        }
        match life {
            Life::PaidAtOnce | Life::NeverPaid => {}
            Life::PaidLater => self.pay(order),
            Life::PaidInOneSecond => {
                // Two versions of one `updated_at`: what only ever grows decides.
                self.then(order, "orders/paid", |version, _| version.payment = "paid");
                order.versions[1].at = order.versions[0].at;
            }
            Life::Authorised => {
                order.versions[0].payment = "authorized";
                self.pay(order);
            }
            Life::EditedBeforePaid => {
                self.edit(order);
                self.pay(order);
            }
            Life::EditedOften => {
                // A merchant at work: each edit a moment after the other, and often the last word for long.
                for _ in 0..self.dice.between(3, 6) {
                    self.edit(order);
                    let before = order.versions[order.versions.len() - 2].at;
                    let seconds = self.dice.between(4, 40);
                    order.versions.last_mut().expect("just edited").at = later(before, seconds);
                }
                if self.dice.chance(3_000) {
                    self.pay(order);
                }
            }
            Life::EditedAfterPaid => self.edit(order),
            Life::MovedBeforePaid => {
                self.move_house(order);
                self.pay(order);
            }
            Life::MovedAfterPaid => self.move_house(order),
            Life::Cancelled => self.cancel(order, "voided"),
            Life::PaidAndCancelled => self.cancel(order, "refunded"),
            Life::ShippedAndCancelled => {
                self.then(order, "orders/fulfilled", |version, _| version.shipped = true);
                self.cancel(order, "refunded");
            }
            Life::Refunded => super::back::refunds(order, &mut self.dice),
            Life::Shipped => self.then(order, "orders/fulfilled", |version, _| version.shipped = true),
        }
    }

    fn cancel(&mut self, order: &mut ShopOrder, payment: &'static str) {
        self.then(order, "orders/cancelled", |version, _| {
            version.cancelled = true;
            version.payment = payment;
        });
    }

    fn move_house(&mut self, order: &mut ShopOrder) {
        self.then(order, "orders/updated", |version, _| version.house += 100);
    }

    /// A line more, or units fewer of one without a discount.
    fn edit(&mut self, order: &mut ShopOrder) {
        let place = i64::try_from(order.last().lines.len()).unwrap_or(0);
        let extra = Line { item: Item::Known(1), discount: 0, ..self.line(order, place) };
        self.then(order, "orders/edited", |version, dice| {
            version.edited = true;
            let fewer = version.lines.iter_mut().find(|line| line.sold > 1 && line.discount == 0);
            match fewer {
                Some(line) if dice.chance(8_000) => line.sold -= 1,
                _ => version.lines.push(extra),
            }
        });
    }
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).expect("within the calendar")
}
