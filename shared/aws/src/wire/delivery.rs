//! Deliveries: an envelope, and the body as text, packed, or in the bucket of bodies.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sluice_domain::{delivery::Delivery, state::ReadOrPush, value::AccountName};

use super::{MAX_BODY_BYTES, MAX_MESSAGE_BYTES, MAX_TEXT_BYTES, VERSION, WireError, json, read};
use crate::zlib::{deflate, inflate};

/// A delivery that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// The whole of it.
    Whole(String),
    /// Its body goes into the bucket first, under this key.
    Stored {
        /// Where the body goes.
        key: String,
        /// The body.
        packed: Packed,
        /// What is sent once the body is there.
        message: String,
    },
}

/// A delivery that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The whole of it.
    Whole(Delivery),
    /// Its body is in the bucket; here it has none.
    Stored(Delivery, StoredBody),
}

/// A compressed body. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// The bytes of the object.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} bytes)", self.0.len())
    }
}

/// Where a body is, and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredBody {
    /// Key of the object.
    pub key: String,
    /// SHA-256 of the body, not compressed, hex.
    pub sha256: String,
    /// Its length, not compressed.
    pub bytes: usize,
}

impl StoredBody {
    /// The body in an object's bytes.
    ///
    /// # Errors
    /// When they are not what was put there.
    pub fn unpack(&self, object: &[u8]) -> Result<Vec<u8>, WireError> {
        let body = unpacked(object)?;
        if body.len() != self.bytes || hex::encode(Sha256::digest(&body)) != self.sha256 {
            return Err(WireError::Body("its hash or length is another".into()));
        }
        Ok(body)
    }
}

#[derive(Serialize, Deserialize)]
struct Message<'a> {
    v: u64,
    #[serde(borrow)]
    channel: Cow<'a, str>,
    account: AccountName,
    #[serde(borrow)]
    topic: Cow<'a, str>,
    #[serde(borrow)]
    delivery_id: Cow<'a, str>,
    source: ReadOrPush,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated_at: Option<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    api_version: Option<Cow<'a, str>>,
    received_at: Timestamp,
    #[serde(borrow)]
    trace_id: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    body_z: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_s3: Option<StoredBody>,
}

impl<'a> Message<'a> {
    fn envelope(delivery: &'a Delivery) -> Self {
        Self {
            v: VERSION,
            channel: Cow::Borrowed(&delivery.channel),
            account: delivery.account.clone(),
            topic: Cow::Borrowed(&delivery.topic),
            delivery_id: Cow::Borrowed(&delivery.delivery_id),
            source: delivery.source,
            stated_at: delivery.stated_at,
            api_version: delivery.api_version.as_deref().map(Cow::Borrowed),
            received_at: delivery.received_at,
            trace_id: Cow::Borrowed(&delivery.trace_id),
            body: None,
            body_z: None,
            body_s3: None,
        }
    }

    fn into_delivery(self, body: Vec<u8>) -> Delivery {
        Delivery {
            channel: self.channel.into_owned(),
            account: self.account,
            topic: self.topic.into_owned(),
            delivery_id: self.delivery_id.into_owned(),
            source: self.source,
            stated_at: self.stated_at,
            api_version: self.api_version.map(Cow::into_owned),
            received_at: self.received_at,
            trace_id: self.trace_id.into_owned(),
            body,
        }
    }
}

/// A delivery as a message: the body as text where that is short, else packed, else in the bucket.
///
/// # Errors
/// When the body is larger than [`MAX_BODY_BYTES`], or the envelope alone fills a message.
pub fn encode_delivery(delivery: &Delivery) -> Result<Outgoing, WireError> {
    if delivery.body.len() > MAX_BODY_BYTES {
        return Err(WireError::TooLarge);
    }
    if let Some(text) = short_text(&delivery.body) {
        let message = json(&Message { body: Some(text.into()), ..Message::envelope(delivery) })?;
        if message.len() <= MAX_TEXT_BYTES {
            return Ok(Outgoing::Whole(message));
        }
    }
    let packed = deflate(&delivery.body);
    let message = json(&Message { body_z: Some(STANDARD.encode(&packed).into()), ..Message::envelope(delivery) })?;
    if message.len() <= MAX_MESSAGE_BYTES {
        return Ok(Outgoing::Whole(message));
    }
    let stored = StoredBody {
        key: object_key(delivery),
        sha256: hex::encode(Sha256::digest(&delivery.body)),
        bytes: delivery.body.len(),
    };
    let key = stored.key.clone();
    let message = json(&Message { body_s3: Some(stored), ..Message::envelope(delivery) })?;
    if message.len() > MAX_MESSAGE_BYTES {
        return Err(WireError::TooLarge);
    }
    Ok(Outgoing::Stored { key, packed: Packed(packed), message })
}

/// The body, where it is text and may fit.
fn short_text(body: &[u8]) -> Option<&str> {
    (body.len() <= MAX_TEXT_BYTES).then(|| std::str::from_utf8(body).ok()).flatten()
}

/// By account and day, so that a person finds it and a rule of retention covers it.
fn object_key(delivery: &Delivery) -> String {
    let day = delivery.received_at.strftime("%F");
    format!("deliveries/{}/{day}/{}", delivery.account, delivery.trace_id)
}

/// A message as a delivery.
///
/// # Errors
/// When it is none, is of another version, or its body does not unpack.
pub fn decode_delivery(text: &str) -> Result<Incoming, WireError> {
    let mut message: Message<'_> = read(text)?;
    match (message.body.take(), message.body_z.take(), message.body_s3.take()) {
        (Some(body), None, None) => Ok(Incoming::Whole(message.into_delivery(body.into_owned().into_bytes()))),
        (None, Some(packed), None) => {
            let packed = STANDARD.decode(packed.as_bytes());
            let packed = packed.map_err(|_| WireError::Body("it is not base64".into()))?;
            let body = unpacked(&packed)?;
            Ok(Incoming::Whole(message.into_delivery(body)))
        }
        (None, None, Some(stored)) => Ok(Incoming::Stored(message.into_delivery(Vec::new()), stored)),
        _ => Err(WireError::Malformed("it has none, or more than one, of body, body_z and body_s3".into())),
    }
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, WireError> {
    inflate(packed, MAX_BODY_BYTES).map_err(|error| WireError::Body(error.to_string()))
}
