//! `POST /v2/orders/search` and the catalogue. Source: `openapi-slice.json` of the channel contract.

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::ports::http::HttpResponse;

use super::{LOCATIONS, SimSeller, page, question::Asked, told};

/// Where sellers' data is read.
pub(super) const HOST: &str = "connect.squareup.com";
const TOKEN: &str = "EAAAsimulated";
/// The most orders of a page (`SearchOrdersRequest`).
const MAX_PAGE: usize = 1_000;

/// The token and the locations to read, as they are stored.
pub(super) fn key() -> String {
    format!("{TOKEN}:{}", LOCATIONS.join(":"))
}

pub(super) fn answer(seller: &SimSeller, asked: &Asked<'_>, now: Timestamp) -> HttpResponse {
    if asked.header("authorization").and_then(|key| key.strip_prefix("Bearer ")) != Some(TOKEN) {
        return refused(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED");
    }
    match asked.path {
        "/v2/orders/search" if asked.posts() => search(seller, &asked.json(), now),
        "/v2/catalog/batch-retrieve" if asked.posts() => {
            let wanted = asked.json();
            let ids = wanted.get("object_ids").and_then(Value::as_array).into_iter().flatten();
            let found: Vec<&Value> = ids.filter_map(|id| id.as_str().and_then(|id| seller.catalogue.get(id))).collect();
            told(200, &json!({"objects": found}))
        }
        _ => refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND"),
    }
}

fn search(seller: &SimSeller, body: &Value, now: Timestamp) -> HttpResponse {
    let since = body.pointer("/query/filter/date_time_filter/updated_at/start_at").and_then(Value::as_str);
    let since = since.map_or(Ok(Timestamp::MIN), str::parse);
    let locations = body.get("location_ids").and_then(Value::as_array);
    let (Ok(since), Some(locations)) = (since, locations) else {
        return refused(400, "INVALID_REQUEST_ERROR", "MISSING_REQUIRED_PARAMETER");
    };
    let mut found = seller.changed(since, now);
    found.retain(|one| one.order.get("location_id").is_some_and(|location| locations.contains(location)));
    let size = body.get("limit").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let (orders, next) = page(found, body.get("cursor").and_then(Value::as_str), size);
    let mut answer = json!({"orders": orders});
    if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
        answer.insert("cursor".into(), json!(next));
    }
    told(200, &answer)
}

fn refused(status: u16, category: &str, code: &str) -> HttpResponse {
    told(status, &json!({"errors": [{"category": category, "code": code}]}))
}

/// Every location of the stored key is one of the seller's.
#[cfg(test)]
#[test]
fn the_key_names_every_location() {
    assert_eq!(key().split(':').skip(1).collect::<Vec<_>>(), LOCATIONS);
}
