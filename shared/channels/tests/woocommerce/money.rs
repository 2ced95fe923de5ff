//! The edge cases of the README that are about amounts.

use serde_json::{Value, json};
use sluice_domain::order::{ChargeKind, OrderState, PaymentState, Restock};

use crate::support::{order, order_and_warnings, refunds, sane, sane_with};

fn taxes(order: &sluice_domain::order::Order) -> Vec<String> {
    order.lines.iter().flat_map(|line| &line.taxes).map(|tax| format!("{} {}", tax.rate, tax.amount)).collect()
}

/// Edge case 1: without tax also where the shop's prices contain it, and coupons are the difference.
#[test]
fn edge_1_amounts_of_lines_are_without_tax_and_after_coupons() {
    for included in [true, false] {
        let order = order(&sane_with(&[("prices_include_tax", json!(included))]));
        assert!(!order.tax_included);
        assert_eq!(
            (order.lines[0].unit_price.to_string(), order.lines[0].discount.to_string()),
            ("20".into(), "4.00".into())
        );
        assert_eq!(order.totals.subtotal.unwrap().to_string(), "46.00");
        assert_eq!(taxes(&order), ["0.19 6.84", "0.19 1.90"]);
    }
}

#[test]
fn a_price_that_somebody_raised_has_no_discount() {
    let changes = [("line_items/1/subtotal", json!("8.00")), ("discount_total", json!("4.00"))];
    let (order, warnings) = order_and_warnings(&sane_with(&changes));
    assert_eq!((order.lines[1].unit_price.to_string(), order.lines[1].discount.is_zero()), ("10".into(), true));
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn odd_cents_are_the_amount_again() {
    let changes = [("line_items/1/quantity", json!(3))];
    let order = order(&sane_with(&changes));
    assert_eq!(order.lines[1].unit_price.to_string(), "3.333333333333");
    assert_eq!(order.totals.subtotal.unwrap().to_string(), "46.00");
}

#[test]
fn edge_2_fees_are_signed_and_taxed_by_themselves() {
    let fees = json!([
        {"id": 31, "name": "Gift wrap", "total": "2.50", "total_tax": "0.48", "taxes": [{"id": 1, "total": "0.475"}]},
        {"id": 32, "name": "Loyalty", "total": "-1.00", "total_tax": "-0.15", "taxes": [{"id": 1, "total": "-0.13"}, {"id": 2, "total": "-0.02"}]},
        {"id": 33, "name": "Tip", "total": "3.00", "total_tax": "0", "taxes": []}
    ]);
    let (order, warnings) = order_and_warnings(&sane_with(&[
        ("fee_lines", fees),
        ("total", json!("65.52")),
        ("total_tax", json!("10.02")),
    ]));
    assert_eq!(warnings, Vec::<String>::new());
    let shown: Vec<String> =
        order.charges.iter().map(|charge| format!("{:?} {}", charge.kind, charge.amount)).collect();
    assert_eq!(shown, ["Fee 2.50", "Fee -1.00", "Tip 3.00"]);
    let parts: Vec<String> = order.charges[1].taxes.iter().map(|tax| tax.amount.to_string()).collect();
    assert_eq!(parts, ["-0.13", "-0.02"]);
    assert_eq!(order.charges[2].kind, ChargeKind::Tip);
}

/// Edge case 3: a coupon's discount is in the lines already.
#[test]
fn edge_3_coupons_are_information() {
    let coupons = json!([{"code": "30$off", "discount": "15", "discount_tax": ""}]);
    let (order, warnings) = order_and_warnings(&sane_with(&[("coupon_lines", coupons)]));
    assert_eq!(
        (order.totals.total.to_string(), order.totals.discount.unwrap().to_string()),
        ("60.69".into(), "4.00".into())
    );
    assert_eq!((order.discount_codes, warnings), (vec!["30$off".to_owned()], vec![]));
}

#[test]
fn edge_4_refunds_have_negative_totals_and_leave_the_total() {
    let listed = json!([{"id": 41, "reason": "", "total": "-10.00"}, {"id": 42, "reason": "x", "total": "-1.90", "total_tax": "-1.90"}]);
    let body = sane_with(&[("refunds", listed)]);
    let order = order(&body);
    assert_eq!((order.totals.total.to_string(), order.refunded.unwrap().to_string()), ("60.69".into(), "11.90".into()));
    assert_eq!(order.payment, PaymentState::PartiallyRefunded);
    let read = refunds("order.updated", &body);
    assert_eq!(read.iter().map(|one| one.amount.unwrap().to_string()).collect::<Vec<_>>(), ["10.00", "1.90"]);
    let all = json!([{"id": 41, "total": "-60.69"}]);
    assert_eq!(self::order(&sane_with(&[("refunds", all.clone())])).state, OrderState::Closed);
    let order = self::order(&sane_with(&[("refunds", all), ("status", json!("refunded"))]));
    assert_eq!((order.payment, order.paid.unwrap().to_string()), (PaymentState::Refunded, "60.69".into()));
    let (_, warnings) = order_and_warnings(&sane_with(&[("status", json!("refunded"))]));
    assert_eq!(warnings, ["contradiction status"]);
}

/// The refund itself: a positive amount, negative quantities, and the line that it is of in an entry.
#[test]
fn edge_4_a_refund_by_itself_says_what_came_back() {
    let own = json!([{"id": 41, "total": "-21.42", "amount": "21.42", "date_created_gmt": "2026-11-21T09:00:00", "line_items": [
        {"id": 91, "quantity": -1, "total": "-18.00", "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": "11"}]},
        {"id": 92, "quantity": 0, "total": "-1.00", "meta_data": [{"id": 2, "key": "_refunded_item_id", "value": 12}]}
    ]}]);
    let read = refunds("pull:order", &sane_with(&[("refunds", own)])).remove(0);
    assert_eq!(
        (read.amount.unwrap().to_string(), read.at.unwrap().to_string()),
        ("21.42".into(), "2026-11-21T09:00:00Z".into())
    );
    assert!(read.lines.iter().all(|line| matches!(line.restock, Restock::Unknown(_))), "nobody says where it went");
    assert_eq!(
        read.lines.iter().map(|line| (line.line.as_str(), line.quantity.to_string())).collect::<Vec<_>>(),
        [("11", "1".to_owned())]
    );
}

