//! The queues: at least once, in no promised order, with a visibility time-out and dead letters.
//!
//! A message is two rows: what it says, written once, and its place in the queue, which moves with every receive.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    delivery::{Delivery, MAX_BODY_BYTES, Wake},
    ports::{
        PortFuture,
        queue::{Queue, QueueError},
        state::StateError,
    },
    state::Lane,
};

use super::{
    Store, broken, keys,
    rows::{Row, Space, Span, Transaction, get, put},
};

/// The most messages of one batch, as SQS has it.
pub const MAX_BATCH: usize = 10;
/// A message that was received so often without an acknowledgement is poison: waiting is kept in records, so receives count
/// crashes only.
pub const MAX_RECEIVES: u32 = 20;

/// Counts messages.
const NUMBER: &str = "message";
/// The latest moment at which somebody received. Messages are sent without a time: this is their place in the line.
const RECEIVED_AT: &str = "received_at";

/// The queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    /// From ingress to normalizer.
    Deliveries,
    /// To the writer: orders, payments, shipments.
    Urgent,
    /// To the writer: catalogue and reports.
    Bulk,
}

impl QueueName {
    /// Every queue.
    pub const ALL: &[Self] = &[Self::Deliveries, Self::Urgent, Self::Bulk];

    /// The queue of a lane.
    #[must_use]
    pub fn of_lane(lane: Lane) -> Self {
        match lane {
            Lane::Urgent => Self::Urgent,
            Lane::Bulk => Self::Bulk,
        }
    }

    /// Its name, as AWS has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::Urgent => "odoo.urgent",
            Self::Bulk => "odoo.bulk",
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receipt {
    /// The place in the queue: queue, when it can be seen again, number.
    place: String,
}

/// As text, like the handles of SQS.
impl From<Receipt> for String {
    fn from(receipt: Receipt) -> Self {
        receipt.place
    }
}

/// Text that was no receipt names no message.
impl From<String> for Receipt {
    fn from(place: String) -> Self {
        Self { place }
    }
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

impl Queue for Store {
    fn send_delivery(&self, delivery: Delivery) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            if delivery.body.len() > MAX_BODY_BYTES {
                return Err(QueueError(format!("a delivery of more than {MAX_BODY_BYTES} bytes")));
            }
            // Evidence, and the only copy of it: a power cut must not take it back.
            let sent =
                self.promised(|rows| send(rows, QueueName::Deliveries, std::iter::once(Message::Delivery(delivery))));
            sent.map_err(|error| QueueError(error.to_string()))
        })
    }

    fn send_wakes(&self, lane: Lane, wakes: Vec<Wake>) -> PortFuture<'_, Result<(), QueueError>> {
        Box::pin(async move {
            let wakes = wakes.into_iter().map(Message::Wake);
            let sent = self.within(|rows| send(rows, QueueName::of_lane(lane), wakes));
            sent.map_err(|error| QueueError(error.to_string()))
        })
    }

    fn waiting(&self, lane: Lane) -> PortFuture<'_, Result<usize, QueueError>> {
        Box::pin(async move { self.queued(QueueName::of_lane(lane)).map_err(|error| QueueError(error.to_string())) })
    }
}

