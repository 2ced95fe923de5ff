//! Time and randomness of this machine.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use jiff::Timestamp;
use rustls::crypto::ring;
use sluice_domain::ports::{Clock, PortFuture, Random, Timer};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock: everybody else takes this port")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Waits in real time. Needs a tokio runtime with its timer enabled.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemTimer;

impl Timer for SystemTimer {
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(milliseconds)))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn next(&self) -> u64 {
        let mut bytes = [0; 8];
        match ring::default_provider().secure_random.fill(&mut bytes) {
            Ok(()) => u64::from_le_bytes(bytes),
            // The keys of a fresh hasher are random too, only not one call to the system each.
            Err(_) => RandomState::new().build_hasher().finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn random_values_do_not_repeat() {
        let values: BTreeSet<u64> = (0..1_000).map(|_| OsRandom.next()).collect();
        assert_eq!(values.len(), 1_000);
    }

    #[test]
    fn the_clock_is_of_this_century_and_does_not_stand_still() {
        let (first, second) = (SystemClock.now(), SystemClock.now());
        assert!(first.to_string().starts_with("20") && second >= first);
    }
}
