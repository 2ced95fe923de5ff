//! Proof by a shared secret: a header holds base64(HMAC-SHA256(secret, what was sent)).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sluice_domain::ports::secrets::Secret;

use crate::{Inbound, Rejection};

/// Bytes of an HMAC-SHA256.
pub(crate) const DIGEST: usize = 32;
/// The most secrets that are tried: the current one and those that a rotation leaves behind.
pub(crate) const MAX_SECRETS: usize = 8;
/// The longest header that the envelope keeps, in characters.
const MAX_HEADER: usize = 255;

/// Every value of a header that has one of these names, in any case.
fn values<'a>(inbound: &Inbound<'a>, names: &[&str]) -> impl Iterator<Item = &'a str> {
    let wanted = move |key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    inbound.headers.iter().filter(move |(key, _)| wanted(key)).map(|(_, value)| value.as_str())
}

/// The one value of a header; two that differ are none that can be believed.
pub(crate) fn single<'a>(inbound: &Inbound<'a>, names: &[&str]) -> Result<Option<&'a str>, ()> {
    let mut all = values(inbound, names);
    let first = all.next();
    if all.all(|value| Some(value) == first) { Ok(first) } else { Err(()) }
}

/// A header for the envelope: trimmed, not too long, not empty.
pub(crate) fn bounded(inbound: &Inbound<'_>, names: &[&str]) -> Option<String> {
    let value = values(inbound, names).next()?.trim();
    (!value.is_empty()).then(|| value.chars().take(MAX_HEADER).collect())
}

/// Proves the body by the first of these names. A malformed signature costs as much as a wrong one, and a match with an early
/// secret as much as with a late one.
pub(crate) fn prove(inbound: &Inbound<'_>, names: &[&'static str], secrets: &[Secret]) -> Result<(), Rejection> {
    prove_parts(inbound, names, secrets, &[inbound.body])
}

/// The same for what is signed as one with the body.
pub(crate) fn prove_parts(
    inbound: &Inbound<'_>,
    names: &[&'static str],
    secrets: &[Secret],
    parts: &[&[u8]],
) -> Result<(), Rejection> {
    let stated = single(inbound, names).map_err(|()| Rejection::MalformedSignature("two that differ"))?;
    let stated = stated.ok_or(Rejection::MissingHeader(names.first().copied().unwrap_or_default()))?;
    let digest = decode(stated);
    let mut usable = secrets.iter().filter(|secret| !secret.expose().trim().is_empty()).take(MAX_SECRETS).peekable();
    if usable.peek().is_none() {
        return Err(Rejection::EmptySecret);
    }
    let candidate = digest.unwrap_or([0; DIGEST]);
    let mut proved = false;
    for secret in usable {
        // `verify_slice` compares in constant time.
        proved |= keyed(secret.expose().as_bytes(), parts).is_some_and(|mac| mac.verify_slice(&candidate).is_ok());
    }
    let well_formed = digest.map(|_| ()).map_err(Rejection::MalformedSignature);
    well_formed.and(if proved { Ok(()) } else { Err(Rejection::WrongSignature) })
}

/// The bytes of a signature in base64, with padding and nothing else.
pub(crate) fn decode(stated: &str) -> Result<[u8; DIGEST], &'static str> {
    let bytes = STANDARD.decode(stated).map_err(|_| "expected base64 of 32 bytes, with padding")?;
    bytes.try_into().map_err(|_| "expected base64 of 32 bytes")
}

/// The HMAC-SHA256 of parts that are signed as one.
pub(crate) fn keyed(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// The signature of a body.
pub(crate) fn sign(secret: &Secret, body: &[u8]) -> String {
    sign_parts(secret, &[body])
}

/// The signature of parts that are signed as one.
pub(crate) fn sign_parts(secret: &Secret, parts: &[&[u8]]) -> String {
    let mac = keyed(secret.expose().as_bytes(), parts);
    mac.map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}
