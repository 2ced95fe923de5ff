//! A delivery: raw evidence on its way from a channel, as it travels through the `deliveries` queue.

use jiff::Timestamp;

use crate::{
    state::ReadOrPush,
    value::{AccountName, SubjectKey},
};

/// The largest body of a delivery, in bytes: what one message of SQS takes (since August 2025; 256 KiB before).
pub const MAX_BODY_BYTES: usize = 1_048_576;

/// What a channel said, byte for byte, once its origin is proved. `Debug` does not show the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The channel's folder name.
    pub channel: String,
    /// Whose it is.
    pub account: AccountName,
    /// The provider's own event name, or `pull:order` and the like.
    pub topic: String,
    /// The channel's id of this delivery; for the journal, never the identity of what it is about.
    pub delivery_id: String,
    /// Pushed or read.
    pub source: ReadOrPush,
    /// When the channel sent it, or when the read began.
    pub stated_at: Option<Timestamp>,
    /// The API version that the channel used.
    pub api_version: Option<String>,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Follows it into Odoo and the logs.
    pub trace_id: String,
    /// The raw bytes.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Delivery({} {} {} {}, {} bytes)",
            self.channel,
            self.account,
            self.topic,
            self.delivery_id,
            self.body.len()
        )
    }
}

/// "This subject is due": all that a message to a worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wake {
    /// The subject.
    pub subject: SubjectKey,
    /// Follows it into the logs.
    pub trace_id: String,
}
