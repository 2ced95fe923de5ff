//! What a refund is worth in the books, case by case, and what the sales of a store's day come to.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::arithmetic_side_effects,
    reason = "tests may unwrap"
)]

mod summaries;
#[path = "../support/mod.rs"]
mod support;

use jiff::Timestamp;
use rust_decimal::Decimal;
use sluice_domain::{
    order::{
        LineKind, Order, OrderLine, OrderState, PaymentState, Refund, RefundLine, RefundState, RefundValue, Restock,
        Sender, ShippingLine, StatedTotals, Tax,
    },
    plan::{Directory, MatchedSale, Product, RefundDue, TargetTax, draft, match_sale, refund_due},
    state::{OrderFacets, Rank, Ranked, ReadOrPush},
    value::{Currency, Money, Quantity, Rate, UnitPrice},
};

/// The product of what is refunded beside goods and shipping.
const ADJUSTMENT: i64 = 99;

fn usd(text: &str) -> Money {
    Money::parse_major(text, Currency::parse("USD").unwrap()).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn rank(second: i64) -> Rank {
    Rank { version: second * 1_000_000, progress: 0, source: ReadOrPush::Push, stated_at: 0, content: 0 }
}

fn line(id: &str, units: &str, price: &str, tax: &str) -> OrderLine {
    let tax =
        Tax { title: "State".into(), rate: Rate::parse("0.1").unwrap(), amount: usd(tax), remitted_by_channel: false };
    OrderLine {
        id: id.into(),
        kind: LineKind::Product,
        title: format!("Article {id}"),
        sku: Some(id.into()),
        barcode: None,
        variant: None,
        quantity: Quantity::parse(units).unwrap(),
        unit_price: UnitPrice::parse(price).unwrap(),
        discount: usd("0"),
        taxes: vec![tax],
    }
}

/// `A` once at 100.00 and shipping at 5.00, 10 % on the goods: 115.00, paid.
fn order() -> Order {
    let shipping =
        ShippingLine { id: "9".into(), title: "Post".into(), price: usd("5"), discount: usd("0"), taxes: vec![] };
    Order {
        number: "#1".into(),
        currency: Currency::parse("USD").unwrap(),
        presentment_currency: None,
        placed_at: at(0),
        test: false,
        source: None,
        location: None,
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: false,
        lines: vec![line("A", "1", "100.00", "10.00")],
        shipping: vec![shipping],
        charges: vec![],
        totals: StatedTotals { total: usd("115"), subtotal: None, tax: None, discount: None, shipping: None },
        state: OrderState::Open,
        payment: PaymentState::PartiallyRefunded,
        paid: Some(usd("115")),
        refunded: None,
        shipped: false,
        discount_codes: vec![],
        payment_methods: vec![],
        tags: vec![],
    }
}

fn worth(amount: &str, tax: &str) -> RefundValue {
    RefundValue { amount: usd(amount), tax: usd(tax) }
}

fn refund(moved: &str) -> Refund {
    Refund {
        id: "1".into(),
        at: Some(at(60)),
        amount: Some(usd(moved)),
        state: RefundState::Succeeded,
        lines: vec![],
        shipping: None,
        apart: false,
    }
}

/// `A` comes back.
fn goods(moved: &str) -> Refund {
    let line = RefundLine {
        line: "A".into(),
        quantity: Quantity::parse("1").unwrap(),
        restock: Restock::Return,
        value: Some(worth("100", "10")),
    };
    Refund { lines: vec![line], ..refund(moved) }
}

fn sale(order: &Order) -> MatchedSale {
    let skus = ["A", "B", "CHANNEL-SHIPPING", "CHANNEL-ROUNDING"];
    let product = |(id, sku): (i64, &str)| (sku.to_owned(), vec![Product { id, active: true }]);
    let directory = Directory {
        by_sku: (1..).zip(skus).map(product).collect(),
        taxes: vec![TargetTax { id: 5, name: "10 %".into(), rate: Rate::parse("0.1").unwrap(), price_included: false }],
        company_currency: "USD".into(),
        price_decimals: 2,
        ..Directory::default()
    };
    match_sale(draft(order, 2).unwrap(), &support::account(), &directory).unwrap()
}

fn due(order: &Order, refund: &Refund) -> RefundDue {
    let held = Ranked { rank: rank(60), value: order.clone() };
    let refunds = [(refund.id.clone(), Ranked { rank: rank(60), value: refund.clone() })].into();
    let facets = OrderFacets { order: Some(held), refunds, ..OrderFacets::default() };
    refund_due(&facets, order, &sale(order), refund, ADJUSTMENT)
}

/// Lines as product, units, price and whether they are taxed; and the total.
#[track_caller]
fn check(order: &Order, refund: &Refund, lines: &[(i64, i64, &str, bool)], total: &str) {
    let RefundDue::Credit(credit) = due(order, refund) else { panic!("{:?}", due(order, refund)) };
    let found: Vec<(i64, Decimal, String, bool)> = credit
        .lines
        .iter()
        .map(|line| {
            let price = line.price.unit_price.normalize().to_string();
            (line.product, line.price.quantity, price, !line.taxes.is_empty())
        })
        .collect();
    let wanted: Vec<_> = lines
        .iter()
        .map(|(product, units, price, taxed)| (*product, Decimal::from(*units), (*price).to_owned(), *taxed))
        .collect();
    assert_eq!((found, credit.total), (wanted, usd(total)));
}

#[test]
fn goods_shipping_and_amounts() {
    check(&order(), &goods("110"), &[(1, 1, "100", true)], "110");
    check(&order(), &Refund { shipping: Some(worth("5", "0")), ..refund("5") }, &[(3, 1, "5", false)], "5");
    check(&order(), &refund("7.50"), &[(ADJUSTMENT, 1, "7.5", false)], "7.50");
    // More than what came back was worth, and less: a fee is kept.
    check(&order(), &goods("112"), &[(1, 1, "100", true), (ADJUSTMENT, 1, "2", false)], "112");
    check(&order(), &goods("100"), &[(1, 1, "100", true), (ADJUSTMENT, 1, "-10", false)], "100");
}

#[test]
fn what_is_not_stated_is_the_share_of_the_line() {
    let mut order = order();
    order.lines = vec![line("A", "4", "25.00", "10.00")];
    let mut back = goods("55");
    for line in &mut back.lines {
        (line.quantity, line.value) = (Quantity::parse("2").unwrap(), None);
    }
    check(&order, &back, &[(1, 2, "25", true)], "55");
}

/// T18: `A` comes back for `B`, cheaper, equal and dearer: what is left of the books is the money that really moved.
#[test]
fn t18_an_exchange_credits_what_came_back() {
    for (price, tax, total, paid, moved) in [
        ("80.00", "8.00", "203", "115", "22"),
        ("100.00", "10.00", "225", "115", "0"),
        ("120.00", "12.00", "247", "137", "0"),
    ] {
        let mut order = order();
        order.lines.push(line("B", "1", price, tax));
        order.totals.total = usd(total);
        order.paid = Some(usd(paid));
        check(&order, &goods(moved), &[(1, 1, "100", true)], "110");
        let kept = usd(total).minus(usd("110")).unwrap();
        assert_eq!(kept, usd(paid).minus(usd(moved)).unwrap(), "{price}");
    }
}

#[test]
fn what_needs_no_credit_note_says_why() {
    let nothing = |refund: &Refund| match due(&order(), refund) {
        RefundDue::Nothing(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(nothing(&goods("0")), "no money went back");
    assert_eq!(nothing(&Refund { state: RefundState::Failed, ..goods("110") }), "it failed");
    assert_eq!(nothing(&Refund { state: RefundState::Cancelled, ..goods("110") }), "it was called off");
    // An edit took away what was never paid: no line of it is left.
    let mut edit = goods("0");
    edit.lines.iter_mut().for_each(|line| line.line = "gone".into());
    assert_eq!(nothing(&edit), "no money went back");
}

/// An edit halves an order that nobody paid: what it took away is worth what is left to pay, and paid for nothing.
#[test]
fn what_an_edit_took_away_is_no_exchange_whatever_is_unpaid() {
    let mut order = order();
    (order.shipping, order.totals.total, order.paid) = (vec![], usd("110"), Some(usd("0")));
    let mut edit = goods("0");
    edit.lines.iter_mut().for_each(|line| line.restock = Restock::Cancel);
    match due(&order, &edit) {
        RefundDue::Nothing(why) => assert_eq!(why, "an edit took it away: it was never sold"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_known_waits_or_is_asked() {
    assert!(matches!(due(&order(), &Refund { state: RefundState::Pending, ..goods("110") }), RefundDue::Later(_)));
    // The order as it was before the refund may lack what an exchange added.
    assert!(matches!(due(&order(), &Refund { at: Some(at(61)), ..goods("110") }), RefundDue::Later(_)));
    assert!(matches!(due(&order(), &Refund { amount: None, ..goods("110") }), RefundDue::Unclear(_)));
    let mut strange = order();
    strange.paid = Some(usd("100"));
    assert!(matches!(due(&strange, &goods("50")), RefundDue::Unclear(_)));
}

/// A counter's return is an order of its own, after which the sale is what it was.
#[test]
fn what_is_kept_apart_from_its_order_waits_for_it_only_where_the_order_must_tell_more() {
    let later = |moved: &str| Refund { at: Some(at(61)), apart: true, ..goods(moved) };
    assert!(matches!(due(&order(), &later("110")), RefundDue::Credit(_)));
    // Kept, or spent on other goods: only the order as it is afterwards tells.
    assert!(matches!(due(&order(), &later("50")), RefundDue::Later(_)));
}

/// A marketplace's tax went back to the buyer and was never in the seller's books.
#[test]
fn tax_that_the_channel_remits_is_not_credited() {
    let mut order = order();
    order.lines.iter_mut().flat_map(|line| &mut line.taxes).for_each(|tax| tax.remitted_by_channel = true);
    check(&order, &goods("110"), &[(1, 1, "100", false)], "100");
}
