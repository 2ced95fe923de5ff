//! Who buys: personal data, so nothing here reaches a warning or a refusal but the name of a field.

use serde::Deserialize;
use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use super::wire;
use crate::{
    Refusal,
    json::{Path, Text},
    people::{code, full_name, guest, keyed, plausible_vat, shown, traits},
};

/// The people and places of an order. Edge case 17: any of it may be missing or redacted.
pub(super) fn read(wire: &wire::Order<'_>, key: &Secret) -> Result<Buyer, Refusal> {
    let bill_to = address(wire.billing_address.as_ref(), key);
    let ship_to = address(wire.shipping_address.as_ref(), key);
    Ok(Buyer { customer: customer(wire, key, [bill_to.as_ref(), ship_to.as_ref()])?, bill_to, ship_to })
}

fn customer(
    wire: &wire::Order<'_>,
    key: &Secret,
    [bill_to, ship_to]: [Option<&Address>; 2],
) -> Result<Option<Customer>, Refusal> {
    let stated = wire.customer.as_ref();
    let emails =
        [wire.email.as_ref(), wire.contact_email.as_ref(), stated.and_then(|customer| customer.email.as_ref())];
    let email = emails.into_iter().flatten().find_map(Text::shown);
    let phones = [wire.phone.as_ref(), stated.and_then(|customer| customer.phone.as_ref())];
    let phone = phones.into_iter().flatten().find_map(Text::shown);
    let id = stated.and_then(|customer| customer.id.as_ref());
    let id = id.map(|id| id.checked(Path::root("customer").field("id"))).transpose()?;
    let Some(identity) = id.or_else(|| guest(email.as_deref(), phone.as_deref(), key)) else { return Ok(None) };
    let place = |field: fn(&Address) -> Option<&String>| bill_to.and_then(field).or_else(|| ship_to.and_then(field));
    let company = place(|address| address.company.as_ref()).cloned();
    let own_name = stated.and_then(|customer| full_name(customer.first_name.as_ref(), customer.last_name.as_ref()));
    let vat = vat(wire);
    // Shopify verifies the address of the customer's account, not one that was typed at this checkout.
    let own = stated.and_then(|customer| customer.email.as_ref()).and_then(Text::shown);
    let verified = stated.is_some_and(|customer| customer.verified_email == Some(true)) && own.is_some();
    let traits = traits(if verified { own.as_deref() } else { email.as_deref() }, verified, vat.as_deref(), key);
    Ok(Some(Customer {
        key: identity,
        kind: if company.is_some() { CustomerKind::Company } else { CustomerKind::Person },
        name: own_name.or_else(|| place(|address| address.name.as_ref()).cloned()),
        company,
        email,
        phone: phone.or_else(|| bill_to.and_then(|address| address.phone.clone())),
        vat,
        language: wire.customer_locale.as_ref().and_then(Text::shown),
        traits,
    }))
}

fn address(wire: Option<&wire::Address<'_>>, key: &Secret) -> Option<Address> {
    let wire = wire?;
    let text = |field: &Option<Text<'_>>| shown(field.as_ref());
    let name = text(&wire.name).or_else(|| full_name(wire.first_name.as_ref(), wire.last_name.as_ref()));
    let address = Address {
        key: String::new(),
        name,
        company: text(&wire.company),
        street: text(&wire.address1),
        street2: text(&wire.address2),
        city: text(&wire.city),
        postal_code: text(&wire.zip),
        region: code(wire.province_code.as_ref()),
        country: code(wire.country_code.as_ref()),
        phone: text(&wire.phone),
    };
    keyed(address, key)
}

#[derive(Deserialize)]
struct Attribute<'a> {
    #[serde(borrow, alias = "key")]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    value: Option<&'a serde_json::value::RawValue>,
}

/// Names under which shops ask for a VAT number at checkout.
const VAT_NAMES: &[&str] = &["vat", "vat_number", "vat number", "vat id", "vat_id", "tax_id", "tax id"];

/// A VAT number from the order's attributes, if it looks like one.
fn vat(wire: &wire::Order<'_>) -> Option<String> {
    let raw = wire.note_attributes?.get();
    if raw.len() <= 2 {
        return None;
    }
    let attributes: Vec<Attribute<'_>> = serde_json::from_str(raw).ok()?;
    attributes.iter().find_map(|attribute| {
        let name = attribute.name.as_ref()?.as_str().trim();
        if !VAT_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return None;
        }
        let value: Text<'_> = serde_json::from_str(attribute.value?.get()).ok()?;
        plausible_vat(value.as_str())
    })
}
