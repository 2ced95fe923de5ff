//! An order as Shopify tells it: the body of the simulated shop, at its own place.

use serde_json::{Value, json};
use sluice_testkit::shop::order_body;

use crate::market::Sale;

pub(crate) fn body(sale: &Sale, version: usize) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&order_body(&sale.order, version)).unwrap();
    for address in ["billing_address", "shipping_address"] {
        body[address]["country_code"] = json!(sale.place.country);
        body[address]["province_code"] = json!(sale.place.region);
    }
    body["source_name"] = json!(sale.place.source);
    if let Some(store) = sale.place.store {
        body["location_id"] = json!(store.parse::<u64>().unwrap());
        // Sold over the counter: it goes nowhere.
        body["shipping_address"] = Value::Null;
    }
    for lines in ["line_items", "shipping_lines"] {
        for line in body[lines].as_array_mut().unwrap() {
            for tax in line["tax_lines"].as_array_mut().unwrap() {
                tax["channel_liable"] = json!(sale.place.remitted);
            }
        }
    }
    body.to_string().into_bytes()
}
