//! Who buys, as every channel has it: guests, places, VAT numbers. Personal data: nothing of it reaches a warning or a refusal.

use sluice_domain::{
    order::{Address, Traits},
    ports::secrets::Secret,
};

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

/// What identifies a buyer in every shop. `verified`: the channel says that the address is the buyer's.
pub(crate) fn traits(email: Option<&str>, verified: bool, vat: Option<&str>, key: &Secret) -> Traits {
    let email = email.and_then(mailbox).map(|mailbox| contact_hash(key, &["mailbox", &mailbox]));
    let vat = vat.map(|vat| contact_hash(key, &["vat", vat]));
    Traits { vat, email_verified: verified && email.is_some(), email }
}

/// Where marketplaces and browsers hide addresses: another one in every shop, or one for many buyers.
const RELAYS: &[&str] = &["privaterelay.appleid.com", "relay.firefox.com", "members.ebay.com", "duck.com"];

/// The mailbox that an address leads to, as far as that is certain: case never counts in practice, and Google's mail server
/// ignores dots and what follows a `+` (support.google.com/mail/answer/7436150), which other servers need not. `None` for what is
/// no address, or a relay's.
fn mailbox(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let relay = domain.starts_with("marketplace.amazon.") || RELAYS.contains(&domain);
    if local.is_empty() || !domain.contains('.') || relay {
        return None;
    }
    if !["gmail.com", "googlemail.com"].contains(&domain) {
        return Some(email);
    }
    let local = local.split('+').next().unwrap_or_default().replace('.', "");
    (!local.is_empty()).then(|| format!("{local}@gmail.com"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_google_s_dots_make_no_other_person_and_relays_make_none() {
        let same = |a: &str, b: &str| assert_eq!(mailbox(a), mailbox(b), "{a} {b}");
        same("Ann.Lee@Example.com ", "ann.lee@example.com");
        same("a.n.n+shop@gmail.com", "Ann@googlemail.com");
        assert_ne!(mailbox("a.nn@example.com"), mailbox("ann@example.com"));
        assert_ne!(mailbox("ann+shop@example.com"), mailbox("ann@example.com"));
        for none in [
            "x1@marketplace.amazon.de",
            "x@privaterelay.appleid.com",
            "ann",
            "@x.de",
            "+@gmail.com",
            "ann@localhost",
            "",
        ] {
            assert_eq!(mailbox(none), None, "{none}");
        }
    }

    #[test]
    fn traits_are_hashes_that_another_key_makes_others() {
        let of = |key: &str| traits(Some("ann@example.com"), true, Some("DE123456789"), &Secret::new(key));
        let (one, other) = (of("k1"), of("k2"));
        assert_eq!(one, of("k1"));
        assert!(one.email_verified && one.email != other.email && one.vat != other.vat && one.email != one.vat);
        assert!(!format!("{one:?}").contains("ann"));
        assert!(!traits(None, true, None, &Secret::new("k1")).email_verified);
    }
}
