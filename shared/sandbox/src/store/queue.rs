//! The queues: at least once, in no promised order, with a visibility time-out and a dead-letter space.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
        state::StateError,
    },
    state::{Lane, ReadOrPush},
    value::{AccountName, SubjectKey},
};

use super::{
    Store, broken, decode, encode,
    rows::{Change, Rows},
    sortable,
};

/// The most messages of one batch, as SQS has it.
pub const MAX_BATCH: usize = 10;
/// A message that was received so often without an acknowledgement is poison: waiting is kept in records, so receives count
/// crashes only.
pub const MAX_RECEIVES: u32 = 20;

/// The queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueName {
    /// From ingress to normalizer.
    Deliveries,
    /// To the writer: orders, payments, shipments.
    Urgent,
    /// To the writer: catalogue and reports.
    Bulk,
}

impl QueueName {
    fn space(self) -> &'static str {
        match self {
            Self::Deliveries => "q_deliveries",
            Self::Urgent => "q_urgent",
            Self::Bulk => "q_bulk",
        }
    }
}

/// What a queue carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Raw evidence.
    Delivery(Delivery),
    /// A subject is due.
    Wake(Wake),
}

/// Proof of one receive: acknowledges that receive, not a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    queue: QueueName,
    key: String,
}

/// A received message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// To acknowledge it.
    pub receipt: Receipt,
    /// What it says.
    pub message: Message,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// A message as it is kept: its head as JSON, its raw body behind it.
#[derive(Serialize, Deserialize)]
struct Kept {
    received: u32,
    trace_id: String,
    wake: Option<SubjectKey>,
    delivery: Option<KeptDelivery>,
}

#[derive(Serialize, Deserialize)]
struct KeptDelivery {
    channel: String,
    account: AccountName,
    topic: String,
    delivery_id: String,
    source: ReadOrPush,
    stated_at: Option<Timestamp>,
    api_version: Option<String>,
    received_at: Timestamp,
}

impl Queue for Store {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let kept = KeptDelivery {
                channel: delivery.channel,
                account: delivery.account,
                topic: delivery.topic,
                delivery_id: delivery.delivery_id,
                source: delivery.source,
                stated_at: delivery.stated_at,
                api_version: delivery.api_version,
                received_at: delivery.received_at,
            };
            let kept = Kept { received: 0, trace_id: delivery.trace_id, wake: None, delivery: Some(kept) };
            self.enqueue(QueueName::Deliveries, &[(kept, delivery.body)])
        })
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let queue = match lane {
                Lane::Urgent => QueueName::Urgent,
                Lane::Bulk => QueueName::Bulk,
            };
            let kept = |wake: Wake| {
                let kept = Kept { received: 0, trace_id: wake.trace_id, wake: Some(wake.subject), delivery: None };
                (kept, Vec::new())
            };
            self.enqueue(queue, &wakes.into_iter().map(kept).collect::<Vec<_>>())
        })
    }
}

impl Store {
    fn enqueue(&self, queue: QueueName, messages: &[(Kept, Vec<u8>)]) -> Result<(), QueueError> {
        let mut rows = self.lock();
        let mut work = || -> Result<(), StateError> {
            let (mut next, mut changes) = (sequence(&**rows)?, Vec::new());
            for (kept, body) in messages {
                // Visible at once: time zero sorts before every instant.
                changes.push((queue.space().to_owned(), key(0, next), Some(pack(kept, body)?)));
                next = next.saturating_add(1);
            }
            changes.push(sequence_row(next));
            rows.commit(changes)
        };
        work().map_err(|error| QueueError(error.to_string()))
    }

