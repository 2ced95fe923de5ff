//! Who buys: personal data. Absent blocks are unknown (the role or the request left them out), not an empty buyer.

use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use super::order::wire::word;
use crate::{
    doc::Doc,
    people::{guest, keyed, plausible_vat, traits},
};

/// `None` where nothing is said of persons.
pub(super) fn read(doc: &Doc<'_>, key: &Secret) -> Option<Buyer> {
    let ship_to =
        doc.doc("recipient").and_then(|one| one.doc("deliveryAddress")).or_else(|| doc.doc("ShippingAddress"));
    let ship_to = ship_to.and_then(|place| address(&place, key));
    let buyer = doc.doc("buyer").or_else(|| doc.doc("BuyerInfo"));
    let customer = buyer.and_then(|buyer| customer(doc, &buyer, key));
    (ship_to.is_some() || customer.is_some()).then_some(Buyer { customer, bill_to: None, ship_to })
}

/// Does it lack the personal part of the address? Without the role, or with a restricted data token that ran out between two
/// pages, Amazon answers with town and country alone (README, edge case 9; selling-partner-api-models issue 1454).
pub(super) fn is_restricted(buyer: &Buyer) -> bool {
    buyer.ship_to.as_ref().is_none_or(|at| at.name.is_none() && at.company.is_none() && at.street.is_none())
}

/// Some answers hold the word `null` where nothing is told: nobody is called so.
fn pick(doc: &Doc<'_>, names: [&str; 2]) -> Option<String> {
    word(doc, names).filter(|text| !text.trim().eq_ignore_ascii_case("null")).map(str::to_owned)
}

/// The address is that of a relay, one per buyer and seller: it tells buyers of this account apart, and nothing more
/// (README, edge case 9).
fn customer(order: &Doc<'_>, doc: &Doc<'_>, key: &Secret) -> Option<Customer> {
    let email = pick(doc, ["buyerEmail", "BuyerEmail"]);
    let tax = registration(order);
    let old = doc.doc("BuyerTaxInfo");
    let legal = || old.as_ref().and_then(|tax| tax.text("CompanyLegalName")).map(str::to_owned);
    let company = doc.text("buyerCompanyName").map(str::to_owned).or_else(legal);
    let vat =
        tax.as_ref().and_then(|tax| plausible_vat(word(tax, ["taxRegistrationNumber", "BuyerTaxRegistrationId"])?));
    Some(Customer {
        key: guest(email.as_deref(), None, key)?,
        kind: if company.is_some() { CustomerKind::Company } else { CustomerKind::Person },
        name: pick(doc, ["buyerName", "BuyerName"]),
        company,
        traits: traits(email.as_deref(), false, vat.as_deref(), key),
        email,
        phone: None,
        vat,
        language: None,
    })
}

/// The buyer's tax registration. A CPF is a person's and no VAT number.
fn registration<'a>(order: &Doc<'a>) -> Option<Doc<'a>> {
    let is_buyers = |one: &Doc<'_>| {
        one.text("entityType") == Some("BUYER")
            && one.text("taxRegistrationType").is_some_and(|kind| matches!(kind, "VAT" | "BUSINESS" | "CNPJ"))
    };
    let listed = order.doc("tax").and_then(|tax| tax.list("taxRegistrations").find(is_buyers));
    listed.or_else(|| order.doc("BuyerTaxInformation"))
}

fn address(doc: &Doc<'_>, key: &Secret) -> Option<Address> {
    let more = [["addressLine2", "AddressLine2"], ["addressLine3", "AddressLine3"]];
    let more: Vec<String> = more.into_iter().filter_map(|names| pick(doc, names)).collect();
    let address = Address {
        key: String::new(),
        name: pick(doc, ["name", "Name"]),
        company: pick(doc, ["companyName", "CompanyName"]),
        street: pick(doc, ["addressLine1", "AddressLine1"]),
        street2: (!more.is_empty()).then(|| more.join(", ")),
        city: pick(doc, ["city", "City"]),
        postal_code: pick(doc, ["postalCode", "PostalCode"]),
        region: pick(doc, ["stateOrRegion", "StateOrRegion"]),
        country: pick(doc, ["countryCode", "CountryCode"]).map(|code| code.to_uppercase()),
        phone: pick(doc, ["phone", "Phone"]),
    };
    keyed(address, key)
}
