//! What was read, handed over as deliveries: one thing each, so that a bad one is parked alone.

use jiff::Timestamp;
use sluice_channels::{Answer, Pulled, Question, sha256_hex};
use sluice_domain::{
    delivery::{Delivery, MAX_BODY_BYTES},
    ports::state::State,
    state::{Rank, ReadOrPush, Record},
    value::{Kind, SubjectKey},
};

use super::{
    SETTLED_AFTER,
    ask::{Asker, Failed, Told},
};

/// The most parts that one thing is read in.
const MAX_PARTS: usize = 80;

/// What is sent of a thing that no delivery takes. Not JSON, so that no adapter reads it and it is parked under its own id.
const TOO_LARGE: &[u8] = b"larger than a delivery may be: look it up at the channel";

/// What became of an item.
pub(crate) enum Handed {
    /// It is on its way.
    Sent,
    /// It changed while it was read: it comes again.
    Moved,
}

/// Why an item is not on its way. The page stays where it is.
pub(crate) enum Stopped {
    /// The channel was asked for its rest in vain.
    Asking(Failed),
    /// The queue did not take it.
    Queue(String),
}

/// Where and when an item was read.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) began: Timestamp,
    pub(crate) api_version: Option<String>,
}

/// Which items the state holds as they are, word for word: nothing can be learned from them. Where the state does not
/// answer, none.
pub(crate) async fn known(asker: &Asker<'_>, items: &[Pulled]) -> Vec<bool> {
    let key = |item: &Pulled| SubjectKey::new(asker.account.name.clone(), Kind::Order, item.id.as_deref()?).ok();
    let keys: Vec<Option<SubjectKey>> = items.iter().map(key).collect();
    let wanted: Vec<SubjectKey> = keys.iter().flatten().cloned().collect();
    let state: &dyn State = &*asker.ports.state;
    let mut records = match state.read(wanted).await {
        Ok(records) => records.into_iter(),
        Err(error) => {
            tracing::warn!(account = %asker.account.name, %error, "records not read: all of the page is handed over");
            return vec![false; items.len()];
        }
    };
    items
        .iter()
        .zip(keys)
        .map(|(item, key)| key.and_then(|_| records.next().flatten()).is_some_and(|record| holds(&record, item)))
        .collect()
}

/// Was this version read before, and late enough to be its last word?
fn holds(record: &Record, item: &Pulled) -> bool {
    let (Some(order), Some(changed)) = (&record.body.facets.order, item.changed) else { return false };
    settled(order.rank) && order.rank.version >= changed.as_microsecond()
}

/// A read that began this long after the version that it returns saw all of that version: `updated_at` has whole seconds.
fn settled(rank: Rank) -> bool {
    let margin = i64::try_from(SETTLED_AFTER.as_micros()).unwrap_or(i64::MAX);
    rank.source == ReadOrPush::Read && rank.stated_at >= rank.version.saturating_add(margin)
}

/// Reads what is missing of an item and hands it over.
pub(crate) async fn hand_over(asker: &Asker<'_>, item: Pulled, mut reading: Reading) -> Result<Handed, Stopped> {
    let mut whole = item.clone();
    let mut parts = 0_usize;
    while let Some(rest) = whole.rest.take() {
        parts = parts.saturating_add(1);
        let told = if parts > MAX_PARTS { Err(Failed::TooLarge) } else { asker.ask(&Question::Rest(rest)).await };
        match told {
            Ok(Told { answer: Answer::Item(more), asked_at, api_version, .. }) => {
                if parts == 1 {
                    reading = Reading { began: asked_at, api_version };
                }
                whole = more;
            }
            Ok(Told { answer: Answer::Moved, .. }) => return Ok(Handed::Moved),
            // Not even the channel can say it: what came says so itself, and is parked for a person.
            Ok(_) | Err(Failed::TooLarge | Failed::LostPlace | Failed::Unreadable(_)) => {
                tracing::warn!(account = %asker.account.name, trace_id = delivery_id(&item), "not read whole");
                whole = Pulled { rest: None, ..item.clone() };
            }
            Err(failed @ (Failed::NoTime | Failed::Throttled | Failed::Unreachable(_) | Failed::Denied(_))) => {
                return Err(Stopped::Asking(failed));
            }
        }
    }
    let id = delivery_id(&whole);
    let body = fitting([whole.body, item.body]).unwrap_or_else(|bytes| {
        tracing::warn!(account = %asker.account.name, trace_id = id, bytes, "larger than a delivery may be");
        TOO_LARGE.to_vec()
    });
    send(asker, whole.topic, id, body, &reading).await.map(|()| Handed::Sent)
}

/// The first body that a delivery takes. A part of a thing is read as what it is, and parked.
fn fitting(bodies: [Vec<u8>; 2]) -> Result<Vec<u8>, usize> {
    let bytes = bodies.iter().map(Vec::len).min().unwrap_or_default();
    bodies.into_iter().find(|body| body.len() <= MAX_BODY_BYTES).ok_or(bytes)
}

/// The same thing at the same version has the same id, so that what cannot be read is parked once.
fn delivery_id(item: &Pulled) -> String {
    let version = item.changed.map_or(0, Timestamp::as_microsecond);
    let id = item.id.clone().filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let id = id.unwrap_or_else(|| sha256_hex(&item.body).chars().take(16).collect());
    format!("pull-{id}-{version}")
}

/// Tells a person what is in the way, once: while it waits for them, nothing is added.
pub(crate) async fn denied(asker: &Asker<'_>, id: &str, fix: &str) {
    let subject = SubjectKey::new(asker.account.name.clone(), Kind::Delivery, id).ok();
    if let Some(subject) = subject
        && let Ok(mut found) = asker.ports.state.read(vec![subject]).await
        && found.pop().flatten().is_some_and(|record| record.head.parked.is_some())
    {
        return;
    }
    let (topic, body) = asker.channel.denial(fix);
    let reading = Reading { began: asker.ports.clock.now(), api_version: None };
    if let Err(Stopped::Queue(error)) = send(asker, topic, id.to_owned(), body, &reading).await {
        tracing::warn!(account = %asker.account.name, %error, "nobody is told yet: the next run tells them");
    }
}

async fn send(
    asker: &Asker<'_>,
    topic: &str,
    delivery_id: String,
    body: Vec<u8>,
    reading: &Reading,
) -> Result<(), Stopped> {
    let ports = asker.ports;
    let delivery = Delivery {
        channel: asker.channel.name().to_owned(),
        account: asker.account.name.clone(),
        topic: topic.to_owned(),
        delivery_id,
        source: ReadOrPush::Read,
        stated_at: Some(reading.began),
        api_version: reading.api_version.clone(),
        received_at: ports.clock.now(),
        trace_id: format!("{:016x}{:016x}", ports.random.next(), ports.random.next()),
        body,
    };
    ports.queue.send_delivery(delivery).await.map_err(|error| Stopped::Queue(error.to_string()))
}
