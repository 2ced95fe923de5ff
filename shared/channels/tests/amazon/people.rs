//! T27: personal data that Amazon leaves out, writes as null, or tells on one page and not on the next.

use serde_json::{Value, json};
use sluice_channels::Explained;
use sluice_domain::{
    order::Buyer,
    state::{Evidence, OrderFacets, fold},
};

use crate::{explain, order};

const ADA: &str = "Ada Lovelace";

/// The order as it was read at that minute, with that recipient and buyer.
fn read(minute: u32, address: &Value, buyer: &Value) -> Vec<Evidence> {
    let mut body = order();
    let inner = body["order"].as_object_mut().unwrap();
    inner.insert("lastUpdatedTime".into(), json!(format!("2026-11-02T11:{minute:02}:00Z")));
    inner.insert("recipient".into(), json!({ "deliveryAddress": address }));
    inner.insert("buyer".into(), buyer.clone());
    let Explained::Item { evidence, .. } = explain("pull:order", &body).remove(0) else { panic!("{body}") };
    evidence
}

fn full(minute: u32) -> Vec<Evidence> {
    let address =
        json!({"name": ADA, "addressLine1": "Ring 1", "city": "Berlin", "postalCode": "10115", "countryCode": "DE"});
    read(minute, &address, &json!({"buyerEmail": "x1@marketplace.amazon.de", "buyerName": ADA}))
}

fn restricted(minute: u32) -> Vec<Evidence> {
    let address =
        json!({"name": null, "addressLine1": null, "city": "Berlin", "postalCode": "10115", "countryCode": "DE"});
    read(minute, &address, &json!({"buyerEmail": null, "buyerName": null}))
}

fn folded(evidence: Vec<Vec<Evidence>>) -> OrderFacets {
    let mut facets = OrderFacets::default();
    for one in evidence.into_iter().flatten() {
        fold(&mut facets, one);
    }
    facets
}

fn buyer(facets: &OrderFacets) -> &Buyer {
    &facets.buyer.as_ref().unwrap().value
}

#[test]
fn t27_an_order_whose_person_is_not_told_is_stored_with_its_country() {
    let facets = folded(vec![restricted(0)]);
    assert!(facets.order.is_some());
    let at = buyer(&facets).ship_to.as_ref().unwrap();
    assert_eq!((at.name.as_deref(), at.street.as_deref(), at.country.as_deref()), (None, None, Some("DE")));
    assert!(buyer(&facets).customer.is_none());
    // The whole blocks may be absent too.
    assert!(folded(vec![read(0, &Value::Null, &Value::Null)]).buyer.is_none());
}

#[test]
fn t27_the_word_null_is_nobody_s_name() {
    let address = json!({"name": "null", "addressLine1": "Null", "city": "Berlin", "countryCode": "DE"});
    let facets = folded(vec![read(0, &address, &json!({"buyerEmail": "null", "buyerName": "null"}))]);
    let at = buyer(&facets).ship_to.as_ref().unwrap();
    assert_eq!((at.name.as_deref(), at.street.as_deref()), (None, None));
    assert!(buyer(&facets).customer.is_none());
}

#[test]
fn t27_what_is_told_once_is_not_forgotten_when_a_later_read_may_not_tell_it() {
    let orders = [
        vec![restricted(0), full(1), restricted(2)],
        vec![full(1), restricted(2), restricted(0)],
        vec![restricted(2), restricted(0), full(1)],
        vec![restricted(2), full(1), restricted(0)],
    ];
    let ends: Vec<OrderFacets> = orders.into_iter().map(folded).collect();
    for end in &ends {
        assert_eq!(buyer(end).ship_to.as_ref().unwrap().name.as_deref(), Some(ADA));
        assert!(buyer(end).customer.is_some());
        // What the last read says of the order itself counts.
        assert_eq!(end, &ends[0]);
    }
    let known = ends[0].order.as_ref().unwrap().rank.version;
    assert_eq!(known, "2026-11-02T11:02:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
}

#[test]
fn t27_a_later_address_replaces_an_earlier_one() {
    let moved = json!({"name": ADA, "addressLine1": "Ring 2", "city": "Berlin", "countryCode": "DE"});
    let moved = read(3, &moved, &Value::Null);
    let facets = folded(vec![moved, full(1), restricted(2)]);
    assert_eq!(buyer(&facets).ship_to.as_ref().unwrap().street.as_deref(), Some("Ring 2"));
}
