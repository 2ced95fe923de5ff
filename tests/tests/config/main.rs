//! Configuration is data with a version: what stands under `infra/config` fits its schemas, and the schemas fit the code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

mod schema;

use std::collections::BTreeSet;

use schema::{check, schema, yaml};
use serde_json::Value;
use sluice_channels::shop_namings;
use sluice_domain::account::{Account, ShopNaming};
use sluice_platform::config::{load_accounts, parse_accounts};
use sluice_tests::source::root;

/// An account with every field set.
const FULL: &str = r#"
name: shop_eu
channel: shopify
shop_domain: eu.myshopify.com
api_version: 2026-10
odoo:
  company: Retail EU
  warehouse: WH
  pricelists: { EUR: Public EUR }
  team: Website
  fiscal_position: Domestic
  language: de_DE
  journal: INV
  tags: [Shopify]
  products: { shipping: A, tip: B, gift_card: C, duty: D, fee: E, rounding: F }
entities:
  - when: { countries: [DE], regions: [DE-BE], sources: [web], stores: ["1"], tax_by_channel: false }
    odoo: { company: Retail EU, warehouse: WH, pricelists: { EUR: A }, team: B, fiscal_position: C, language: de_DE, journal: D }
    taxes: [{ rate: "0.19", title: VAT, odoo_tax: 19% }]
confirm: authorised
unknown_product: !fallback X
cut_over: 2026-11-01T00:00:00Z
rounding: { net_tolerance_minor: 3, tax: strict }
taxes: [{ rate: "0.19", title: VAT, odoo_tax: 19% }]
test_orders: import
incomplete_addresses: hold
customers: { group: brand, known_by: [vat, verified_email, email] }
"#;

fn channels() -> Vec<ShopNaming> {
    shop_namings()
}

fn account(text: &str) -> Result<Account, serde_yaml_ng::Error> {
    serde_yaml_ng::from_str(text)
}

#[test]
fn the_accounts_that_ship_fit_schema_and_code() {
    let folder = root().join("infra/config");
    check(&schema("accounts"), &yaml(&std::fs::read_to_string(folder.join("accounts.yaml")).unwrap())).unwrap();
    let book = load_accounts(&folder, &channels()).unwrap();
    assert!(!book.accounts.is_empty());
}

#[test]
fn what_the_accounts_file_proposes_in_comments_fits_too() {
    let text = std::fs::read_to_string(root().join("infra/config/accounts.yaml")).unwrap();
    // A proposal is a comment that continues the YAML around it: a key and a value, or an item of a list.
    let proposal = |line: &str| {
        let rest = line.trim_start().strip_prefix("# ")?;
        let key = rest.trim_start().trim_start_matches("- ").split_once(':').map(|(key, _)| key)?;
        let fits = !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_');
        (fits && !rest.trim_end().ends_with('.')).then(|| line.replacen("# ", "", 1))
    };
    // What a proposal replaces gives way.
    let replaced = ["unknown_product: park", "taxes: []", "entities: []"];
    let lines = text.lines().filter(|line| !replaced.contains(&line.trim()));
    let full: Vec<String> = lines.map(|line| proposal(line).unwrap_or_else(|| line.to_owned())).collect();
    let full = full.join("\n");
    check(&schema("accounts"), &yaml(&full)).unwrap();
    let book = parse_accounts("accounts.yaml", full.as_bytes(), &channels()).unwrap();
    let account = book.accounts.values().next().unwrap();
    assert!(account.odoo.company.is_some() && account.cut_over.is_some() && account.taxes.len() == 2, "{account:?}");
}

#[test]
fn every_field_of_the_code_is_in_the_schema_and_the_other_way_round() {
    let written = serde_json::to_value(account(FULL).unwrap()).unwrap();
    let accounts = serde_json::json!({"accounts": [written]});
    // The schema takes nothing that it does not name, so this is the one direction ...
    check(&schema("accounts"), &accounts).unwrap();
    // ... and this is the other.
    let mut missing = Vec::new();
    unset(&schema("accounts")["$defs"], &accounts["accounts"][0], "account", &mut missing);
    assert!(missing.is_empty(), "in the schema and not in the code: {missing:?}");
}

