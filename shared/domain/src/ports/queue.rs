//! The queues: at least once, in no order.

use super::PortFuture;
use crate::{
    delivery::{Delivery, Wake},
    state::Lane,
};

/// Nothing was queued, or it is not known whether it was: send again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue did not answer as it should: {0}")]
pub struct QueueError(pub String);

/// Sends messages. Receiving is the event source's work.
pub trait Queue: Send + Sync {
    /// Puts one delivery into `deliveries`, durably, before it answers.
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>>;

    /// Puts wakes into the queue of a lane, in batches. All or an error; after an error some may have been sent.
    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>>;

    /// About how many wakes wait in the queue of a lane; those that somebody works on may be left out.
    fn waiting(&self, lane: Lane) -> PortFuture<'_, Result<usize, QueueError>>;
}
