//! Contacts: the buyer, and each address as a child of its own. Create-once and never edited: with an upsert, the
//! unshipped delivery of an earlier order showed the new address (measured; architecture section 8).

use std::collections::BTreeMap;

use serde_json::Value;
use sluice_domain::{
    account::{Account, Customers, KnownBy},
    order::{Address, Buyer, Customer, CustomerKind},
    value::AccountName,
};

use super::{LoadRows, blank, cell, customer_id};

/// Ids of countries and their subdivisions in Odoo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// By ISO 3166-1 alpha-2.
    pub countries: BTreeMap<String, i64>,
    /// By country and code of the subdivision.
    pub states: BTreeMap<(String, String), i64>,
}

/// External ids of the contacts of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// Who buys.
    pub partner: String,
    /// Where the invoice goes.
    pub invoice: String,
    /// Where the goods go.
    pub delivery: String,
}

/// One contact to be, in the columns of [`contact_rows`].
#[derive(Clone, PartialEq)]
pub struct ContactRow {
    /// External id: rows are sorted by it, which puts a parent before its children and concurrent calls in one order.
    pub id: String,
    /// Parent's external id.
    parent: Option<String>,
    kind: &'static str,
    name: String,
    company: bool,
    email: Option<String>,
    phone: Option<String>,
    vat: Option<String>,
    /// Code of the language in which it is written to.
    language: Option<String>,
    address: Option<Address>,
}

impl ContactRow {
    /// Leaves out the VAT number, which Odoo checks where it can and refuses when it does not like it.
    #[must_use]
    pub fn without_vat(mut self) -> Self {
        self.vat = None;
        self
    }

    /// Has it a VAT number?
    #[must_use]
    pub fn has_vat(&self) -> bool {
        self.vat.is_some()
    }
}

impl std::fmt::Debug for ContactRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContactRow({}, ..)", self.id)
    }
}

/// The contacts of an order and the rows that make sure of them.
#[must_use]
pub fn contacts(of: &Account, buyer: &Buyer) -> (Contacts, Vec<ContactRow>) {
    let account = &of.name;
    let customer = buyer.customer.as_ref();
    let partner = customer.map_or_else(|| format!("{account}.walk_in"), |customer| identity(of, customer));
    let mut first = partner_row(account, &partner, customer, buyer.bill_to.as_ref());
    first.language.clone_from(&of.odoo.language);
    let mut rows = vec![first];
    let bill_to = buyer.bill_to.as_ref().filter(|address| is_useful(address));
    let ship_to = buyer.ship_to.as_ref().filter(|address| is_useful(address));
    let mut child = |address: Option<&Address>, kind: &'static str| {
        let Some(address) = address else { return partner.clone() };
        let mut row = address_row(&partner, kind, address, &rows);
        row.language.clone_from(&of.odoo.language);
        // Below the walk-in contact the first address would become that of all: Odoo copies it upwards where there is none.
        row.parent = customer.map(|_| partner.clone());
        let id = row.id.clone();
        rows.push(row);
        id
    };
    let delivery = child(ship_to, "delivery");
    // One contact serves both where the addresses are one.
    let same = bill_to.zip(ship_to).is_some_and(|(bill_to, ship_to)| bill_to.key == ship_to.key);
    let invoice = if same { delivery.clone() } else { child(bill_to, "invoice") };
    (Contacts { partner, invoice, delivery }, rows)
}

/// By which external id a customer is known: what the account's rule finds first, else the channel's own id.
fn identity(account: &Account, customer: &Customer) -> String {
    let Customers { group, known_by } = &account.customers;
    let traits = &customer.traits;
    let found = known_by.iter().find_map(|rule| match rule {
        KnownBy::Vat => traits.vat.as_ref().map(|hash| format!("vat_{hash}")),
        KnownBy::VerifiedEmail if !traits.email_verified => None,
        KnownBy::VerifiedEmail | KnownBy::Email => traits.email.as_ref().map(|hash| format!("mailbox_{hash}")),
    });
    found.map_or_else(
        || customer_id(&account.name, &customer.key),
        |key| customer_id(group.as_ref().unwrap_or(&account.name), &key),
    )
}

