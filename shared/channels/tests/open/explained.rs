//! The dry run.

use serde_json::json;
use sluice_channels::Explained;

use crate::support::{event, explain, figures};

#[test]
fn each_thing_has_its_figures() {
    let order = figures("order.created", &event("order.json", &[]));
    assert_eq!(
        (order.total.as_deref(), order.paid.as_deref(), order.units.as_deref()),
        (Some("60.69"), Some("60.69"), Some("3"))
    );
    assert_eq!(figures("pull:order", &event("order.json", &[])["data"]), order, "a thing by itself, as files have it");
    let refund = figures("refund.created", &event("refund.json", &[]));
    assert_eq!((refund.kind, refund.subject.as_str()), ("refund", "demo/refund/R-9"));
    assert_eq!((refund.total.as_deref(), refund.refunded.as_deref()), (Some("21.42"), Some("21.42")));
    let failed = figures("refund.created", &event("refund.json", &[("/data/state", json!("failed"))]));
    assert_eq!((failed.state.as_deref(), failed.refunded.as_deref()), (Some("failed"), Some("0.00")));
    let stock = figures("stock.updated", &event("stock.json", &[]));
    assert_eq!((stock.units.as_deref(), stock.warnings[0].code), (Some("-2"), "negative_stock"));
    assert_eq!(figures("product.updated", &event("product.json", &[])).subject, "demo/product/P-1");
    assert_eq!(figures("pull:customer", &event("customer.json", &[])).subject, "demo/customer/7001");
    let gone = event("order.json", &[("/data", json!({"id": 5}))]);
    assert_eq!(figures("order.deleted", &gone).subject, "demo/order/5");
    assert_eq!(figures("product.deleted", &gone).subject, "demo/product/5");
}

#[test]
fn what_is_wrong_is_refused_by_its_place_and_id() {
    for (file, topic) in [
        ("order.json", "order.updated"),
        ("refund.json", "pull:refund"),
        ("product.json", "product.updated"),
        ("stock.json", "pull:stock"),
        ("customer.json", "customer.created"),
    ] {
        let name = if file == "stock.json" { "as_of" } else { "updated_at" };
        let wrong = event(file, &[(&format!("/data/{name}"), json!("soon"))]);
        let [Explained::Refused(refusal)] = &explain(topic, &wrong)[..] else { panic!("{file}") };
        assert_eq!(refusal.field, format!("/data/{name}"));
        assert_eq!(refusal.external_id.as_deref(), wrong["data"]["id"].as_str(), "{file}");
    }
    assert!(matches!(&explain("invoice.created", &json!({}))[..], [Explained::Ignored { .. }]));
}
