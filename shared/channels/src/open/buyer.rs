//! Who buys: personal data, so nothing here reaches a warning or a fault but the place of a field.

use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use super::wire::{self, bare};
use crate::people::{guest, keyed, plausible_vat, traits};

/// The people and places of an order.
pub(super) fn canonical(
    customer: Option<wire::Buyer>,
    [bill_to, ship_to]: [Option<wire::Address>; 2],
    key: &Secret,
) -> Buyer {
    let [bill_to, ship_to] = [bill_to, ship_to].map(|place| place.and_then(|place| address(place, key)));
    Buyer { customer: customer.and_then(|customer| self::customer(customer, key)), bill_to, ship_to }
}

fn customer(wire: wire::Buyer, key: &Secret) -> Option<Customer> {
    let (email, phone, company) = (bare(wire.email), bare(wire.phone), bare(wire.company));
    let identity = wire.id.map(|id| id.0).or_else(|| guest(email.as_deref(), phone.as_deref(), key))?;
    let vat = bare(wire.vat).and_then(|vat| plausible_vat(&vat));
    let traits = traits(email.as_deref(), wire.email_verified.unwrap_or_default(), vat.as_deref(), key);
    let inferred = if company.is_some() { CustomerKind::Company } else { CustomerKind::Person };
    Some(Customer {
        key: identity,
        kind: wire.kind.unwrap_or(inferred),
        name: bare(wire.name),
        company,
        email,
        phone,
        vat,
        language: bare(wire.language).filter(|language| is_language(language)),
        traits,
    })
}

fn is_language(text: &str) -> bool {
    (2..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn address(wire: wire::Address, key: &Secret) -> Option<Address> {
    let country = bare(wire.country).map(|country| country.to_uppercase());
    let region = bare(wire.region).map(|region| region.to_uppercase());
    let own = |region: String| {
        let rest = country.as_deref().and_then(|country| region.strip_prefix(country)?.strip_prefix('-'));
        rest.map(ToOwned::to_owned).unwrap_or(region)
    };
    let address = Address {
        key: String::new(),
        name: bare(wire.name),
        company: bare(wire.company),
        street: bare(wire.street),
        street2: bare(wire.street2),
        city: bare(wire.city),
        postal_code: bare(wire.postal_code),
        region: region.map(own),
        country,
        phone: bare(wire.phone),
    };
    keyed(address, key)
}
