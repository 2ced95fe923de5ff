//! Proof of origin: `X-WC-Webhook-Signature` is base64(HMAC-SHA256(secret, raw body)). Source: the plugin's own class
//! `WC_Webhook` (README, webhook facts).

use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::{Envelope, Inbound, Rejection, SignedRequest, SigningRequest, signature};

const SIGNATURE: &str = "X-WC-Webhook-Signature";
const SOURCE: &str = "X-WC-Webhook-Source";
const TOPIC: &str = "X-WC-Webhook-Topic";
const RESOURCE: &str = "X-WC-Webhook-Resource";
const EVENT: &str = "X-WC-Webhook-Event";
const WEBHOOK_ID: &str = "X-WC-Webhook-ID";
const DELIVERY_ID: &str = "X-WC-Webhook-Delivery-ID";
/// What every header of a delivery begins with.
const OWN_HEADERS: &str = "x-wc-webhook-";

/// The body of a ping, but for the number.
const PING: &str = "webhook_id=";
/// The most digits of that number.
const MAX_PING_DIGITS: usize = 20;

/// Exactly what the shop sends when a webhook is made: the form body `webhook_id=1`, no signature and no header of its own. It
/// wants 200 or does not count the webhook as working.
pub(super) fn is_ping(inbound: &Inbound<'_>) -> bool {
    let own = |name: &str| name.get(..OWN_HEADERS.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(OWN_HEADERS));
    let form = inbound.header("content-type").and_then(|kind| kind.split(';').next());
    let form = form.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    let number = inbound.body.strip_prefix(PING.as_bytes()).unwrap_or_default();
    let fine = (1..=MAX_PING_DIGITS).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    form && fine && !inbound.headers.iter().any(|(name, _)| own(name))
}

/// The shop signs with the secret after it has decoded HTML entities in it (README, signature), so a secret that was typed with
/// one counts both ways.
pub(super) fn verify(inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection> {
    let typed = secrets.iter().flat_map(|secret| {
        let plain = plain(secret.expose());
        let other = (plain != secret.expose()).then(|| Secret::new(plain));
        std::iter::once(secret.clone()).chain(other)
    });
    signature::prove(inbound, &[SIGNATURE], &typed.collect::<Vec<_>>())
}

/// What `wp_specialchars_decode` makes of a text, quotes of both kinds included.
fn plain(text: &str) -> String {
    const ENTITIES: &[(&str, &[&str])] = &[
        ("<", &["&lt;", "&#060;", "&#x3c;"]),
        (">", &["&gt;", "&#062;", "&#x3e;"]),
        ("\"", &["&quot;", "&#034;", "&#x22;"]),
        ("'", &["&#039;", "&#39;", "&#x27;"]),
        ("&", &["&amp;", "&#038;", "&#x26;"]),
    ];
    let mut text = text.to_owned();
    if text.contains('&') {
        for (plain, entity) in ENTITIES.iter().flat_map(|(plain, all)| all.iter().map(move |one| (plain, one))) {
            text = text.replace(entity, plain);
        }
    }
    text
}

/// The shop's own address in one form: no scheme, no slash at its end, the host in lower case.
pub(super) fn site(text: &str) -> String {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
    let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
    let host = host.to_ascii_lowercase();
    if path.is_empty() { host } else { format!("{host}/{path}") }
}

pub(super) fn belongs(inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection> {
    let own = account.shop_domain.as_deref().map(site).filter(|site| !site.is_empty());
    let own = own.ok_or_else(|| Rejection::Unusable(format!("account {} has no shop_domain", account.name)))?;
    let stated = signature::single(inbound, &[SOURCE]).map_err(|()| Rejection::ForeignShop)?;
    let stated = stated.ok_or(Rejection::MissingHeader(SOURCE))?;
    if site(stated) == own { Ok(()) } else { Err(Rejection::ForeignShop) }
}

/// There is no time in the headers, and the delivery id is a hash of webhook and second: deliveries of different things share
/// it (README, observed), so it stands beside the webhook's id for whoever searches the shop's log, and is nobody's identity.
pub(super) fn envelope(inbound: &Inbound<'_>) -> Envelope {
    let bounded = |name| signature::bounded(inbound, &[name]);
    let named =
        bounded(WEBHOOK_ID).zip(bounded(DELIVERY_ID)).map(|(webhook, delivery)| format!("{webhook}-{delivery}"));
    Envelope { topic: bounded(TOPIC).unwrap_or_default(), delivery_id: named, api_version: None, stated_at: None }
}

pub(super) fn sign(request: &SigningRequest<'_>) -> SignedRequest {
    let secret = Secret::new(plain(request.secret.expose()));
    let source = request.account.shop_domain.as_deref().map(site).unwrap_or_default();
    let (resource, event) = request.topic.split_once('.').unwrap_or((request.topic, ""));
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        (SOURCE, format!("https://{source}/")),
        (TOPIC, request.topic.to_owned()),
        (RESOURCE, resource.to_owned()),
        (EVENT, event.to_owned()),
        (SIGNATURE, signature::sign(&secret, request.body)),
        (WEBHOOK_ID, "1".to_owned()),
        (DELIVERY_ID, request.delivery_id.to_owned()),
    ];
    SignedRequest { headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}
