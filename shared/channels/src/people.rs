//! Who buys, as every channel has it: guests, places, VAT numbers. Personal data: nothing of it reaches a warning or a refusal.

use sluice_domain::{order::Address, ports::secrets::Secret};

use crate::{contact_hash, json::Text};

/// A buyer without an account: known again by e-mail address, else by telephone number. Dots and `+` in an address are
/// kept, since not every mail server ignores them.
pub(crate) fn guest(email: Option<&str>, phone: Option<&str>, key: &Secret) -> Option<String> {
    if let Some(email) = email {
        return Some(format!("guest_{}", contact_hash(key, &["email", &email.to_lowercase()])));
    }
    let digits: String = phone?.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (digits.len() > 4).then(|| format!("guest_{}", contact_hash(key, &["phone", &digits])))
}

/// First and last name.
pub(crate) fn full_name(first: Option<&Text<'_>>, last: Option<&Text<'_>>) -> Option<String> {
    let parts: Vec<String> = [first, last].into_iter().flatten().filter_map(Text::shown).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Text for people.
pub(crate) fn shown(field: Option<&Text<'_>>) -> Option<String> {
    field.and_then(Text::shown)
}

/// A code, in capitals.
pub(crate) fn code(field: Option<&Text<'_>>) -> Option<String> {
    shown(field).map(|code| code.to_uppercase())
}

/// Gives an address its key; `None` where there is nothing in it.
pub(crate) fn keyed(mut address: Address, key: &Secret) -> Option<Address> {
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

/// A VAT number: 4 to 16 letters and digits once blanks and punctuation are gone, at least two of them digits.
pub(crate) fn plausible_vat(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && !".-/".contains(*c)).collect();
    let fine = kept.chars().all(|c| c.is_ascii_alphanumeric()) && (4..=16).contains(&kept.len());
    let digits = kept.chars().filter(char::is_ascii_digit).count();
    (fine && digits >= 2).then(|| kept.to_ascii_uppercase())
}
