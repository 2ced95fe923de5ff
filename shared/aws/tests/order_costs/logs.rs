//! The log lines of a function, as its log group takes them in.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use sluice_platform::telemetry::{Meter, json_lines};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{Layer, filter::LevelFilter, fmt::MakeWriter, layer::SubscriberExt};

/// What `CloudWatch` adds to each event when it bills what it takes in ("`PutLogEvents`": 26 bytes for each log event).
const EVENT_BYTES: usize = 26;
/// What Lambda itself logs of an invocation in JSON: `platform.start` and `platform.report`, about so long together.
const PLATFORM_BYTES: usize = 700;

/// Counts bytes.
#[derive(Clone, Default)]
struct Counter(Arc<Mutex<usize>>);

impl Counter {
    fn add(&self, bytes: usize) {
        *self.0.lock().unwrap() += bytes;
    }
}

impl Write for Counter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(line.len() + EVENT_BYTES);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Counter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What is logged from now on, by this thread.
pub(crate) struct Logs {
    counter: Counter,
    meter: Meter,
    _guard: DefaultGuard,
}

impl Logs {
    /// Like `telemetry::start`, as functions call it.
    pub(crate) fn start() -> Self {
        let (counter, meter) = (Counter::default(), Meter::default());
        let metrics = tracing_subscriber::registry().with(meter.clone().with_filter(LevelFilter::INFO));
        let lines = json_lines(counter.clone()).with_filter(LevelFilter::INFO);
        let guard = tracing::subscriber::set_default(metrics.with(lines));
        Self { counter, meter, _guard: guard }
    }

    /// Bytes of one invocation, its metrics and Lambda's own lines included.
    pub(crate) fn of_invocation(&self, function: &str, now: jiff::Timestamp) -> u64 {
        for line in self.meter.drain("prod", function, now) {
            self.counter.add(line.len() + 1 + EVENT_BYTES);
        }
        self.counter.add(PLATFORM_BYTES + 2 * EVENT_BYTES);
        u64::try_from(std::mem::take(&mut *self.counter.0.lock().unwrap())).unwrap()
    }
}