/// Edge case 5: the total is what was left to pay. The sale's value is what its lines say, and the card is a payment.
#[test]
fn edge_5_gift_cards_and_store_credit_are_payments() {
    let left = ("total", json!("40.69"));
    let cases: &[(&str, Value)] = &[
        ("gift_cards", json!([{"id": 2, "code": "A", "amount": 12}, {"id": 4, "code": "B", "amount": "8.00"}])),
        (
            "coupon_lines",
            json!([{"code": "four", "discount": "4", "discount_tax": "0"}, {"code": "credit", "discount": "20", "discount_tax": "0"}]),
        ),
        ("meta_data", json!([{"id": 1, "key": "_ywgc_applied_gift_cards", "value": {"CODE-1": 15, "CODE-2": "5.00"}}])),
        ("meta_data", json!([{"id": 1, "key": "_funds_used", "value": "20.00"}])),
    ];
    for (field, value) in cases {
        let (order, warnings) = order_and_warnings(&sane_with(&[left.clone(), (field, value.clone())]));
        assert_eq!(
            (order.totals.total.to_string().as_str(), order.paid.unwrap().to_string().as_str()),
            ("60.69", "60.69"),
            "{value}"
        );
        assert_eq!(
            (order.payment_methods, warnings),
            (vec!["bacs".to_owned(), "gift_card".to_owned()], vec![]),
            "{value}"
        );
    }
    let (order, warnings) = order_and_warnings(&sane_with(std::slice::from_ref(&left)));
    assert_eq!((order.totals.total.to_string().as_str(), warnings), ("40.69", vec!["sums_disagree total".to_owned()]));
}

/// Edge case 12: the currency is the order's, its symbol is never read.
#[test]
fn edge_12_the_currency_is_the_orders() {
    let (order, _) = order_and_warnings(&sane_with(&[("currency", json!("GBP")), ("currency_symbol", json!("&#36;"))]));
    assert_eq!(order.currency.code(), "GBP");
}

#[test]
fn edge_14_tax_may_be_off_by_a_cent() {
    let (order, warnings) = order_and_warnings(&sane_with(&[("total_tax", json!("9.70")), ("total", json!("60.70"))]));
    assert_eq!((order.totals.tax.unwrap().to_string().as_str(), warnings), ("9.70", vec![]));
    let (_, warnings) = order_and_warnings(&sane_with(&[("total_tax", json!("9.79")), ("total", json!("60.79"))]));
    assert_eq!(warnings, ["sums_disagree total_tax"]);
}