/// Properties of a definition that a value does not set.
fn unset(definitions: &Value, value: &Value, definition: &str, missing: &mut Vec<String>) {
    for (name, property) in definitions[definition]["properties"].as_object().unwrap() {
        if value.get(name).is_none_or(Value::is_null) {
            missing.push(format!("{definition}.{name}"));
        }
        let items = property.get("items");
        let (target, inner) = items.map_or((property, &value[name]), |items| (items, &value[name][0]));
        if let Some(next) = target["$ref"].as_str() {
            unset(definitions, inner, next.trim_start_matches("#/$defs/"), missing);
        }
    }
}

#[test]
fn choices_are_the_same_in_schema_and_code() {
    let schema = schema("accounts");
    for (pointer, yaml) in [
        ("/$defs/account/properties/confirm", "confirm: nonsense"),
        ("/$defs/account/properties/test_orders", "test_orders: nonsense"),
        ("/$defs/account/properties/counter_sales", "counter_sales: nonsense"),
        ("/$defs/account/properties/incomplete_addresses", "incomplete_addresses: nonsense"),
        ("/$defs/account/properties/edits", "edits: nonsense"),
        ("/$defs/books/properties/invoices", "books: {invoices: nonsense}"),
        ("/$defs/rounding/properties/tax", "rounding: {tax: nonsense}"),
    ] {
        let error = account(&format!("name: shop\nchannel: shopify\n{yaml}\n")).unwrap_err().to_string();
        let code: BTreeSet<&str> = error.split('`').skip(3).step_by(2).collect();
        let choices = schema.pointer(pointer).unwrap()["enum"].as_array().unwrap();
        assert_eq!(choices.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>(), code, "{pointer}: {error}");
    }
}

#[test]
fn defaults_are_the_same_in_schema_and_code() {
    let plain = serde_json::to_value(account("{name: shop, channel: shopify}").unwrap()).unwrap();
    let schema = schema("accounts");
    for (definition, value) in
        [("account", &plain), ("rounding", &plain["rounding"]), ("service_products", &plain["odoo"]["products"])]
    {
        for (name, property) in schema["$defs"][definition]["properties"].as_object().unwrap() {
            if let Some(default) = property.get("default") {
                assert_eq!(&value[name], default, "{definition}.{name}");
            }
        }
    }
}

#[test]
fn flows_fit_their_schema_and_have_a_runbook() {
    let flows = yaml(&std::fs::read_to_string(root().join("infra/config/flows.yaml")).unwrap());
    check(&schema("flows"), &flows).unwrap();
    let mut names = BTreeSet::new();
    for flow in flows["flows"].as_array().unwrap() {
        let runbook = flow["runbook"].as_str().unwrap();
        assert!(root().join("infra/runbooks").join(runbook).is_file(), "{runbook} is missing");
        assert!(names.insert(flow["name"].as_str().unwrap()), "{} stands twice", flow["name"]);
    }
    let books = std::fs::read_dir(root().join("infra/runbooks/flows")).unwrap().count();
    assert_eq!(books, names.len(), "a runbook of a flow that does not exist");
}

#[test]
fn the_schema_refuses_what_the_code_refuses() {
    for broken in [
        "[{name: shop, channel: shopify}]",
        "[{name: Shop, channel: shopify, shop_domain: a.myshopify.com}]",
        "[{name: shop, channel: shopify, shop_domain: shop.example.com}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, shop: x}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, confirm: maybe}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, unknown_product: drop}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, taxes: [{rate: '8.25', odoo_tax: A}]}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, rounding: {net_tolerance_minor: 5000}}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, odoo: {pricelists: {EURO: A}}}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, entities: [{when: {countries: [Germany]}}]}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, entities: [{when: {regions: [TX]}}]}]",
        "[{name: shop, channel: shopify, shop_domain: a.myshopify.com, entities: [{taxes: [{rate: '20', odoo_tax: A}]}]}]",
    ] {
        let text = format!("accounts: {broken}");
        assert!(check(&schema("accounts"), &yaml(&text)).is_err(), "the schema takes {broken}");
        assert!(parse_accounts("accounts.yaml", text.as_bytes(), &channels()).is_err(), "the code takes {broken}");
    }
}
