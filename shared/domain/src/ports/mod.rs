//! The ports: every way out of the process. Implementations live in `platform` (the real world) and `sandbox` (in
//! memory, one file, simulated).

pub mod http;
pub mod journal;
pub mod queue;
pub mod secrets;
pub mod state;

use std::{future::Future, pin::Pin};

use jiff::Timestamp;

/// What every port method returns. Boxed, so that ports can be wrapped (faults, metrics) and chosen at run time.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes what must not repeat or must not be guessed: trace ids, jitter.
pub trait Random: Send + Sync {
    /// 64 random bits.
    fn next(&self) -> u64;
}
