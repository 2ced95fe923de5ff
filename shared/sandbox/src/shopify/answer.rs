//! The endpoint: `POST /admin/api/{version}/graphql.json`.

use graphql_parser::query::Field;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sluice_domain::ports::http::{HttpRequest, HttpResponse, Method};

use super::{
    ShopTrouble, SimShopify,
    graph::{Question, Wrong, connection, rate, select},
    webhooks::Subscription,
};

/// The most that one question may cost (README, limit).
const MAX_COST: u32 = 1_000;
/// Points that a mutation costs in truth.
const MUTATION: u32 = 10;

pub(super) fn answer(
    shop: &mut SimShopify,
    request: &HttpRequest,
    trouble: Option<&ShopTrouble>,
    now: Timestamp,
) -> HttpResponse {
    if let Some(ShopTrouble::Status(status, wait)) = trouble {
        let wait = wait.map(|seconds| ("retry-after".to_owned(), format!("{seconds}.0")));
        return HttpResponse { status: *status, headers: wait.into_iter().collect(), body: b"{}".to_vec() };
    }
    let path = request.url.split_once("/admin/api/").map(|(_, path)| path.ends_with("/graphql.json"));
    if request.method != Method::Post || path != Some(true) {
        return plain(404, &json!({"errors": "Not Found"}));
    }
    let token = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-shopify-access-token"));
    if token.is_none_or(|(_, token)| *token != shop.config.token || token.is_empty()) {
        let message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
        return plain(401, &json!({ "errors": message }));
    }
    if trouble == Some(&ShopTrouble::Internal) {
        let message = "Internal error. Looks like something went wrong on our end.";
        return versioned(shop, &errors(&Wrong::new("INTERNAL_SERVER_ERROR", message), None));
    }
    let body = Question::read(&request.body).and_then(|question| {
        let points = rate(&question)?;
        Ok((question, points))
    });
    let body = match body {
        Ok((question, points)) => rated(shop, &question, points, now),
        Err(wrong) => errors(&wrong, None),
    };
    versioned(shop, &body)
}

fn versioned(shop: &SimShopify, body: &Value) -> HttpResponse {
    let mut response = plain(200, body);
    response.headers.push(("x-shopify-api-version".into(), shop.config.version.clone()));
    response
}

fn plain(status: u16, body: &Value) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    HttpResponse { status, headers, body: body.to_string().into_bytes() }
}

/// Forms: `graphql_examples/{access_denied,internal_server_error,max_cost_exceeded,throttled_http200}.json`.
fn errors(wrong: &Wrong, field: Option<&str>) -> Value {
    let mut error = json!({"message": wrong.message, "extensions": {"code": wrong.code}});
    if let (Some(field), Some(fields)) = (field, error.as_object_mut()) {
        fields.insert("path".into(), json!([field]));
    }
    json!({ "errors": [error] })
}

/// A question that is understood: taken from the bucket, answered, and the difference given back.
fn rated(shop: &mut SimShopify, question: &Question, points: u32, now: Timestamp) -> Value {
    if points > MAX_COST {
        let message = format!("Query cost is {points}, which exceeds the single query max cost limit ({MAX_COST}).");
        let mut body = errors(&Wrong::new("MAX_COST_EXCEEDED", message), None);
        if let Some(Value::Object(extensions)) = body.pointer_mut("/errors/0/extensions") {
            extensions.insert("cost".into(), json!(points));
            extensions.insert("maxCost".into(), json!(MAX_COST));
        }
        return body;
    }
    let (mut body, used) = if shop.bucket.take(points, now) {
        let (body, used) = run(shop, question, now);
        shop.bucket.give_back(points.saturating_sub(used));
        (body, json!(used))
    } else {
        shop.throttled = shop.throttled.saturating_add(1);
        (errors(&Wrong::new("THROTTLED", "Throttled"), None), Value::Null)
    };
    let bucket = &shop.bucket;
    let cost = json!({
        "requestedQueryCost": points,
        "actualQueryCost": used,
        "throttleStatus": {
            "maximumAvailable": bucket.most(), "currentlyAvailable": bucket.left(), "restoreRate": bucket.restored(),
        },
    });
    if let Some(fields) = body.as_object_mut() {
        fields.insert("extensions".into(), json!({ "cost": cost }));
    }
    body
}