/// An address that says nothing (redacted, or a country alone) makes no contact.
fn is_useful(address: &Address) -> bool {
    address.street.is_some() || address.city.is_some() || address.postal_code.is_some()
}

fn partner_row(account: &AccountName, id: &str, customer: Option<&Customer>, bill_to: Option<&Address>) -> ContactRow {
    let company = customer.is_some_and(|customer| customer.kind == CustomerKind::Company);
    let name = customer.and_then(|customer| {
        let company_name = if company { customer.company.clone() } else { None };
        company_name.or_else(|| customer.name.clone()).or_else(|| customer.email.clone())
    });
    let nameless = || match customer {
        Some(customer) => format!("{account} customer {}", customer.key),
        None => format!("{account} walk-in customer"),
    };
    ContactRow {
        id: id.to_owned(),
        parent: None,
        kind: "contact",
        name: name.unwrap_or_else(nameless),
        company,
        email: customer.and_then(|customer| customer.email.clone()),
        phone: customer.and_then(|customer| customer.phone.clone()),
        vat: customer.and_then(|customer| customer.vat.clone()),
        language: None,
        // A walk-in contact is shared by many buyers: nobody's address is its own.
        address: bill_to.filter(|_| customer.is_some()).cloned(),
    }
}

fn address_row(partner: &str, kind: &'static str, address: &Address, rows: &[ContactRow]) -> ContactRow {
    let fallback = || rows.first().map(|row| row.name.clone()).unwrap_or_default();
    ContactRow {
        id: format!("{partner}_{kind}_{}", address.key),
        parent: None,
        kind,
        name: address.name.clone().or_else(|| address.company.clone()).unwrap_or_else(fallback),
        company: false,
        email: None,
        phone: address.phone.clone(),
        vat: None,
        language: None,
        address: Some(address.clone()),
    }
}

/// Columns and cells of contacts, which must be sorted and without duplicates.
#[must_use]
pub fn contact_rows(contacts: &[ContactRow], places: &Places) -> LoadRows {
    let with_vat = contacts.iter().any(ContactRow::has_vat);
    let with_language = contacts.iter().any(|contact| contact.language.is_some());
    let mut fields: Vec<String> = [
        "id",
        "parent_id/id",
        "type",
        "name",
        "company_type",
        "email",
        "phone",
        "street",
        "street2",
        "city",
        "zip",
        "state_id/.id",
        "country_id/.id",
    ]
    .map(String::from)
    .to_vec();
    if with_vat {
        fields.push("vat".into());
    }
    if with_language {
        fields.push("lang".into());
    }
    let rows = contacts
        .iter()
        .map(|contact| {
            let mut row = row(contact, places);
            if with_vat {
                row.push(text(contact.vat.as_ref()));
            }
            if with_language {
                row.push(text(contact.language.as_ref()));
            }
            row
        })
        .collect();
    LoadRows { fields, rows }
}

fn row(contact: &ContactRow, places: &Places) -> Vec<Value> {
    let address = contact.address.as_ref();
    let part = |part: fn(&Address) -> Option<&String>| text(address.and_then(part));
    let country = address.and_then(|address| address.country.as_ref());
    let region = address.and_then(|address| address.region.as_ref());
    let state = country.zip(region).and_then(|(country, region)| places.states.get(&(country.clone(), region.clone())));
    let country = country.and_then(|country| places.countries.get(country));
    let id = |id: Option<&i64>| id.map_or_else(blank, |id| cell(id.to_string()));
    vec![
        cell(&*contact.id),
        text(contact.parent.as_ref()),
        cell(contact.kind),
        cell(&*contact.name),
        cell(if contact.company { "company" } else { "person" }),
        text(contact.email.as_ref()),
        text(contact.phone.as_ref()),
        part(|address| address.street.as_ref()),
        part(|address| address.street2.as_ref()),
        part(|address| address.city.as_ref()),
        part(|address| address.postal_code.as_ref()),
        id(state),
        id(country),
    ]
}

fn text(text: Option<&String>) -> Value {
    text.map_or_else(blank, |text| cell(text.as_str()))
}
