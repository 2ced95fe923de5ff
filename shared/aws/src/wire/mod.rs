//! Messages as they stand in the queues. Pure: bytes in, bytes out.
//!
//! A message is JSON with its version. SQS takes 1 MiB of those characters that XML 1.0 has; JSON escapes control characters
//! itself, and the two that remain are escaped here, so that any byte sequence survives.

mod delivery;
#[cfg(test)]
mod tests;
mod wake;

use sluice_domain::delivery::MAX_BODY_BYTES;

pub use delivery::{Incoming, Outgoing, Packed, StoredBody, decode_delivery, encode_delivery};
pub use wake::{decode_wake, encode_wake};

/// The largest message that SQS takes, in bytes (since August 2025; 256 KiB before).
pub const MAX_MESSAGE_BYTES: usize = 1_048_576;
/// The largest message with its body as text, in bytes: SQS counts a request per 64 KiB.
pub const MAX_TEXT_BYTES: usize = 48 * 1_024;
/// The largest body, packed: what does not compress grows by some bytes a block.
pub const MAX_PACKED_BYTES: usize = MAX_BODY_BYTES + 4_096;
/// What this build writes and reads.
const VERSION: u64 = 1;

/// Why a message cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It is none of ours, whoever sent it. It will never be readable.
    #[error("it is not a message of Sluice: {0}")]
    Malformed(String),
    /// Another version of Sluice wrote it: after a roll-back it waits until that version runs again.
    #[error("it has version {0}, and this build reads version 1")]
    Version(u64),
    /// The body does not unpack, or is not what was packed.
    #[error("its body is broken: {0}")]
    Body(String),
    /// Longer than the limits above.
    #[error("it is larger than {MAX_MESSAGE_BYTES} bytes")]
    TooLarge,
}

/// Only the position: serde's own message may quote the content.
fn malformed(error: &serde_json::Error) -> WireError {
    WireError::Malformed(crate::json::place(error))
}

/// As JSON of which SQS takes every character.
fn json(message: &impl serde::Serialize) -> Result<String, WireError> {
    let text = serde_json::to_string(message).map_err(|error| malformed(&error))?;
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        return Ok(text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"));
    }
    Ok(text)
}

fn read<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, WireError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        v: u64,
    }
    match serde_json::from_str::<Versioned>(text).map_err(|error| malformed(&error))?.v {
        VERSION => serde_json::from_str(text).map_err(|error| malformed(&error)),
        other => Err(WireError::Version(other)),
    }
}
