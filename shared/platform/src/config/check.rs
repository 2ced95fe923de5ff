//! What a file of accounts must hold beyond its form.

use std::collections::{BTreeMap, BTreeSet};

use sluice_domain::{
    account::{Account, CounterSales, Invoices, ShopNaming, TaxMapping, UnknownProduct},
    value::{Currency, NOBODY},
};

use super::apps;

/// The most minor units that a rounding line may repair: beyond it, the difference is no rounding.
const MAX_TOLERANCE_MINOR: i64 = 100;
/// The longest domain name, by RFC 1035.
const MAX_DOMAIN: usize = 253;

/// A mistake in a field.
pub(super) struct Flaw {
    pub(super) field: String,
    pub(super) problem: String,
    pub(super) fix: String,
}

fn flaw(field: impl Into<String>, problem: impl Into<String>, fix: impl Into<String>) -> Flaw {
    Flaw { field: field.into(), problem: problem.into(), fix: fix.into() }
}

/// Everything that is wrong with an account by itself.
pub(super) fn account(account: &Account, channels: &[ShopNaming]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if apps::is_app(account.name.as_str()) {
        let fix = "choose another name, for Odoo may delete external ids that begin with it";
        flaws.push(flaw("name", "the name of an Odoo app", fix));
    }
    if account.name.as_str() == NOBODY {
        flaws.push(flaw("name", "kept for what belongs to no account", "choose another name"));
    }
    if let Some(naming) = channels.iter().find(|known| known.channel == account.channel) {
        flaws.extend(shop_domain(account, naming));
    } else {
        let names: Vec<&str> = channels.iter().map(|known| known.channel).collect();
        let fix = format!("write one of {}", names.join(", "));
        flaws.push(flaw("channel", format!("`{}` is no channel of this build", account.channel), fix));
    }
    flaws.extend(rounding(account));
    flaws.extend(pricelists("odoo", &account.odoo.pricelists));
    flaws.extend(products(account));
    flaws.extend(taxes("taxes", &account.taxes));
    flaws.extend(entities(account));
    if account.books.invoices == Invoices::Summarised && account.counter_sales != CounterSales::DailySummary {
        let fix = "write counter_sales: daily_summary, or another policy";
        flaws.push(flaw("books.invoices", "without daily summaries nothing would be invoiced", fix));
    }
    flaws
}

/// Pairs of accounts that cannot stand beside each other: the index of the later one, and what is wrong with it.
pub(super) fn together(accounts: &[Account]) -> Vec<(usize, Flaw)> {
    let mut flaws = Vec::new();
    let (mut names, mut shops) = (BTreeSet::new(), BTreeMap::new());
    for (index, account) in accounts.iter().enumerate() {
        if !names.insert(&account.name) {
            flaws.push((index, flaw("name", "used twice", "give every account its own name")));
        }
        let Some(domain) = &account.shop_domain else { continue };
        if let Some(other) = shops.insert((&account.channel, domain), &account.name) {
            let problem = format!("the shop of account `{other}` too");
            flaws.push((index, flaw("shop_domain", problem, "keep one account per shop, or its orders arrive twice")));
        }
    }
    flaws
}

/// What a channel says of its shops' names. The JSON Schema says the same.
fn shop_domain(account: &Account, naming: &ShopNaming) -> Option<Flaw> {
    let path = if naming.path { ", with the path where the shop stands in a folder of its site" } else { "" };
    let form = format!("write the domain alone, in lower case{path}, like {}", naming.example("example"));
    let Some(stated) = &account.shop_domain else {
        return naming.required.then(|| flaw("shop_domain", "missing: it decides whose delivery it is", form));
    };
    let (domain, port, path) = parts(stated);
    let ending = naming.ending.unwrap_or_default();
    let plain = port.is_none() && path.is_none();
    let fine = is_domain(domain) && domain.ends_with(ending) && domain != ending && (naming.path || plain);
    if fine && port.is_none_or(is_port) && path.is_none_or(is_path) {
        return None;
    }
    let shown: String = stated.chars().take(60).collect();
    Some(flaw("shop_domain", format!("`{shown}` is not the domain of such a shop"), form))
}

/// Domain, port and path.
fn parts(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (site, path) = text.split_once('/').map_or((text, None), |(site, path)| (site, Some(path)));
    let (domain, port) = site.split_once(':').map_or((site, None), |(domain, port)| (domain, Some(port)));
    (domain, port, path)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
}

