//! Proof of origin by Standard Webhooks 1.0.0 (<https://www.standardwebhooks.com>, `spec/standard-webhooks.md`, "Signature scheme"
//! and "Verifying signatures"): `webhook-signature` is a list, parted by blanks, of `v1,` and the base64 of HMAC-SHA256 over
//! `{webhook-id}.{webhook-timestamp}.{body}`; the key is what `whsec_` precedes, decoded.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use hmac::Mac;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sluice_domain::{account::Account, ports::secrets::Secret};
use subtle::ConstantTimeEq;

use crate::{
    Envelope, Inbound, Rejection, SignedRequest, SigningRequest,
    json::{self, Text},
    signature::{self, DIGEST, MAX_SECRETS},
};

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
/// What precedes a signature by a shared secret; `v1a` is by a key pair, which this adapter has none of.
const VERSION: &str = "v1,";
/// What precedes a secret that is written in base64.
const PREFIX: &str = "whsec_";
/// How far the stated time may be from now, in both directions (the specification's own libraries: 5 minutes).
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The most signatures of one delivery that are looked at.
const MAX_SIGNATURES: usize = 16;
/// The fewest bytes of a secret (the specification: at least 24).
const MIN_SECRET: usize = 24;

/// Some write base64 without padding, as the specification's own libraries take it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn header<'a>(inbound: &Inbound<'a>, name: &'static str) -> Result<&'a str, Rejection> {
    let stated = signature::single(inbound, &[name]).map_err(|()| Rejection::MalformedSignature("two that differ"))?;
    stated.ok_or(Rejection::MissingHeader(name))
}

/// The keys of the secrets. One without `whsec_` counts as it stands, and decoded, since both are in use.
fn keys(secrets: &[Secret]) -> Result<Vec<Vec<u8>>, Rejection> {
    let (mut keys, mut unreadable) = (Vec::new(), false);
    for secret in secrets.iter().take(MAX_SECRETS) {
        let text = secret.expose().trim();
        match text.strip_prefix(PREFIX).map(|coded| LENIENT.decode(coded)) {
            Some(Ok(key)) => keys.push(key),
            Some(Err(_)) => unreadable = true,
            None => {
                keys.push(text.as_bytes().to_vec());
                keys.extend(LENIENT.decode(text));
            }
        }
    }
    keys.retain(|key| !key.is_empty());
    match (keys.is_empty(), unreadable) {
        (false, _) => Ok(keys),
        (true, true) => Err(Rejection::Unusable("unreadable key: expected whsec_ and base64".into())),
        (true, false) => Err(Rejection::EmptySecret),
    }
}

/// A malformed signature costs what a wrong one does, and a match with an early secret or signature what a late one does.
pub(super) fn verify(inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection> {
    let (id, timestamp, stated) = (header(inbound, ID)?, header(inbound, TIMESTAMP)?, header(inbound, SIGNATURE)?);
    let keys = keys(secrets)?;
    let listed = stated.split(' ').filter_map(|one| one.strip_prefix(VERSION)).take(MAX_SIGNATURES);
    let mut digests: Vec<[u8; DIGEST]> = listed.filter_map(|one| signature::decode(one).ok()).collect();
    let well_formed = !digests.is_empty();
    digests.resize(digests.len().max(1), [0; DIGEST]);
    let mut proved = false;
    for key in keys {
        let signed = signature::keyed(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", inbound.body]);
        let Some(signed) = signed.map(|mac| mac.finalize().into_bytes()) else { continue };
        for digest in &digests {
            proved |= bool::from(signed.ct_eq(digest));
        }
    }
    if !well_formed {
        return Err(Rejection::MalformedSignature("expected `v1,` and base64 of 32 bytes"));
    }
    if !proved {
        return Err(Rejection::WrongSignature);
    }
    timely(id, timestamp, inbound.now)
}

/// An id with a full stop could be read as another id and time over another body (the specification, "Signature scheme").
fn timely(id: &str, timestamp: &str, now: Timestamp) -> Result<(), Rejection> {
    if id.is_empty() || id.contains('.') {
        return Err(Rejection::MalformedSignature("webhook-id must not be empty or have a full stop"));
    }
    let sent = sent(timestamp).ok_or(Rejection::MalformedSignature("webhook-timestamp: expected whole seconds"))?;
    if now.duration_since(sent).abs() > TOLERANCE { Err(Rejection::Untimely("5 minutes")) } else { Ok(()) }
}

/// Seconds since 1970, in digits.
fn sent(timestamp: &str) -> Option<Timestamp> {
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(timestamp.parse().ok().filter(|_| digits)?).ok()
}

/// What a body says of itself: nothing of it is in a header, so that all of it is signed.
#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    source: Option<Text<'a>>,
    #[serde(borrow, default)]
    schema_version: Option<Text<'a>>,
}

impl<'a> Head<'a> {
    fn of(body: &'a [u8]) -> Self {
        json::read(body).unwrap_or_default()
    }
}

/// The longest name of an event or of a version that is kept, in characters.
const MAX_WORD: usize = 100;

pub(super) fn belongs(inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection> {
    let own = account.shop_domain.as_deref().map(str::trim).filter(|domain| !domain.is_empty());
    let own = own.ok_or_else(|| Rejection::Unusable(format!("account {} has no shop_domain", account.name)))?;
    let head = Head::of(inbound.body);
    let stated = head.source.as_ref().map(Text::as_str).unwrap_or_default();
    if stated.trim().eq_ignore_ascii_case(own) { Ok(()) } else { Err(Rejection::ForeignShop) }
}

pub(super) fn envelope(inbound: &Inbound<'_>) -> Envelope {
    let head = Head::of(inbound.body);
    let word = |text: Option<Text<'_>>| text.map(|text| text.as_str().chars().take(MAX_WORD).collect::<String>());
    Envelope {
        topic: word(head.kind).unwrap_or_default(),
        delivery_id: signature::bounded(inbound, &[ID]),
        api_version: word(head.schema_version).filter(|version| !version.is_empty()),
        stated_at: inbound.header(TIMESTAMP).and_then(sent),
    }
}

pub(super) fn sign(request: &SigningRequest<'_>) -> SignedRequest {
    // The topic stands in the body. A full stop would make the id one that nobody takes.
    let id = request.delivery_id.replace('.', "_");
    let timestamp = request.now.as_second().to_string();
    let text = request.secret.expose().trim();
    let decoded = text.strip_prefix(PREFIX).and_then(|coded| LENIENT.decode(coded).ok());
    let key = decoded.unwrap_or_else(|| text.as_bytes().to_vec());
    let mac = signature::keyed(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", request.body]);
    let digest = mac.map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default();
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        (ID, id),
        (TIMESTAMP, timestamp),
        (SIGNATURE, format!("{VERSION}{digest}")),
    ];
    SignedRequest { headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}

/// What is wrong with a secret, and the fix.
pub(super) fn flaw(secret: &Secret) -> Option<&'static str> {
    match secret.expose().trim().strip_prefix(PREFIX).map(|coded| LENIENT.decode(coded)) {
        Some(Err(_)) => Some("the signing secret is not whsec_ and base64: store it again, whole"),
        Some(Ok(key)) if key.len() < MIN_SECRET => {
            Some("the signing secret has fewer than 24 bytes: make a longer one, like whsec_$(openssl rand -base64 32)")
        }
        Some(Ok(_)) | None => None,
    }
}
