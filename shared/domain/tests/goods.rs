//! Which transfers back an order's refunds ask for, case by case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may unwrap")]

mod support;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use sluice_domain::{
    account::{Account, Returns},
    order::{Refund, RefundLine, RefundState, Restock},
    plan::{
        BackMove, Goods, GoodsNext, GoodsSituation, Observed, ObservedLine, SaleState, ShippedMove, goods_next,
        unstated_goods, wants_goods,
    },
    state::{Decision, OrderFacets, Rank, Ranked, ReadOrPush},
    value::{Currency, Money, Quantity},
};

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn rank(second: i64) -> Rank {
    Rank { version: second, progress: 0, source: ReadOrPush::Push, stated_at: 0, content: 0 }
}

fn account(returns: Returns) -> Account {
    let mut account = support::account();
    account.books.returns = returns;
    account
}

/// So many units of a line came back, with that word on them.
fn refund(id: &str, line: &str, units: &str, restock: Restock) -> Refund {
    let quantity = Quantity::parse(units).unwrap();
    Refund {
        id: id.into(),
        at: Some(at(DAY)),
        amount: None,
        state: RefundState::Succeeded,
        lines: vec![RefundLine { line: line.into(), quantity, restock, value: None }],
        shipping: None,
        apart: false,
    }
}

fn facets(refunds: Vec<Refund>) -> OrderFacets {
    let refunds = refunds.into_iter().map(|one| (one.id.clone(), Ranked { rank: rank(DAY), value: one }));
    OrderFacets { refunds: refunds.collect(), ..OrderFacets::default() }
}

fn sold(id: i64, product: i64, units: i64) -> ObservedLine {
    ObservedLine {
        id,
        product: Some(product),
        quantity: units.into(),
        unit_price: Decimal::TEN,
        discount: Decimal::ZERO,
        taxes: vec![],
        title: format!("Article {product}"),
        delivered: units.into(),
        invoiced: Decimal::ZERO,
        total: zero(),
    }
}

fn zero() -> Money {
    Money::zero(Currency::parse("EUR").unwrap())
}

/// `A` three times of product 7, `B` twice of product 8 in two rows a smallest step apart.
fn observed() -> Observed {
    Observed {
        id: 1,
        name: "S00001".into(),
        reference: None,
        origin: None,
        state: SaleState::Confirmed,
        date: None,
        untaxed: zero(),
        tax: zero(),
        total: zero(),
        groups: vec![],
        lines: vec![sold(11, 7, 3), sold(12, 8, 1), sold(13, 8, 1)],
        currency: 1,
        invoice_contact: None,
        delivery_contact: None,
    }
}

fn names() -> BTreeMap<i64, String> {
    [(11, "line_A"), (12, "line_B"), (13, "line_B_1")].map(|(id, name)| (id, name.to_owned())).into()
}

fn shipped(moves: &[(i64, i64, i64, i64, i64)]) -> Goods {
    let read = |(id, delivery, line, product, units): &(i64, i64, i64, i64, i64)| {
        (*id, ShippedMove { delivery: *delivery, line: *line, product: *product, quantity: (*units).into() })
    };
    Goods { shipped: moves.iter().map(read).collect(), back: vec![] }
}

fn back(of: i64, transfer: i64, units: i64, done: bool) -> BackMove {
    BackMove { of, transfer, quantity: units.into(), done }
}

/// All of it in two deliveries: two of `A` first, the rest later.
fn delivered() -> Goods {
    shipped(&[(101, 51, 11, 7, 2), (102, 52, 11, 7, 1), (103, 52, 12, 8, 1), (104, 52, 13, 8, 1)])
}

fn decide(returns: Returns, refunds: Vec<Refund>, goods: &Goods) -> GoodsNext {
    decide_at(returns, &facets(refunds), goods, DAY + 60)
}

fn decide_at(returns: Returns, facets: &OrderFacets, goods: &Goods, second: i64) -> GoodsNext {
    goods_next(&GoodsSituation {
        account: &account(returns),
        facets,
        observed: &observed(),
        names: &names(),
        goods,
        now: at(second),
    })
}

fn made(delivery: i64, units: &[(i64, i64)]) -> GoodsNext {
    GoodsNext::Return { delivery, units: units.iter().map(|(id, units)| (*id, (*units).into())).collect() }
}

