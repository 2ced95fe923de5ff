//! Counts requests and keeps the slowest answer, for the metrics of an invocation.

use sluice_domain::ports::{
    Clock, PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse},
};

use crate::telemetry::{Meter, metrics::NO_ACCOUNT};

/// Names of the metrics: how many, how many without an answer, the slowest.
#[derive(Clone, Copy, Debug)]
pub struct MeteredNames {
    /// Requests.
    pub calls: &'static str,
    /// Requests without an answer.
    pub failures: &'static str,
    /// The slowest, in milliseconds.
    pub slowest_ms: &'static str,
}

/// A client whose requests are counted.
pub struct Metered<H, C> {
    inner: H,
    clock: C,
    meter: Meter,
    names: MeteredNames,
}

impl<H, C> Metered<H, C> {
    /// Counts what goes through `inner`.
    pub fn new(inner: H, clock: C, meter: Meter, names: MeteredNames) -> Self {
        Self { inner, clock, meter, names }
    }
}

impl<H: Http, C: Clock> Http for Metered<H, C> {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let began = self.clock.now();
            let answer = self.inner.send(request).await;
            let took = self.clock.now().duration_since(began).as_millis();
            self.meter.add(NO_ACCOUNT, self.names.calls, 1);
            self.meter.add(NO_ACCOUNT, self.names.failures, i64::from(answer.is_err()));
            self.meter.raise(NO_ACCOUNT, self.names.slowest_ms, i64::try_from(took).unwrap_or(i64::MAX));
            answer
        })
    }
}
