//! The ports: every way out of the process. Implementations live in `platform` (the real world) and `sandbox` (in
//! memory, one file, simulated).

pub mod http;

use std::{future::Future, pin::Pin};

/// What every port method returns. Boxed, so that ports can be wrapped (faults, metrics) and chosen at run time.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
