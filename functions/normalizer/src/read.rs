//! Reading one delivery: decode, without letting a defect of an adapter take the batch down.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::{Compression, write::ZlibEncoder};
use sluice_channels::{DecodeContext, Decoded, Refusal, channel, sha256_hex};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    ports::secrets::Secret,
    state::ExceptionClass,
    value::{Kind, SubjectKey},
};

/// What reading a delivery came to.
pub(crate) enum Read {
    /// Evidence, and what the shop calls the thing.
    Evidence { evidence: Vec<sluice_domain::state::Evidence>, number: Option<String> },
    /// Of no concern.
    Ignored { reason: String },
    /// A person must look at the delivery itself.
    Parked { class: ExceptionClass, cause: String, reason: String },
}

/// Decodes a delivery.
pub(crate) fn read(delivery: &Delivery, account: &Account, contact_key: &Secret) -> Read {
    let Some(channel) = channel(&delivery.channel) else {
        return Read::Ignored { reason: format!("this build does not speak {}", delivery.channel) };
    };
    let context = DecodeContext { account, contact_key };
    match catch_unwind(AssertUnwindSafe(|| channel.decode(delivery, &context))) {
        Ok(Ok(Decoded::Evidence { evidence, number, warnings })) => {
            for warning in warnings {
                tracing::warn!(
                    account = %account.name, topic = delivery.topic, trace_id = delivery.trace_id,
                    code = warning.code, field = warning.field, "oddity"
                );
            }
            Read::Evidence { evidence, number }
        }
        Ok(Ok(Decoded::Ignored { reason })) => Read::Ignored { reason: reason.to_owned() },
        Ok(Ok(Decoded::Notice { what, message })) => {
            let class = if what == "app_uninstalled" {
                ExceptionClass::AccountDisconnected
            } else {
                ExceptionClass::PrivacyRequest
            };
            Read::Parked { class, cause: what.to_owned(), reason: message }
        }
        Ok(Err(Refusal { field, problem, .. })) => Read::Parked {
            class: ExceptionClass::UnreadablePayload,
            cause: format!("{} {field}", delivery.topic),
            reason: format!("{} of {}: {field}: {problem}", delivery.topic, delivery.channel),
        },
        Err(_) => Read::Parked {
            class: ExceptionClass::Defect,
            cause: format!("{} panics", delivery.topic),
            reason: format!("reading {} of {} failed in Sluice itself: report it", delivery.topic, delivery.channel),
        },
    }
}

/// The subject of a delivery that is not about anything else.
pub(crate) fn own_subject(delivery: &Delivery) -> Option<SubjectKey> {
    SubjectKey::new(delivery.account.clone(), Kind::Delivery, &delivery.delivery_id).ok()
}

/// Seals raw bodies for the journal. One serves a whole batch: the tables of a compressor are larger than most bodies, and
/// clearing them is much cheaper than making them.
pub(crate) struct Sealer(ZlibEncoder<Vec<u8>>);

impl Default for Sealer {
    fn default() -> Self {
        Self(ZlibEncoder::new(Vec::new(), Compression::fast()))
    }
}

impl Sealer {
    /// Hash and compressed form of a raw body.
    pub(crate) fn seal(&mut self, body: &[u8]) -> (String, Vec<u8>) {
        let compressed = std::io::Write::write_all(&mut self.0, body).and_then(|()| self.0.reset(Vec::new()));
        // Writing to memory does not fail; if it did, the hash alone would stand.
        (sha256_hex(body), compressed.unwrap_or_default())
    }
}
