//! The verbs.

pub(crate) mod demo_data;
pub(crate) mod doctor;
pub(crate) mod exceptions;
pub(crate) mod explain;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod trace;
pub(crate) mod verify;

use std::{io::Read, path::Path};

use sluice_channels::{CHANNELS, Channel, channel};

use crate::output::Problem;

/// The largest file that a verb reads: reports of a month are smaller.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// A channel by its folder name.
fn channel_named(name: &str) -> Result<&'static dyn Channel, Problem> {
    channel(name).ok_or_else(|| {
        let known: Vec<&str> = CHANNELS.iter().map(|channel| channel.name()).collect();
        Problem::usage(format!("no channel `{name}`: this build speaks {}", known.join(", ")))
    })
}

/// A file's bytes, up to a bound.
fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let failed = |error: std::io::Error| Problem::usage(format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE) {
        return Err(Problem::usage(format!("{}: larger than {MAX_FILE} bytes", path.display())));
    }
    Ok(bytes)
}
