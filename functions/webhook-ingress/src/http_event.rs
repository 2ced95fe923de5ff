//! The event of an HTTP API and of a Function URL: both have the payload format 2.0. A body of bytes that are no text comes
//! in base64 (AWS, "Create AWS Lambda proxy integrations for HTTP APIs", payload format version).

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use sluice_domain::delivery::MAX_BODY_BYTES;
use sluice_webhook_ingress::{Answer, IngressRequest};

/// An event that is no request.
pub(crate) struct Refused {
    pub(crate) problem: &'static str,
}

impl Refused {
    /// 400, with the reason: whoever sends such an event is no channel.
    pub(crate) fn answer(&self) -> Value {
        answer(400, &format!("{}\n", self.problem), "text/plain; charset=utf-8")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Deserialize)]
struct RequestContext {
    http: Http,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

/// The request of an event.
pub(crate) fn request(event: &RawValue) -> Result<IngressRequest, Refused> {
    let event: HttpEvent = serde_json::from_str(event.get())
        .map_err(|_| Refused { problem: "the event is no HTTP request of payload format 2.0" })?;
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded { decoded(&body)? } else { body.into_bytes() };
    Ok(IngressRequest {
        method: event.request_context.http.method,
        path: if event.raw_query_string.is_empty() {
            event.raw_path
        } else {
            format!("{}?{}", event.raw_path, event.raw_query_string)
        },
        headers: event.headers.into_iter().collect(),
        body,
    })
}

/// What is surely too large is not decoded: as many bytes as it has characters are enough for the ingress to refuse it.
fn decoded(body: &str) -> Result<Vec<u8>, Refused> {
    if body.len() / 4 > MAX_BODY_BYTES.saturating_add(2) / 3 {
        return Ok(vec![0; MAX_BODY_BYTES.saturating_add(1)]);
    }
    STANDARD.decode(body).map_err(|_| Refused { problem: "the body is no base64, though the event says so" })
}

/// The event's answer.
pub(crate) fn answered(answered: &Answer) -> Value {
    answer(answered.status(), &answered.text(), answered.content_type())
}

fn answer(status: u16, text: &str, kind: &str) -> Value {
    json!({
        "statusCode": status,
        "headers": {"content-type": kind, "cache-control": "no-store"},
        "body": text,
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test: what goes wrong in it must fail")]

    use super::*;

    fn event(body: &Value, base64: bool) -> Box<RawValue> {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/webhooks/shopify/demo", "rawQueryString": "",
            "headers": {"x-shopify-topic": "orders/create", "Content-Type": "application/json"},
            "requestContext": {"http": {"method": "POST", "path": "/webhooks/shopify/demo", "protocol": "HTTP/1.1"}, "stage": "$default"},
            "body": body, "isBase64Encoded": base64,
        });
        RawValue::from_string(event.to_string()).unwrap()
    }

    fn body(event: &RawValue) -> Vec<u8> {
        request(event).ok().unwrap().body
    }

    #[test]
    fn a_body_of_text_and_one_of_bytes_are_the_bytes_that_were_signed() {
        assert_eq!(body(&event(&json!("{\"a\":\"\u{fc}\\/\"}"), false)), "{\"a\":\"\u{fc}\\/\"}".as_bytes());
        let bytes = [0_u8, 159, 146, 150, 255, b'{'];
        assert_eq!(body(&event(&json!(STANDARD.encode(bytes)), true)), bytes, "not even UTF-8");
        assert_eq!(body(&event(&Value::Null, false)), b"", "no body is an empty one");
    }

    #[test]
    fn method_path_and_headers_come_as_they_are() {
        let request = request(&event(&json!(""), false)).ok().unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/webhooks/shopify/demo"));
        assert!(request.headers.contains(&("x-shopify-topic".into(), "orders/create".into())));
    }

    #[test]
    fn one_byte_too_many_is_seen_as_such() {
        for length in [MAX_BODY_BYTES, MAX_BODY_BYTES + 1, MAX_BODY_BYTES + 4, 3 * MAX_BODY_BYTES] {
            let coded = event(&json!(STANDARD.encode(vec![b'x'; length])), true);
            assert_eq!(body(&coded).len() > MAX_BODY_BYTES, length > MAX_BODY_BYTES, "{length}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_not_a_crash() {
        for strange in ["{}", "null", "[1]", r#"{"httpMethod":"POST","path":"/","headers":null}"#, r#"{"Records":[]}"#]
        {
            let refused = request(&RawValue::from_string(strange.to_owned()).unwrap()).err().unwrap();
            assert_eq!(refused.answer()["statusCode"], 400, "{strange}");
        }
        assert!(request(&event(&json!("no base64!"), true)).is_err());
    }
}
