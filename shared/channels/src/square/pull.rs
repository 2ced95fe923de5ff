//! Reading: `POST /v2/orders/search` by `updated_at`, and the SKUs of what was sold from the catalogue. Subscriptions are made by
//! hand: Square makes the signature key itself, and its API for them takes the developer's own token and no seller's.

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use sluice_domain::ports::{
    http::{HttpRequest, HttpResponse, Method},
    secrets::Secret,
};

use super::{Square, order, topics, verify::merchant};
use crate::{
    Answer, Asked, Heard, Pull, PullContext, Pulled, Question, Rest, Trouble,
    doc::Doc,
    json::Tree,
    pull::{quote, retry_after},
};

const TIMEOUT_MS: u64 = 30_000;
/// Where sellers' tokens go, and nowhere else (`openapi-slice.json`, servers).
const HOST: &str = "https://connect.squareup.com";
/// The API version that this build reads (`openapi-slice.json`, release).
const VERSION: &str = "2025-08-20";
/// The most locations of one search (`SearchOrdersRequest`).
const MAX_LOCATIONS: usize = 10;
/// The most orders of a page (`SearchOrdersRequest`).
const MAX_PAGE: u32 = 1_000;
/// Limits are not published (README): a refused question waits this long where the answer does not say.
const PATIENCE_MS: u64 = 30_000;

/// What reading needs: a seller's access token and the locations to read, since a search names them, with colons between.
pub(super) struct Credentials<'a> {
    token: &'a str,
    locations: Vec<&'a str>,
}

impl<'a> Credentials<'a> {
    /// Reads what is stored.
    pub(super) fn of(token: &'a Secret) -> Result<Self, String> {
        let mut parts = token.expose().trim().split(':');
        let fine = |text: &&str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let token = parts.next().filter(fine);
        let locations: Option<Vec<&str>> = parts.map(|id| Some(id).filter(fine)).collect();
        match (token, locations) {
            (Some(token), Some(locations)) if (1..=MAX_LOCATIONS).contains(&locations.len()) => {
                Ok(Self { token, locations })
            }
            _ => {
                Err("store as access token the seller's token and the ids of up to ten locations, as `EAAA…:L1:L2`; a \
                      seller with more has an account here for each ten"
                    .to_owned())
            }
        }
    }
}

impl Pull for Square {
    fn ask(&self, question: &Question, context: &PullContext<'_>) -> Result<Asked, String> {
        merchant(context.account)?;
        let base = context.base.map_or(HOST, |base| base.trim_end_matches('/'));
        let Credentials { token, locations } = Credentials::of(context.token)?;
        let (path, body) = match question {
            Question::Changed { since, after, size } => {
                let mut search = json!({
                    "location_ids": locations,
                    "limit": size.clamp(&1, &MAX_PAGE),
                    "query": {
                        "filter": {"date_time_filter": {"updated_at": {"start_at": since.to_string()}}},
                        "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
                    },
                });
                if let (Some(after), Some(search)) = (after, search.as_object_mut()) {
                    search.insert("cursor".into(), json!(after));
                }
                ("orders/search", search)
            }
            Question::Rest(rest) => (
                "catalog/batch-retrieve",
                json!({"object_ids": rest.held.get("variations").cloned().unwrap_or_default()}),
            ),
            Question::Subscriptions { .. } | Question::Subscribe { .. } => {
                return Err(
                    "Square's webhooks are subscribed to in its developer console, which makes the signature key: \
                            choose order.created and order.updated"
                        .into(),
                );
            }
        };
        let headers = vec![
            ("accept".into(), "application/json".into()),
            ("authorization".into(), format!("Bearer {token}")),
            ("content-type".into(), "application/json".into()),
            ("square-version".into(), VERSION.into()),
        ];
        let (url, body) = (format!("{base}/v2/{path}"), body.to_string().into_bytes());
        Ok(Asked {
            request: HttpRequest { method: Method::Post, url, headers, body, timeout_ms: TIMEOUT_MS },
            cost: 1,
            operation: None,
        })
    }

    fn hear(&self, question: &Question, answer: &HttpResponse) -> Heard {
        let heard = trouble(question, answer).map_or_else(|| heard(question, answer), Err);
        Heard { answer: heard, meter: None, api_version: answer.header("square-version").map(str::to_owned) }
    }

