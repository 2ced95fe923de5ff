//! What an outsider's payloads found: bodies as plugins and old versions write them.

use serde_json::{Value, json};
use sluice_channels::Explained;

use crate::support::{explain, figures, order_and_warnings, refusal, sane, sane_with};

/// The problem of a body that must be refused as a whole.
#[track_caller]
fn refused(topic: &str, body: &str) -> String {
    match explain(topic, body.as_bytes()).as_slice() {
        [Explained::Refused(refusal)] => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_without_an_id_is_no_wrapper_of_its_refunds() {
    for refunds in [json!([]), json!([{"id": 9, "reason": "", "total": "-1.00"}])] {
        let mut body = sane_with(&[("refunds", refunds)]);
        body.as_object_mut().unwrap().remove("id");
        for topic in ["order.updated", "pull:order"] {
            assert_eq!(refused(topic, &body.to_string()), "id: missing", "{topic}");
        }
    }
    let refund = json!({"amount": "10.00", "line_items": [], "refunds": []});
    assert_eq!(refused("pull:refund", &refund.to_string()), "id: missing");
}

#[test]
fn zero_is_the_id_of_nothing() {
    for id in [json!(0), json!("0")] {
        assert_eq!(refusal(&sane_with(&[("id", id.clone())])), "id: 0 is no id: the thing is not saved in the shop");
        let refund = json!({"id": id, "amount": "10.00"});
        assert!(refused("pull:refund", &refund.to_string()).starts_with("id: "));
    }
}

#[test]
fn an_error_of_nothing_is_no_error() {
    let plain = figures("order.updated", sane().to_string().as_bytes());
    for nothing in [json!(""), json!([]), json!({}), json!(false), Value::Null] {
        let body = sane_with(&[("error", nothing.clone())]);
        assert_eq!(figures("order.updated", body.to_string().as_bytes()), plain, "{nothing}");
    }
    let body = sane_with(&[("error", json!({"code": "woocommerce_rest_shop_order_invalid_id", "message": "x"}))]);
    assert!(refused("order.updated", &body.to_string()).starts_with("code: an error answer"));
}

/// README, errors: notices of PHP may precede the JSON, and the pull reads past them; so does the dry run.
#[test]
fn notices_before_the_json_are_read_past() {
    let order = sane().to_string();
    let plain = figures("pull:order", order.as_bytes());
    for notice in ["<br />\n<b>Notice</b>: Undefined index [x] in {closure} on line 3\n", "Deprecated: y\n\n"] {
        assert_eq!(figures("pull:order", format!("{notice}{order}").as_bytes()), plain);
        assert_eq!(figures("pull:order", format!("{notice}[{order}]").as_bytes()), plain);
    }
    let page = format!("<!DOCTYPE html><html><script>\n{order}");
    assert_eq!(refused("pull:order", &page), "body: a web page, not JSON");
    assert_eq!(refused("pull:order", &format!("x{}", "[".repeat(100_000))), "body: expected an object or a list");
}

/// Advanced Coupons keeps the credit's amount among other figures; others keep a list of cards.
#[test]
fn a_credit_is_its_amount_among_other_figures() {
    let total = ("total", json!("50.69"));
    for note in [
        json!({"amount": "10", "raw_amount": 11.5, "cart_total": 60.69, "currency": "EUR"}),
        json!([{"code": "A", "amount": 4}, {"code": "B", "amount": "6.00", "balance": 3}]),
        json!({"A": {"amount": "10.00"}}),
    ] {
        let meta = json!([{"id": 1, "key": "acfw_store_credits_order_paid", "value": note}]);
        let (order, warnings) = order_and_warnings(&sane_with(&[total.clone(), ("meta_data", meta)]));
        assert_eq!((order.totals.total.to_string(), warnings), ("60.69".to_owned(), vec![]), "{note}");
    }
    let other = json!([{"id": 1, "key": "acfw_store_credits_order_paid", "value": {"amount": "9", "left": "1"}}]);
    let (order, warnings) = order_and_warnings(&sane_with(&[total, ("meta_data", other)]));
    assert_eq!(
        (order.totals.total.to_string(), warnings),
        ("50.69".to_owned(), vec!["sums_disagree total".to_owned()])
    );
}

/// README, edge case 14: every part's own rounding may miss by half a cent where the shop rounds taxes per order.
#[test]
fn taxes_rounded_per_order_miss_half_a_cent_a_part() {
    let mut body = sane();
    let line = |id: u32| {
        json!({"id": id, "name": "Pin", "product_id": id, "quantity": 1, "subtotal": "0.99", "total": "0.99",
            "total_tax": "0.08", "taxes": [{"id": 1, "total": "0.081675"}], "sku": format!("S{id}")})
    };
    body["line_items"] = (20..32).map(line).collect();
    for (field, value) in [
        ("shipping_lines", json!([])),
        ("coupon_lines", json!([])),
        ("shipping_total", json!("0.00")),
        ("discount_total", json!("0.00")),
        ("total_tax", json!("0.98")),
        ("total", json!("12.86")),
    ] {
        body[field] = value;
    }
    body["tax_lines"][0]["rate_percent"] = json!(8.25);
    let (order, warnings) = order_and_warnings(&body);
    assert_eq!((order.totals.tax.unwrap().to_string(), warnings), ("0.98".to_owned(), vec![]));
    body["total_tax"] = json!("1.06");
    body["total"] = json!("12.94");
    assert_eq!(order_and_warnings(&body).1, ["sums_disagree total_tax"]);
}

#[test]
fn an_order_of_the_legacy_api_says_what_to_set() {
    let order = json!({"order": {"id": 645, "order_number": "645", "created_at": "2015-01-26T20:00:21Z",
        "updated_at": "2015-01-26T20:00:21Z", "status": "processing", "currency": "USD", "total": "79.87",
        "line_items": [{"id": 504, "subtotal": "43.48", "total": "43.48", "total_tax": "4.35", "quantity": 2}]}});
    let said = refused("order.updated", &order.to_string());
    assert!(
        said.starts_with("created_at: ")
            && said.ends_with("set the webhook's API version to WP REST API Integration v3")
    );
}

#[test]
fn a_refund_that_is_there_twice_counts_once() {
    let refunds =
        |second: &str| json!([{"id": 9, "reason": "", "total": "-5.00"}, {"id": "9", "reason": "", "total": second}]);
    let (order, warnings) = order_and_warnings(&sane_with(&[("refunds", refunds("-5.00"))]));
    assert_eq!(
        (order.refunded.unwrap().to_string(), warnings),
        ("5.00".to_owned(), vec!["contradiction refunds[1].id".to_owned()])
    );
    assert_eq!(refusal(&sane_with(&[("refunds", refunds("-6.00"))])), "refunds[1].id: two refunds have one id");
}

/// `TeraWallet` pays a part by a negative fee; a discount by a fee stays one.
#[test]
fn a_wallet_that_pays_by_a_fee_is_a_payment() {
    let fees = |name: &str| json!([{"id": 31, "name": name, "total": "-10.00", "total_tax": "0.00", "taxes": []}]);
    for (name, total, fee) in [
        ("Via wallet", "60.69", 0),
        ("Gift Card XYZ", "60.69", 0),
        ("Credit card discount", "50.69", 1),
        ("Loyalty", "50.69", 1),
    ] {
        let (order, warnings) = order_and_warnings(&sane_with(&[("total", json!("50.69")), ("fee_lines", fees(name))]));
        let said = (order.totals.total.to_string(), order.charges.len(), order.payment_methods.len(), warnings);
        assert_eq!(said, (total.to_owned(), fee, 2 - fee, vec![]), "{name}");
        assert_eq!(order.paid.unwrap().to_string(), total, "{name}");
    }
}

/// The shop's `discount_total` is what lines cost less, together: a price that a person raised counts against it.
#[test]
fn a_raised_price_is_no_discount_and_no_contradiction() {
    for (before, stated, discount) in [("10.00", "4.00", "4.00"), ("8.00", "2.00", "4.00"), ("8.00", "3.50", "4.00")] {
        let changes = [("line_items/1/subtotal", json!(before)), ("discount_total", json!(stated))];
        let (order, warnings) = order_and_warnings(&sane_with(&changes));
        assert_eq!(order.totals.discount.unwrap().to_string(), discount, "{stated}");
        assert_eq!(warnings.is_empty(), stated != "3.50", "{warnings:?}");
    }
}
