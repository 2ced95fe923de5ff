//! Webhooks as an HTTP API hands them to a function: payload format 2.0, with everything that stands in it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sluice_channels::{SigningRequest, channel};
use sluice_domain::ports::secrets::Secret;
use sluice_sandbox::demo;
use sluice_tests::decoding::Decoding;

use crate::pipeline;

/// The secret that signs.
pub(crate) const SECRET: &str = "hush";
/// The largest body that is taken.
const LARGEST: usize = 1_048_576;

/// Events around one order.
pub(crate) struct Webhook {
    /// Size of the order.
    pub(crate) bytes: usize,
    pub(crate) accepted: String,
    /// The same with GET.
    pub(crate) not_post: String,
    /// The largest body, as text.
    pub(crate) largest_text: String,
    /// The largest body, of bytes that cannot be made smaller.
    pub(crate) largest_bytes: String,
}

/// The order that decoding is measured on.
pub(crate) fn webhook() -> Webhook {
    let order = Decoding::default();
    let body = order.body();
    let mut text = body.repeat(LARGEST.div_ceil(body.len()));
    text.truncate(LARGEST);
    Webhook {
        bytes: body.len(),
        accepted: event("POST", body),
        not_post: event("GET", body),
        // Cut in the middle of a letter it would be no text any more.
        largest_text: event("POST", String::from_utf8_lossy(&text).replace(char::REPLACEMENT_CHARACTER, "").as_bytes()),
        largest_bytes: event("POST", &noise()),
    }
}

/// A sequence that no compression makes smaller (xorshift).
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(LARGEST).collect()
}

fn event(method: &str, body: &[u8]) -> String {
    let account = demo::demo_account().expect("the account of the demonstration");
    let secret = Secret::new(SECRET);
    let request = SigningRequest {
        account: &account,
        topic: "orders/create",
        delivery_id: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        body,
        url: None,
        secret: &secret,
        now: pipeline::start(),
    };
    let signed = channel("shopify").expect("Shopify").sign(&request).headers;
    let mut headers: Map<String, Value> =
        signed.into_iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    for (name, value) in [
        ("accept", "*/*"),
        ("accept-encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"),
        ("content-type", "application/json"),
        ("host", "abcdefghij.execute-api.eu-central-1.amazonaws.com"),
        ("user-agent", "Shopify-Captain-Hook"),
        ("x-amzn-trace-id", "Root=1-63441c4a-abcdef012345678912345678"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ] {
        headers.insert(name.into(), json!(value));
    }
    headers.insert("content-length".into(), json!(body.len().to_string()));
    let path = format!("/webhooks/shopify/{}", account.name);
    let (text, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    json!({
        "version": "2.0", "routeKey": "ANY /webhooks/{channel}/{account}", "rawPath": path, "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000", "apiId": "abcdefghij", "requestId": "JKJaXmPLvHcESHA=", "routeKey": "ANY",
            "domainName": "abcdefghij.execute-api.eu-central-1.amazonaws.com", "domainPrefix": "abcdefghij",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7",
                "userAgent": "Shopify-Captain-Hook",
            },
            "stage": "$default", "time": "24/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_514_400_000_u64,
        },
        "pathParameters": {"channel": "shopify", "account": account.name.as_str()},
        "body": text, "isBase64Encoded": is_base64,
    })
    .to_string()
}
