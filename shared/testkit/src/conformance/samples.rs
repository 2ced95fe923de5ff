//! Subjects and records to store.

use jiff::{SignedDuration, Timestamp, civil};
use sluice_domain::{
    account::DayEnd,
    delivery::Delivery,
    order::{LineKind, Order, OrderLine, OrderState, PaymentState, Sender, StatedTotals, Tax},
    ports::state::Save,
    state::{
        AppliedSteps, Body, Due, ExceptionClass, Head, Lane, OdooOrder, OrderFacets, ParkedException, Rank, Ranked,
        ReadOrPush,
    },
    summary::{Part, Place, Summary},
    value::{AccountName, Currency, Money, Quantity, Rate, SubjectKey, UnitPrice},
};

fn day() -> SubjectKey {
    SubjectKey::parse("shop/summary/day_7_2026-11-24_EUR_gross_2").unwrap()
}

/// So many seconds after the suite's beginning of time.
#[must_use]
pub fn instant(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

/// An order of the suite's shop.
#[must_use]
pub fn subject(id: &str) -> SubjectKey {
    SubjectKey::parse(&format!("shop/order/{id}")).unwrap()
}

/// A head with every field in use.
#[must_use]
pub fn head_of(id: &str) -> Head {
    Head {
        key: subject(id),
        version: 0,
        desired: u64::MAX,
        number: Some(format!("#N{id}")),
        odoo: Some(OdooOrder {
            id: 42,
            name: "S00042".into(),
            state: "sale".into(),
            total: Some(Money::from_minor(-1_999, Currency::parse("EUR").unwrap())),
            adopted: true,
        }),
        addresses: Some(("a1".into(), "a2".into())),
        applied: AppliedSteps { loaded: 1, gated: 2, confirmed: 3, dated: 4, cancelled: 5, settled: 6 },
        due: Some(Due { at: instant(10), lane: Lane::Bulk }),
        attempts: 7,
        parked: Some(parked("cause")),
        pending_wakes: vec![subject("woken"), subject("W#2")],
        recheck: true,
        mapping_version: Some("v1".into()),
        received_at: "2026-11-24T08:00:00.123456789Z".parse().unwrap(),
        settled_at: Some(instant(9)),
        open_since: Some(instant(8)),
        waiting: Some("an invoice".into()),
        lines: Some(u64::MAX),
        sent: Some(7),
        ledger: [("refund 33".to_owned(), 7)].into(),
        summary: Some(Place { key: day(), store: "7".into(), day: civil::date(2026, 11, 24), number: 2 }),
    }
}

/// An exception.
pub(super) fn parked(cause: &str) -> ParkedException {
    ParkedException {
        class: ExceptionClass::UnknownProduct,
        cause: cause.into(),
        reason: "no product `Ä-1`: create it".into(),
        since: instant(1),
        until_released: true,
    }
}

/// An order of so many lines.
#[must_use]
pub fn body_of(lines: usize) -> Body {
    let eur = Currency::parse("EUR").unwrap();
    let rank = Rank { version: -1, progress: 2, source: ReadOrPush::Read, stated_at: i64::MAX, content: u64::MAX };
    let line = |number: usize| OrderLine {
        id: format!("{}", 14_000_000_000_u64 + number as u64 * 7_919),
        kind: LineKind::Product,
        title: format!("Shirt number {number}, size {}", number % 13),
        sku: Some(format!("SKU-{}", number * 31 % 997)),
        barcode: None,
        variant: Some(format!("{}", 49_000_000_000_u64 + number as u64 * 104_729)),
        quantity: Quantity::parse("2").unwrap(),
        unit_price: UnitPrice::parse(&format!("{}.95", number % 200)).unwrap(),
        discount: Money::from_minor(5, eur),
        taxes: vec![Tax {
            title: "MwSt".into(),
            rate: Rate::parse("0.19").unwrap(),
            amount: Money::from_minor(319, eur),
            remitted_by_channel: false,
        }],
    };
    let total = Money::from_minor(i64::MAX, eur);
    let order = Order {
        number: "#1001".into(),
        currency: eur,
        presentment_currency: Some(Currency::parse("JPY").unwrap()),
        placed_at: instant(-5),
        test: false,
        source: Some("web".into()),
        location: Some("S8GWD5R9QB376".into()),
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: true,
        lines: (0..lines).map(line).collect(),
        shipping: Vec::new(),
        charges: Vec::new(),
        totals: StatedTotals { total, subtotal: None, tax: None, discount: None, shipping: None },
        state: OrderState::Open,
        payment: PaymentState::Unknown("odd".into()),
        paid: Some(total),
        refunded: None,
        shipped: false,
        discount_codes: vec!["WELCOME".into()],
        payment_methods: Vec::new(),
        tags: Vec::new(),
    };
    let mut summary = Summary::new("7", civil::date(2026, 11, 24), 2, DayEnd::default());
    summary.parts.insert("1".into(), Part { version: 3, sale: Some(Box::new(order.clone())), refunds: Vec::new() });
    let order = Some(Ranked { rank, value: order });
    let facets = OrderFacets { order, outdated: Some(rank), ..OrderFacets::default() };
    Body { facets, summary: Some(summary) }
}

/// A head at rest, of which nothing is known.
pub(super) fn plain(id: &str) -> Head {
    Head::new(subject(id), instant(0))
}

/// Saves a head alone.
pub(super) fn only(head: Head) -> Save {
    Save { head, body: None }
}

/// A delivery with a body.
pub(super) fn delivery(id: &str, body: Vec<u8>) -> Delivery {
    Delivery {
        channel: "shopify".into(),
        account: AccountName::parse("shop").unwrap(),
        topic: "orders/create".into(),
        delivery_id: id.into(),
        source: ReadOrPush::Push,
        stated_at: Some(instant(-1)),
        api_version: Some("2026-04".into()),
        received_at: instant(0),
        trace_id: format!("trace-{id}"),
        body,
    }
}
