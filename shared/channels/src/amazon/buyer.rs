//! Who buys: personal data. Absent blocks are unknown (the role or the request left them out), not an empty buyer.

use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind, Traits},
    ports::secrets::Secret,
};

use crate::{
    doc::Doc,
    people::{guest, keyed},
};

/// `None` where nothing is said of persons.
pub(super) fn read(doc: &Doc<'_>, key: &Secret) -> Option<Buyer> {
    let ship_to =
        doc.doc("recipient").and_then(|one| one.doc("deliveryAddress")).or_else(|| doc.doc("ShippingAddress"));
    let ship_to = ship_to.and_then(|place| address(&place, key));
    let buyer = doc.doc("buyer").or_else(|| doc.doc("BuyerInfo"));
    let customer = buyer.and_then(|buyer| customer(&buyer, key));
    (ship_to.is_some() || customer.is_some()).then_some(Buyer { customer, bill_to: None, ship_to })
}

fn pick(doc: &Doc<'_>, names: [&str; 2]) -> Option<String> {
    names.iter().find_map(|name| doc.text(name)).map(str::to_owned)
}

/// The address is that of a relay, one per buyer and seller: it tells buyers of this account apart (README, edge case 9).
fn customer(doc: &Doc<'_>, key: &Secret) -> Option<Customer> {
    let email = pick(doc, ["buyerEmail", "BuyerEmail"]);
    let company = doc.text("buyerCompanyName").map(str::to_owned);
    Some(Customer {
        key: guest(email.as_deref(), None, key)?,
        kind: if company.is_some() { CustomerKind::Company } else { CustomerKind::Person },
        name: pick(doc, ["buyerName", "BuyerName"]),
        company,
        email,
        phone: None,
        vat: None,
        language: None,
        // The relay gives every seller another address: it says nothing of the person.
        traits: Traits::default(),
    })
}

fn address(doc: &Doc<'_>, key: &Secret) -> Option<Address> {
    let address = Address {
        key: String::new(),
        name: pick(doc, ["name", "Name"]),
        company: pick(doc, ["companyName", "CompanyName"]),
        street: pick(doc, ["addressLine1", "AddressLine1"]),
        street2: pick(doc, ["addressLine2", "AddressLine2"]),
        city: pick(doc, ["city", "City"]),
        postal_code: pick(doc, ["postalCode", "PostalCode"]),
        region: pick(doc, ["stateOrRegion", "StateOrRegion"]),
        country: pick(doc, ["countryCode", "CountryCode"]),
        phone: pick(doc, ["phone", "Phone"]),
    };
    keyed(address, key)
}
