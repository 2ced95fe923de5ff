//! Customer and addresses. Redacted personal data reads as null.

use super::{Coins, Json, Object, object};
use crate::demo::sale::{Person, Place, Sale, Twist};

/// The e-mail address of an order; empty for a sale at a till, null where it is redacted.
pub(super) fn email(sale: &Sale) -> Json {
    match &sale.buyer.person {
        Some(_) if sale.has(Twist::Redacted) => Json::null(),
        Some(person) => format!("{}@example.com", person.mailbox).into(),
        None => "".into(),
    }
}

pub(super) fn customer(sale: &Sale, coins: Coins) -> Json {
    let (Some(id), Some(person)) = (sale.buyer.customer, &sale.buyer.person) else { return Json::null() };
    let shown = |text: &'static str| (!sale.has(Twist::Redacted)).then_some(text);
    Object::default()
        .with("id", id)
        .with("first_name", shown(person.first))
        .with("last_name", shown(person.last))
        .also(coins, "state", "enabled")
        .also(coins, "verified_email", true)
        .also(coins, "tax_exempt", false)
        .with("email", email(sale))
        .with("phone", Json::null())
        .also(coins, "currency", sale.market.currency())
        .also(coins, "tax_exemptions", Json::list([]))
        .also(coins, "admin_graphql_api_id", format!("gid://shopify/Customer/{id}"))
        .close()
}

pub(super) fn billing(sale: &Sale, coins: Coins) -> Json {
    sale.buyer.person.as_ref().map_or_else(Json::null, |person| address(person, sale, coins))
}

pub(super) fn shipping(sale: &Sale, coins: Coins) -> Json {
    let person = sale.buyer.ship_to.as_ref().or(sale.buyer.person.as_ref());
    person.map_or_else(Json::null, |person| address(person, sale, coins))
}

fn address(person: &Person, sale: &Sale, coins: Coins) -> Json {
    let shown = |text: &'static str| (!sale.has(Twist::Redacted)).then_some(text);
    let Place { country, country_code, region, .. } = person.place;
    Object::default()
        .with("first_name", shown(person.first))
        .with("address1", shown(person.street))
        .also(coins, "phone", Json::null())
        .with("city", shown(person.city))
        .with("zip", shown(person.zip))
        .also(coins, "province", region.map(|(name, _)| name))
        .with("country", country)
        .with("last_name", shown(person.last))
        .also(coins, "address2", Json::null())
        .with("company", sale.buyer.company.map(|(name, _)| name))
        .also(coins, "name", shown(person.first).map(|first| format!("{first} {}", person.last)))
        .with("country_code", country_code)
        .with("province_code", region.map(|(_, code)| code))
        .close()
}

/// The VAT number, as shops ask for it at checkout.
pub(super) fn attributes(sale: &Sale) -> Json {
    let company = sale.buyer.company;
    Json::list(company.map(|(_, vat)| object! { "name": "VAT number", "value": vat }))
}

pub(super) fn locale(sale: &Sale) -> Option<&'static str> {
    sale.buyer.person.as_ref().map(|person| person.place.locale)
}
