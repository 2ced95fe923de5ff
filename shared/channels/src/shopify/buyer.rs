//! Who buys: personal data, so nothing here reaches a warning or a refusal but the name of a field.

use serde::Deserialize;
use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use super::wire;
use crate::{
    Refusal, contact_hash,
    json::{Path, Text},
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
    Ok(Some(Customer {
        key: identity,
        kind: if company.is_some() { CustomerKind::Company } else { CustomerKind::Person },
        name: own_name.or_else(|| place(|address| address.name.as_ref()).cloned()),
        company,
        email,
        phone: phone.or_else(|| bill_to.and_then(|address| address.phone.clone())),
        vat: vat(wire),
        language: wire.customer_locale.as_ref().and_then(Text::shown),
    }))
}

/// A buyer without an account: known again by e-mail address, else by telephone number. Dots and `+` in an address are
/// kept, since not every mail server ignores them.
fn guest(email: Option<&str>, phone: Option<&str>, key: &Secret) -> Option<String> {
    if let Some(email) = email {
        return Some(format!("guest_{}", contact_hash(key, &["email", &email.to_lowercase()])));
    }
    let digits: String = phone?.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (digits.len() > 4).then(|| format!("guest_{}", contact_hash(key, &["phone", &digits])))
}

fn full_name(first: Option<&Text<'_>>, last: Option<&Text<'_>>) -> Option<String> {
    let parts: Vec<String> = [first, last].into_iter().flatten().filter_map(Text::shown).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn address(wire: Option<&wire::Address<'_>>, key: &Secret) -> Option<Address> {
    let wire = wire?;
    let text = |field: &Option<Text<'_>>| field.as_ref().and_then(Text::shown);
    let code = |field: &Option<Text<'_>>| text(field).map(|code| code.to_uppercase());
    let name = text(&wire.name).or_else(|| full_name(wire.first_name.as_ref(), wire.last_name.as_ref()));
    let mut address = Address {
        key: String::new(),
        name,
        company: text(&wire.company),
        street: text(&wire.address1),
        street2: text(&wire.address2),
        city: text(&wire.city),
        postal_code: text(&wire.zip),
        region: code(&wire.province_code),
        country: code(&wire.country_code),
        phone: text(&wire.phone),
    };
    let fields = [
        &address.name,
        &address.company,
        &address.street,
        &address.street2,
        &address.city,
        &address.postal_code,
        &address.region,
        &address.country,
        &address.phone,
    ];
    if fields.iter().all(|field| field.is_none()) {
        return None;
    }
    let normal = fields.map(|field| field.as_deref().map_or_else(String::new, normalised));
    address.key = contact_hash(key, &normal.each_ref().map(String::as_str));
    Some(address)
}

/// Case and runs of blanks do not make another address.
fn normalised(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        if word.is_ascii() {
            normal.push_str(word);
        } else {
            normal.push_str(&word.to_lowercase());
        }
    }
    normal.make_ascii_lowercase();
    normal
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

/// 4 to 16 letters and digits once blanks and punctuation are gone, at least two of them digits.
fn plausible_vat(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && !".-/".contains(*c)).collect();
    let fine = kept.chars().all(|c| c.is_ascii_alphanumeric()) && (4..=16).contains(&kept.len());
    let digits = kept.chars().filter(char::is_ascii_digit).count();
    (fine && digits >= 2).then(|| kept.to_ascii_uppercase())
}
