//! What every port of a world shares: the time, the dice, the trace, and what goes wrong.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::ports::{Clock, PortFuture, Random, Timer};

use super::{
    dice::Dice,
    fault::{Fate, Plan, Port, Rates, Strike},
    trace::Trace,
};

/// The shared part.
pub(crate) struct Kernel {
    inner: Mutex<Inner>,
}

struct Inner {
    now: Timestamp,
    dice: Dice,
    trace: Trace,
    fate: Fate,
    current: Current,
    odoo_down_until: Option<Timestamp>,
    /// When the last of the calls whose caller is gone commits.
    late_until: Timestamp,
}

/// The task that is being polled.
#[derive(Clone, Copy, Default)]
struct Current {
    skew: SignedDuration,
    wake_at: Option<Timestamp>,
    dead: bool,
}

/// How a poll ended for a task that is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It goes on then.
    Until(Timestamp),
    /// Its process died.
    Dead,
}

impl Kernel {
    pub(crate) fn new(start: Timestamp, dice: Dice, plan: Plan) -> Arc<Self> {
        let inner = Inner {
            now: start,
            dice,
            trace: Trace::default(),
            fate: Fate::new(plan),
            current: Current::default(),
            odoo_down_until: None,
            late_until: start,
        };
        Arc::new(Self { inner: Mutex::new(inner) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("a world is one thread")
    }

    /// The true time.
    pub(crate) fn now(&self) -> Timestamp {
        self.inner().now
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        self.inner().now = now;
    }

    /// Draws.
    pub(crate) fn dice<T>(&self, draw: impl FnOnce(&mut Dice) -> T) -> T {
        draw(&mut self.inner().dice)
    }

    pub(crate) fn rates(&self) -> Rates {
        self.inner().fate.rates()
    }

    pub(crate) fn heal(&self) {
        self.inner().fate.heal();
    }

    pub(crate) fn count_fault(&self) {
        self.inner().fate.count();
    }

    /// Nobody listens at Odoo's address until then.
    pub(crate) fn take_odoo_down(&self, until: Timestamp) {
        self.inner().odoo_down_until = Some(until);
    }

    pub(crate) fn odoo_is_down(&self) -> bool {
        let inner = self.inner();
        inner.odoo_down_until.is_some_and(|until| inner.now < until)
    }

    /// A call will commit then, whoever waits for it.
    pub(crate) fn commits_late(&self, at: Timestamp) {
        let mut inner = self.inner();
        inner.late_until = inner.late_until.max(at);
    }

    /// Will something commit yet?
    pub(crate) fn awaits_late_commits(&self) -> bool {
        let inner = self.inner();
        inner.now < inner.late_until
    }

    /// Faults so far.
    pub(crate) fn struck(&self) -> u64 {
        self.inner().fate.struck()
    }

    /// Port calls so far, and those of them that went to Odoo.
    pub(crate) fn calls(&self) -> (u64, u64) {
        self.inner().fate.calls()
    }

    pub(crate) fn trace_value(&self) -> u64 {
        self.inner().trace.value()
    }

    /// Notes an event.
    pub(crate) fn note(&self, what: &str, subject: &str, outcome: u64) {
        let mut inner = self.inner();
        tracing::trace!(what, subject, outcome);
        let at = inner.now.as_microsecond();
        inner.trace.event(at, what, subject, outcome);
    }

    pub(crate) fn note_bytes(&self, bytes: &[u8]) {
        self.inner().trace.bytes(bytes);
    }

    /// Before a task is polled.
    pub(crate) fn enter(&self, skew: SignedDuration) {
        self.inner().current = Current { skew, wake_at: None, dead: false };
    }

    /// After a task was polled and is not ready.
    pub(crate) fn leave(&self) -> Stopped {
        let inner = self.inner();
        match inner.current {
            Current { dead: true, .. } => Stopped::Dead,
            Current { wake_at, .. } => Stopped::Until(wake_at.unwrap_or(inner.now)),
        }
    }

    /// A port call begins: it takes a moment, in which others go on.
    pub(crate) async fn begin(&self, port: Port, name: &str) -> Strike {
        let (strike, until) = {
            let mut inner = self.inner();
            let inner = &mut *inner;
            let strike = inner.fate.strike(port, name, &mut inner.dice);
            let micros = inner.dice.between(50, 4_000);
            (strike, later(inner.now, SignedDuration::from_micros(micros)))
        };
        self.wait(until).await;
        if strike == Strike::CrashBefore {
            self.die().await;
        }
        strike
    }

    /// A port call ends.
    pub(crate) async fn end(&self, strike: Strike) {
        if strike == Strike::CrashAfter {
            self.die().await;
        }
    }

    /// Lets virtual time pass.
    pub(crate) async fn wait(&self, until: Timestamp) {
        Pause { kernel: self, until: Some(until) }.await;
    }

    async fn die(&self) {
        self.inner().current.dead = true;
        Pause { kernel: self, until: Some(Timestamp::MAX) }.await;
    }
}

/// An instant so much later; the last one of the calendar where that is beyond it.
#[must_use]
pub fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

struct Pause<'a> {
    kernel: &'a Kernel,
    until: Option<Timestamp>,
}

impl Future for Pause<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.until.take() {
            Some(until) => {
                self.kernel.inner().current.wake_at = Some(until);
                Poll::Pending
            }
            // Tasks are polled only when their time has come.
            None => Poll::Ready(()),
        }
    }
}

/// The worker's own clock, which is a little off.
impl Clock for Kernel {
    fn now(&self) -> Timestamp {
        let inner = self.inner();
        later(inner.now, inner.current.skew)
    }
}

impl Random for Kernel {
    fn next(&self) -> u64 {
        self.inner().dice.next()
    }
}

impl Timer for Kernel {
    fn sleep(&self, milliseconds: u64) -> PortFuture<'_, ()> {
        let wait = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
        Box::pin(async move {
            let until = later(Kernel::now(self), wait);
            self.wait(until).await;
        })
    }
}
