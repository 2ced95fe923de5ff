//! The plan, decision by decision: what an order needs next, given what Odoo was seen to hold.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests may unwrap"
)]

mod support;

use jiff::Timestamp;
use rust_decimal::Decimal;
use sluice_domain::{
    account::{Account, ConfirmPolicy, TaxMapping, TaxRounding, UnknownProduct},
    order::{LineKind, Order, OrderLine, OrderState, PaymentState, Sender, ShippingLine, StatedTotals, Tax},
    plan::{
        Directory, MatchedSale, Next, Observed, ObservedLine, Product, SaleState, Situation, TargetTax, TaxGroup,
        draft, match_sale, next,
    },
    state::{Decision, ExceptionClass, OrderFacets, Rank, Ranked, ReadOrPush},
    value::{Currency, Money, Quantity, Rate, UnitPrice},
};
use support::account;

fn usd(text: &str) -> Money {
    Money::parse_major(text, Currency::parse("USD").unwrap()).unwrap()
}

fn rank(version: i64) -> Rank {
    Rank { version, progress: 0, source: ReadOrPush::Push, stated_at: 0, content: 0 }
}

fn tax(amount: &str) -> Tax {
    Tax { title: "State".into(), rate: Rate::parse("0.0825").unwrap(), amount: usd(amount), remitted_by_channel: false }
}

/// Two widgets at 10.00 and shipping 5.00, 8.25 % on the widgets: 26.65.
fn order() -> Order {
    Order {
        number: "#1001".into(),
        currency: Currency::parse("USD").unwrap(),
        presentment_currency: None,
        placed_at: "2026-11-20T10:00:00Z".parse().unwrap(),
        test: false,
        source: None,
        location: None,
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: false,
        lines: vec![OrderLine {
            id: "1".into(),
            kind: LineKind::Product,
            title: "Widget".into(),
            sku: Some("W".into()),
            barcode: None,
            variant: None,
            quantity: Quantity::parse("2").unwrap(),
            unit_price: UnitPrice::parse("10.00").unwrap(),
            discount: usd("0"),
            taxes: vec![tax("1.65")],
        }],
        shipping: vec![ShippingLine {
            id: "9".into(),
            title: "Post".into(),
            price: usd("5.00"),
            discount: usd("0"),
            taxes: vec![],
        }],
        charges: vec![],
        totals: StatedTotals {
            total: usd("26.65"),
            subtotal: None,
            tax: Some(usd("1.65")),
            discount: None,
            shipping: None,
        },
        state: OrderState::Open,
        payment: PaymentState::Paid,
        paid: None,
        refunded: None,
        shipped: false,
        discount_codes: vec![],
        payment_methods: vec![],
        tags: vec![],
    }
}

fn directory() -> Directory {
    let products = [("W", 7), ("CHANNEL-SHIPPING", 8), ("CHANNEL-ROUNDING", 9)];
    let product = |(sku, id): (&str, i64)| (sku.to_owned(), vec![Product { id, active: true }]);
    let rate = Rate::parse("0.0825").unwrap();
    Directory {
        by_sku: products.map(product).into(),
        taxes: vec![TargetTax { id: 5, name: "8.25 %".into(), rate, price_included: false }],
        company_currency: "USD".into(),
        price_decimals: 2,
        ..Directory::default()
    }
}

fn line(product: i64, quantity: i64, price: &str, taxes: Vec<i64>, total: &str) -> ObservedLine {
    ObservedLine {
        id: product,
        product: Some(product),
        quantity: Decimal::from(quantity),
        unit_price: price.parse().unwrap(),
        discount: Decimal::ZERO,
        taxes,
        title: String::new(),
        delivered: Decimal::ZERO,
        invoiced: Decimal::ZERO,
        total: usd(total),
    }
}

fn observed() -> Observed {
    Observed {
        reference: None,
        origin: None,
        id: 42,
        name: "S00042".into(),
        state: SaleState::Quotation,
        date: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        untaxed: usd("25.00"),
        tax: usd("1.65"),
        total: usd("26.65"),
        groups: vec![TaxGroup { name: "Tax".into(), taxes: vec![5], amount: usd("1.65") }],
        lines: vec![line(7, 2, "10", vec![5], "21.65"), line(8, 1, "5", vec![], "5.00")],
        currency: 1,
        invoice_contact: Some(3),
        delivery_contact: Some(4),
    }
}

