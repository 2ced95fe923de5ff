//! Payments, refunds, payouts and stock: figures without evidence.

use serde_json::{Value, json};
use sluice_channels::Explained;

use crate::{codes, explain, figures, json as file, usd};

fn payment(changes: &Value) -> Value {
    let mut payment = json!({"id": "PAY1", "order_id": "ORDER1", "status": "COMPLETED", "amount_money": usd(1000),
        "tip_money": usd(150), "total_money": usd(1150), "source_type": "CARD"});
    for (name, value) in changes.as_object().unwrap() {
        payment[name] = value.clone();
    }
    json!({"payment": payment})
}

#[test]
fn a_payment_is_asked_with_its_tip_and_captured_when_completed() {
    let found = figures("pull:payment", &payment(&json!({"refunded_money": usd(200)})));
    let amounts = [&found.total, &found.tip, &found.paid, &found.refunded].map(|amount| amount.as_deref().unwrap());
    assert_eq!(amounts, ["11.50", "1.50", "11.50", "2.00"]);
    assert_eq!((found.number.as_deref(), codes(&found)), (Some("ORDER1"), vec![]));
    for (word, state, paid) in [
        ("APPROVED", "authorized", "0.00"),
        ("PENDING", "pending", "0.00"),
        ("CANCELED", "voided", "0.00"),
        ("FAILED", "failed", "0.00"),
    ] {
        let found = figures("pull:payment", &payment(&json!({"status": word})));
        assert_eq!((found.state.as_deref(), found.paid.as_deref()), (Some(state), Some(paid)));
    }
    assert_eq!(codes(&figures("pull:payment", &payment(&json!({"total_money": usd(1000)})))), ["sums_disagree"]);
    assert_eq!(codes(&figures("pull:payment", &payment(&json!({"order_id": null})))), ["no_order_reference"]);
}

#[test]
fn published_events_have_the_figures_that_they_state() {
    let found = figures("payment.updated", &file("events/payment.updated.json"));
    assert_eq!(
        (found.subject.as_str(), found.paid.as_deref()),
        ("demo/payment/hYy9pRFVxpDsO1FB05SunFWUe9JZY", Some("1.00"))
    );
    let found = figures("refund.updated", &file("events/refund.updated.json"));
    assert_eq!(
        (found.kind, found.total.as_deref(), found.refunded.as_deref()),
        ("refund", Some("10.00"), Some("10.00"))
    );
    assert_eq!((found.state.as_deref(), codes(&found)), (Some("succeeded"), vec![]));
    let found = figures("payout.paid", &file("events/payout.paid.json"));
    assert_eq!(
        (found.currency.as_deref(), found.total.as_deref(), found.state.as_deref()),
        (Some("EUR"), Some("4.57"), Some("paid"))
    );
    let found = figures("inventory.count.updated", &file("events/inventory.count.updated.json"));
    assert_eq!(found.subject, "demo/stock/YYQR03DGCTXA4?catalog_object_id=FGQ5JJWT2PYTHF35CKZ2DSKP");
    assert_eq!(found.units.as_deref(), Some("10"));
}

#[test]
fn a_refund_that_is_linked_to_no_payment_is_told() {
    let body = json!({"refund": {"id": "R", "status": "PENDING", "amount_money": usd(100), "unlinked": true}});
    let found = figures("pull:refund", &body);
    assert_eq!(
        (found.state.as_deref(), found.refunded.as_deref(), codes(&found)),
        (Some("pending"), Some("0.00"), vec!["unlinked_refund"])
    );
}

#[test]
fn only_what_is_in_stock_can_be_sold() {
    let count = |state: &str, quantity: &str| json!({"catalog_object_id": "V1", "location_id": "L1", "state": state, "quantity": quantity});
    let counts = json!({"counts": [count("WASTE", "3"), count("IN_STOCK", "-1.5")]});
    assert_eq!(explain("pull:stock", &counts).len(), 1);
    let found = figures("pull:stock", &counts);
    assert_eq!((found.units.as_deref(), codes(&found)), (Some("-1.5"), vec!["negative_stock"]));
    let all = explain("pull:stock", &json!({"counts": [count("WASTE", "3"), count("SOLD", "1")]}));
    assert!(matches!(all.as_slice(), [Explained::Ignored { .. }]), "{all:?}");
}

/// The ground truth of the contract data: 17 entries in two pages.
#[test]
fn entries_add_up_to_their_payout() {
    let [first, second] = ["1", "2"].map(|page| file(&format!("payout-small/payout-entries.page{page}.json")));
    let all: Vec<Value> =
        [&first, &second].iter().flat_map(|page| page["payout_entries"].as_array().unwrap().clone()).collect();
    let found = figures("pull:settlement", &json!({"payout_entries": all}));
    let truth = file("payout-small/ground_truth.json");
    assert_eq!(found.external_id, truth["payout_id"].as_str().unwrap());
    assert_eq!((found.lines, found.total.as_deref()), (Some(17), Some("534.65")));
    let payout = figures("pull:payout", &file("payout-small/payout.json"));
    assert_eq!((payout.total, payout.external_id), (found.total, found.external_id));
}

#[test]
fn disputes_customers_and_products_are_shown_each_as_its_kind() {
    let event = |kind: &str, object: Value| json!({"merchant_id": "M", "type": kind, "event_id": "E", "data": {"object": object}});
    let states = [
        ("INQUIRY_EVIDENCE_REQUIRED", Some("needs_response")),
        ("PROCESSING", Some("under_review")),
        ("ACCEPTED", Some("lost")),
        ("WON", Some("won")),
        ("NEW_WORD", None),
    ];
    for (word, state) in states {
        let dispute = json!({"dispute": {"dispute_id": "D1", "amount_money": usd(2000), "state": word}});
        let read = figures("dispute.created", &event("dispute.created", dispute));
        assert_eq!((read.subject.as_str(), read.total.as_deref()), ("demo/dispute/D1", Some("20.00")));
        assert_eq!((read.state.as_deref(), codes(&read).is_empty()), (state, state.is_some()), "{word}");
    }
    let customer = event("customer.created", json!({"customer": {"id": "C1", "given_name": "A"}}));
    assert_eq!(figures("customer.created", &customer).subject.as_str(), "demo/customer/C1");
    let objects = json!({"objects": [{"id": "I1", "type": "ITEM", "item_data": {}},
        {"id": "V1", "type": "ITEM_VARIATION", "item_variation_data": {}}]});
    assert_eq!(explain("pull:product", &objects).len(), 2);
    let bare = json!({"object": {"id": "V1", "type": "ITEM_VARIATION", "item_variation_data": {"sku": ""}}});
    assert_eq!(codes(&figures("pull:product", &bare)), ["line_without_sku"]);
}
