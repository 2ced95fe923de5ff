//! People and places of the contract. Personal data: no value of it is repeated anywhere.

use sluice_domain::order::CustomerKind;

use super::{Id, Text, object, words};

object! {
    /// Who buys.
    Buyer {
        /// Your id of the customer; left out for guests, who are known again by e-mail address, else by telephone number.
        id: Option<Id>,
        /// A person or a company; a company where it is left out and a company is named.
        kind: Option<CustomerKind>,
        /// The person's full name.
        name: Option<Text>,
        /// The company's name.
        company: Option<Text>,
        /// E-mail address.
        email: Option<Text>,
        /// Have you proved that the address is the buyer's?
        email_verified: Option<bool>,
        /// Telephone number, best as E.164 has it.
        phone: Option<Text>,
        /// VAT number.
        vat: Option<Text>,
        /// Language, BCP 47: `de-AT`.
        language: Option<Text>,
    }
}

object! {
    /// A postal address.
    Address {
        /// Whom to ask for there.
        name: Option<Text>,
        /// The company at that address.
        company: Option<Text>,
        /// Street and number.
        street: Option<Text>,
        /// The second line.
        street2: Option<Text>,
        /// Town.
        city: Option<Text>,
        /// Postal code.
        postal_code: Option<Text>,
        /// Subdivision, ISO 3166-2, with or without its country: `US-CA` or `CA`.
        region: Option<Text>,
        /// Country, ISO 3166-1 alpha-2: `DE`.
        country: Option<Text>,
        /// Telephone number.
        phone: Option<Text>,
    }
}

words!(CustomerKind, otherwise |_: &str| CustomerKind::Person, {
    "person" => CustomerKind::Person,
    "company" => CustomerKind::Company,
});
