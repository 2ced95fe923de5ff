//! Proof of origin: `x-square-hmacsha256-signature` is base64(HMAC-SHA256(key, notification URL + raw body)). The URL is the one
//! that was subscribed with, byte for byte; the older `x-square-signature` (SHA-1) is never looked at (README, signature).

use serde::Deserialize;
use sluice_domain::{account::Account, ports::secrets::Secret};

use crate::{
    Envelope, Inbound, Rejection, SignedRequest, SigningRequest,
    json::{self, Text},
    signature,
};

const SIGNATURE: &str = "x-square-hmacsha256-signature";
/// What follows the merchant's id in an account's `shop_domain`: Square gives merchants ids and no domains.
pub(super) const ENDING: &str = ".squareup.com";
/// The longest name of an event that is kept, in characters.
const MAX_WORD: usize = 100;

/// The id of the account's merchant, in the case of the configuration.
pub(super) fn merchant(account: &Account) -> Result<&str, String> {
    let stated = account.shop_domain.as_deref().and_then(|domain| domain.trim().strip_suffix(ENDING));
    let fine = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    stated.filter(fine).ok_or_else(|| {
        format!("set shop_domain to the merchant's id in lower case and {ENDING}, like 6ssw7hv8k2st5{ENDING}")
    })
}

pub(super) fn verify(inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection> {
    let needed = || Rejection::Unusable("the notification URL is part of what is signed: it must be known".into());
    let url = inbound.url.filter(|url| !url.is_empty()).ok_or_else(needed)?;
    signature::prove_parts(inbound, &[SIGNATURE], secrets, &[url.as_bytes(), inbound.body])
}

/// What an event says of itself.
#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    merchant_id: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    event_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    created_at: Option<Text<'a>>,
}

impl<'a> Head<'a> {
    fn of(body: &'a [u8]) -> Self {
        json::read(body).unwrap_or_default()
    }
}

pub(super) fn belongs(inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection> {
    let own = merchant(account).map_err(|fix| Rejection::Unusable(format!("account {}: {fix}", account.name)))?;
    let head = Head::of(inbound.body);
    let stated = head.merchant_id.as_ref().map(Text::as_str).unwrap_or_default();
    if stated.trim().eq_ignore_ascii_case(own) { Ok(()) } else { Err(Rejection::ForeignShop) }
}

pub(super) fn envelope(inbound: &Inbound<'_>) -> Envelope {
    let head = Head::of(inbound.body);
    let word = |text: Option<Text<'_>>| text.map(|text| text.as_str().chars().take(MAX_WORD).collect::<String>());
    Envelope {
        topic: word(head.kind).unwrap_or_default(),
        delivery_id: word(head.event_id).filter(|id| !id.trim().is_empty()),
        api_version: None,
        stated_at: head.created_at.and_then(|text| text.as_str().parse().ok()),
    }
}

pub(super) fn sign(request: &SigningRequest<'_>) -> SignedRequest {
    let url = request.url.unwrap_or_default();
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        (SIGNATURE, signature::sign_parts(request.secret, &[url.as_bytes(), request.body])),
    ];
    SignedRequest { headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}
