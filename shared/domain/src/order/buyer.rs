//! Who buys, and where it goes. Personal data: `Debug` shows none of it.

use serde::{Deserialize, Serialize};

/// The people and places of an order: a facet of its own, so that erasure can absorb it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// Who; `None` for a sale without a name (point of sale, redacted).
    pub customer: Option<Customer>,
    /// Where the invoice goes.
    pub bill_to: Option<Address>,
    /// Where the goods go.
    pub ship_to: Option<Address>,
}

/// A person or a company that buys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// What identifies the buyer within the account, safe in an external id: the channel's customer id (`7001`), or for a
    /// guest `guest_` and a keyed hash of the e-mail address or telephone number.
    pub key: String,
    /// Person or company.
    pub kind: CustomerKind,
    /// Full name of the person; `None` where the channel withholds it.
    pub name: Option<String>,
    /// Name of the company.
    pub company: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// VAT number.
    pub vat: Option<String>,
    /// Language, BCP 47.
    pub language: Option<String>,
    /// What identifies the buyer beyond the account.
    #[serde(default, skip_serializing_if = "Traits::is_empty")]
    pub traits: Traits,
}

/// Keyed hashes of what identifies a person or a company in every shop, for accounts that share their customers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    /// Of the VAT number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<String>,
    /// Of the e-mail address, as its mailbox knows it; `None` for the relay addresses of marketplaces, which are another one in
    /// every shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Does the channel say that the address is the buyer's?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub email_verified: bool,
}

impl Traits {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Person or company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// A natural person.
    Person,
    /// A legal person.
    Company,
}

/// A postal address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Keyed hash over the whole normalised address, names included: the same address has the same key.
    pub key: String,
    /// Whom to ask for there.
    pub name: Option<String>,
    /// Company at that address.
    pub company: Option<String>,
    /// First line.
    pub street: Option<String>,
    /// Second line.
    pub street2: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-2 subdivision without the country (`CA` of `US-CA`).
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

impl Address {
    /// What a parcel lacks to arrive there.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let parts = [
            ("the street", self.street.is_some() || self.street2.is_some()),
            ("the town or postal code", self.city.is_some() || self.postal_code.is_some()),
            ("the country", self.country.is_some()),
        ];
        parts.into_iter().filter(|(_, known)| !known).map(|(part, _)| part).collect()
    }
}

impl std::fmt::Debug for Buyer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buyer(customer: {}, ..)", self.customer.is_some())
    }
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Customer({:?}, ..)", self.kind)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}
