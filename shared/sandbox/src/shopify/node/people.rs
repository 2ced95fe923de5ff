//! Who buys.

use serde_json::{Map, Value, json};

use super::{Rest, upper};

pub(super) fn add(node: &mut Map<String, Value>, rest: Rest<'_>) {
    let mut put = |name: &str, value: Value| drop(node.insert(name.into(), value));
    let email = if rest.text("email").is_empty() { rest.get("contact_email") } else { rest.get("email") };
    put("email", email);
    put("phone", rest.get("phone"));
    put("customerLocale", rest.get("customer_locale"));
    let pair = |pair: Rest<'_>| json!({"key": pair.get("name"), "value": pair.get("value")});
    put("customAttributes", rest.list("note_attributes").map(pair).collect());
    put("billingAddress", address(rest, "billing_address"));
    put("shippingAddress", address(rest, "shipping_address"));
    put("customer", customer(rest));
}

fn address(order: Rest<'_>, field: &str) -> Value {
    let Some(fields) = order.fields.get(field).filter(|fields| fields.is_object()) else { return Value::Null };
    let rest = order.of(fields);
    let name = match (rest.text("name"), rest.text("first_name"), rest.text("last_name")) {
        ("", "", "") => Value::Null,
        ("", first, last) => json!(format!("{first} {last}").trim()),
        (name, ..) => json!(name),
    };
    json!({
        "firstName": rest.get("first_name"),
        "lastName": rest.get("last_name"),
        "name": name,
        "company": rest.get("company"),
        "address1": rest.get("address1"),
        "address2": rest.get("address2"),
        "city": rest.get("city"),
        "zip": rest.get("zip"),
        "provinceCode": rest.get("province_code"),
        "countryCodeV2": upper(rest.text("country_code")),
        "phone": rest.get("phone"),
    })
}

fn customer(order: Rest<'_>) -> Value {
    let Some(fields) = order.fields.get("customer").filter(|fields| fields.is_object()) else { return Value::Null };
    let rest = order.of(fields);
    let wrapped = |field: &str, name: &str| {
        let value = rest.get(field);
        if value.is_null() { Value::Null } else { json!({ name: value }) }
    };
    json!({
        "id": rest.gid("id", "Customer"),
        "firstName": rest.get("first_name"),
        "lastName": rest.get("last_name"),
        "verifiedEmail": rest.get("verified_email").as_bool().unwrap_or_default(),
        "defaultEmailAddress": wrapped("email", "emailAddress"),
        "defaultPhoneNumber": wrapped("phone", "phoneNumber"),
    })
}