/// An order, its account and what Odoo holds, to be changed one thing at a time.
struct Case {
    account: Account,
    order: Order,
    observed: Option<Observed>,
    decision: Option<Decision>,
    outdated: Option<i64>,
    addresses_changed: bool,
    adopted: bool,
    unfinished: bool,
}

fn case() -> Case {
    Case {
        account: account(),
        order: order(),
        observed: Some(observed()),
        decision: None,
        outdated: None,
        addresses_changed: false,
        adopted: false,
        unfinished: false,
    }
}

impl Case {
    fn observed(&mut self) -> &mut Observed {
        self.observed.as_mut().unwrap()
    }

    fn sale(&self) -> MatchedSale {
        match_sale(draft(&self.order, 2).unwrap(), &self.account, &directory()).unwrap()
    }

    fn next(&self) -> Next {
        let facets = OrderFacets {
            order: Some(Ranked { rank: rank(10), value: self.order.clone() }),
            decision: self.decision.clone().map(|value| Ranked { rank: rank(1), value }),
            outdated: self.outdated.map(rank),
            ..OrderFacets::default()
        };
        next(&Situation {
            account: &self.account,
            facets: &facets,
            sale: &self.sale(),
            observed: self.observed.as_ref(),
            adopted: self.adopted,
            contacts: Some((3, 4)),
            addresses_changed: self.addresses_changed,
            handed_over: false,
            untouched: true,
            unfinished: self.unfinished,
        })
    }

    #[track_caller]
    fn held(&self) -> ExceptionClass {
        match self.next() {
            Next::Hold { class, .. } => class,
            other => panic!("not held: {other:?}"),
        }
    }
}

#[test]
fn an_order_that_was_never_seen_is_loaded() {
    let mut case = case();
    case.observed = None;
    assert_eq!(case.next(), Next::Load);
}

