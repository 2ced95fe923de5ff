//! What bodies become.

use serde_json::{Value, json};
use sluice_channels::Decoded;
use sluice_domain::{
    order::{Order, PaymentState, RefundState, Restock},
    state::{Evidence, Facet, OrderFacets, fold},
};

use crate::support::{decode, event};

#[track_caller]
fn evidence(topic: &str, event: &Value) -> (Vec<Evidence>, Vec<String>) {
    match decode(topic, event) {
        Ok(Decoded::Evidence { evidence, warnings, .. }) => {
            (evidence, warnings.iter().map(|warning| format!("{} {}", warning.code, warning.field)).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn order(event: &Value) -> Order {
    let (evidence, _) = evidence("order.updated", event);
    match &evidence[0].facet {
        Facet::Order(order) => (**order).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_is_what_it_says() {
    let (all, warnings) = evidence("order.updated", &event("order.json", &[]));
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(all[0].subject.to_string(), "demo/order/A-7301");
    assert_eq!(all[0].rank.version, 1_795_168_805_250_000, "to the microsecond");
    let order = order(&event("order.json", &[]));
    assert_eq!((order.lines.len(), order.shipping.len(), order.charges.len()), (2, 1, 0));
    assert_eq!((order.totals.total.to_string(), order.payment), ("60.69".into(), PaymentState::Paid));
    let Facet::Buyer(buyer) = &all[1].facet else { panic!() };
    assert_eq!(buyer.customer.as_ref().unwrap().key, "7001");
    assert_eq!(buyer.ship_to.as_ref().unwrap().region.as_deref(), Some("HH"));
    assert_eq!(buyer.ship_to.as_ref().unwrap().key, buyer.bill_to.as_ref().unwrap().key, "one place");
}

#[test]
fn what_is_left_out_is_unknown() {
    let bare = event(
        "order.json",
        &[
            ("/data/payment/captured", Value::Null),
            ("/data/totals/tax", Value::Null),
            ("/data/totals/shipping", json!("")),
            ("/data/customer", Value::Null),
            ("/data/bill_to", json!({})),
        ],
    );
    let order = order(&bare);
    assert_eq!((order.paid, order.refunded, order.totals.shipping), (None, None, None));
    assert_eq!(order.totals.tax.unwrap().to_string(), "9.69", "the lines say it");
    let (all, _) = evidence("order.updated", &bare);
    let Facet::Buyer(buyer) = &all[1].facet else { panic!() };
    assert!(buyer.customer.is_none() && buyer.bill_to.is_none());
}

#[test]
fn oddities_are_told_and_cost_nothing() {
    let odd = event(
        "order.json",
        &[
            ("/data/totals/total", json!("60.70")),
            ("/data/lines/1/sku", Value::Null),
            ("/data/lines/1/next_year", json!(1)),
            ("/data/state", json!("half_open")),
        ],
    );
    let (all, mut warnings) = evidence("order.updated", &odd);
    warnings.sort();
    let expected = [
        "line_without_sku /data/lines/1/sku",
        "schema_drift /data/state",
        "sums_disagree /data/totals/total",
        "unknown_field /data/lines/1",
    ];
    assert_eq!((all.len(), warnings), (2, expected.map(ToOwned::to_owned).to_vec()));
    assert_eq!(order(&odd).totals.total.to_string(), "60.70", "as it is stated");
}

#[test]
fn a_line_of_no_units_was_taken_away() {
    let none = event("order.json", &[("/data/lines/1/quantity", json!(0))]);
    assert_eq!(order(&none).lines.len(), 1);
    assert_eq!(order(&event("order.json", &[("/data/lines/1/quantity", json!("0.750"))])).lines.len(), 2);
}

#[test]
fn a_refund_is_one_refund_however_it_comes() {
    let (alone, _) = evidence("refund.created", &event("refund.json", &[]));
    assert_eq!(alone[0].subject.to_string(), "demo/order/A-7301");
    let inside = event("order.json", &[("/data/refunds", json!([event("refund.json", &[])["data"]]))]);
    let (inside, _) = evidence("order.updated", &inside);
    assert_eq!((&inside[2].facet, inside[2].rank.version), (&alone[0].facet, alone[0].rank.version));
    let Facet::Refund(refund) = &alone[0].facet else { panic!() };
    assert_eq!((refund.state, &refund.lines[0].restock), (RefundState::Succeeded, &Restock::Return));
    assert_eq!(refund.lines[0].value.unwrap().tax.to_string(), "3.42");
}

/// The refund may come before its order, and its later state may come before the earlier one.
#[test]
fn any_order_of_events_is_one_state() {
    let pending = event("refund.json", &[("/data/state", json!("pending"))]);
    let events = [
        ("order.created", event("order.json", &[("/data/payment/state", json!("pending"))])),
        ("order.updated", event("order.json", &[])),
        ("order.updated", event("order.json", &[("/data/updated_at", json!("2026-11-20T10:00:06Z"))])),
        ("refund.created", pending),
        ("refund.updated", event("refund.json", &[])),
    ];
    let evidence: Vec<Evidence> = events.iter().flat_map(|(topic, event)| evidence(topic, event).0).collect();
    let state = |order: &mut dyn Iterator<Item = &Evidence>| {
        let mut state = OrderFacets::default();
        order.for_each(|one| {
            fold(&mut state, one.clone());
        });
        state
    };
    let expected = state(&mut evidence.iter());
    assert_eq!(expected.order.as_ref().unwrap().value.payment, PaymentState::Paid);
    for turn in 0..evidence.len() {
        let (early, late) = evidence.split_at(turn);
        assert_eq!(state(&mut late.iter().chain(early)), expected);
        assert_eq!(state(&mut late.iter().rev().chain(early.iter().rev()).chain(late)), expected);
    }
}

#[test]
fn a_deletion_counts_from_when_it_happened() {
    let gone = |more: &[(&str, Value)]| {
        let mut all = vec![("/data", json!({"id": "A-7301"}))];
        all.extend(more.iter().cloned());
        let (evidence, _) = evidence("order.deleted", &event("order.json", &all));
        assert_eq!((evidence.len(), &evidence[0].facet), (1, &Facet::Deleted));
        evidence[0].rank.version
    };
    assert_eq!(gone(&[]), 1_795_168_805_000_000, "when the event says, however often it is sent");
    assert_eq!(gone(&[("/data/updated_at", json!("2026-11-20T10:00:07Z"))]), 1_795_168_807_000_000);
    assert_eq!(gone(&[("/timestamp", Value::Null)]), 1_795_564_800_000_000, "when it reached us");
}

#[test]
fn things_without_a_flow_are_ignored_with_the_reason() {
    for (file, topic) in
        [("product.json", "product.updated"), ("stock.json", "stock.updated"), ("customer.json", "customer.updated")]
    {
        let Ok(Decoded::Ignored { reason }) = decode(topic, &event(file, &[])) else { panic!("{topic}") };
        assert!(reason.contains("no flow"), "{topic}: {reason}");
    }
}
