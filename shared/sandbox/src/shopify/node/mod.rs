//! An order in GraphQL's shape, made from REST's: one order, two ways to tell it. Source: `admin_2026-10_slice.graphql` and
//! the official REST examples.
//!
//! Written in the other direction than the adapter under test, and by its own rules: what both get wrong alike would have to
//! be wrong in the documents.

mod lines;
mod people;
mod refund;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Reads fields of REST's and writes amounts of GraphQL's.
#[derive(Clone, Copy)]
struct Rest<'a> {
    fields: &'a Value,
    currency: &'a str,
}

impl<'a> Rest<'a> {
    fn of(self, fields: &'a Value) -> Self {
        Self { fields, ..self }
    }

    fn get(self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    fn list(self, name: &str) -> impl Iterator<Item = Self> {
        let list = self.fields.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().map(move |item| self.of(item))
    }

    fn text(self, name: &str) -> &'a str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// `gid://shopify/Order/1`; nothing where there is no id.
    fn gid(self, name: &str, kind: &str) -> Value {
        match self.fields.get(name) {
            Some(Value::Number(id)) => json!(format!("gid://shopify/{kind}/{id}")),
            Some(Value::String(id)) if !id.is_empty() => json!(format!("gid://shopify/{kind}/{id}")),
            _ => Value::Null,
        }
    }

    /// `{id}` of what is pointed at.
    fn pointed(self, name: &str, kind: &str) -> Value {
        let id = self.gid(name, kind);
        if id.is_null() { Value::Null } else { json!({ "id": id }) }
    }

    /// A time in UTC.
    fn time(self, name: &str) -> Value {
        self.text(name).parse::<Timestamp>().map_or(Value::Null, |at| json!(at.to_string()))
    }

    /// The set of an amount: REST's own, else the plain amount in shop money.
    fn set(self, plain: &str) -> Value {
        let own = self.fields.get(format!("{plain}_set"));
        own.filter(|set| set.is_object()).map_or_else(
            || self.fields.get(plain).filter(|amount| !amount.is_null()).map_or(Value::Null, |amount| self.bag(amount)),
            |set| self.moneys(set),
        )
    }

    /// The same, and nothing where REST is silent.
    fn set_or_zero(self, plain: &str) -> Value {
        let set = self.set(plain);
        if set.is_null() { self.bag(&json!("0")) } else { set }
    }

    fn bag(self, amount: &Value) -> Value {
        let money = json!({"amount": decimal(amount), "currencyCode": self.currency});
        json!({"shopMoney": money.clone(), "presentmentMoney": money})
    }

    fn moneys(self, set: &Value) -> Value {
        let money = |name: &str| {
            let money = set.get(name)?;
            let code = money.get("currency_code").or(money.get("currency")).cloned().unwrap_or(json!(self.currency));
            Some(json!({"amount": decimal(money.get("amount")?), "currencyCode": code}))
        };
        let shop = money("shop_money").unwrap_or_default();
        json!({"shopMoney": shop.clone(), "presentmentMoney": money("presentment_money").unwrap_or(shop)})
    }
}

/// GraphQL's `Decimal`: `10.0` where REST has `10.00` or `10`.
fn decimal(amount: &Value) -> String {
    let text = amount.as_str().map_or_else(|| amount.to_string(), ToOwned::to_owned);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
}

fn upper(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text.to_uppercase()) }
}

/// The node of an order.
pub(super) fn order(body: &Value) -> Value {
    let currency = body.get("currency").and_then(Value::as_str).unwrap_or_default();
    let rest = Rest { fields: body, currency };
    let mut node = Map::new();
    head(&mut node, rest);
    amounts(&mut node, rest);
    people::add(&mut node, rest);
    node.insert("taxLines".into(), rest.list("tax_lines").map(lines::tax).collect());
    node.insert("lineItems".into(), rest.list("line_items").map(lines::item).collect());
    node.insert("shippingLines".into(), rest.list("shipping_lines").filter_map(lines::shipping).collect());
    let parcel = |one: Rest<'_>| json!({"id": one.gid("id", "Fulfillment"), "status": upper(one.text("status"))});
    node.insert("fulfillments".into(), rest.list("fulfillments").map(parcel).collect());
    let version = rest.time("updated_at");
    node.insert("refunds".into(), rest.list("refunds").map(|one| refund::refund(one, &version)).collect());
    Value::Object(node)
}

fn head(node: &mut Map<String, Value>, rest: Rest<'_>) {
    let mut put = |name: &str, value: Value| drop(node.insert(name.into(), value));
    put("id", rest.gid("id", "Order"));
    put("name", rest.get("name"));
    for (name, field) in [
        ("createdAt", "created_at"),
        ("processedAt", "processed_at"),
        ("updatedAt", "updated_at"),
        ("cancelledAt", "cancelled_at"),
        ("closedAt", "closed_at"),
    ] {
        put(name, rest.time(field));
    }
    put("test", json!(rest.get("test") == true));
    put("edited", json!(lines::edited(rest)));
    put("sourceName", rest.get("source_name"));
    put("retailLocation", rest.pointed("location_id", "Location"));
    put("taxesIncluded", json!(rest.get("taxes_included") == true));
    put("dutiesIncluded", json!(rest.get("duties_included") == true));
    put("currencyCode", json!(rest.currency));
    let buyers = rest.text("presentment_currency");
    put("presentmentCurrencyCode", json!(if buyers.is_empty() { rest.currency } else { buyers }));
    put("displayFinancialStatus", upper(rest.text("financial_status")));
    let fulfilment = match rest.text("fulfillment_status") {
        "fulfilled" => "FULFILLED",
        "partial" => "PARTIALLY_FULFILLED",
        "restocked" => "RESTOCKED",
        // REST says nothing of a hold: the node says more.
        _ => "UNFULFILLED",
    };
    put("displayFulfillmentStatus", json!(fulfilment));
    let tags = rest.text("tags").split(',').map(str::trim).filter(|tag| !tag.is_empty());
    put("tags", tags.map(Value::from).collect());
    put("discountCodes", rest.list("discount_codes").map(|code| code.get("code")).collect());
    put("paymentGatewayNames", rest.list("payment_gateway_names").map(|name| name.fields.clone()).collect());
}

fn amounts(node: &mut Map<String, Value>, rest: Rest<'_>) {
    let mut put = |name: &str, value: Value| drop(node.insert(name.into(), value));
    put("totalPriceSet", rest.set_or_zero("total_price"));
    let current = rest.set("current_total_price");
    put("currentTotalPriceSet", if current.is_null() { rest.set_or_zero("total_price") } else { current });
    let current = rest.set("current_total_tax");
    put("currentTotalTaxSet", if current.is_null() { rest.set_or_zero("total_tax") } else { current });
    put("subtotalPriceSet", rest.set("subtotal_price"));
    put("totalTaxSet", rest.set("total_tax"));
    put("totalDiscountsSet", rest.set("total_discounts"));
    put("totalOutstandingSet", rest.set_or_zero("total_outstanding"));
    put("totalTipReceivedSet", rest.set_or_zero("total_tip_received"));
    for (name, field) in [
        ("originalTotalDutiesSet", "original_total_duties"),
        ("currentTotalDutiesSet", "current_total_duties"),
        ("originalTotalAdditionalFeesSet", "original_total_additional_fees"),
        ("currentTotalAdditionalFeesSet", "current_total_additional_fees"),
    ] {
        put(name, rest.set(field));
    }
    let rounding = rest.set_or_zero("total_cash_rounding_payment_adjustment");
    put("totalCashRoundingAdjustment", json!({ "paymentSet": rounding }));
}
