//! Whose sale an order is: the rules, one by one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what goes wrong in it must fail")]

mod support;

use rust_decimal::Decimal;
use sluice_domain::{
    account::{Account, TaxMapping},
    entity::{Conditions, EntityNames, EntityRule, entitled, targets},
    order::{Address, Buyer, Order, OrderState, PaymentState, Sender, ShippingLine, StatedTotals, Tax},
    state::ExceptionClass,
    value::{Currency, Money, Rate},
};

fn order(source: &str, store: Option<&str>, facilitated: bool) -> Order {
    let money = |minor| Money::from_minor(minor, Currency::parse("USD").unwrap());
    let tax = Tax {
        title: "Sales tax".into(),
        rate: Rate::new(Decimal::new(8, 2)),
        amount: money(40),
        remitted_by_channel: facilitated,
    };
    let shipping = ShippingLine {
        id: "1".into(),
        title: "Parcel".into(),
        price: money(500),
        discount: money(0),
        taxes: vec![tax],
    };
    Order {
        number: "#1".into(),
        currency: Currency::parse("USD").unwrap(),
        presentment_currency: None,
        placed_at: "2026-11-20T10:00:00Z".parse().unwrap(),
        test: false,
        source: Some(source.into()),
        location: store.map(Into::into),
        summed: 0,
        sent_by: Sender::Seller,
        tax_included: false,
        lines: vec![],
        shipping: vec![shipping],
        charges: vec![],
        totals: StatedTotals { total: money(540), subtotal: None, tax: None, discount: None, shipping: None },
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

fn to(country: &str, region: Option<&str>) -> Buyer {
    let address = Address {
        key: "a".into(),
        name: None,
        company: None,
        street: None,
        street2: None,
        city: None,
        postal_code: None,
        region: region.map(Into::into),
        country: Some(country.into()),
        phone: None,
    };
    Buyer { customer: None, bill_to: None, ship_to: Some(address) }
}

fn rule(when: Conditions, company: Option<&str>, warehouse: Option<&str>) -> EntityRule {
    let name = |name: Option<&str>| name.map(str::to_owned);
    let odoo = EntityNames { company: name(company), warehouse: name(warehouse), ..EntityNames::default() };
    EntityRule { when, odoo, taxes: vec![] }
}

fn countries(codes: &[&str]) -> Conditions {
    Conditions { countries: codes.iter().map(ToString::to_string).collect(), ..Conditions::default() }
}

fn account(entities: Vec<EntityRule>) -> Account {
    let mut account = support::account();
    account.odoo.team = Some("Website".into());
    account.entities = entities;
    account
}

#[track_caller]
fn check(account: &Account, (order, buyer): (&Order, Option<&Buyer>), expect: Result<(&str, &str), &str>) {
    let found = entitled(account, order, buyer);
    let found = match &found {
        Ok(found) => Ok((found.odoo.company.as_deref().unwrap_or("-"), found.odoo.warehouse.as_deref().unwrap_or("-"))),
        Err(mismatch) => Err(mismatch.cause.as_str()),
    };
    assert_eq!(found, expect);
}

#[test]
fn the_first_matching_rule_that_states_a_field_decides_it() {
    let tax = |name: &str| TaxMapping { rate: Rate::new(Decimal::new(2, 1)), title: None, odoo_tax: name.into() };
    let mut rules = vec![
        rule(countries(&["FR"]), None, Some("FRA")),
        rule(countries(&["FR", "DE"]), Some("EU"), Some("WHEU")),
        rule(Conditions::default(), Some("US"), Some("WH")),
    ];
    rules[0].taxes = vec![tax("20% OSS FR")];
    let mut account = account(rules);
    account.taxes = vec![tax("20%")];
    let plain = order("web", None, false);
    check(&account, (&plain, Some(&to("FR", None))), Ok(("EU", "FRA")));
    check(&account, (&plain, Some(&to("DE", None))), Ok(("EU", "WHEU")));
    check(&account, (&plain, Some(&to("JP", None))), Ok(("US", "WH")));
    check(&account, (&plain, None), Ok(("US", "WH")));
    let french = entitled(&account, &plain, Some(&to("FR", None))).unwrap();
    assert_eq!(french.odoo.team.as_deref(), Some("Website"));
    assert_eq!(french.taxes.iter().map(|tax| tax.odoo_tax.as_str()).collect::<Vec<_>>(), ["20% OSS FR", "20%"]);
}

#[test]
fn what_must_be_found_in_odoo_is_what_each_rule_makes_with_those_about_every_order() {
    let rules = vec![
        rule(countries(&["FR"]), None, Some("FRA")),
        rule(countries(&["DE"]), Some("EU"), Some("WHEU")),
        rule(countries(&["AT"]), Some("EU"), Some("WHEU")),
        rule(Conditions::default(), Some("US"), Some("WH")),
    ];
    let all = targets(&account(rules));
    let named: Vec<_> = all.iter().map(|one| (one.company.as_deref(), one.warehouse.as_deref())).collect();
    assert_eq!(named, [(Some("US"), Some("FRA")), (Some("EU"), Some("WHEU")), (Some("US"), Some("WH"))]);
    assert!(all.iter().all(|one| one.team.as_deref() == Some("Website")));
    assert_eq!(targets(&account(vec![])), [account(vec![]).odoo]);
}

#[test]
fn region_store_source_and_who_remits_tax_are_conditions() {
    let account = account(vec![
        rule(Conditions { stores: vec!["17".into()], ..Conditions::default() }, Some("Stores"), None),
        rule(Conditions { regions: vec!["US-TX".into()], ..Conditions::default() }, Some("Texas"), None),
        rule(Conditions { tax_by_channel: Some(true), ..countries(&["US"]) }, Some("Facilitated"), None),
        rule(Conditions { sources: vec!["wholesale".into()], ..Conditions::default() }, Some("B2B"), None),
        rule(Conditions { tax_by_channel: Some(false), ..countries(&["US"]) }, Some("Own tax"), None),
    ]);
    for (order, place, company) in [
        (order("pos", Some("17"), false), None, "Stores"),
        (order("web", None, false), Some(to("US", Some("TX"))), "Texas"),
        (order("web", None, true), Some(to("US", Some("NY"))), "Facilitated"),
        (order("wholesale", None, false), Some(to("US", Some("NY"))), "B2B"),
        (order("web", None, false), Some(to("US", Some("NY"))), "Own tax"),
    ] {
        check(&account, (&order, place.as_ref()), Ok((company, "-")));
    }
}

#[test]
fn without_a_matching_rule_the_exception_names_the_rule_to_add() {
    let account = account(vec![rule(countries(&["DE"]), Some("EU"), None)]);
    check(&account, (&order("web", None, false), Some(&to("FR", None))), Err("no entity for countries: [FR]"));
    check(&account, (&order("pos", Some("9"), false), None), Err("no entity for stores: [\"9\"]"));
    let mismatch = entitled(&account, &order("web", None, true), Some(&to("US", Some("TX")))).unwrap_err();
    assert_eq!(mismatch.class, ExceptionClass::MissingMapping);
    assert_eq!(
        mismatch.reason,
        "no rule of the account says whose sale this is (it goes to US-TX; source web; store none; tax by the channel: yes): \
         add one under entities of the account, like `- when: {countries: [US]}` with the company under `odoo`"
    );
}

#[test]
fn an_account_without_rules_stays_as_it_is() {
    let account = account(vec![]);
    assert_eq!(entitled(&account, &order("web", None, false), None).unwrap(), account);
}

#[test]
fn t29_what_the_channel_sends_itself_needs_a_warehouse_that_stands_for_its_stock() {
    let by_channel = Order { sent_by: Sender::Channel, ..order("A1/AFN", None, false) };
    let of_sources = |sources: &[&str]| Conditions {
        sources: sources.iter().map(ToString::to_string).collect(),
        ..Conditions::default()
    };
    let held = Err(r#"no warehouse for sources: ["A1/AFN"]"#);
    check(&account(vec![]), (&by_channel, None), held);
    // Rules about all orders, about the marketplace alone, or without a warehouse are not about its stock.
    check(&account(vec![rule(Conditions::default(), Some("EU"), Some("WH1"))]), (&by_channel, None), held);
    check(&account(vec![rule(of_sources(&["A1"]), Some("EU"), Some("WH1"))]), (&by_channel, None), held);
    let unnamed = rule(of_sources(&["A1/AFN"]), Some("EU"), None);
    check(&account(vec![unnamed, rule(Conditions::default(), None, Some("WH1"))]), (&by_channel, None), held);
    let stock = rule(of_sources(&["A1/AFN"]), None, Some("FBA"));
    // A rule that goes before it has the last word, and is about goods of ours.
    let german = rule(countries(&["DE"]), Some("EU"), Some("WH1"));
    check(&account(vec![german.clone(), stock.clone()]), (&by_channel, Some(&to("DE", None))), held);
    check(&account(vec![stock.clone(), german]), (&by_channel, Some(&to("DE", None))), Ok(("EU", "FBA")));
    let account = account(vec![stock, rule(Conditions::default(), Some("EU"), Some("WH1"))]);
    check(&account, (&by_channel, None), Ok(("EU", "FBA")));
    check(&account, (&order("A1", None, false), None), Ok(("EU", "WH1")));
}
