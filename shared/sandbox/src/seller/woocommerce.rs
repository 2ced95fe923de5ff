//! REST `wc/v3`: orders by change, and webhooks. Source: the channel contract's README (pages, observed).

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};
use sluice_domain::ports::http::HttpResponse;

use super::{SimSeller, question::Asked, told};

/// Consumer key and consumer secret, as they are stored.
pub(super) const KEY: &str = "ck_simulated:cs_simulated";
/// The most items of a page, and how many there are where nobody says.
const PAGES: (usize, usize) = (100, 10);

pub(super) fn answer(seller: &mut SimSeller, asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    let key = asked.header("authorization").and_then(|key| key.strip_prefix("Basic "));
    if key != Some(&*STANDARD.encode(KEY)) {
        return refused(401, "woocommerce_rest_cannot_view");
    }
    match (asked.path.rsplit_once("/wp-json/wc/v3/").map(|(_, path)| path), asked.posts()) {
        (Some("orders"), false) => orders(seller, asked, now),
        (Some("webhooks"), false) => told(200, &json!(seller.webhooks)),
        (Some("webhooks"), true) => {
            let mut webhook = asked.json();
            let id = seller.webhooks.len().saturating_add(1);
            let Some(fields) = webhook.as_object_mut() else { return refused(400, "rest_invalid_param") };
            // It is never shown again.
            fields.remove("secret");
            fields.insert("id".into(), json!(id));
            seller.webhooks.push(webhook.clone());
            told(201, &webhook)
        }
        _ => refused(404, "rest_no_route"),
    }
}

fn orders(seller: &SimSeller, asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    // `modified_after` is in whole seconds, in UTC, and means later than.
    let after = asked.query("modified_after").and_then(|at| at.parse::<DateTime>().ok());
    let after = after.and_then(|at| TimeZone::UTC.to_timestamp(at).ok()).unwrap_or(Timestamp::MIN);
    let since = after.checked_add(SignedDuration::from_secs(1)).unwrap_or(after);
    let found = seller.changed(since, now);
    let (offset, size) =
        (asked.number("offset").unwrap_or(0), asked.number("per_page").unwrap_or(PAGES.1).clamp(1, PAGES.0));
    let shown: Vec<&Value> = found.iter().skip(offset).take(size).map(|one| one.order).collect();
    let mut answer = told(200, &json!(shown));
    answer.headers.push(("x-wp-total".into(), found.len().to_string()));
    answer
}

fn refused(status: u16, code: &str) -> HttpResponse {
    told(status, &json!({"code": code, "message": "refused", "data": {"status": status}}))
}