#[test]
fn an_order_from_before_the_cut_over_is_adopted_and_never_created() {
    let mut case = case();
    case.observed = None;
    case.account.cut_over = Some("2026-11-21T00:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(case.next(), Next::Adopt);
}

#[test]
fn an_adopted_order_is_left_alone() {
    let mut case = case();
    case.adopted = true;
    case.observed().lines.clear();
    assert_eq!(case.next(), Next::Rest);
}

#[test]
fn an_equal_quotation_is_confirmed_when_it_is_paid_and_not_before() {
    let mut case = case();
    assert_eq!(case.next(), Next::Confirm);
    for (payment, paid, authorised) in [
        (PaymentState::Pending, Next::Rest, Next::Rest),
        (PaymentState::Authorized, Next::Rest, Next::Confirm),
        (PaymentState::PartiallyPaid, Next::Rest, Next::Confirm),
        (PaymentState::Voided, Next::Rest, Next::Rest),
        (PaymentState::Expired, Next::Rest, Next::Rest),
        (PaymentState::Refunded, Next::Confirm, Next::Confirm),
    ] {
        case.order.payment = payment;
        case.account.confirm = ConfirmPolicy::Paid;
        assert_eq!(case.next(), paid);
        case.account.confirm = ConfirmPolicy::Authorised;
        assert_eq!(case.next(), authorised);
        case.account.confirm = ConfirmPolicy::Never;
        assert_eq!(case.next(), Next::Rest);
        case.account.confirm = ConfirmPolicy::Always;
        assert_eq!(case.next(), Next::Confirm);
    }
}

#[test]
fn a_quotation_with_other_lines_or_contacts_is_brought_back() {
    let mut quantity = case();
    quantity.observed().lines[0].quantity = Decimal::from(3);
    assert_eq!(quantity.next(), Next::Revise);
    let mut contact = case();
    contact.observed().delivery_contact = Some(99);
    assert_eq!(contact.next(), Next::Revise);
}

#[test]
fn the_order_of_lines_and_lines_at_zero_make_no_difference() {
    let mut case = case();
    case.observed().lines.reverse();
    case.observed().lines.push(line(77, 0, "3", vec![], "0"));
    assert_eq!(case.next(), Next::Confirm);
}

#[test]
fn a_net_difference_within_tolerance_becomes_a_rounding_line_and_beyond_it_an_exception() {
    let mut case = case();
    case.observed().untaxed = usd("24.98");
    case.observed().total = usd("26.63");
    assert_eq!(case.next(), Next::Round(usd("0.02")));
    case.observed().untaxed = usd("24.90");
    case.observed().total = usd("26.55");
    assert_eq!(case.held(), ExceptionClass::TotalsDiffer);
}

#[test]
fn a_rounding_line_that_is_there_already_is_corrected_to_the_whole_difference() {
    let mut case = case();
    case.observed().lines.push(line(9, 1, "0.01", vec![], "0.01"));
    case.observed().total = usd("26.64");
    assert_eq!(case.next(), Next::Round(usd("0.02")));
}

/// A call that confirms commits between the edit of a quotation and its rounding: what is missing is our own line.
#[test]
fn an_order_that_was_confirmed_before_its_rounding_line_came_gets_it() {
    let mut case = case();
    case.observed().state = SaleState::Confirmed;
    case.observed().untaxed = usd("24.98");
    case.observed().total = usd("26.63");
    assert_eq!(case.held(), ExceptionClass::ChangedAfterConfirmation, "somebody took it away");
    case.unfinished = true;
    assert_eq!(case.next(), Next::Round(usd("0.02")));
    case.observed().lines[0].invoiced = Decimal::ONE;
    assert_eq!(case.held(), ExceptionClass::ChangedAfterConfirmation, "the invoice shows the old sum");
}

#[test]
fn a_tax_that_rounds_by_another_rule_is_explained_and_a_wrong_tax_is_not() {
    let mut case = case();
    // Three lines of 0.10 at 8.25 %: 0.03 where each is rounded, 0.02 where their sum is (exchange 457).
    let one = |id: &str| OrderLine {
        id: id.into(),
        quantity: Quantity::parse("1").unwrap(),
        unit_price: UnitPrice::parse("0.10").unwrap(),
        taxes: vec![tax("0.01")],
        ..order().lines[0].clone()
    };
    case.order.lines = vec![one("1"), one("2"), one("3")];
    case.order.totals.total = usd("5.33");
    case.order.totals.tax = Some(usd("0.03"));
    let mut lines: Vec<ObservedLine> = (0..3).map(|_| line(7, 1, "0.1", vec![5], "0.11")).collect();
    lines.push(line(8, 1, "5", vec![], "5.00"));
    case.observed().lines = lines;
    case.observed().untaxed = usd("5.30");
    case.observed().tax = usd("0.02");
    case.observed().total = usd("5.32");
    case.observed().groups[0].amount = usd("0.02");
    assert_eq!(case.next(), Next::Round(usd("0.01")));
    case.account.rounding.tax = TaxRounding::Strict;
    assert_eq!(case.held(), ExceptionClass::TotalsDiffer);
    case.account.rounding.tax = TaxRounding::Explained;
    case.observed().tax = usd("0.00");
    case.observed().groups[0].amount = usd("0.00");
    assert_eq!(case.held(), ExceptionClass::TotalsDiffer);
}

#[test]
fn a_line_that_somebody_added_in_odoo_is_an_exception_and_not_overwritten() {
    let mut case = case();
    case.observed().lines.push(line(55, 1, "1", vec![], "1.00"));
    case.observed().total = usd("27.65");
    // The plan asks once to revise what is ours; what is left over is a person's.
    assert_eq!(case.next(), Next::Revise);
}

#[test]
fn a_change_after_confirmation_is_held_with_the_difference_in_words() {
    let mut case = case();
    case.observed().state = SaleState::Confirmed;
    case.observed().lines[0].quantity = Decimal::from(3);
    let Next::Hold { class, reason, .. } = case.next() else { panic!("not held") };
    assert_eq!(class, ExceptionClass::ChangedAfterConfirmation);
    assert!(reason.contains("the channel has 2 x W at 10 (8.25 %)"), "{reason}");
    assert!(reason.contains("Odoo has 3 x W at 10 (8.25 %)"), "{reason}");
    // What the channel sells no more is known by Odoo's id alone.
    case.observed().lines[0].product = Some(55);
    let Next::Hold { reason, .. } = case.next() else { panic!("not held") };
    assert!(reason.contains("Odoo has 3 x product 55 at 10"), "{reason}");
}

#[test]
fn another_address_after_confirmation_is_held() {
    let mut case = case();
    case.observed().state = SaleState::Confirmed;
    case.addresses_changed = true;
    assert_eq!(case.held(), ExceptionClass::ChangedAfterConfirmation);
}

#[test]
fn confirming_overwrote_the_date_so_it_is_brought_back() {
    let mut case = case();
    case.observed().state = SaleState::Confirmed;
    case.observed().date = Some("2026-11-24T12:00:00Z".parse().unwrap());
    assert_eq!(case.next(), Next::RestoreDate);
    case.observed().date = Some("2026-11-20T10:00:00Z".parse().unwrap());
    assert_eq!(case.next(), Next::Rest);
}

#[test]
fn t34_a_cancelled_order_is_cancelled_only_while_nothing_was_shipped() {
    let mut case = case();
    case.order.state = OrderState::Cancelled;
    assert_eq!(case.next(), Next::Cancel);
    case.observed().state = SaleState::Confirmed;
    assert_eq!(case.next(), Next::Cancel);
    case.observed().lines[0].delivered = Decimal::ONE;
    assert_eq!(case.held(), ExceptionClass::CancelledAfterShipping);
    case.observed().lines[0].delivered = Decimal::ZERO;
    case.order.shipped = true;
    assert_eq!(case.held(), ExceptionClass::CancelledAfterShipping);
    case.observed().state = SaleState::Cancelled;
    assert_eq!(case.next(), Next::Rest);
}

#[test]
fn an_order_that_a_person_cancelled_in_odoo_is_not_revived() {
    let mut case = case();
    case.observed().state = SaleState::Cancelled;
    assert_eq!(case.held(), ExceptionClass::CancelledInOdoo);
}

#[test]
fn an_announced_edit_holds_the_confirmation_until_it_arrives() {
    let mut case = case();
    case.outdated = Some(11);
    assert_eq!(case.held(), ExceptionClass::Outdated);
    case.outdated = Some(10);
    assert_eq!(case.next(), Next::Confirm);
}

#[test]
fn an_announced_edit_of_a_confirmed_order_is_not_forgotten() {
    let mut case = case();
    case.observed().state = SaleState::Confirmed;
    case.outdated = Some(11);
    assert_eq!(case.held(), ExceptionClass::Outdated);
    case.outdated = Some(10);
    assert_eq!(case.next(), Next::Rest);
}

#[test]
fn a_total_that_does_not_follow_from_the_channels_own_lines_is_said_to_be_so() {
    let mut case = case();
    case.observed().untaxed = usd("20.00");
    case.observed().total = usd("21.65");
    let Next::Hold { reason, .. } = case.next() else { panic!("not held") };
    assert!(reason.contains("its total does not follow from its own lines"), "{reason}");
}

#[test]
fn t37_skus_that_are_missing_or_ambiguous_are_exceptions_never_guesses() {
    let account = account();
    let draft = || draft(&order(), 2).unwrap();
    let mut missing = directory();
    missing.by_sku.remove("W");
    missing.by_sku.insert("w".into(), vec![Product { id: 70, active: true }]);
    let refused = match_sale(draft(), &account, &missing).unwrap_err();
    assert_eq!((refused.class, refused.cause.as_str()), (ExceptionClass::UnknownProduct, "W"));
    let mut two = directory();
    two.by_sku.get_mut("W").unwrap().push(Product { id: 71, active: true });
    assert_eq!(match_sale(draft(), &account, &two).unwrap_err().class, ExceptionClass::AmbiguousProduct);
    two.by_sku.get_mut("W").unwrap()[1].active = false;
    assert_eq!(match_sale(draft(), &account, &two).unwrap().lines[0].product, 7, "an archived namesake is no rival");
}

#[test]
fn t20_a_line_without_a_sku_takes_the_named_fallback_and_keeps_its_title() {
    let mut order = order();
    order.lines[0].sku = None;
    let mut account = account();
    let parked = match_sale(draft(&order, 2).unwrap(), &account, &directory()).unwrap_err().class;
    assert_eq!(parked, ExceptionClass::UnknownProduct);
    account.unknown_product = UnknownProduct::Fallback("FALLBACK".into());
    let mut directory = directory();
    directory.by_sku.insert("FALLBACK".into(), vec![Product { id: 66, active: true }]);
    let sale = match_sale(draft(&order, 2).unwrap(), &account, &directory).unwrap();
    assert_eq!((sale.lines[0].product, sale.lines[0].title.as_str()), (66, "Widget"));
}

#[test]
fn a_missing_tax_or_price_list_names_its_fix() {
    let none = Directory { taxes: vec![], ..directory() };
    let refused = match_sale(draft(&order(), 2).unwrap(), &account(), &none).unwrap_err();
    assert!(refused.reason.contains("no sales tax of 8.25 % on top of the price"), "{}", refused.reason);
    let inside = TargetTax { price_included: true, ..directory().taxes[0].clone() };
    let mapping = TaxMapping { rate: inside.rate, title: None, odoo_tax: inside.name.clone() };
    let (mapped, other) =
        (Account { taxes: vec![mapping], ..account() }, Directory { taxes: vec![inside], ..directory() });
    let refused = match_sale(draft(&order(), 2).unwrap(), &mapped, &other).unwrap_err();
    assert!(refused.reason.contains("map it to a tax that is on top of the price"), "{}", refused.reason);
    let euro = Directory { company_currency: "EUR".into(), ..directory() };
    let refused = match_sale(draft(&order(), 2).unwrap(), &account(), &euro).unwrap_err();
    assert!(refused.reason.contains("no price list in USD"), "{}", refused.reason);
}

#[test]
fn tax_that_the_marketplace_remits_is_never_the_sellers() {
    let mut order = order();
    order.lines[0].taxes[0].remitted_by_channel = true;
    let sale = draft(&order, 2).unwrap();
    assert!(sale.lines[0].taxes.is_empty());
    assert_eq!((sale.expected.total, sale.expected.tax), (usd("25.00"), usd("0")));
    assert_eq!(sale.expected.remitted_by_channel, usd("1.65"));
}

#[test]
fn a_rounding_line_that_odoo_cannot_hold_is_an_exception_that_names_the_setting() {
    let mut case = case();
    let dinar = Currency::parse("KWD").unwrap();
    let kwd = |minor| Money::from_minor(minor, dinar);
    case.order.currency = dinar;
    case.order.lines[0].taxes.clear();
    case.order.lines[0].quantity = Quantity::parse("1").unwrap();
    case.order.lines[0].unit_price = UnitPrice::parse("1.115").unwrap();
    case.order.lines[0].discount = kwd(0);
    case.order.shipping.clear();
    case.order.totals = StatedTotals { total: kwd(1115), subtotal: None, tax: None, discount: None, shipping: None };
    let mut directory = directory();
    directory.company_currency = "KWD".into();
    let sale = match_sale(draft(&case.order, 2).unwrap(), &case.account, &directory).unwrap();
    let mut seen = observed();
    seen.lines = vec![ObservedLine { total: kwd(1120), taxes: vec![], ..line(7, 1, "1.12", vec![], "0") }];
    (seen.untaxed, seen.tax, seen.total, seen.groups) = (kwd(1120), kwd(0), kwd(1120), vec![]);
    let gate = sluice_domain::plan::gate(&sale, &seen, &case.account.rounding);
    let sluice_domain::plan::Gate::Differs(text) = gate else { panic!("{gate:?}") };
    assert!(text.contains("Product Price"), "{text}");
}