impl Store {
    /// Takes up to [`MAX_BATCH`] messages that can be seen at `now`, and hides them for `visibility`. What was received
    /// [`MAX_RECEIVES`] times goes to the dead letters instead.
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
        let again = keys::instant(now.checked_add(visibility).map_err(|error| broken(&error))?);
        self.within(|rows| {
            let span = Span::until(queue.as_str(), &keys::instant(now));
            let seen = rows.scan(Space::Queue, &span, most.min(MAX_BATCH))?;
            if !seen.is_empty() {
                write_counter(rows, RECEIVED_AT, &keys::instant(now))?;
            }
            let mut received = Vec::with_capacity(seen.len());
            for (place, row) in seen {
                received.extend(take(rows, queue, &place, &row, &again)?);
            }
            Ok(received)
        })
    }

    /// Deletes messages. The receipt of an earlier receive deletes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn acknowledge(&self, receipts: Vec<Receipt>) -> Result<(), StateError> {
        if receipts.is_empty() {
            return Ok(());
        }
        self.within(|rows| {
            for Receipt { place } in receipts {
                if rows.get(Space::Queue, &place)?.is_some() {
                    rows.delete(Space::Queue, &place)?;
                    rows.delete(Space::Message, keys::last(&place))?;
                }
            }
            Ok(())
        })
    }

    /// Gives messages back: they can be seen again at once, behind those that wait already. The receipt of an earlier
    /// receive does nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn return_now(&self, receipts: Vec<Receipt>) -> Result<(), StateError> {
        if receipts.is_empty() {
            return Ok(());
        }
        self.within(|rows| {
            let now = counter(rows, RECEIVED_AT)?;
            for Receipt { place } in receipts {
                if let Some(count) = rows.get(Space::Queue, &place)? {
                    show(rows, &place, count, &now)?;
                }
            }
            Ok(())
        })
    }

    /// Makes every received message visible again. For the process that opens a store: whoever had received them is dead.
    ///
    /// # Errors
    /// When the store fails.
    pub fn return_received(&self) -> Result<(), StateError> {
        self.within(|rows| {
            let now = counter(rows, RECEIVED_AT)?;
            for queue in QueueName::ALL {
                for (place, count) in rows.scan(Space::Queue, &Span::later(queue.as_str(), &now), usize::MAX)? {
                    show(rows, &place, count, &now)?;
                }
            }
            Ok(())
        })
    }

    /// How many messages a queue holds, hidden ones included.
    ///
    /// # Errors
    /// When the store fails.
    pub fn queued(&self, queue: QueueName) -> Result<usize, StateError> {
        self.within(|rows| rows.count(Space::Queue, &Span::under(&[queue.as_str()])))
    }

    /// How many dead letters a queue has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn dead_letters(&self, queue: QueueName) -> Result<usize, StateError> {
        self.within(|rows| rows.count(Space::Dead, &Span::under(&[queue.as_str()])))
    }

    /// Puts up to `most` dead letters back into their queue, as if never received; answers how many. For after a deploy.
    ///
    /// # Errors
    /// When the store fails.
    pub fn redrive(&self, queue: QueueName, most: usize) -> Result<usize, StateError> {
        self.within(|rows| {
            let dead = rows.scan(Space::Dead, &Span::under(&[queue.as_str()]), most)?;
            let now = counter(rows, RECEIVED_AT)?;
            for (key, _) in &dead {
                rows.delete(Space::Dead, key)?;
                rows.put(Space::Queue, keys::joined(&[queue.as_str(), &now, keys::last(key)]), Row::Number(0))?;
            }
            Ok(dead.len())
        })
    }
}

fn send(
    rows: &mut dyn Transaction,
    queue: QueueName,
    messages: impl ExactSizeIterator<Item = Message>,
) -> Result<(), StateError> {
    if messages.len() == 0 {
        return Ok(());
    }
    let now = counter(rows, RECEIVED_AT)?;
    let mut number = u64::from_str_radix(&counter(rows, NUMBER)?, 16).map_err(|error| broken(&error))?;
    for message in messages {
        number = number.saturating_add(1);
        let id = format!("{number:016x}");
        rows.put(Space::Queue, keys::joined(&[queue.as_str(), &now, &id]), Row::Number(0))?;
        put(rows, id, message)?;
    }
    write_counter(rows, NUMBER, &format!("{number:016x}"))
}

/// Receives the message at a place: hides it, or gives it up.
fn take(
    rows: &mut dyn Transaction,
    queue: QueueName,
    place: &str,
    count: &Row,
    again: &str,
) -> Result<Option<Received>, StateError> {
    let Row::Number(count) = count else { return Err(StateError::Broken("a place that counts no receives".into())) };
    let count = u32::try_from(*count).map_err(|error| broken(&error))?;
    let id = keys::last(place);
    rows.delete(Space::Queue, place)?;
    if count >= MAX_RECEIVES {
        rows.put(Space::Dead, keys::joined(&[queue.as_str(), id]), Row::Number(count.into()))?;
        return Ok(None);
    }
    let Some(message) = get::<Message>(rows, id)? else {
        return Err(StateError::Broken(format!("message {id} of {} has a place and no content", queue.as_str())));
    };
    let receive_count = count.saturating_add(1);
    let place = keys::joined(&[queue.as_str(), again, id]);
    rows.put(Space::Queue, place.clone(), Row::Number(receive_count.into()))?;
    Ok(Some(Received { receipt: Receipt { place }, message: Arc::unwrap_or_clone(message), receive_count }))
}

/// Moves a message to where it can be seen.
fn show(rows: &mut dyn Transaction, place: &str, count: Row, now: &str) -> Result<(), StateError> {
    let queue = place.split(keys::SEPARATOR).next().unwrap_or_default();
    rows.delete(Space::Queue, place)?;
    rows.put(Space::Queue, keys::joined(&[queue, now, keys::last(place)]), count)
}

/// A counter's text; `0` where it was never written, which sorts before every instant.
fn counter(rows: &mut dyn Transaction, name: &str) -> Result<String, StateError> {
    let Some(Row::Bytes(bytes)) = rows.get(Space::Counter, name)? else { return Ok("0".into()) };
    std::str::from_utf8(&bytes).map(ToOwned::to_owned).map_err(|error| broken(&error))
}

fn write_counter(rows: &mut dyn Transaction, name: &str, text: &str) -> Result<(), StateError> {
    rows.put(Space::Counter, name.to_owned(), Row::Bytes(text.as_bytes().into()))
}
