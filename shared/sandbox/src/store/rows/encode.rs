//! Rows as bytes: small ones as JSON that a person can read in the file, large ones compressed.

use std::{io::Read, sync::Arc};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sluice_domain::{
    delivery::{Delivery, Wake},
    ports::{
        journal::{Happening, JournalEntry},
        state::StateError,
    },
    state::ReadOrPush,
    value::{AccountName, SubjectKey},
};

use super::{Row, Space};
use crate::store::{broken, queue::Message};

/// The most bytes that something compressed may unpack to.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// A value as JSON, compressed. Fast beats small: it is written at every change, and a factor of eight is enough.
pub(in crate::store) fn compressed<T: Serialize>(value: &T) -> Result<Vec<u8>, StateError> {
    packed(&json(value)?)
}

pub(super) fn encode(row: &Row) -> Result<Vec<u8>, StateError> {
    match row {
        Row::Mark => Ok(Vec::new()),
        Row::Number(number) => json(number),
        Row::Bytes(bytes) => Ok(bytes.to_vec()),
        Row::Head(head) => json(&**head),
        Row::Body(body) => compressed(&**body),
        Row::Call(call) => json(&**call),
        Row::Permit(permit) => json(&**permit),
        Row::Pressure(pressure) => json(&**pressure),
        Row::Cursor(cursor) => json(&**cursor),
        Row::Identity(identity) => json(&**identity),
        Row::Journal(entry) => encode_entry(entry),
        Row::Message(message) => encode_message(message),
    }
}

pub(super) fn decode(space: Space, bytes: &[u8]) -> Result<Row, StateError> {
    Ok(match space {
        Space::Due | Space::Name | Space::Parked | Space::CallDue => Row::Mark,
        Space::Queue | Space::Dead => Row::Number(parse(bytes)?),
        Space::Counter | Space::Own => Row::Bytes(bytes.into()),
        Space::Head => Row::Head(Arc::new(parse(bytes)?)),
        Space::Body => Row::Body(Arc::new(parse(&unpacked(bytes)?)?)),
        Space::Call => Row::Call(Arc::new(parse(bytes)?)),
        Space::Permit => Row::Permit(Arc::new(parse(bytes)?)),
        Space::Pressure => Row::Pressure(Arc::new(parse(bytes)?)),
        Space::Cursor => Row::Cursor(Arc::new(parse(bytes)?)),
        Space::Identity => Row::Identity(Arc::new(parse(bytes)?)),
        Space::Journal => Row::Journal(Arc::new(decode_entry(bytes)?)),
        Space::Message => Row::Message(Arc::new(decode_message(bytes)?)),
    })
}

/// An entry without the raw body of its evidence, which follows as it is: JSON would write each byte as a number.
fn encode_entry(entry: &JournalEntry) -> Result<Vec<u8>, StateError> {
    let mut slim = entry.clone();
    let raw = match &mut slim.what {
        Happening::Evidence { body, .. } => std::mem::take(body),
        Happening::Write { .. } | Happening::Note { .. } => Vec::new(),
    };
    parcel(&slim, &raw)
}

fn decode_entry(bytes: &[u8]) -> Result<JournalEntry, StateError> {
    let (mut entry, raw): (JournalEntry, _) = opened(bytes)?;
    if let Happening::Evidence { body, .. } = &mut entry.what {
        *body = raw.to_vec();
    }
    Ok(entry)
}

/// A message as it is kept; a delivery's body follows, compressed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Wake { subject: SubjectKey, trace_id: String },
    Delivery(KeptDelivery),
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
    trace_id: String,
}

fn encode_message(message: &Message) -> Result<Vec<u8>, StateError> {
    match message {
        Message::Wake(wake) => {
            parcel(&Kept::Wake { subject: wake.subject.clone(), trace_id: wake.trace_id.clone() }, &[])
        }
        Message::Delivery(delivery) => {
            let kept = KeptDelivery {
                channel: delivery.channel.clone(),
                account: delivery.account.clone(),
                topic: delivery.topic.clone(),
                delivery_id: delivery.delivery_id.clone(),
                source: delivery.source,
                stated_at: delivery.stated_at,
                api_version: delivery.api_version.clone(),
                received_at: delivery.received_at,
                trace_id: delivery.trace_id.clone(),
            };
            parcel(&Kept::Delivery(kept), &packed(&delivery.body)?)
        }
    }
}

fn decode_message(bytes: &[u8]) -> Result<Message, StateError> {
    let (kept, raw) = opened(bytes)?;
    Ok(match kept {
        Kept::Wake { subject, trace_id } => Message::Wake(Wake { subject, trace_id }),
        Kept::Delivery(kept) => Message::Delivery(Delivery {
            channel: kept.channel,
            account: kept.account,
            topic: kept.topic,
            delivery_id: kept.delivery_id,
            source: kept.source,
            stated_at: kept.stated_at,
            api_version: kept.api_version,
            received_at: kept.received_at,
            trace_id: kept.trace_id,
            body: unpacked(raw)?,
        }),
    })
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, StateError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).map_err(|error| broken(&error))?;
    encoder.finish().map_err(|error| broken(&error))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, StateError> {
    let mut plain = Vec::new();
    ZlibDecoder::new(bytes).take(MAX_UNPACKED).read_to_end(&mut plain).map_err(|error| broken(&error))?;
    Ok(plain)
}

/// The length of some JSON, the JSON, and raw bytes behind it.
fn parcel<T: Serialize>(value: &T, raw: &[u8]) -> Result<Vec<u8>, StateError> {
    let head = json(value)?;
    let length = u32::try_from(head.len()).map_err(|error| broken(&error))?;
    Ok([length.to_be_bytes().as_slice(), &head, raw].concat())
}

fn opened<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), StateError> {
    let short = || StateError::Broken("a row that is cut short".into());
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|error| broken(&error))?;
    let (head, raw) = rest.split_at_checked(length).ok_or_else(short)?;
    Ok((parse(head)?, raw))
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(value).map_err(|error| broken(&error))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StateError> {
    serde_json::from_slice(bytes).map_err(|error| broken(&error))
}
