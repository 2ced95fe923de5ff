//! The queues, with faults.

use std::sync::{Arc, Mutex, MutexGuard};

use sluice_domain::{
    delivery::{Delivery, MAX_BODY_BYTES, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
    },
    state::Lane,
};

use crate::world::{
    fault::{Port, Strike},
    kernel::Kernel,
    mailbox::Mailbox,
};

/// All queues of a world.
#[derive(Default)]
pub(crate) struct Mailboxes {
    deliveries: Mutex<Mailbox<Delivery>>,
    wakes: Mutex<Mailbox<Wake>>,
}

impl Mailboxes {
    pub(crate) fn deliveries(&self) -> MutexGuard<'_, Mailbox<Delivery>> {
        self.deliveries.lock().expect("a world is one thread")
    }

    pub(crate) fn wakes(&self) -> MutexGuard<'_, Mailbox<Wake>> {
        self.wakes.lock().expect("a world is one thread")
    }
}

/// Queues that now and then fail.
pub(crate) struct FaultyQueue {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) boxes: Arc<Mailboxes>,
}

impl Queue for FaultyQueue {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let strike = self.kernel.begin(Port::Queue, "send_delivery").await;
            self.kernel.note("send_delivery", &delivery.delivery_id, 0);
            if matches!(strike, Strike::Refuse | Strike::Conflict) {
                return Err(QueueError("simulated".into()));
            }
            if delivery.body.len() > MAX_BODY_BYTES {
                return Err(QueueError("larger than a message".into()));
            }
            let now = self.kernel.now();
            self.kernel.dice(|dice| self.boxes.deliveries().put(delivery, now, dice));
            self.kernel.end(strike).await;
            if strike == Strike::Unsure { Err(QueueError("simulated, and it was sent".into())) } else { Ok(()) }
        })
    }

    fn send_wakes(&self, _lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let strike = self.kernel.begin(Port::Queue, "send_wakes").await;
            let first = wakes.first().map_or("", |wake| wake.subject.external_id());
            self.kernel.note("send_wakes", first, wakes.len() as u64);
            if matches!(strike, Strike::Refuse | Strike::Conflict) {
                return Err(QueueError("simulated".into()));
            }
            let now = self.kernel.now();
            self.kernel.dice(|dice| {
                for wake in wakes {
                    // After an error some may have been sent.
                    if strike != Strike::Unsure || dice.chance(5_000) {
                        self.boxes.wakes().put(wake, now, dice);
                    }
                }
            });
            self.kernel.end(strike).await;
            if strike == Strike::Unsure { Err(QueueError("simulated, and some were sent".into())) } else { Ok(()) }
        })
    }

    fn waiting(&self, _lane: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        Box::pin(async move {
            let strike = self.kernel.begin(Port::Queue, "waiting").await;
            self.kernel.end(strike).await;
            if strike == Strike::Calm { Ok(self.boxes.wakes().len()) } else { Err(QueueError("simulated".into())) }
        })
    }
}
