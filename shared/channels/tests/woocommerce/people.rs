//! Buyers, their places, and what is said of them.

use serde_json::{Value, json};
use sluice_domain::order::CustomerKind;

use crate::support::{buyer, sane_with};

#[test]
fn edge_11_guests_are_known_by_their_address() {
    let customer = |changes: &[(&str, Value)]| buyer(&sane_with(changes)).customer.unwrap();
    assert_eq!(customer(&[]).key, "7001");
    let guest = customer(&[("customer_id", json!(0))]);
    assert!(guest.key.starts_with("guest_"), "{}", guest.key);
    let again = customer(&[("customer_id", json!("0")), ("billing/email", json!("ANNA@example.test"))]);
    assert_eq!(again.key, guest.key);
    let other = customer(&[("customer_id", json!(0)), ("billing/email", json!("bert@example.test"))]);
    assert_ne!(other.key, guest.key);
    let nobody = [("customer_id", json!(0)), ("billing", json!([])), ("shipping", json!({}))];
    assert_eq!(buyer(&sane_with(&nobody)).customer, None);
}

#[test]
fn places_are_read_and_empty_forms_are_none() {
    let read = buyer(&sane_with(&[]));
    let place = read.bill_to.unwrap();
    let shown = (place.name.as_deref(), place.street.as_deref(), place.region.as_deref(), place.country.as_deref());
    assert_eq!(shown, (Some("Anna Beispiel"), Some("Lindenweg 3"), Some("HH"), Some("DE")));
    assert!(read.ship_to.is_some() && read.ship_to.unwrap().key != place.key, "the telephone number is part of it");
    // Checkout forms are filled with the shop's own country.
    let empty =
        json!({"first_name": "", "last_name": "", "company": "", "address_1": "", "country": "DE", "state": ""});
    assert_eq!(buyer(&sane_with(&[("shipping", empty)])).ship_to, None);
    for (country, state, region) in
        [("US", "CA", "CA"), ("JP", "JP13", "13"), ("MX", "DF", "DF"), ("GB", "Kent", "KENT")]
    {
        let changes = [("billing/country", json!(country)), ("billing/state", json!(state))];
        assert_eq!(buyer(&sane_with(&changes)).bill_to.unwrap().region.as_deref(), Some(region));
    }
}

#[test]
fn vat_numbers_stand_in_entries_of_plugins() {
    for key in [
        "_vat_number",
        "vat_number",
        "_billing_vat_number",
        "_billing_eu_vat_number",
        "_billing_vat_id",
        "_wc_billing/eu/vat-number",
    ] {
        let changes = [
            ("meta_data", json!([{"id": 1, "key": key, "value": "DE 123.456.789"}])),
            ("billing/company", json!("Beispiel GmbH")),
        ];
        let customer = buyer(&sane_with(&changes)).customer.unwrap();
        assert_eq!((customer.vat.as_deref(), customer.kind), (Some("DE123456789"), CustomerKind::Company), "{key}");
    }
    for value in [json!("yes"), json!({"a": 1}), json!(""), json!("no number here at all")] {
        let changes = [("meta_data", json!([{"id": 1, "key": "_vat_number", "value": value}]))];
        assert_eq!(buyer(&sane_with(&changes)).customer.unwrap().vat, None);
    }
    let language = [("meta_data", json!([{"id": 1, "key": "wpml_language", "value": "pt-br"}]))];
    assert_eq!(buyer(&sane_with(&language)).customer.unwrap().language.as_deref(), Some("pt-br"));
}
