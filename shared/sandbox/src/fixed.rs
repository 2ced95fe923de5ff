//! Ports that do as they are told: a clock that stands still until moved, seeded randomness, secrets from a list.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    ports::{
        Clock, PortFuture, Random, Timer,
        secrets::{AccountSecrets, SecretError, Secrets},
    },
    value::AccountName,
};

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that stands still until somebody moves it. Waiting moves it.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves on. Never back.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = locked(&self.0);
        *now = now.checked_add(by.max(SignedDuration::ZERO)).unwrap_or(*now);
    }

    /// Moves to an instant, unless that is in the past.
    pub fn advance_to(&self, at: Timestamp) {
        let mut now = locked(&self.0);
        *now = at.max(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *locked(&self.0)
    }
}

impl Timer for ManualClock {
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()> {
        Box::pin(async move {
            self.advance(SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX)));
        })
    }
}

/// The splitmix64 sequence of a seed.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn next(&self) -> u64 {
        let mut state = locked(&self.0);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Secrets from a list.
#[derive(Clone, Debug, Default)]
pub struct FixedSecrets(BTreeMap<AccountName, AccountSecrets>);

impl FixedSecrets {
    /// These secrets and no others.
    #[must_use]
    pub fn new(secrets: BTreeMap<AccountName, AccountSecrets>) -> Self {
        Self(secrets)
    }
}

impl Secrets for FixedSecrets {
    fn account<'a>(&'a self, account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(async move { self.0.get(account).cloned().ok_or_else(|| SecretError::Missing(account.to_string())) })
    }
}
