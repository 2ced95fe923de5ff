//! Who buys: personal data, so nothing here reaches a warning or a refusal but the name of a field.

use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use super::wire::{self, Meta};
use crate::{
    Refusal,
    json::{Loose, Path, Text},
    people::{code, full_name, guest, keyed, plausible_vat, shown, traits},
};

/// The people and places of an order.
pub(super) fn read(wire: &wire::Order<'_>, key: &Secret) -> Result<Buyer, Refusal> {
    let bill_to = wire.billing.get().and_then(|address| self::address(address, key));
    let ship_to = wire.shipping.get().and_then(|address| self::address(address, key));
    Ok(Buyer { customer: customer(wire, key, [bill_to.as_ref(), ship_to.as_ref()])?, bill_to, ship_to })
}

/// Guests have the customer id 0 (README, edge case 11).
fn customer(
    wire: &wire::Order<'_>,
    key: &Secret,
    [bill_to, ship_to]: [Option<&Address>; 2],
) -> Result<Option<Customer>, Refusal> {
    let email = wire.billing.get().and_then(|billing| shown(billing.email.get()));
    let place = |field: fn(&Address) -> Option<&String>| bill_to.and_then(field).or_else(|| ship_to.and_then(field));
    let phone = place(|address| address.phone.as_ref()).cloned();
    let id = wire.customer_id.get().filter(|id| id.as_str() != "0");
    let id = id.map(|id| id.checked(Path::root("customer_id"))).transpose()?;
    let Some(identity) = id.or_else(|| guest(email.as_deref(), phone.as_deref(), key)) else { return Ok(None) };
    let company = place(|address| address.company.as_ref()).cloned();
    let meta = Meta::all(wire.meta_data);
    let vat = meta.iter().find_map(vat);
    // The shop verifies no address.
    let traits = traits(email.as_deref(), false, vat.as_deref(), key);
    Ok(Some(Customer {
        key: identity,
        kind: if company.is_some() { CustomerKind::Company } else { CustomerKind::Person },
        name: place(|address| address.name.as_ref()).cloned(),
        company,
        email,
        phone,
        vat,
        language: meta.iter().find_map(language),
        traits,
    }))
}

fn address(wire: &wire::Address<'_>, key: &Secret) -> Option<Address> {
    let text = |field: &Loose<Text<'_>>| shown(field.get());
    let country = code(wire.country.get());
    let region = code(wire.state.get()).map(|state| region(&state, country.as_deref()));
    let address = Address {
        key: String::new(),
        name: full_name(wire.first_name.get(), wire.last_name.get()),
        company: text(&wire.company),
        street: text(&wire.address_1),
        street2: text(&wire.address_2),
        city: text(&wire.city),
        postal_code: text(&wire.postcode),
        region,
        country,
        phone: text(&wire.phone),
    };
    // The shop's own country alone, which forms are filled with, is no place.
    let filled = Address { country: None, region: None, ..address.clone() };
    keyed(filled, key)?;
    keyed(address, key)
}

/// The shop writes `CA`, `DE-BE` and `JP13`: the subdivision without its country.
fn region(state: &str, country: Option<&str>) -> String {
    let rest = country.and_then(|country| state.strip_prefix(country));
    let rest = rest.map(|rest| rest.trim_start_matches('-')).filter(|rest| !rest.is_empty());
    let own = rest.filter(|_| state.len() > 3 || state.contains('-'));
    own.unwrap_or(state).to_owned()
}

/// Names under which plugins keep the buyer's VAT number, without the first `_`: EU VAT Number (`billing_vat_number`,
/// `vat_number`), EU/UK VAT Manager (`billing_eu_vat_number`), Germanized (`billing_vat_id`), and national ones.
const VAT_NAMES: &[&str] = &[
    "vat_number",
    "vat_id",
    "billing_vat_number",
    "billing_eu_vat_number",
    "eu_vat_number",
    "billing_vat",
    "billing_vat_id",
    "shipping_vat_id",
    "billing_vat_no",
    "billing_tax_id",
    "billing_nif",
    "billing_cif",
];

/// Checkout blocks name their fields `_wc_billing/plugin/vat-number`.
fn is_vat(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default().replace('-', "_").to_ascii_lowercase();
    VAT_NAMES.contains(&last.as_str()) || (name.contains('/') && last == "vat")
}

fn vat(entry: &Meta<'_>) -> Option<String> {
    if !is_vat(entry.name()) {
        return None;
    }
    plausible_vat(entry.text()?.as_str())
}

/// The language of the checkout, as WPML keeps it.
fn language(entry: &Meta<'_>) -> Option<String> {
    let named = entry.name() == "wpml_language";
    let text = entry.text().filter(|_| named)?.shown()?.replace('_', "-");
    let fine = (2..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fine.then_some(text)
}
