//! The dry run.

use serde_json::json;
use sluice_channels::Explained;

use crate::support::{explain, figures, fixture, sane, sane_with};

#[test]
fn an_order_is_the_same_in_every_wrapper() {
    let order = sane();
    let alone = figures("order.updated", order.to_string().as_bytes());
    assert_eq!(
        (alone.total.as_deref(), alone.subtotal.as_deref(), alone.tax.as_deref()),
        (Some("60.69"), Some("46.00"), Some("9.69"))
    );
    assert_eq!(
        (alone.units.as_deref(), alone.state.as_deref(), alone.tip.as_deref()),
        (Some("3"), Some("open"), Some("0.00"))
    );
    for wrapped in [
        json!([order]),
        json!({"data": order}),
        json!({"data": [order]}),
        json!({"orders": [order]}),
        json!({"order": order}),
        json!({"update": [order]}),
    ] {
        assert_eq!(figures("pull:order", wrapped.to_string().as_bytes()), alone);
    }
}

#[test]
fn one_bad_item_costs_no_other() {
    let list = json!([sane(), 7, {"id": 9, "error": {"code": "x_y", "message": "m"}}, {"id": 8}, sane_with(&[("id", json!(7302))])]);
    let shown: Vec<String> = explain("pull:order", list.to_string().as_bytes())
        .iter()
        .map(|one| match one {
            Explained::Item { figures, .. } => figures.external_id.clone(),
            Explained::Refused(refusal) => format!("{refusal} {:?}", refusal.external_id),
            Explained::Ignored { reason, .. } => reason.clone(),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "7301",
            "body: expected an object, got a number None",
            "code: an error answer, not data: x_y Some(\"9\")",
            "line_items: missing Some(\"8\")",
            "7302"
        ]
    );
}

#[test]
fn answers_without_orders_are_none() {
    for (body, refused) in [
        ("[]", false),
        ("{}", false),
        ("{\"orders\": []}", false),
        ("", true),
        ("<html>", true),
        ("null", true),
        ("\"x\"", true),
        ("[", true),
        ("{\"a\": 1}", true),
    ] {
        let explained = explain("pull:order", body.as_bytes());
        let [one] = explained.as_slice() else { panic!("{body}: {explained:?}") };
        assert_eq!(matches!(one, Explained::Refused(_)), refused, "{body}: {one:?}");
    }
}

#[test]
fn drafts_are_shown_and_not_folded() {
    let body = sane_with(&[("status", json!("checkout-draft"))]).to_string();
    let explained = explain("order.updated", body.as_bytes());
    let [Explained::Item { figures, evidence }] = explained.as_slice() else { panic!("{explained:?}") };
    assert_eq!((figures.state.as_deref(), evidence.len()), (Some("pending"), 0));
}

#[test]
fn a_refund_by_itself_names_no_currency() {
    let figures = figures("pull:refund", &fixture("captured_responses/refund-single.json"));
    assert_eq!(
        (figures.currency, figures.total.as_deref(), figures.refunded.as_deref()),
        (None, Some("27.00"), Some("27.00"))
    );
    assert_eq!(
        (figures.lines, figures.units.as_deref(), figures.state.as_deref()),
        (Some(1), Some("1"), Some("succeeded"))
    );
    let named = json!({"id": 5, "parent_id": 7, "amount": "1.00", "line_items": []});
    let codes: Vec<&str> =
        self::figures("pull:refund", named.to_string().as_bytes()).warnings.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["currency_unknown"], "no lines, so nothing to put back");
}

#[test]
fn stock_is_counted_by_the_product_or_by_its_parent() {
    let stock = |changes: serde_json::Value| figures("pull:stock", changes.to_string().as_bytes());
    let of = |manage: serde_json::Value, quantity: serde_json::Value| {
        let figures = stock(json!({"id": 12, "manage_stock": manage, "stock_quantity": quantity}));
        let codes: Vec<&str> = figures.warnings.iter().map(|one| one.code).collect();
        (figures.units, codes)
    };
    assert_eq!(of(json!(true), json!(1.5)), (Some("1.5".into()), vec![]));
    assert_eq!(of(json!(true), json!(-3)), (Some("-3".into()), vec!["negative_stock"]));
    assert_eq!(of(json!(false), json!(null)), (None, vec![]));
    assert_eq!(of(json!("parent"), json!(4)), (None, vec!["stock_of_parent"]));
}