#[test]
fn a_line_of_several_rates_spreads_its_tax_to_the_cent() {
    let mut body = sane();
    body["tax_lines"].as_array_mut().unwrap().push(json!({"rate_id": 2, "label": "PST", "rate_percent": 7.125}));
    body["line_items"][1]["taxes"] =
        json!([{"id": 1, "total": "1.237500"}, {"id": 2, "total": "0.66250000"}, {"id": 3, "total": ""}]);
    let order = order(&body);
    assert_eq!(taxes(&order), ["0.19 6.84", "0.19 1.24", "0.07125 0.66"]);
}

/// Rates were not stated before version 3.7: names hold them, else they follow from the amounts.
#[test]
fn rates_without_a_percentage_are_found() {
    for (label, code) in [("MwSt 19 %", "X"), ("MwSt", "DE-MWST 19%-1"), ("MwSt", "X-1")] {
        let changes = [
            ("tax_lines/0/rate_percent", Value::Null),
            ("tax_lines/0/label", json!(label)),
            ("tax_lines/0/rate_code", json!(code)),
        ];
        let (order, warnings) = order_and_warnings(&sane_with(&changes));
        assert_eq!((taxes(&order)[1].as_str(), warnings), ("0.19 1.90", vec![]), "{label} {code}");
    }
}

/// Shops keep two decimals whatever the currency, or as many as they like.
#[test]
fn amounts_have_the_precision_of_the_currency() {
    let whole = |pointer: &'static str, value: &str| (pointer, json!(value));
    let yen = [
        whole("currency", "JPY"),
        whole("total", "6500.00"),
        whole("total_tax", "0.00"),
        whole("shipping_total", "500.00"),
        whole("discount_total", "0.00"),
        whole("line_items/0/subtotal", "5000.00"),
        whole("line_items/0/total", "5000.00"),
        whole("line_items/1/subtotal", "1000"),
        whole("line_items/1/total", "1000"),
        whole("shipping_lines/0/total", "500.00"),
        whole("line_items/0/total_tax", "0.00"),
        whole("line_items/1/total_tax", "0"),
        whole("shipping_lines/0/total_tax", ""),
    ];
    let mut body = sane_with(&yen);
    for pointer in ["/line_items/0/taxes", "/line_items/1/taxes", "/shipping_lines/0/taxes"] {
        *body.pointer_mut(pointer).unwrap() = json!([]);
    }
    let (order, warnings) = order_and_warnings(&body);
    assert_eq!((order.totals.total.to_string().as_str(), warnings), ("6500", vec![]));
    body["currency"] = json!("KWD");
    assert_eq!(self::order(&body).totals.total.to_string(), "6500.000");
    // A fils has three decimals, and a cent two: what is finer is rounded, and said so.
    let (order, warnings) =
        order_and_warnings(&sane_with(&[("line_items/1/total", json!("10.0000")), ("total", json!("60.6904"))]));
    assert_eq!((order.totals.total.to_string().as_str(), warnings), ("60.69", vec!["more_decimals total".to_owned()]));
}

#[test]
fn shipping_that_no_line_states_is_shipping_all_the_same() {
    let (order, warnings) = order_and_warnings(&sane_with(&[("shipping_lines", json!([]))]));
    assert_eq!((order.shipping.len(), order.shipping[0].price.to_string().as_str(), warnings), (1, "5.00", vec![]));
    assert_eq!(order.shipping[0].taxes[0].amount.to_string(), "0.95");
}

/// Three thirds of a cent each are one cent of the sum.
#[test]
fn a_sum_of_finer_amounts_is_rounded_once() {
    let mut body = sane();
    for line in body["line_items"].as_array_mut().unwrap() {
        line["subtotal"] = json!("10.0033");
        line["total"] = json!("10.0033");
    }
    let order = order(&body);
    assert_eq!(order.totals.subtotal.unwrap().to_string(), "20.01");
    let nets: Vec<String> =
        order.lines.iter().map(|line| (line.unit_price.get() * line.quantity.get()).round_dp(2).to_string()).collect();
    assert_eq!(nets, ["10.01", "10"]);
}
