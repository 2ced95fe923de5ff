//! Compression, with a limit on what comes out.

use std::io::{Read, Write};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

/// Why bytes do not decompress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InflateError {
    #[error("it is not zlib")]
    NotZlib,
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
}

/// Compresses.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Decompresses up to `most` bytes: a few kilobytes may be gigabytes unpacked.
pub(crate) fn inflate(bytes: &[u8], most: usize) -> Result<Vec<u8>, InflateError> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    ZlibDecoder::new(bytes).take(limit).read_to_end(&mut unpacked).map_err(|_| InflateError::NotZlib)?;
    if unpacked.len() > most {
        return Err(InflateError::TooLong(most));
    }
    Ok(unpacked)
}