    fn subscriptions(&self) -> &'static [&'static str] {
        &[]
    }

    fn thin(&self) -> &'static [&'static str] {
        topics::ORDER_EVENTS
    }

    fn denial(&self, fix: &str) -> (&'static str, Vec<u8>) {
        (topics::DENIED, json!({"fix": fix}).to_string().into_bytes())
    }
}

/// The first of the errors that an answer lists. Source: `Error`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    errors: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    code: String,
}

fn trouble(question: &Question, answer: &HttpResponse) -> Option<Trouble> {
    let code = || {
        let listed = serde_json::from_slice::<Listed>(&answer.body).unwrap_or_default();
        listed.errors.into_iter().next().unwrap_or_default().code
    };
    let turned = matches!(question, Question::Changed { after: Some(_), .. });
    let fix = match answer.status {
        200 => return None,
        401 => {
            "Square refuses the access token: it was revoked or ran out; authorise the app again and store the new token with \
             the location ids"
        }
        403 => {
            "Square refuses to show orders or the catalogue: give the app the scopes ORDERS_READ and ITEMS_READ, and see that \
             the locations are the seller's"
        }
        429 => {
            let wait_ms = Some(retry_after(answer).unwrap_or(PATIENCE_MS));
            return Some(Trouble::Later { wait_ms, why: "Square asks for patience".into() });
        }
        500..=599 => {
            let why = format!("it answers {}", answer.status);
            return Some(Trouble::Later { wait_ms: retry_after(answer), why });
        }
        // Cursors live for minutes.
        400 if turned => return Some(Trouble::LostPlace),
        other => return Some(Trouble::Unreadable(quote(&format!("status {other} {}", code())))),
    };
    Some(Trouble::Denied { fix: fix.into() })
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    orders: Vec<&'a RawValue>,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
}

fn heard(question: &Question, answer: &HttpResponse) -> Result<Answer, Trouble> {
    let unreadable = |error: serde_json::Error| Trouble::Unreadable(quote(&error.to_string()));
    if let Question::Rest(rest) = question {
        let told: Value = serde_json::from_slice(&answer.body).map_err(unreadable)?;
        return with_skus(rest, &told);
    }
    // An answer without orders is `{}`; anything but an object is none.
    if !answer.body.trim_ascii_start().starts_with(b"{") {
        return Err(Trouble::Unreadable("no object".into()));
    }
    let page: Page<'_> = serde_json::from_slice(&answer.body).map_err(unreadable)?;
    if page.errors.is_some() {
        return Err(Trouble::Unreadable("errors beside the orders".into()));
    }
    let next = page.cursor.filter(|next| !next.is_empty());
    Ok(Answer::Page { items: page.orders.into_iter().map(pulled).collect(), next })
}

/// An order of a page. What it sold is named by variations alone, so their SKUs are asked for.
fn pulled(item: &RawValue) -> Pulled {
    let text = item.get();
    let tree = Tree::read_text(text).ok();
    let doc = tree.as_ref().map(|tree| Doc::new(tree.root()));
    let id = doc.and_then(|doc| doc.id("id").ok().flatten());
    let changed = doc.and_then(|doc| super::decode::changed(&doc).ok());
    let variations = doc.map(|doc| order::variations(&doc)).unwrap_or_default();
    let rest = (!variations.is_empty()).then(|| Rest { held: json!({"order": text, "variations": variations}) });
    Pulled { topic: topics::PULLED_ORDER, id, changed, body: text.as_bytes().to_vec(), rest }
}

/// Puts what the catalogue says beside the order. A variation that was deleted is not among it.
fn with_skus(rest: &Rest, told: &Value) -> Result<Answer, Trouble> {
    let told = told.as_object().ok_or_else(|| Trouble::Unreadable("no object".into()))?;
    if told.contains_key("errors") {
        return Err(Trouble::Unreadable("errors in place of the catalogue".into()));
    }
    let objects = told.get("objects").and_then(Value::as_array).into_iter().flatten();
    let known: Vec<Value> = objects
        .filter_map(|one| {
            let data = one.get("item_variation_data")?;
            Some(json!({"id": one.get("id")?, "item_variation_data": {"sku": data.get("sku"), "upc": data.get("upc")}}))
        })
        .collect();
    let text = rest.held.get("order").and_then(Value::as_str).unwrap_or_default();
    let order: &RawValue =
        serde_json::from_str(text).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    let body = format!(r#"{{"order":{},"objects":{}}}"#, order.get(), Value::Array(known)).into_bytes();
    Ok(Answer::Item(Pulled { body, rest: None, ..pulled(order) }))
}
