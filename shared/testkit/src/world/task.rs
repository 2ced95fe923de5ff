//! Work in flight: one invocation of one handler.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::value::SubjectKey;
use sluice_reconciler::Ran;
use sluice_webhook_ingress::Answer;

use super::{
    kernel::{Kernel, Stopped},
    mailbox::Receipt,
};

/// What an invocation answers.
pub(crate) enum Done {
    /// The ingress, to a webhook.
    Answered(Answer),
    /// The normalizer: messages that come back.
    Folded(Vec<usize>),
    /// The writer: subjects whose message comes back.
    Wrote(Vec<SubjectKey>),
    /// A job of the reconciler.
    Ran(Ran),
}

/// What an invocation works on.
pub(crate) enum Work {
    /// A webhook, by its number.
    Webhook(usize),
    /// Messages of `deliveries`.
    Deliveries(Vec<Receipt>),
    /// Wakes, taken by the writer of that number.
    Wakes(usize, Vec<(Receipt, SubjectKey)>),
    /// A sweep.
    Sweep,
    /// A pull, or a look at the subscriptions.
    Reading,
}

type Run = Pin<Box<dyn Future<Output = Done> + Send>>;

/// One invocation.
pub(crate) struct Task {
    pub(crate) work: Work,
    run: Run,
    /// How far its clock is off.
    skew: SignedDuration,
    /// The platform ends it then.
    pub(crate) killed_at: Timestamp,
}

/// How a poll of an invocation ended.
pub(crate) enum Step {
    /// It answered.
    Done(Done),
    /// It goes on then.
    Again(Timestamp),
    /// Its process died.
    Dead,
}

impl Task {
    pub(crate) fn new(
        work: Work,
        run: impl Future<Output = Done> + Send + 'static,
        (skew, killed_at): (SignedDuration, Timestamp),
    ) -> Self {
        Self { work, run: Box::pin(run), skew, killed_at }
    }

    /// Runs until its next port call.
    pub(crate) fn step(&mut self, kernel: &Kernel) -> Step {
        kernel.enter(self.skew);
        let polled = self.run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match (polled, kernel.leave()) {
            (Poll::Ready(done), _) => Step::Done(done),
            (Poll::Pending, Stopped::Until(at)) => Step::Again(at.min(self.killed_at)),
            (Poll::Pending, Stopped::Dead) => Step::Dead,
        }
    }
}