fn run(shop: &mut SimShopify, question: &Question, now: Timestamp) -> (Value, u32) {
    let mut used = 0;
    let fields = match question.root() {
        Ok((fields, mutation)) => {
            used = if mutation { MUTATION } else { 0 };
            fields
        }
        Err(wrong) => return (errors(&wrong, None), used),
    };
    let mut data = Map::new();
    for field in fields {
        let key = field.alias.as_ref().unwrap_or(&field.name).clone();
        if let Some(denied) = denied(shop, question, field) {
            let wrong = Wrong::new("ACCESS_DENIED", format!("Access denied for {denied} field."));
            let mut body = errors(&wrong, Some(&denied));
            if let Some(fields) = body.as_object_mut() {
                fields.insert("data".into(), json!({ key: null }));
            }
            return (body, used);
        }
        let found = resolve(shop, question, field, now);
        let found = found.and_then(|value| select(question, &field.selection_set, &value, &mut used));
        match found {
            Ok(value) => data.insert(key, value),
            Err(wrong) => return (errors(&wrong, Some(&field.name)), used),
        };
    }
    (json!({ "data": data }), used)
}

/// The field that the app may not ask for, at the root or right below an order.
fn denied(shop: &SimShopify, question: &Question, field: &Field<'static, String>) -> Option<String> {
    let own = shop.denied.iter().find(|denied| **denied == field.name);
    let inner = || {
        let nodes = question.fields(&field.selection_set).ok()?;
        let nodes = nodes.into_iter().find(|part| part.name == "nodes")?;
        let asked = question.fields(&nodes.selection_set).ok()?;
        shop.denied.iter().find(|denied| asked.iter().any(|part| part.name == **denied))
    };
    own.or_else(inner).cloned()
}

fn resolve(
    shop: &mut SimShopify,
    question: &Question,
    field: &Field<'static, String>,
    now: Timestamp,
) -> Result<Value, Wrong> {
    let text = |name: &str| question.argument(field, name).as_str().map(ToOwned::to_owned);
    match field.name.as_str() {
        "orders" => {
            if text("sortKey").as_deref() != Some("UPDATED_AT") {
                return Err(Wrong::new("BAD_REQUEST", "the simulated search sorts by UPDATED_AT only"));
            }
            let first = question.number(field, "first").unwrap_or_default();
            shop.orders.search(&text("query").unwrap_or_default(), (first, text("after").as_deref()), now)
        }
        "order" => {
            let gid = text("id").unwrap_or_default();
            let id = gid.strip_prefix("gid://shopify/Order/").and_then(|id| id.parse().ok());
            Ok(id.map_or(Value::Null, |id| shop.orders.node(id, now)))
        }
        "refund" => Ok(shop.orders.refund(&text("id").unwrap_or_default(), now)),
        "webhookSubscriptions" => {
            // All of them are one page: an app has a few dozen.
            let first = question.number(field, "first").unwrap_or_default();
            let nodes: Vec<Value> = shop.webhooks.subscriptions().iter().take(first).map(listed).collect();
            Ok(connection(&nodes, false, ""))
        }
        "webhookSubscriptionCreate" => Ok(subscribe(shop, question, field)),
        other => Err(Wrong::new("undefinedField", format!("Field '{other}' doesn't exist on type 'QueryRoot'"))),
    }
}

fn listed(subscription: &Subscription) -> Value {
    json!({
        "id": format!("gid://shopify/WebhookSubscription/{}", subscription.id),
        "topic": subscription.topic.replace('/', "_").to_uppercase(),
        "uri": subscription.url,
        "format": "JSON",
        "includeFields": [],
        "filter": "",
    })
}

fn subscribe(shop: &mut SimShopify, question: &Question, field: &Field<'static, String>) -> Value {
    let topic = question.argument(field, "topic").as_str().unwrap_or_default().to_lowercase().replacen('_', "/", 1);
    let wanted = question.argument(field, "webhookSubscription");
    let url = wanted.get("uri").and_then(Value::as_str).unwrap_or_default();
    let refused = |message: &str| {
        let error = json!({"field": ["webhookSubscription", "uri"], "message": message});
        json!({"webhookSubscription": null, "userErrors": [error]})
    };
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return refused("Address is invalid");
    }
    if !shop.webhooks.subscribe(&topic, url) {
        return refused("Address for this topic has already been taken");
    }
    let made = shop.webhooks.subscriptions().last().map(listed);
    json!({"webhookSubscription": made, "userErrors": []})
}
