//! Reading: `searchOrders` of Orders 2026-01-01. An order comes whole, with its items.

mod token;

pub(super) use token::Credentials;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use sluice_domain::{
    account::Account,
    ports::http::{HttpRequest, HttpResponse, Method},
};

use super::{Amazon, topics};
use crate::{
    Answer, Asked, Heard, KeyExchange, Pull, PullContext, Pulled, Question, Trouble,
    pull::{quote, retry_after},
};

const TIMEOUT_MS: u64 = 30_000;
/// The hosts of the three regions (README, access facts).
const HOSTS: &[&str] =
    &["sellingpartnerapi-na.amazon.com", "sellingpartnerapi-eu.amazon.com", "sellingpartnerapi-fe.amazon.com"];
/// The operation, as its quota is counted.
const SEARCH: &str = "searchOrders";
/// A question costs the same however many orders it brings, so a page is this many times what would fit elsewhere; one that is too
/// large still shrinks.
const PAGE_FACTOR: u32 = 14;
/// The most orders of a page (model, `maxResultsPerPage`).
const MAX_PAGE: u32 = 100;
const BLOCKS: &str = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT";

/// The account's region; the token goes nowhere else.
pub(super) fn host(account: &Account) -> Result<&str, String> {
    let stated = account.shop_domain.as_deref().unwrap_or_default();
    HOSTS.iter().find(|host| **host == stated).copied().ok_or_else(|| {
        "set shop_domain to the host of the seller's region, like sellingpartnerapi-eu.amazon.com".to_owned()
    })
}

fn encoded(token: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    token.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl Pull for Amazon {
    fn ask(&self, question: &Question, context: &PullContext<'_>) -> Result<Asked, String> {
        let base = match context.base {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => format!("https://{}", host(context.account)?),
        };
        let Question::Changed { since, after, size } = question else {
            return Err("Amazon has no webhooks, and an order comes whole: only changed orders can be asked for".into());
        };
        let place = after.as_deref().map(|token| format!("&paginationToken={}", encoded(token))).unwrap_or_default();
        let size = size.saturating_mul(PAGE_FACTOR).clamp(1, MAX_PAGE);
        let url = format!(
            "{base}/orders/2026-01-01/orders?lastUpdatedAfter={}&maxResultsPerPage={size}&includedData={}{place}",
            encoded(&since.to_string()),
            encoded(BLOCKS)
        );
        let headers = vec![
            ("accept".into(), "application/json".into()),
            ("x-amz-access-token".into(), context.token.expose().to_owned()),
        ];
        let request = HttpRequest { method: Method::Get, url, headers, body: Vec::new(), timeout_ms: TIMEOUT_MS };
        Ok(Asked { request, cost: 1, operation: Some(SEARCH) })
    }

    fn hear(&self, question: &Question, answer: &HttpResponse) -> Heard {
        let turned = matches!(question, Question::Changed { after: Some(_), .. });
        Heard { answer: heard(answer, turned), meter: None, api_version: None }
    }

    fn exchange(&self) -> Option<&'static dyn KeyExchange> {
        Some(&token::LoginWithAmazon)
    }

    fn subscriptions(&self) -> &'static [&'static str] {
        &[]
    }

    fn thin(&self) -> &'static [&'static str] {
        &[topics::ORDER_CHANGE]
    }

    fn denial(&self, fix: &str) -> (&'static str, Vec<u8>) {
        (topics::DENIED, json!({"fix": fix}).to_string().into_bytes())
    }
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    orders: Vec<&'a RawValue>,
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    #[serde(rename = "nextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    order_id: Option<String>,
    last_updated_time: Option<String>,
}

/// The first of the errors that an answer lists.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    errors: Vec<Error>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    message: String,
    details: Option<String>,
}

impl Error {
    /// An access token that ran out is told like a missing right, but for these words (README, expired access token).
    fn is_expiry(&self) -> bool {
        [self.message.as_str(), self.details.as_deref().unwrap_or_default()]
            .iter()
            .any(|text| text.to_ascii_lowercase().contains("expired"))
    }
}

fn heard(answer: &HttpResponse, turned: bool) -> Result<Answer, Trouble> {
    let listed = || serde_json::from_slice::<Listed>(&answer.body).unwrap_or_default().errors;
    match answer.status {
        200 => {}
        401 | 403 if listed().iter().any(Error::is_expiry) => {
            return Err(Trouble::Later { wait_ms: None, why: "the access token ran out while reading".into() });
        }
        401 | 403 => {
            let fix = "Amazon refuses to show orders: give the app the roles for orders, buyers and shipping addresses, and \
                       see that the seller's authorisation covers them and the region is the account's";
            return Err(Trouble::Denied { fix: fix.into() });
        }
        // Tokens of pages live for 24 hours.
        400 if turned => return Err(Trouble::LostPlace),
        429 => return Err(drained(answer)),
        500..=599 => {
            return Err(Trouble::Later { wait_ms: retry_after(answer), why: format!("it answers {}", answer.status) });
        }
        other => return Err(Trouble::Unreadable(format!("status {other}"))),
    }
    let page: Page<'_> =
        serde_json::from_slice(&answer.body).map_err(|error| Trouble::Unreadable(quote(&error.to_string())))?;
    let next = page.pagination.and_then(|pagination| pagination.next).filter(|next| !next.is_empty());
    Ok(Answer::Page { items: page.orders.into_iter().map(pulled).collect(), next })
}

/// Every operation has a bucket of its own, shared by all that the seller lets in. The rate that `x-amzn-RateLimit-Limit` states
/// is often absent here, and not the real one (issues 120 and 1176 of selling-partner-api-models): a guess to begin with.
fn drained(answer: &HttpResponse) -> Trouble {
    if let Some(wait) = retry_after(answer) {
        return Trouble::Later { wait_ms: Some(wait), why: "the quota of the operation is used up".into() };
    }
    let rate = answer.header("x-amzn-ratelimit-limit").and_then(|rate| rate.trim().parse::<Decimal>().ok());
    let hint = rate.and_then(|rate| Decimal::from(1_000).checked_div(rate)).and_then(|pause| pause.to_u64());
    Trouble::Drained { hint_ms: hint }
}

fn pulled(item: &RawValue) -> Pulled {
    let head = serde_json::from_str::<Head>(item.get()).ok();
    let changed = head.as_ref().and_then(|head| head.last_updated_time.as_deref()?.parse().ok());
    let body = item.get().as_bytes().to_vec();
    Pulled { topic: topics::PULLED_ORDER, id: head.and_then(|head| head.order_id), changed, body, rest: None }
}
