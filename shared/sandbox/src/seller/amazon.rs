//! `searchOrders` of Orders 2026-01-01, and the token service. Source: the channel contract's README and models.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::ports::http::HttpResponse;

use super::{SimSeller, page, question::Asked, told};

/// Where access tokens are got.
pub(super) const TOKENS: &str = "api.amazon.com";
/// Client id, client secret and refresh token, as they are stored.
pub(super) const KEY: &str = "simulated-client:simulated-secret:simulated-refresh";
/// An access token lives for an hour (README, access facts).
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// What access tokens begin with; the second they were given in follows.
const TOKEN: &str = "Atza|simulated-";
/// The most orders of a page (model, `maxResultsPerPage`).
const MAX_PAGE: usize = 100;

pub(super) fn answer(seller: &SimSeller, asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    match asked.path {
        "/auth/o2/token" if asked.posts() => token(asked, now),
        "/orders/2026-01-01/orders" => orders(seller, asked, now),
        _ => told(404, &json!({"errors": [{"code": "NotFound", "message": "no such operation"}]})),
    }
}

fn token(asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    let form = asked.form();
    let key = ["client_id", "client_secret", "refresh_token"].map(|name| form.field(name).unwrap_or_default());
    if key.join(":") != KEY {
        return told(400, &json!({"error": "invalid_grant", "error_description": "The request has an invalid grant"}));
    }
    let granted = format!("{TOKEN}{}", now.as_second());
    told(200, &json!({"access_token": granted, "token_type": "bearer", "expires_in": HOUR.as_secs()}))
}

fn orders(seller: &SimSeller, asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    let granted = asked.header("x-amz-access-token").and_then(|token| token.strip_prefix(TOKEN)?.parse().ok());
    let granted = granted.and_then(|second: i64| Timestamp::from_second(second).ok());
    // README, expired access token: told like a missing right, but for these words.
    let fine = granted.is_some_and(|at| now.duration_since(at) < HOUR);
    if !fine {
        let details = "The access token you provided has expired";
        let error =
            json!({"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": details});
        return told(403, &json!({"errors": [error]}));
    }
    let Some(since) = asked.query("lastUpdatedAfter").and_then(|at| at.parse().ok()) else {
        let error = json!({"code": "InvalidInput", "message": "lastUpdatedAfter or createdAfter is required"});
        return told(400, &json!({"errors": [error]}));
    };
    let size = asked.number("maxResultsPerPage").unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let (orders, next) = page(seller.changed(since, now), asked.query("paginationToken"), size);
    let mut answer = json!({"orders": orders});
    if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
        answer.insert("pagination".into(), json!({"nextToken": next}));
    }
    told(200, &answer)
}