fn is_domain(text: &str) -> bool {
    let label = |part: &str| {
        let plain = part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        plain && !part.is_empty() && part.len() < 64 && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= MAX_DOMAIN && text.contains('.') && text.split('.').all(label)
}

fn rounding(account: &Account) -> Option<Flaw> {
    let tolerance = account.rounding.net_tolerance_minor;
    let fix = format!("write a number of minor units from 0 to {MAX_TOLERANCE_MINOR}");
    let fine = (0..=MAX_TOLERANCE_MINOR).contains(&tolerance);
    (!fine).then(|| flaw("rounding.net_tolerance_minor", format!("{tolerance} is no rounding"), fix))
}

/// What a rule states is checked as the account's own is; a code that no address can have would never match.
fn entities(account: &Account) -> Vec<Flaw> {
    let upper = |text: &str, long: std::ops::RangeInclusive<usize>| {
        long.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let country = |code: &str| upper(code, 2..=2) && !code.bytes().any(|byte| byte.is_ascii_digit());
    let region = |code: &str| code.split_once('-').is_some_and(|(land, part)| country(land) && upper(part, 1..=3));
    let mut flaws = Vec::new();
    for (index, rule) in account.entities.iter().enumerate() {
        let field = format!("entities[{index}]");
        for code in rule.when.countries.iter().filter(|code| !country(code)) {
            let problem = format!("`{code}` is no country code");
            flaws.push(flaw(format!("{field}.when.countries"), problem, "write an ISO 3166-1 code like DE"));
        }
        for code in rule.when.regions.iter().filter(|code| !region(code)) {
            let problem = format!("`{code}` is no region code");
            flaws.push(flaw(format!("{field}.when.regions"), problem, "write an ISO 3166-2 code like US-TX"));
        }
        flaws.extend(pricelists(&format!("{field}.odoo"), &rule.odoo.pricelists));
        flaws.extend(taxes(&format!("{field}.taxes"), &rule.taxes));
    }
    flaws
}

fn pricelists(place: &str, lists: &BTreeMap<String, String>) -> Vec<Flaw> {
    let flaws = lists.iter().filter_map(|(code, list)| match (Currency::parse(code), list.trim().is_empty()) {
        (Err(error), _) => Some(flaw(format!("{place}.pricelists"), error.to_string(), "write a code like EUR")),
        (Ok(_), true) => {
            Some(flaw(format!("{place}.pricelists.{code}"), "empty", "write the price list's name in Odoo"))
        }
        (Ok(_), false) => None,
    });
    flaws.collect()
}

fn products(account: &Account) -> Vec<Flaw> {
    let products = &account.odoo.products;
    let mut references = vec![
        ("odoo.products.shipping", &products.shipping),
        ("odoo.products.tip", &products.tip),
        ("odoo.products.gift_card", &products.gift_card),
        ("odoo.products.duty", &products.duty),
        ("odoo.products.fee", &products.fee),
        ("odoo.products.rounding", &products.rounding),
        ("odoo.products.refund", &products.refund),
    ];
    if let UnknownProduct::Fallback(reference) = &account.unknown_product {
        references.push(("unknown_product.fallback", reference));
    }
    let empty = references.into_iter().filter(|(_, reference)| reference.trim().is_empty());
    empty.map(|(field, _)| flaw(field, "empty", "write the product's internal reference in Odoo")).collect()
}

fn taxes(place: &str, taxes: &[TaxMapping]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, tax) in taxes.iter().enumerate() {
        let field = format!("{place}[{index}]");
        let rate = tax.rate.get();
        if rate.is_sign_negative() || !rate.trunc().is_zero() {
            let fix = "write a fraction from 0 to below 1: 8.25 % is \"0.0825\"";
            flaws.push(flaw(format!("{field}.rate"), format!("{} is no tax rate", tax.rate), fix));
        }
        if tax.odoo_tax.trim().is_empty() {
            flaws.push(flaw(format!("{field}.odoo_tax"), "empty", "write the tax's name in Odoo"));
        }
        if !seen.insert((tax.rate, &tax.title)) {
            flaws.push(flaw(field, "the rate and title of another entry", "keep one of them"));
        }
    }
    flaws
}
