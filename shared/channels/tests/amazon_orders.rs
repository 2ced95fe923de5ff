//! Amazon orders: figures of both shapes, and what must not become money.

use serde_json::{Value, json};
use sluice_channels::{ExplainContext, Explained, Figures, channel};
use sluice_domain::{account::Account, ports::secrets::Secret};

fn explain(topic: &str, body: &Value) -> Vec<Explained> {
    let account: Account = serde_json::from_value(json!({"name": "demo", "channel": "amazon"})).unwrap();
    let key = Secret::new("key".to_owned());
    let context = ExplainContext { account: &account, contact_key: &key };
    channel("amazon").unwrap().explain(topic, body.to_string().as_bytes(), &context)
}

fn figures(body: &Value) -> Figures {
    match explain("pull:order", body).remove(0) {
        Explained::Item { figures, .. } => *figures,
        other => panic!("{other:?}"),
    }
}

fn eur(amount: &str) -> Value {
    json!({"amount": amount, "currencyCode": "EUR"})
}

fn order() -> Value {
    json!({"order": {
        "orderId": "305-0000001-0000001", "createdTime": "2026-11-02T10:00:00Z", "lastUpdatedTime": "2026-11-02T11:00:00Z",
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "proceeds": {"grandTotal": eur("28.00")},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {"asin": "B1", "title": "Cup", "sellerSku": "CUP"},
            "proceeds": {"breakdowns": [
                {"type": "ITEM", "subtotal": eur("20.00")}, {"type": "SHIPPING", "subtotal": eur("7.00")},
                {"type": "DISCOUNT", "subtotal": eur("-4.00"), "detailedBreakdowns": [{"subtype": "SHIPPING", "value": eur("-2.00")}]},
                {"type": "TAX", "subtotal": eur("5.00"), "detailedBreakdowns": [{"subtype": "SHIPPING", "value": eur("1.00")}]}]}}]
    }})
}

fn amounts(figures: &Figures) -> [Option<&str>; 6] {
    let Figures { total, subtotal, tax, discount, shipping, units, .. } = figures;
    [total, subtotal, tax, discount, shipping, units].map(Option::as_deref)
}

#[test]
fn an_order_is_worth_what_its_proceeds_say() {
    let found = figures(&json!({"orders": [order()["order"]]}));
    assert_eq!(found.subject, "demo/order/305-0000001-0000001");

    assert_eq!(amounts(&found), [Some("28.00"), Some("18.00"), Some("5.00"), Some("4.00"), Some("5.00"), Some("2")]);
    assert_eq!((found.tax_included, found.state.as_deref()), (Some(false), Some("open")));
    assert_eq!(found.warnings, []);
}

#[test]
fn a_pending_order_has_no_money_and_is_no_error() {
    let mut body = order();
    body["order"]["fulfillment"]["fulfillmentStatus"] = json!("PENDING");
    body["order"].as_object_mut().unwrap().remove("proceeds");
    body["order"]["orderItems"][0].as_object_mut().unwrap().remove("proceeds");
    let found = figures(&body);
    assert_eq!(amounts(&found), [None, None, None, None, None, Some("2")]);
    assert_eq!((found.currency, found.state.as_deref()), (None, Some("pending")));
}

#[test]
fn the_old_shape_states_european_prices_with_tax() {
    let found = figures(&json!({"payload": {
        "AmazonOrderId": "305-2", "PurchaseDate": "2026-11-02T10:00:00Z", "LastUpdateDate": "2026-11-02T10:00:00Z",
        "OrderStatus": "Shipped", "OrderTotal": {"CurrencyCode": "EUR", "Amount": "23.80"},
        "OrderItems": [{"OrderItemId": "9", "SellerSKU": "CUP", "QuantityOrdered": 2,
            "ItemPrice": {"CurrencyCode": "EUR", "Amount": "23.80"}, "ItemTax": {"CurrencyCode": "EUR", "Amount": "3.80"}}]
    }}));
    assert_eq!(amounts(&found), [Some("23.80"), Some("23.80"), Some("3.80"), Some("0.00"), Some("0.00"), Some("2")]);
    assert_eq!((found.tax_included, found.state.as_deref()), (Some(true), Some("closed")));
}

#[test]
fn errors_and_notifications_are_no_orders() {
    let error = explain("pull:order", &json!({"errors": [{"code": "QuotaExceeded", "message": "x"}]}));
    assert!(matches!(&error[..], [Explained::Refused(_)]), "{error:?}");
    let change = explain("ORDER_CHANGE", &json!({"Payload": {}}));
    assert!(matches!(&change[..], [Explained::Ignored { .. }]), "{change:?}");
}

#[test]
fn an_unknown_word_is_told() {
    let mut body = order();
    body["order"]["fulfillment"]["fulfillmentStatus"] = json!("TELEPORTED");
    assert!(figures(&body).warnings.iter().any(|warning| warning.code == "schema_drift"));
}
