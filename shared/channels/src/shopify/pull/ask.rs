//! Requests: `POST https://{shop}/admin/api/{version}/graphql.json` with the app's access token (README, endpoint).

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use sluice_domain::ports::http::{HttpRequest, Method};

use super::{
    documents::{self, MAX_PAGE},
    rest, subscribe,
};
use crate::{Asked, PullContext, Question, pull::is_host, shopify::verify::TARGET_VERSION};

/// How long Shopify may take to answer, in milliseconds.
const TIMEOUT_MS: u64 = 30_000;

pub(super) fn ask(question: &Question, context: &PullContext<'_>) -> Result<Asked, String> {
    let url = url(context)?;
    let (query, variables, cost) = match question {
        Question::Changed { since, after, size } => {
            let size = (*size).clamp(1, MAX_PAGE);
            let variables = json!({"search": search(*since), "size": size, "after": after});
            (documents::changed(), variables, documents::page_cost(size))
        }
        Question::Rest(rest) => rest::question(rest),
        Question::Subscriptions { after } => {
            (documents::SUBSCRIPTIONS.to_owned(), json!({"after": after}), documents::SUBSCRIPTIONS_COST)
        }
        Question::Subscribe { topic, url } => {
            let variables = subscribe::variables(topic, url);
            (documents::SUBSCRIBE.to_owned(), variables, documents::SUBSCRIBE_COST)
        }
    };
    Ok(Asked { request: request(url, &query, &variables, context), cost, operation: None })
}

fn request(url: String, query: &str, variables: &Value, context: &PullContext<'_>) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("accept".into(), "application/json".into()),
            ("x-shopify-access-token".into(), context.token.expose().to_owned()),
        ],
        body: json!({"query": query, "variables": variables}).to_string().into_bytes(),
        timeout_ms: TIMEOUT_MS,
    }
}

/// Orders whose `updated_at` is that second or later. The search knows whole seconds, so a fraction is cut off.
fn search(since: Timestamp) -> String {
    format!("updated_at:>='{}'", TimeZone::UTC.to_datetime(since).strftime("%Y-%m-%dT%H:%M:%SZ"))
}

/// The token goes to the shop's own host and nowhere else: a domain with anything in it that could lead elsewhere is refused.
fn url(context: &PullContext<'_>) -> Result<String, String> {
    let account = context.account;
    let version = account.api_version.as_deref().unwrap_or(TARGET_VERSION);
    if !crate::shopify::is_version(version) {
        return Err(format!("account {}: api_version is a quarter, as in \"{TARGET_VERSION}\"", account.name));
    }
    if let Some(base) = context.base {
        return Ok(format!("{}/admin/api/{version}/graphql.json", base.trim_end_matches('/')));
    }
    let domain = account.shop_domain.as_deref().map(str::trim).unwrap_or_default().to_ascii_lowercase();
    if !is_host(&domain) {
        return Err(format!("account {}: set shop_domain to the shop's myshopify.com domain", account.name));
    }
    Ok(format!("https://{domain}/admin/api/{version}/graphql.json"))
}
