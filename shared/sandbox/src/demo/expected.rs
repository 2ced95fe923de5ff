//! What must come of the day.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Delivery,
    life::{IGNORED, NOTICE, UNREADABLE},
    sale::{Life, Sale, Twist, repairs},
    wire::amount,
};

/// What Odoo must hold after a day, and what was refused on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The seed of the day.
    pub seed: u64,
    /// How many of what.
    pub counts: Counts,
    /// Sums of the orders that stand in Odoo, in whatever state, by currency.
    pub sums: BTreeMap<String, CurrencySums>,
    /// Every order that was told of by a signed delivery, by number.
    pub orders: Vec<ExpectedOrder>,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Deliveries, repeated and refused ones too.
    pub deliveries: usize,
    /// Distinct delivery ids.
    pub distinct_deliveries: usize,
    /// Answered 401: nothing of them is stored.
    pub unauthorised: usize,
    /// Deliveries of topics that no flow takes.
    pub ignored: usize,
    /// Deliveries about the account itself, recorded for a person.
    pub notices: usize,
    /// Deliveries, signed and not readable: parked.
    pub unreadable: usize,
    /// Orders of which a signed delivery tells: subjects of kind `order`.
    pub subjects: usize,
    /// Those by outcome.
    pub outcomes: OutcomeCounts,
}

/// Orders by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeCounts {
    /// See [`Outcome::Confirmed`].
    pub confirmed: usize,
    /// See [`Outcome::Quotation`].
    pub quotation: usize,
    /// See [`Outcome::Cancelled`].
    pub cancelled: usize,
    /// See [`Outcome::Parked`].
    pub parked: usize,
    /// See [`Outcome::Ignored`].
    pub ignored: usize,
}

/// Sums of orders in one currency, as decimal text at its precision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencySums {
    /// How many.
    pub orders: usize,
    /// With tax. The same whatever rule the company rounds by.
    pub total: String,
    /// Without tax, as the shop charged it.
    pub untaxed: String,
    /// Tax, as the shop charged it.
    pub tax: String,
}

/// What must become of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedOrder {
    /// What the shop shows the customer, and `client_order_ref` in Odoo: `#1001`.
    pub number: String,
    /// The shop's id of the order, as text.
    pub external_id: String,
    /// What is special about it, in a few words.
    pub what: String,
    /// Where it must end.
    pub outcome: Outcome,
    /// ISO 4217 code.
    pub currency: String,
    /// `amount_total` in Odoo, as decimal text: what was charged. Of parked and ignored orders, what would be there.
    pub total: String,
    /// `amount_untaxed`. Where [`rounding`](Self::rounding) is given, Odoo's is this plus the rounding line of its rule.
    pub untaxed: String,
    /// `amount_tax`. Where [`rounding`](Self::rounding) is given, Odoo's is this less the rounding line of its rule.
    pub tax: String,
    /// The rounding line that it needs; `None` for nearly all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingLine>,
}

/// The rounding line of an order, by how the company in Odoo rounds its tax; zero is no line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingLine {
    /// `round_per_line`.
    pub per_line: String,
    /// `round_globally`.
    pub globally: String,
}

/// Where an order must end, under the default policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A confirmed sales order.
    Confirmed,
    /// A quotation: it is not paid.
    Quotation,
    /// A cancelled sales order.
    Cancelled,
    /// Not in Odoo, held for a person: a product is unknown.
    Parked,
    /// Not in Odoo: test data.
    Ignored,
}

impl Outcome {
    fn of(sale: &Sale) -> Self {
        if sale.has(Twist::Test) {
            return Self::Ignored;
        }
        if sale.has(Twist::UnknownSku) || sale.has(Twist::CustomLine) {
            return Self::Parked;
        }
        match sale.life {
            Life::Pending | Life::Authorized => Self::Quotation,
            Life::CancelledUnpaid | Life::CancelledPaid => Self::Cancelled,
            Life::Paid
            | Life::PaidLater
            | Life::Captured
            | Life::Shipped
            | Life::PartShipped
            | Life::PartRefunded
            | Life::Refunded
            | Life::UnitsAdded
            | Life::UnitsRemoved
            | Life::LinesChanged => Self::Confirmed,
        }
    }

    /// Does the order stand in Odoo, in whatever state?
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Quotation => "quotation",
            Self::Cancelled => "cancelled",
            Self::Parked => "parked",
            Self::Ignored => "ignored",
        }
    }

    /// Does Odoo hold the order?
    #[must_use]
    pub fn in_odoo(self) -> bool {
        match self {
            Self::Confirmed | Self::Quotation | Self::Cancelled => true,
            Self::Parked | Self::Ignored => false,
        }
    }
}

impl Expected {
    pub(super) fn of(seed: u64, sales: &[Sale], deliveries: &[Delivery]) -> Self {
        Self { seed, counts: counts(sales, deliveries), sums: sums(sales), orders: sales.iter().map(order).collect() }
    }
}

fn counts(sales: &[Sale], deliveries: &[Delivery]) -> Counts {
    let having = |test: &dyn Fn(&Delivery) -> bool| deliveries.iter().filter(|delivery| test(delivery)).count();
    let ending = |outcome| sales.iter().filter(|sale| Outcome::of(sale) == outcome).count();
    Counts {
        deliveries: deliveries.len(),
        distinct_deliveries: deliveries.iter().map(|delivery| &delivery.delivery_id).collect::<BTreeSet<_>>().len(),
        unauthorised: having(&|delivery| !delivery.signed),
        ignored: having(&|delivery| IGNORED.contains(&delivery.topic.as_str())),
        notices: having(&|delivery| delivery.topic == NOTICE),
        unreadable: having(&|delivery| delivery.body == UNREADABLE),
        subjects: sales.len(),
        outcomes: OutcomeCounts {
            confirmed: ending(Outcome::Confirmed),
            quotation: ending(Outcome::Quotation),
            cancelled: ending(Outcome::Cancelled),
            parked: ending(Outcome::Parked),
            ignored: ending(Outcome::Ignored),
        },
    }
}

fn sums(sales: &[Sale]) -> BTreeMap<String, CurrencySums> {
    let mut minor: BTreeMap<&str, (usize, i64, i64)> = BTreeMap::new();
    for sale in sales.iter().filter(|sale| Outcome::of(sale).in_odoo()) {
        let (count, total, tax) = minor.entry(sale.market.currency()).or_default();
        let of_sale = sale.sums();
        *count = count.saturating_add(1);
        *total = total.saturating_add(of_sale.total);
        *tax = tax.saturating_add(of_sale.tax);
    }
    let sums = minor.into_iter().map(|(code, (orders, total, tax))| {
        let sums = CurrencySums {
            orders,
            total: amount(total, code),
            untaxed: amount(total.saturating_sub(tax), code),
            tax: amount(tax, code),
        };
        (code.to_owned(), sums)
    });
    sums.collect()
}

fn order(sale: &Sale) -> ExpectedOrder {
    let code = sale.market.currency();
    let sums = sale.sums();
    let found = repairs(sale.last_cart(), sale.market);
    let needed = found.per_line != 0 || found.globally != 0;
    ExpectedOrder {
        number: format!("#{}", sale.number),
        external_id: sale.id.to_string(),
        what: sale.what.to_owned(),
        outcome: Outcome::of(sale),
        currency: code.to_owned(),
        total: amount(sums.total, code),
        untaxed: amount(sums.total.saturating_sub(sums.tax), code),
        tax: amount(sums.tax, code),
        rounding: needed
            .then(|| RoundingLine { per_line: amount(found.per_line, code), globally: amount(found.globally, code) }),
    }
}
