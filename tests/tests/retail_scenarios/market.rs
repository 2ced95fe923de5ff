//! What is sold where: one neutral form, which each channel writes in its own.

use jiff::SignedDuration;
use sluice_testkit::{
    scene::start,
    shop::{Back, Buyer, Coin, Item, Line, Rate, ShopOrder, Version, refund},
    world::later,
};

/// Where an order comes from and goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) country: &'static str,
    /// The part of ISO 3166-2 after the country: `TX`.
    pub(crate) region: Option<&'static str>,
    /// The marketplace (with `/AFN` where it sends what it holds), or `web`, `pos`.
    pub(crate) source: &'static str,
    /// The channel's id of the store that sold it over the counter.
    pub(crate) store: Option<&'static str>,
    /// The channel collects and remits the tax.
    pub(crate) remitted: bool,
}

impl Place {
    pub(crate) const fn web(country: &'static str) -> Self {
        Self { country, region: None, source: "web", store: None, remitted: false }
    }

    pub(crate) const fn store(id: &'static str, source: &'static str) -> Self {
        Self { store: Some(id), source, ..Self::web("DE") }
    }
}

/// Whose books a sale is in, by the retailer's own word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entity {
    pub(crate) company: &'static str,
    /// Code of the warehouse that sends it.
    pub(crate) warehouse: &'static str,
    /// Name of its tax in Odoo.
    pub(crate) tax: &'static str,
}

/// An order with its life, where it happens, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Sale {
    pub(crate) order: ShopOrder,
    pub(crate) place: Place,
    pub(crate) entity: Entity,
}

/// How prices are told and taxed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) coin: Coin,
    /// Prices contain the tax.
    pub(crate) included: bool,
    pub(crate) rate: Rate,
}

/// Goods of a sale: product, units, price of one in minor units, taken off the line.
pub(crate) type Goods<'a> = &'a [(u32, i64, i64, i64)];

/// An order of an account, placed so many minutes after the beginning and paid at once.
pub(crate) fn sale(
    (account, number, minutes): (usize, u64, i64),
    terms: Terms,
    goods: Goods<'_>,
    shipping: i64,
    (place, entity): (Place, Entity),
) -> Sale {
    let at = later(start(), SignedDuration::from_mins(minutes));
    let line = |(place, (product, units, price, discount)): (usize, &(u32, i64, i64, i64))| Line {
        id: number * 100 + place as u64 + 1,
        item: Item::Known(*product),
        ordered: *units,
        sold: *units,
        refunded: 0,
        price: *price,
        discount: *discount,
        rate: Some(terms.rate),
        shift: 0,
    };
    let version = Version {
        at,
        topic: "orders/create",
        payment: "paid",
        cancelled: false,
        shipped: false,
        edited: false,
        lines: goods.iter().enumerate().map(line).collect(),
        shipping: (shipping > 0).then_some((shipping, 0)),
        shipping_rate: (shipping > 0).then_some(terms.rate),
        tip: 0,
        house: 7,
        refunds: Vec::new(),
    };
    let buyer = Buyer {
        id: Some(number % 7 + 1),
        email: format!("buyer{}@example.com", number % 7 + 1),
        name: format!("Kim Buyer{}", number % 7 + 1),
        company: None,
        house: 7,
    };
    let order = ShopOrder {
        id: number,
        number: format!("N-{number}"),
        account,
        coin: terms.coin,
        tax_included: terms.included,
        placed_at: at,
        test: false,
        refused: false,
        buyer,
        versions: vec![version],
    };
    Sale { order, place, entity }
}

/// A rate in per cent, as channels write it: `8.25`.
pub(crate) fn percent(rate: Rate) -> String {
    let text = format!("{}.{:03}", rate / 1_000, rate % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Sale {
    /// Pending at first; then an edit takes a unit of the first line away; then it is paid.
    pub(crate) fn edited(mut self) -> Self {
        self.order.versions[0].payment = "pending";
        let edited = self.then("orders/updated", |version| {
            version.edited = true;
            version.lines[0].sold -= 1;
        });
        edited.then("orders/paid", |version| version.payment = "paid")
    }

    /// The buyer thinks better of it.
    pub(crate) fn cancelled(self) -> Self {
        self.then("orders/cancelled", |version| version.cancelled = true)
    }

    /// The buyer thinks better of it before it is paid.
    pub(crate) fn cancelled_unpaid(mut self) -> Self {
        self.order.versions[0].payment = "pending";
        self.cancelled()
    }

    /// It is sent.
    pub(crate) fn shipped(self) -> Self {
        self.then("orders/fulfilled", |version| version.shipped = true)
    }

    /// A unit comes back an hour later, and its money goes.
    pub(crate) fn returned(mut self) -> Self {
        refund(&mut self.order, Back::Unit, 3_600);
        self
    }

    fn then(mut self, topic: &'static str, change: impl FnOnce(&mut Version)) -> Self {
        sluice_testkit::scene::then(&mut self.order, topic, change);
        self
    }
}
