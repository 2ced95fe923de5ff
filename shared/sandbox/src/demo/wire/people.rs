//! Customer and addresses. Redacted personal data reads as null.

use super::{Json, object};
use crate::demo::sale::{Person, Place, Sale, Twist};

/// The e-mail address of an order; empty for a sale at a till, null where it is redacted.
pub(super) fn email(sale: &Sale) -> Json {
    match &sale.buyer.person {
        Some(_) if sale.has(Twist::Redacted) => Json::null(),
        Some(person) => format!("{}@example.com", person.mailbox).into(),
        None => "".into(),
    }
}

pub(super) fn customer(sale: &Sale) -> Json {
    let (Some(id), Some(person)) = (sale.buyer.customer, &sale.buyer.person) else { return Json::null() };
    let shown = |text: &'static str| (!sale.has(Twist::Redacted)).then_some(text);
    object! {
        "id": id,
        "first_name": shown(person.first),
        "last_name": shown(person.last),
        "state": "enabled",
        "verified_email": true,
        "tax_exempt": false,
        "email": email(sale),
        "phone": Json::null(),
        "currency": sale.market.currency(),
        "tax_exemptions": Json::list([]),
        "admin_graphql_api_id": format!("gid://shopify/Customer/{id}"),
    }
}

pub(super) fn billing(sale: &Sale) -> Json {
    sale.buyer.person.as_ref().map_or_else(Json::null, |person| address(person, sale))
}

pub(super) fn shipping(sale: &Sale) -> Json {
    let person = sale.buyer.ship_to.as_ref().or(sale.buyer.person.as_ref());
    person.map_or_else(Json::null, |person| address(person, sale))
}

fn address(person: &Person, sale: &Sale) -> Json {
    let shown = |text: &'static str| (!sale.has(Twist::Redacted)).then_some(text);
    let Place { country, country_code, region, .. } = person.place;
    object! {
        "first_name": shown(person.first),
        "address1": shown(person.street),
        "phone": Json::null(),
        "city": shown(person.city),
        "zip": shown(person.zip),
        "province": region.map(|(name, _)| name),
        "country": country,
        "last_name": shown(person.last),
        "address2": Json::null(),
        "company": sale.buyer.company.map(|(name, _)| name),
        "latitude": Json::null(),
        "longitude": Json::null(),
        "name": shown(person.first).map(|first| format!("{first} {}", person.last)),
        "country_code": country_code,
        "province_code": region.map(|(_, code)| code),
    }
}

/// The VAT number, as shops ask for it at checkout.
pub(super) fn attributes(sale: &Sale) -> Json {
    let company = sale.buyer.company;
    Json::list(company.map(|(_, vat)| object! { "name": "VAT number", "value": vat }))
}

pub(super) fn locale(sale: &Sale) -> Option<&'static str> {
    sale.buyer.person.as_ref().map(|person| person.place.locale)
}
