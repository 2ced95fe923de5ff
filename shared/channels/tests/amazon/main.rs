//! Amazon orders: figures of both shapes, and what must not become money.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it is surprised"
)]

mod people;

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
    assert!(matches!(&change[..], [Explained::Refused(_)]), "{change:?}");
    for other in ["FEED_PROCESSING_FINISHED", "LISTINGS_ITEM_STATUS_CHANGE", "TRANSACTION_UPDATE", "NEXT_YEARS_TYPE"] {
        let told = explain(other, &json!({"NotificationType": other}));
        assert!(matches!(&told[..], [Explained::Ignored { .. }]), "{told:?}");
    }
}

#[test]
fn an_unknown_word_is_told() {
    let mut body = order();
    body["order"]["fulfillment"]["fulfillmentStatus"] = json!("TELEPORTED");
    assert!(figures(&body).warnings.iter().any(|warning| warning.code == "schema_drift"));
}

fn codes(figures: &Figures) -> Vec<&'static str> {
    figures.warnings.iter().map(|warning| warning.code).collect()
}

fn usd(amount: &str) -> Value {
    json!({"CurrencyCode": "USD", "Amount": amount})
}

fn change(level: &str) -> Value {
    json!({"NotificationType": "ORDER_CHANGE", "EventTime": "2026-11-02T10:00:00Z", "Payload": {"OrderChangeNotification": {
        "NotificationLevel": level, "AmazonOrderId": "305-1", "Summary": {"OrderStatus": "PartiallyShipped", "OrderItems": [
            {"OrderItemId": "1", "Quantity": 2, "QuantityShipped": 1}, {"OrderItemId": "2", "Quantity": 0}]}}}})
}

#[test]
fn a_notification_names_its_order_in_every_envelope() {
    let plain = change("OrderLevel");
    let queued = json!({"Records": [{"body": plain.to_string()}]});
    let received = json!({"Messages": [{"Body": plain.to_string()}]});
    let event = json!({"detail-type": "ORDER_CHANGE", "detail": plain});
    let lower = json!({"notificationType": "ORDER_CHANGE", "payload": {"orderChangeNotification":
        {"amazonOrderId": "305-1", "summary": {"orderStatus": "PartiallyShipped", "orderItems": [{"quantity": 2}]}}}});
    for body in [plain, queued, received, event, lower] {
        let Explained::Item { figures, evidence } = explain("ORDER_CHANGE", &body).remove(0) else { panic!("{body}") };
        assert_eq!(figures.subject, "demo/order/305-1");
        assert_eq!((figures.state.as_deref(), figures.lines, amounts(&figures)[5]), (Some("open"), Some(1), Some("2")));
        assert_eq!((amounts(&figures)[0], evidence.len()), (None, 0));
    }
    let Explained::Item { figures, .. } = explain("ORDER_CHANGE", &change("OrderItemLevel")).remove(0) else {
        panic!()
    };
    assert_eq!((figures.lines, figures.units), (None, None), "one item says nothing of the others");
}

#[test]
fn one_bad_message_of_a_batch_costs_no_other() {
    let good = change("OrderLevel").to_string();
    let body = json!({"Records": [{"body": "no json"}, {"body": 7}, {"body": good}]});
    let told = explain("ORDER_CHANGE", &body);
    assert!(matches!(&told[..], [Explained::Refused(_), Explained::Refused(_), Explained::Item { .. }]), "{told:?}");
}

#[test]
fn what_was_not_asked_for_is_unknown() {
    let mut body = order();
    let inner = body["order"].as_object_mut().unwrap();
    inner.remove("proceeds");
    inner.remove("fulfillment");
    inner["orderItems"][0].as_object_mut().unwrap().remove("proceeds");
    inner["orderItems"][0]["product"]["price"] = json!({"unitPrice": eur("10.00")});
    let found = figures(&body);
    assert_eq!(amounts(&found), [None, None, None, None, None, Some("2")]);
    assert_eq!((found.currency.as_deref(), found.state, found.tax_included), (Some("EUR"), None, None));
}

#[test]
fn an_order_of_v0_without_its_items_states_its_total() {
    let found = figures(&json!({"payload": {"Orders": [{
        "AmazonOrderId": "305-3", "PurchaseDate": "2026-11-02T10:00:00Z", "LastUpdateDate": "2026-11-02T10:00:00Z",
        "OrderStatus": "Unshipped", "OrderTotal": usd("11.01")}]}}));
    assert_eq!(amounts(&found), [Some("11.01"), None, None, None, None, None]);
    assert_eq!((found.lines, found.currency.as_deref()), (None, Some("USD")));
}

