//! The ports: every way out of the process. Implementations live in `platform` (the real world) and `sandbox` (in
//! memory, one file, simulated).

pub mod http;
pub mod journal;
pub mod queue;
pub mod secrets;
pub mod state;

use std::{future::Future, pin::Pin, sync::Arc};

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

/// Waits: the back-off between attempts at a peer. The simulation advances its clock instead.
pub trait Timer: Send + Sync {
    /// Completes after that many milliseconds.
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()>;
}

/// All ports of a process.
#[derive(Clone)]
pub struct Ports {
    /// Subjects, due index, call records, permits.
    pub state: Arc<dyn state::State>,
    /// Evidence and writes.
    pub journal: Arc<dyn journal::Journal>,
    /// Queues.
    pub queue: Arc<dyn queue::Queue>,
    /// Secrets.
    pub secrets: Arc<dyn secrets::Secrets>,
    /// HTTP.
    pub http: Arc<dyn http::Http>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Waiting.
    pub timer: Arc<dyn Timer>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}
