//! Answers. An error has three layers: the HTTP status, `errors` beside `data`, and `userErrors` in what a mutation says
//! (README, three error layers).

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use sluice_domain::ports::http::HttpResponse;

use super::{order, rest, subscribe};
use crate::{
    Answer, Heard, Meter, Question, Trouble,
    json::Num,
    pull::{quote, retry_after},
};

/// How long to wait where Shopify asks for patience and does not say how long, in milliseconds.
const PATIENCE_MS: u64 = 1_000;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    errors: Option<Value>,
    #[serde(borrow)]
    extensions: Option<Extensions<'a>>,
}

#[derive(Deserialize)]
struct Extensions<'a> {
    #[serde(borrow)]
    cost: Option<Cost<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost<'a> {
    #[serde(borrow)]
    requested_query_cost: Option<Num<'a>>,
    #[serde(borrow)]
    throttle_status: Option<ThrottleStatus<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThrottleStatus<'a> {
    #[serde(borrow)]
    maximum_available: Num<'a>,
    #[serde(borrow)]
    currently_available: Num<'a>,
    #[serde(borrow)]
    restore_rate: Num<'a>,
}

pub(super) fn hear(question: &Question, answer: &HttpResponse) -> Heard {
    let api_version = answer.header("x-shopify-api-version").map(quote);
    let envelope = serde_json::from_slice::<Envelope<'_>>(&answer.body).ok();
    let meter = envelope.as_ref().and_then(meter);
    let said = status(answer).and_then(|()| said(question, envelope.as_ref(), meter));
    Heard { answer: said, meter, api_version }
}

fn said(question: &Question, envelope: Option<&Envelope<'_>>, meter: Option<Meter>) -> Result<Answer, Trouble> {
    let envelope = envelope.ok_or_else(|| Trouble::Unreadable("not JSON".into()))?;
    if let Some(errors) = &envelope.errors {
        errors_of(question, errors, meter)?;
    }
    let data = envelope.data.ok_or_else(|| Trouble::Unreadable("no data".into()))?.get();
    match question {
        Question::Changed { .. } => order::page(data),
        Question::Rest(held) => rest::answer(held, data),
        Question::Subscriptions { .. } => subscribe::list(data),
        Question::Subscribe { topic, .. } => subscribe::made(topic, data),
    }
}

/// Reads a part of the data.
pub(super) fn part<'a, T: Deserialize<'a>>(data: &'a str) -> Result<T, Trouble> {
    serde_json::from_str(data).map_err(|error| Trouble::Unreadable(error.to_string()))
}

fn meter(envelope: &Envelope<'_>) -> Option<Meter> {
    let cost = envelope.extensions.as_ref()?.cost.as_ref()?;
    let status = cost.throttle_status.as_ref()?;
    Some(Meter {
        asked: cost.requested_query_cost.as_ref().and_then(Num::whole),
        available: status.currently_available.whole().unwrap_or_default(),
        restored: status.restore_rate.whole().unwrap_or_default(),
        most: status.maximum_available.whole().unwrap_or_default(),
    })
}

fn status(answer: &HttpResponse) -> Result<(), Trouble> {
    let denied = |fix: &str| Err(Trouble::Denied { fix: fix.to_owned() });
    match answer.status {
        200 => Ok(()),
        401 => denied("Shopify does not accept the access token: install the app again, or store its new token"),
        402 | 423 => denied("Shopify has frozen or locked the shop: the shop's owner must settle that with Shopify"),
        403 => denied("Shopify forbids the app to read this shop: give it the scope read_orders, and store its token"),
        404 => denied("there is no such shop or API version at Shopify: correct shop_domain or api_version"),
        300..=399 => denied("the shop has another address: set shop_domain to its own myshopify.com domain"),
        429 => Err(Trouble::Later { wait_ms: retry_after(answer), why: "too many requests".into() }),
        500..=599 => Err(Trouble::Later { wait_ms: retry_after(answer), why: format!("it answers {}", answer.status) }),
        other => Err(Trouble::Unreadable(format!("status {other}"))),
    }
}

/// `errors` beside the data, or instead of it. Part of an answer is none: an order whose buyer was withheld would be another
/// order than the one that the webhook tells of.
fn errors_of(question: &Question, errors: &Value, meter: Option<Meter>) -> Result<(), Trouble> {
    let Some(list) = errors.as_array() else {
        return Err(Trouble::Unreadable(errors.as_str().map_or_else(|| "errors".into(), quote)));
    };
    let Some(first) = list.first() else { return Ok(()) };
    let coded = |code: &str| list.iter().find(|error| self::code(error) == code);
    if coded("THROTTLED").is_some() {
        return Err(Trouble::Throttled { wait_ms: patience(meter) });
    }
    if coded("MAX_COST_EXCEEDED").is_some() {
        return Err(Trouble::TooLarge);
    }
    if let Some(error) = coded("ACCESS_DENIED") {
        return Err(Trouble::Denied { fix: scope(error) });
    }
    if coded("SHOP_INACTIVE").is_some() {
        return Err(Trouble::Denied { fix: "the shop is not active at Shopify: its owner must settle that".into() });
    }
    if coded("INTERNAL_SERVER_ERROR").is_some() || coded("TIMEOUT").is_some() {
        return Err(Trouble::Later { wait_ms: None, why: "its own error".into() });
    }
    let message = first.get("message").and_then(Value::as_str).unwrap_or_default();
    if matches!(question, Question::Changed { after: Some(_), .. }) && message.to_lowercase().contains("cursor") {
        return Err(Trouble::LostPlace);
    }
    Err(Trouble::Unreadable(quote(message)))
}

fn code(error: &Value) -> &str {
    error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or_default()
}

/// What gives the missing points back (README, throttled).
fn patience(meter: Option<Meter>) -> u64 {
    let Some(meter) = meter.filter(|meter| meter.restored > 0) else { return PATIENCE_MS };
    let missing = u64::from(meter.asked.unwrap_or(meter.most).saturating_sub(meter.available));
    missing.saturating_mul(1_000).div_ceil(u64::from(meter.restored)).max(1)
}

/// Names what is missing: Shopify says it, or it follows from the field that was refused.
fn scope(error: &Value) -> String {
    let stated = error.pointer("/extensions/requiredAccess").and_then(Value::as_str).map(quote);
    let path = error.get("path").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let field = path.iter().rev().find_map(Value::as_str).unwrap_or_default();
    let scope = match field {
        "customer" => "read_customers",
        "webhookSubscriptions" | "webhookSubscriptionCreate" => {
            "read_orders, and the approval for protected customer data"
        }
        _ => "read_orders",
    };
    let missing = stated.unwrap_or_else(|| scope.to_owned());
    format!("Shopify refuses `{}`: give the app the right {missing}, and install it again", quote(field))
}
