//! Who buys: personal data. Most sales over the counter have nobody; a profile is named by its id alone, and whom to deliver to
//! stands with the fulfilment.

use sluice_domain::{
    order::{Address, Buyer, Customer, CustomerKind},
    ports::secrets::Secret,
};

use crate::{
    Refusal,
    doc::Doc,
    people::{guest, keyed, traits},
};

/// Where a kind of fulfilment says who receives.
const DETAILS: [&str; 3] = ["shipment_details", "delivery_details", "pickup_details"];

/// The people and places of an order.
pub(super) fn read(doc: &Doc<'_>, key: &Secret) -> Result<Buyer, Refusal> {
    let recipient = doc.list("fulfillments").find_map(|one| {
        DETAILS.into_iter().find_map(|name| one.doc(name).and_then(|details| details.doc("recipient")))
    });
    let text = |name| recipient.as_ref().and_then(|one| one.text(name)).map(str::to_owned);
    let (name, email, phone) = (text("display_name"), text("email_address"), text("phone_number"));
    let mut profile = doc.id("customer_id")?;
    if profile.is_none()
        && let Some(recipient) = &recipient
    {
        profile = recipient.id("customer_id")?;
    }
    for tender in doc.list("tenders") {
        if profile.is_none() {
            profile = tender.id("customer_id")?;
        }
    }
    let ship_to = recipient.and_then(|one| one.doc("address")).and_then(|place| address(&place, name.as_ref(), key));
    let identity = profile.or_else(|| guest(email.as_deref(), phone.as_deref(), key));
    let customer = identity.map(|identity| Customer {
        key: identity,
        kind: CustomerKind::Person,
        name,
        company: None,
        traits: traits(email.as_deref(), false, None, key),
        email,
        phone,
        vat: None,
        language: None,
    });
    Ok(Buyer { customer, bill_to: None, ship_to })
}

fn address(doc: &Doc<'_>, receiver: Option<&String>, key: &Secret) -> Option<Address> {
    let text = |name| doc.text(name).map(str::to_owned);
    let own: Vec<&str> = ["first_name", "last_name"].into_iter().filter_map(|name| doc.text(name)).collect();
    let more: Vec<&str> = ["address_line_2", "address_line_3"].into_iter().filter_map(|name| doc.text(name)).collect();
    let address = Address {
        key: String::new(),
        name: if own.is_empty() { receiver.cloned() } else { Some(own.join(" ")) },
        company: None,
        street: text("address_line_1"),
        street2: (!more.is_empty()).then(|| more.join(", ")),
        city: text("locality"),
        postal_code: text("postal_code"),
        region: text("administrative_district_level_1"),
        country: doc.text("country").map(str::to_uppercase),
        phone: None,
    };
    keyed(address, key)
}
