//! Bugs around queues.

use std::sync::Arc;

use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
    },
    state::Lane,
};

use super::Bug;

/// A queue with a bug.
pub(super) struct BuggyQueue {
    pub(super) bug: Bug,
    pub(super) inner: Arc<dyn Queue>,
}

impl Queue for BuggyQueue {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let sent = self.inner.send_delivery(delivery).await;
            if self.bug == Bug::AnswersBeforeQueued { Ok(()) } else { sent }
        })
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        self.inner.send_wakes(lane, wakes)
    }

    fn waiting(&self, lane: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        self.inner.waiting(lane)
    }
}
