//! Goods that come back.

use serde_json::{Value, json};
use sluice_domain::{
    order::{Refund, RefundState, Restock},
    state::Facet,
};

use crate::{codes, decode, evidence, figures, usd};

fn give_back() -> Value {
    json!({
        "id": "RETURN1", "location_id": "L1", "state": "COMPLETED", "version": 2,
        "created_at": "2026-11-05T10:00:00Z", "updated_at": "2026-11-05T10:00:09Z",
        "returns": [{"uid": "r", "source_order_id": "ORDER1",
            "return_line_items": [{"uid": "x", "source_line_item_uid": "a", "quantity": "1", "gross_return_money": usd(500),
                "total_tax_money": usd(44), "total_discount_money": usd(0), "total_money": usd(544),
                "applied_taxes": [{"tax_uid": "t", "applied_money": usd(44)}]}],
            "return_taxes": [{"uid": "t", "type": "ADDITIVE", "percentage": "8.75", "applied_money": usd(44)}],
            "return_amounts": {"total_money": usd(544), "tax_money": usd(44)}}],
        "return_amounts": {"total_money": usd(544)},
        "total_money": usd(0),
    })
}

fn refunds(body: &Value) -> Vec<(String, Refund)> {
    let found = evidence(body).into_iter().filter_map(|one| match one.facet {
        Facet::Refund(refund) => Some((one.subject.external_id().to_owned(), *refund)),
        _ => None,
    });
    found.collect()
}

#[test]
fn a_return_is_a_refund_of_the_order_that_sold_it() {
    let all = refunds(&give_back());
    let [(order, refund)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((order.as_str(), refund.id.as_str(), refund.state), ("ORDER1", "RETURN1", RefundState::Succeeded));
    assert_eq!(refund.amount.unwrap().to_string(), "5.44");
    let line = &refund.lines[0];
    assert_eq!((line.line.as_str(), line.quantity.get().to_string()), ("a", "1".into()));
    let value = line.value.unwrap();
    assert_eq!((value.amount.minor(), value.tax.minor()), (500, 44), "prices without tax");
    assert_eq!(line.restock, Restock::Unknown("not stated".into()));
    assert_eq!(evidence(&give_back()).len(), 1, "a return sells nothing");
    let found = figures("pull:order", &give_back());
    assert_eq!((found.kind, found.subject.as_str()), ("refund", "demo/refund/RETURN1"));
    assert_eq!(
        (found.total.as_deref(), found.refunded.as_deref(), found.units.as_deref()),
        (Some("5.44"), Some("5.44"), Some("1"))
    );
    assert_eq!((found.state.as_deref(), codes(&found)), (Some("succeeded"), vec!["unknown_restock"]));
}

#[test]
fn what_is_bought_in_exchange_is_a_sale_beside_the_refund() {
    let mut body = give_back();
    body["line_items"] =
        json!([{"uid": "n", "name": "Bowl", "quantity": "1", "gross_sales_money": usd(700), "total_money": usd(700)}]);
    body["total_money"] = usd(700);
    let kinds: Vec<String> = evidence(&body).iter().map(|one| one.subject.external_id().to_owned()).collect();
    assert_eq!(kinds, ["RETURN1", "RETURN1", "ORDER1"]);
    assert_eq!(figures("pull:order", &body).total.as_deref(), Some("7.00"));
}

#[test]
fn returns_of_two_sales_are_two_refunds() {
    let mut body = give_back();
    let mut second = body["returns"][0].clone();
    second["source_order_id"] = json!("ORDER2");
    body["returns"].as_array_mut().unwrap().push(second);
    let found: Vec<(String, String)> = refunds(&body).into_iter().map(|(order, refund)| (order, refund.id)).collect();
    assert_eq!(found, [("ORDER1".into(), "RETURN1-0".into()), ("ORDER2".into(), "RETURN1-1".into())]);
}

/// Nothing is skipped silently: a person books what nothing can be booked against.
#[test]
fn a_return_that_names_no_sale_is_refused_with_the_fix() {
    let mut body = give_back();
    body["returns"][0].as_object_mut().unwrap().remove("source_order_id");
    let refusal = decode(&body).unwrap_err();
    assert_eq!((refusal.field.as_str(), refusal.external_id.as_deref()), ("returns.source_order_id", Some("RETURN1")));
    assert!(refusal.problem.contains("by hand"));
    assert!(codes(&figures("pull:order", &body)).contains(&"unlinked_refund"));
}

#[test]
fn a_return_under_way_moved_no_money_yet() {
    let mut body = give_back();
    body["state"] = json!("OPEN");
    assert_eq!(refunds(&body)[0].1.state, RefundState::Pending);
    assert_eq!(figures("pull:order", &body).refunded.as_deref(), Some("0.00"));
}