#[test]
fn t19_units_come_back_of_the_deliveries_that_brought_them() {
    let three = || vec![refund("1", "A", "1", Restock::Return), refund("2", "A", "2", Restock::Return)];
    assert_eq!(decide(Returns::Expected, three(), &delivered()), made(51, &[(101, 2)]));
    let mut first = delivered();
    first.back.push(back(101, 61, 2, false));
    assert_eq!(decide(Returns::Expected, three(), &first), made(52, &[(102, 1)]));
    first.back.push(back(102, 62, 1, false));
    assert_eq!(decide(Returns::Expected, three(), &first), GoodsNext::Rest);
    assert_eq!(decide(Returns::Received, three(), &first), GoodsNext::Receive(61));
    first.back.iter_mut().for_each(|one| one.done = true);
    assert_eq!(decide(Returns::Received, three(), &first), GoodsNext::Rest);
}

#[test]
fn t19_a_line_in_two_rows_comes_back_as_one() {
    let both = vec![refund("1", "B", "2", Restock::Return)];
    assert_eq!(decide(Returns::Received, both, &delivered()), made(52, &[(103, 1), (104, 1)]));
}

#[test]
fn t19_only_what_is_in_stock_again_comes_back() {
    for restock in [Restock::None, Restock::Cancel, Restock::Unknown("lost".into())] {
        let refunds = facets(vec![refund("1", "A", "1", restock)]);
        assert!(!wants_goods(&account(Returns::Received), &refunds));
    }
    for state in [RefundState::Requested, RefundState::Failed, RefundState::Cancelled] {
        let refunds = facets(vec![Refund { state, ..refund("1", "A", "1", Restock::Return) }]);
        assert!(!wants_goods(&account(Returns::Received), &refunds), "{state:?}");
    }
    // Goods do not wait for the money.
    let pending = Refund { state: RefundState::Pending, ..refund("1", "A", "1", Restock::Return) };
    assert!(wants_goods(&account(Returns::Received), &facets(vec![pending])));
    assert!(!wants_goods(&account(Returns::None), &facets(vec![refund("1", "A", "1", Restock::Return)])));
    let mut since = account(Returns::Received);
    since.cut_over = Some(at(DAY + 1));
    assert!(!wants_goods(&since, &facets(vec![refund("1", "A", "1", Restock::Return)])));
    let unsaid = facets(vec![refund("1", "A", "1", Restock::Unknown("not stated".into()))]);
    assert_eq!(unstated_goods(&account(Returns::Received), &unsaid), ["1"]);
    assert!(unstated_goods(&account(Returns::None), &unsaid).is_empty());
}

#[test]
fn t19_a_transfer_of_somebody_s_that_expects_more_is_left_to_people() {
    let mut goods = delivered();
    goods.back.push(back(101, 61, 2, false));
    assert_eq!(decide(Returns::Received, vec![refund("1", "A", "1", Restock::Return)], &goods), GoodsNext::Rest);
}

#[test]
fn t19_what_is_not_delivered_waits_and_then_a_person_is_asked() {
    let nothing = Goods::default();
    let refunds = facets(vec![refund("1", "A", "1", Restock::Return)]);
    let GoodsNext::Wait { at: later, why } = decide_at(Returns::Received, &refunds, &nothing, DAY + 60) else {
        panic!()
    };
    assert_eq!((later, why.as_str()), (at(DAY + 3_660), "1 of Article 7 came back and is not delivered in Odoo"));
    let GoodsNext::Hold(reason) = decide_at(Returns::Received, &refunds, &nothing, 40 * DAY) else { panic!() };
    assert!(reason.contains("deliver it there, or release"), "{reason}");
    let decision = Some(Ranked { rank: rank(2 * DAY), value: Decision::Release });
    let released = OrderFacets { decision, ..refunds };
    assert_eq!(decide_at(Returns::Received, &released, &nothing, 40 * DAY), GoodsNext::Rest);
    // What can be done is done all the same.
    let part = shipped(&[(101, 51, 11, 7, 2)]);
    let all = vec![refund("1", "A", "3", Restock::Return)];
    assert_eq!(decide(Returns::Received, all, &part), made(51, &[(101, 2)]));
}

#[test]
fn t19_a_kit_and_a_line_that_is_not_ours_are_a_person_s() {
    let kit = shipped(&[(101, 51, 11, 70, 3), (102, 51, 11, 71, 6)]);
    let GoodsNext::Hold(reason) = decide(Returns::Received, vec![refund("1", "A", "1", Restock::Return)], &kit) else {
        panic!()
    };
    assert!(reason.contains("(a kit): take it back in Odoo by hand"), "{reason}");
    // An order that existed before us has lines of other names.
    let GoodsNext::Hold(reason) = decide(Returns::Received, vec![refund("1", "Z", "1", Restock::Return)], &delivered())
    else {
        panic!()
    };
    assert!(reason.starts_with("1 of line Z came back, and no line of S00001 is known by that name"), "{reason}");
}
