//! Hashes: of content, to rank it; keyed, to stand for personal data in external ids.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use sluice_domain::ports::secrets::Secret;

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The first eight bytes of SHA-256: the arbitrary but fixed judge between contents of one version.
#[must_use]
pub fn content_rank(bytes: &[u8]) -> u64 {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    digest.iter().take(8).fold(0, |rank: u64, byte| (rank << 8) | u64::from(*byte))
}

/// A keyed hash of something personal, as 20 hex digits: safe in an external id, and of no use without the key.
#[must_use]
pub fn contact_hash(key: &Secret, parts: &[&str]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else {
        // HMAC takes keys of any length.
        return String::new();
    };
    for part in parts {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    hex::encode(digest.get(..10).unwrap_or_default())
}