#[test]
fn items_of_v0_alone_are_a_part_of_an_order() {
    let body = json!({"payload": {"AmazonOrderId": "305-4", "OrderItems": [
        {"OrderItemId": "1", "SellerSKU": "A", "QuantityOrdered": "3", "ItemPrice": usd("30.00"), "ItemTax": usd("2.40"),
         "PromotionDiscount": usd("3.00"), "ShippingPrice": usd("6.99"), "ShippingDiscount": usd("6.99"),
         "BuyerRequestedCancel": {"IsBuyerRequestedCancel": "true"}},
        {"OrderItemId": "2", "SellerSKU": "B", "QuantityOrdered": 0}]}});
    let found = figures(&body);
    assert_eq!(amounts(&found), [None, Some("27.00"), Some("2.40"), Some("9.99"), Some("0.00"), Some("3")]);
    assert_eq!((found.lines, found.state.as_deref()), (Some(1), None));
    assert_eq!(codes(&found), ["cancellation_requested"]);
}

#[test]
fn tax_that_the_marketplace_keeps_is_told() {
    let mut body = order();
    let item = &mut body["order"]["orderItems"][0];
    let money = |amount: &str| json!({"amount": amount, "currencyCode": "USD"});
    item["proceeds"]["breakdowns"] =
        json!([{"type": "ITEM", "subtotal": money("20.00")}, {"type": "TAX", "subtotal": money("1.65")}]);
    item["tax"] = json!({"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]});
    for (total, code) in [("21.65", None), ("20.00", Some("tax_withheld"))] {
        body["order"]["proceeds"]["grandTotal"] = money(total);
        let found = figures(&body);
        assert_eq!(amounts(&found)[..3], [Some(total), Some("20.00"), Some("1.65")]);
        assert_eq!((found.tax_included, codes(&found).first().copied()), (Some(false), code));
    }
}

#[test]
fn cancelled_items_of_a_shipped_order_are_not_sold() {
    let mut body = order();
    body["order"]["fulfillment"]["fulfillmentStatus"] = json!("SHIPPED");
    let mut gone = body["order"]["orderItems"][0].clone();
    gone["orderItemId"] = json!("2");
    gone["cancellation"] = json!({"cancellationExecution": {"cancelledBy": "MERCHANT"}});
    gone["fulfillment"] = json!({"quantityFulfilled": 0, "quantityUnfulfilled": 0});
    body["order"]["orderItems"].as_array_mut().unwrap().push(gone);
    let found = figures(&body);
    assert_eq!((found.lines, amounts(&found)[0], amounts(&found)[5]), (Some(1), Some("28.00"), Some("2")));
    assert_eq!(found.warnings, []);
}

#[test]
fn a_replacement_is_worth_nothing_and_is_an_order() {
    let mut body = order();
    body["order"]["associatedOrders"] = json!([{"orderId": "305-9", "associationType": "REPLACEMENT_ORIGINAL_ID"}]);
    body["order"]["proceeds"]["grandTotal"] = eur("0.00");
    body["order"]["orderItems"][0].as_object_mut().unwrap().remove("proceeds");
    let Explained::Item { figures, evidence } = explain("pull:order", &body).remove(0) else { panic!() };
    assert_eq!(amounts(&figures)[..2], [Some("0.00"), Some("0.00")]);
    assert_eq!((figures.units.as_deref(), evidence.len()), (Some("2"), 1));
}

#[test]
fn what_is_sold_elsewhere_is_no_sale_of_amazon_s() {
    let mut body = order();
    body["order"]["salesChannel"] = json!({"channelName": "NON_AMAZON"});
    let Explained::Item { figures, evidence } = explain("pull:order", &body).remove(0) else { panic!() };
    assert_eq!((codes(&figures), evidence.len()), (vec!["not_a_sale"], 0));
}

#[test]
fn what_has_another_form_is_refused_by_its_field() {
    let cases = [
        ("/order/orderItems", json!("x"), "orderItems"),
        ("/order/orderItems/0", json!(7), "orderItems"),
        ("/order/orderItems/0/quantityOrdered", json!("two"), "orderItems[0].quantityOrdered"),
        ("/order/orderItems/0/quantityOrdered", json!(-1), "orderItems[0].quantityOrdered"),
        ("/order/orderItems/0/proceeds/breakdowns/0/subtotal", json!("20.00"), "orderItems[0].subtotal"),
        ("/order/proceeds/grandTotal/amount", json!("28.001"), "grandTotal.amount"),
        ("/order/proceeds/grandTotal/currencyCode", json!("ZZZ"), "grandTotal.currencyCode"),
        ("/order/lastUpdatedTime", json!("yesterday"), "lastUpdatedTime"),
    ];
    for (pointer, value, field) in cases {
        let mut body = order();
        *body.pointer_mut(pointer).unwrap() = value;
        let [Explained::Refused(refusal)] = &explain("pull:order", &body)[..] else { panic!("{pointer}") };
        assert_eq!((refusal.field.as_str(), refusal.external_id.as_deref()), (field, Some("305-0000001-0000001")));
    }
}

#[test]
fn a_breakdown_may_say_its_parts_and_not_its_sum() {
    let mut body = order();
    let usd = |amount: &str| json!({"amount": amount, "currencyCode": "USD"});
    body["order"]["proceeds"]["grandTotal"] = usd("19.97");
    body["order"]["orderItems"][0]["product"]["price"] = json!({"unitPrice": usd("7.505")});
    body["order"]["orderItems"][0]["proceeds"] = json!({"proceedsTotal": usd("19.97"), "breakdowns": [
        {"type": "ITEM", "subtotal": usd("15.00")}, {"type": "SHIPPING", "subtotal": usd("4.00")},
        {"type": "TAX", "detailedBreakdowns": [{"subtype": "ITEM", "value": usd("1.50")}, {"subtype": "SHIPPING", "value": usd("0.47")}]},
        {"type": "DISCOUNT", "detailedBreakdowns": [{"subtype": "ITEM", "value": usd("-1.00")}]}]});
    let found = figures(&body);
    assert_eq!(amounts(&found), [Some("19.97"), Some("14.00"), Some("1.97"), Some("1.00"), Some("4.00"), Some("2")]);
    assert_eq!(found.warnings, []);
}

#[test]
fn shipping_that_only_the_order_states_counts() {
    let mut body = order();
    body["order"]["proceeds"] = json!({"grandTotal": eur("24.99"), "breakdowns": [
        {"type": "ITEM", "subtotal": eur("19.99")}, {"type": "SHIPPING", "subtotal": eur("5.00")}]});
    body["order"]["orderItems"][0]["proceeds"] = json!({"breakdowns": [{"type": "ITEM", "subtotal": eur("19.99")}]});
    let found = figures(&body);
    assert_eq!(amounts(&found), [Some("24.99"), Some("19.99"), Some("0.00"), Some("0.00"), Some("5.00"), Some("2")]);
    assert_eq!(found.warnings, []);
}

/// Items of a German order as v0 gives them, without the order's total.
#[test]
fn the_tax_of_an_item_says_that_its_price_contains_it() {
    let eur = |amount: &str| json!({"CurrencyCode": "EUR", "Amount": amount});
    let body = json!({"AmazonOrderId": "304-1", "OrderItems": [{"OrderItemId": "1", "SellerSKU": "A", "QuantityOrdered": 1,
        "ItemPrice": eur("25.99"), "ItemTax": eur("4.15"), "PromotionDiscount": eur("0.00"), "DeemedResellerCategory": "NONE"}]});
    let found = figures(&body);
    assert_eq!((found.tax_included, amounts(&found)[0]), (Some(true), None));
    assert_eq!(amounts(&found)[1..4], [Some("25.99"), Some("4.15"), Some("0.00")]);
}

#[test]
fn a_replacement_of_v0_need_not_state_its_total() {
    let mut body = json!({"AmazonOrderId": "305-7", "PurchaseDate": "2026-11-02T10:00:00Z", "OrderStatus": "Unshipped",
        "LastUpdateDate": "2026-11-02T10:00:00Z", "IsReplacementOrder": "true", "OrderItems": [
            {"OrderItemId": "1", "SellerSKU": "A", "QuantityOrdered": 1, "ItemPrice": usd("0.00")}]});
    let Explained::Item { figures: found, evidence } = explain("pull:order", &body).remove(0) else { panic!() };
    assert_eq!((amounts(&found)[0], evidence.len()), (Some("0.00"), 1));
    body["IsReplacementOrder"] = json!("false");
    assert_eq!(amounts(&figures(&body))[0], None);
}
