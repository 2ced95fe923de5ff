//! Requests: `https://{shop}/wp-json/wc/v3/…` with the consumer key and secret in Basic authentication (README, auth).

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sluice_domain::{
    account::Account,
    ports::{
        http::{HttpRequest, Method},
        secrets::Secret,
    },
};

use super::{place::Place, refunds};
use crate::{Asked, PullContext, Question, pull::is_host, woocommerce::verify};

/// How long a shop may take to answer, in milliseconds: shops on shared hosts are slow.
const TIMEOUT_MS: u64 = 60_000;
/// The most items of a page (README, pages).
pub(super) const MAX_PAGE: u32 = 100;

pub(super) fn ask(question: &Question, context: &PullContext<'_>) -> Result<Asked, String> {
    let api = api(context)?;
    let (method, path, body) = match question {
        Question::Changed { since, after, size } => {
            let place = after.as_deref().and_then(Place::parse).unwrap_or_else(|| Place::begin(*since));
            (Method::Get, format!("orders?{}", place.query(*size)), Vec::new())
        }
        Question::Rest(rest) => (Method::Get, refunds::path(rest), Vec::new()),
        Question::Subscriptions { after } => {
            let page: u32 = after.as_deref().and_then(|page| page.parse().ok()).unwrap_or(1);
            (Method::Get, format!("webhooks?per_page={MAX_PAGE}&page={page}"), Vec::new())
        }
        Question::Subscribe { topic, url } => {
            // Without a secret of ours the shop makes one up and never shows it (README, observed).
            let secret =
                context.signing.ok_or("no signing secret: store the one that webhooks are to be signed with")?;
            let webhook = json!({"name": format!("Sluice {topic}"), "topic": topic, "delivery_url": url,
                "secret": secret.expose(), "status": "active"});
            (Method::Post, "webhooks".to_owned(), webhook.to_string().into_bytes())
        }
    };
    let request = HttpRequest {
        method,
        url: format!("{api}/{path}"),
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("accept".into(), "application/json".into()),
            ("authorization".into(), basic(context.token)?),
        ],
        body,
        timeout_ms: TIMEOUT_MS,
    };
    Ok(Asked { request, cost: 1, operation: None })
}

/// The beginning of every address. The key goes to the shop's own host by https, or to the simulated one that somebody checked.
fn api(context: &PullContext<'_>) -> Result<String, String> {
    if let Some(base) = context.base {
        return Ok(format!("{}/wp-json/wc/v3", base.trim_end_matches('/')));
    }
    site(context.account).map(|site| format!("https://{site}/wp-json/wc/v3"))
}

/// The shop's host, with port and path where it has them; anything that could lead elsewhere is refused.
pub(in crate::woocommerce) fn site(account: &Account) -> Result<String, String> {
    let stated = account.shop_domain.as_deref().map(str::trim).unwrap_or_default();
    let site = verify::site(stated);
    let (host, path) = site.split_once('/').map_or((site.as_str(), ""), |(host, path)| (host, path));
    let (host, port) = host.split_once(':').map_or((host, "443"), |(host, port)| (host, port));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let fine = is_host(host) && port.parse::<u16>().is_ok() && path.bytes().all(plain) && !path.contains("..");
    if fine && !stated.contains("://") {
        return Ok(site);
    }
    Err("set shop_domain to the shop's address without https://, like shop.example.com or example.com/shop".to_owned())
}

/// The key as the shop shows it: consumer key and consumer secret, with a colon between them.
pub(in crate::woocommerce) fn basic(token: &Secret) -> Result<String, String> {
    let token = token.expose().trim();
    let fine = token.split_once(':').is_some_and(|(key, secret)| key.starts_with("ck_") && secret.starts_with("cs_"));
    if !fine || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "store the REST API key as access token, as `ck_…:cs_…` (WooCommerce, Settings, Advanced, REST API; read \
                    and write, since the webhooks are made with it)"
                .to_owned(),
        );
    }
    Ok(format!("Basic {}", STANDARD.encode(token)))
}