    /// Takes up to [`MAX_BATCH`] messages that are visible at `now`, and hides them for `visibility`. Poison goes to the
    /// dead letters.
    ///
    /// # Errors
    /// When the store fails.
    pub fn receive(
        &self,
        queue: QueueName,
        most: usize,
        now: Timestamp,
        visibility: SignedDuration,
    ) -> Result<Vec<Received>, StateError> {
        let mut rows = self.lock();
        let visible = format!("{}~", sortable(now));
        let found = rows.scan(queue.space(), "", most.min(MAX_BATCH))?;
        let hidden = now.checked_add(visibility).map_err(|error| broken(&error))?.as_microsecond();
        let (mut next, mut changes, mut received) = (sequence(&**rows)?, Vec::<Change>::new(), Vec::new());
        for (old, bytes) in found.into_iter().take_while(|(key, _)| *key <= visible) {
            let (mut kept, body) = unpack(&bytes)?;
            kept.received = kept.received.saturating_add(1);
            changes.push((queue.space().to_owned(), old, None));
            if kept.received > MAX_RECEIVES {
                changes.push((format!("dead_{}", queue.space()), key(hidden, next), Some(bytes)));
            } else {
                let key = key(hidden, next);
                changes.push((queue.space().to_owned(), key.clone(), Some(pack(&kept, &body)?)));
                let receive_count = kept.received;
                received.extend(message(kept, body).map(|message| Received {
                    receipt: Receipt { queue, key },
                    message,
                    receive_count,
                }));
            }
            next = next.saturating_add(1);
        }
        if !changes.is_empty() {
            changes.push(sequence_row(next));
            rows.commit(changes)?;
        }
        Ok(received)
    }

    /// Deletes messages. A receipt of an earlier receive deletes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn acknowledge(&self, receipts: Vec<Receipt>) -> Result<(), StateError> {
        if receipts.is_empty() {
            return Ok(());
        }
        let changes = receipts.into_iter().map(|receipt| (receipt.queue.space().to_owned(), receipt.key, None));
        self.lock().commit(changes.collect())
    }

    /// Makes every received message visible again. For the process that opens a store: whoever had received them is dead.
    ///
    /// # Errors
    /// When the store fails.
    pub fn return_received(&self) -> Result<(), StateError> {
        let mut rows = self.lock();
        let mut next = sequence(&**rows)?;
        let mut changes = Vec::new();
        for queue in [QueueName::Deliveries, QueueName::Urgent, QueueName::Bulk] {
            for (old, bytes) in rows.scan(queue.space(), &key(1, 0), usize::MAX)? {
                changes.push((queue.space().to_owned(), old, None));
                changes.push((queue.space().to_owned(), key(0, next), Some(bytes)));
                next = next.saturating_add(1);
            }
        }
        changes.push(sequence_row(next));
        rows.commit(changes)
    }

    /// How many messages a queue holds, hidden ones included.
    ///
    /// # Errors
    /// When the store fails.
    pub fn queued(&self, queue: QueueName) -> Result<usize, StateError> {
        Ok(self.lock().scan(queue.space(), "", usize::MAX)?.len())
    }

    /// How many dead letters a queue has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn dead_letters(&self, queue: QueueName) -> Result<usize, StateError> {
        Ok(self.lock().scan(&format!("dead_{}", queue.space()), "", usize::MAX)?.len())
    }
}

fn message(kept: Kept, body: Vec<u8>) -> Option<Message> {
    let trace_id = kept.trace_id;
    match (kept.wake, kept.delivery) {
        (Some(subject), _) => Some(Message::Wake(Wake { subject, trace_id })),
        (None, Some(delivery)) => Some(Message::Delivery(Delivery {
            channel: delivery.channel,
            account: delivery.account,
            topic: delivery.topic,
            delivery_id: delivery.delivery_id,
            source: delivery.source,
            stated_at: delivery.stated_at,
            api_version: delivery.api_version,
            received_at: delivery.received_at,
            trace_id,
            body,
        })),
        (None, None) => None,
    }
}

fn pack(kept: &Kept, body: &[u8]) -> Result<Vec<u8>, StateError> {
    let head = encode(kept)?;
    let length = u32::try_from(head.len()).map_err(|error| broken(&error))?;
    Ok([&length.to_be_bytes()[..], &head, body].concat())
}

fn unpack(bytes: &[u8]) -> Result<(Kept, Vec<u8>), StateError> {
    let short = || StateError::Broken("a queued message that is cut short".into());
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|error| broken(&error))?;
    let (head, body) = rest.split_at_checked(length).ok_or_else(short)?;
    Ok((decode(head)?, body.to_vec()))
}

fn key(visible_at: i64, sequence: u64) -> String {
    format!("{visible_at:020}#{sequence:020}")
}

fn sequence(rows: &dyn Rows) -> Result<u64, StateError> {
    rows.get("meta", "sequence")?.map_or(Ok(0), |bytes| decode(&bytes))
}

fn sequence_row(next: u64) -> Change {
    ("meta".into(), "sequence".into(), Some(next.to_string().into_bytes()))
}
