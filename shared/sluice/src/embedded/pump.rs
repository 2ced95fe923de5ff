//! The event sources: queues drive the normalizer and the writer, a timer drives the sweep.

use std::{rc::Rc, time::Duration};

use jiff::SignedDuration;
use sluice_normalizer::Numbered;
use sluice_reconciler::Job;
use sluice_sandbox::{Message, QueueName, Received};

use crate::embedded::Embedded;

/// The most deliveries of one batch, and the fewest wakes of a full one.
pub(crate) const BATCH: usize = 10;
/// How long a worker may take before its messages are seen by another one: six times an invocation's time.
const VISIBILITY: SignedDuration = SignedDuration::from_mins(15);
/// What one invocation of the writer, or of a job, may take.
const INVOCATION: SignedDuration = SignedDuration::from_mins(5);
/// How long an idle pump waits when nobody rings.
const IDLE: Duration = Duration::from_millis(200);
/// How often the sweep runs here. On AWS it is a minute.
const SWEEP: Duration = Duration::from_secs(5);
/// How often channels are read here. On AWS it is every five minutes.
const PULL: Duration = Duration::from_secs(60);
/// How many pulls there are to one look at the subscriptions.
const PULLS_PER_LOOK: u32 = 15;

/// Runs until the process ends.
pub(crate) async fn run(sluice: Rc<Embedded>) {
    let deliveries = async {
        loop {
            if deliveries_once(&sluice).await == 0 {
                idle(&sluice).await;
            }
        }
    };
    let writes = async {
        loop {
            if wakes_once(&sluice).await == 0 {
                idle(&sluice).await;
            }
        }
    };
    let sweeps = async {
        loop {
            sluice.reconciler.handle(Job::Sweep, deadline(&sluice)).await;
            sluice.bell.notify_waiters();
            tokio::time::sleep(SWEEP).await;
        }
    };
    tokio::join!(deliveries, writes, sweeps, pulls(&sluice));
}

/// Reads the channels now and then, where any can be read.
async fn pulls(sluice: &Embedded) {
    if !sluice.settings.reads_channels() {
        return;
    }
    for pull in (0..PULLS_PER_LOOK).cycle() {
        if pull == 0 && sluice.settings.environment.channels.public_url.is_some() {
            sluice.reconciler.handle(Job::Subscriptions, deadline(sluice)).await;
        }
        sluice.reconciler.handle(Job::Pull { account: None }, deadline(sluice)).await;
        sluice.bell.notify_waiters();
        tokio::time::sleep(PULL).await;
    }
}

/// The end of an invocation that begins now.
fn deadline(sluice: &Embedded) -> jiff::Timestamp {
    sluice.ports.clock.now().checked_add(INVOCATION).unwrap_or(jiff::Timestamp::MAX)
}

async fn idle(sluice: &Embedded) {
    // Either is fine: a bell that was missed costs one pause.
    let _ = tokio::time::timeout(IDLE, sluice.bell.notified()).await;
}

/// One batch of deliveries; answers how many there were.
pub(crate) async fn deliveries_once(sluice: &Embedded) -> usize {
    let received = receive(sluice, QueueName::Deliveries, BATCH);
    let count = received.len();
    let mut batch = Vec::new();
    let mut receipts = Vec::new();
    for Received { receipt, message, .. } in received {
        if let Message::Delivery(delivery) = message {
            batch.push(Numbered { message: receipts.len(), delivery });
        }
        receipts.push(receipt);
    }
    if count > 0 {
        let failed = sluice.normalizer.handle(batch).await;
        let done = receipts.into_iter().enumerate().filter(|(index, _)| !failed.contains(index));
        acknowledge(sluice, done.map(|(_, receipt)| receipt).collect());
        sluice.bell.notify_waiters();
        // Sockets get their turn between batches: the file and the simulated Odoo answer without waiting.
        tokio::task::yield_now().await;
    }
    count
}

/// One batch of wakes; answers how many there were.
pub(crate) async fn wakes_once(sluice: &Embedded) -> usize {
    let received = receive(sluice, QueueName::Urgent, sluice.wakes_together);
    let count = received.len();
    if count == 0 {
        return 0;
    }
    let mut wakes = Vec::new();
    let mut receipts = Vec::new();
    for Received { receipt, message, .. } in received {
        if let Message::Wake(wake) = message {
            receipts.push((wake.subject.clone(), receipt));
            wakes.push(wake);
        }
    }
    let failed = sluice.writer.handle(wakes, deadline(sluice)).await;
    let done = receipts.into_iter().filter(|(subject, _)| !failed.contains(subject));
    acknowledge(sluice, done.map(|(_, receipt)| receipt).collect());
    tokio::task::yield_now().await;
    count
}

fn receive(sluice: &Embedded, queue: QueueName, most: usize) -> Vec<Received> {
    match sluice.store.receive(queue, most, sluice.ports.clock.now(), VISIBILITY) {
        Ok(received) => received,
        Err(error) => {
            tracing::error!(%error, "queue not read");
            Vec::new()
        }
    }
}

fn acknowledge(sluice: &Embedded, receipts: Vec<sluice_sandbox::Receipt>) {
    if let Err(error) = sluice.store.acknowledge(receipts) {
        // They come back after the visibility time-out, and change nothing.
        tracing::warn!(%error, "messages not acknowledged");
    }
}
