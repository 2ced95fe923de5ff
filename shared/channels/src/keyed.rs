//! Hashes: of content, to rank it; keyed, to stand for personal data in external ids.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use sluice_domain::ports::secrets::Secret;

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// An odd constant whose bits are well spread (2^64 divided by the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A fixed hash of a content: the arbitrary but fixed judge between contents of one version. It stands in stored ranks, so
/// it must never change. Not a proof of anything: who may write evidence is settled before.
///
/// Why not SHA-256: this runs over every delivery, and took a fifth of the time that decoding may take.
#[must_use]
pub fn content_rank(bytes: &[u8]) -> u64 {
    let mut lanes = [SPREAD, !SPREAD, SPREAD.rotate_left(17), SPREAD.rotate_left(41)];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut sum = lanes.into_iter().fold(length, mix);
    for byte in rest {
        sum = mix(sum, u64::from(*byte));
    }
    sum = mix(sum ^ (sum >> 32), length);
    sum ^ (sum >> 29)
}

fn mix(state: u64, word: u64) -> u64 {
    (state ^ word).wrapping_mul(SPREAD).rotate_left(27)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranks are stored: another value here would reorder what is known already.
    #[test]
    fn the_rank_of_a_content_never_changes() {
        let text = "the quick brown fox jumps over the lazy dog, and again";
        assert_eq!(content_rank(text.as_bytes()), RANK_OF_TEXT);
        assert_ne!(content_rank(b""), content_rank(b"\0"));
        let mut flipped = text.as_bytes().to_vec();
        for at in 0..flipped.len() {
            flipped[at] ^= 1;
            assert_ne!(content_rank(&flipped), RANK_OF_TEXT);
            flipped[at] ^= 1;
        }
    }

    const RANK_OF_TEXT: u64 = 4_794_338_345_680_552_022;
}
