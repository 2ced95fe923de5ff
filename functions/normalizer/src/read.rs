//! Reading one delivery: decode, without letting a defect of an adapter take the batch down.

use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::{Compression, write::ZlibEncoder};
use sluice_channels::{DecodeContext, Decoded, Refusal, channel, sha256_hex};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    ports::secrets::Secret,
    state::{Evidence, ExceptionClass},
    value::{Kind, SubjectKey},
};

/// What reading a delivery came to.
pub(crate) enum Read {
    /// Evidence, what the shop calls the thing, and what of the delivery could not be read.
    Evidence { evidence: Vec<Evidence>, number: Option<String>, trouble: Option<Trouble> },
    /// Of no concern.
    Ignored { reason: String },
    /// Something changed, and is not said: the account has to be read.
    Thin { reason: &'static str },
    /// A person must look at the delivery itself.
    Parked(Trouble),
}

/// Why a person must look at a delivery.
pub(crate) struct Trouble {
    pub(crate) class: ExceptionClass,
    pub(crate) cause: String,
    pub(crate) reason: String,
}

/// What to do about a delivery that cannot be read.
const KEPT: &str = "it is kept: save the thing once more at the channel, or retry when a newer Sluice can read it";

/// Decodes a delivery.
pub(crate) fn read(delivery: &Delivery, account: &Account, contact_key: &Secret) -> Read {
    let Some(channel) = channel(&delivery.channel) else {
        return Read::Ignored { reason: format!("this build does not speak {}", delivery.channel) };
    };
    let context = DecodeContext { account, contact_key };
    match catch_unwind(AssertUnwindSafe(|| channel.decode(delivery, &context))) {
        Ok(Ok(Decoded::Evidence { evidence, number, warnings, refused })) => {
            for warning in warnings {
                tracing::warn!(
                    account = %account.name, topic = delivery.topic, trace_id = delivery.trace_id,
                    code = warning.code, field = warning.field, "oddity"
                );
            }
            Read::Evidence { evidence, number, trouble: partly(&refused, delivery) }
        }
        Ok(Ok(Decoded::Ignored { reason })) => Read::Ignored { reason: reason.to_owned() },
        Ok(Ok(Decoded::Thin { reason })) => Read::Thin { reason },
        Ok(Ok(Decoded::Notice { what, message })) => {
            let class = if ["app_uninstalled", "access_denied"].contains(&what) {
                ExceptionClass::AccountDisconnected
            } else {
                ExceptionClass::PrivacyRequest
            };
            Read::Parked(Trouble { class, cause: what.to_owned(), reason: message })
        }
        Ok(Err(Refusal { field, problem, external_id })) => Read::Parked(Trouble {
            class: ExceptionClass::UnreadablePayload,
            cause: format!("{} {field}", delivery.topic),
            reason: format!(
                "{}{} cannot be read: {field}: {problem}; {KEPT}",
                delivery.topic,
                external_id.map_or_else(String::new, |id| format!(" of id {id}"))
            ),
        }),
        Err(_) => Read::Parked(Trouble {
            class: ExceptionClass::Defect,
            cause: format!("{} panics", delivery.topic),
            reason: format!("reading {} of {} failed in Sluice itself: report it", delivery.topic, delivery.channel),
        }),
    }
}

/// Items of a list that cannot be read wait together, under the delivery that they came in.
fn partly(refused: &[Refusal], delivery: &Delivery) -> Option<Trouble> {
    let Refusal { field, problem, external_id } = refused.first()?;
    let which = external_id.as_ref().map_or_else(|| "the first".to_owned(), |id| format!("id {id}"));
    Some(Trouble {
        class: ExceptionClass::UnreadablePayload,
        cause: format!("{} {field}", delivery.topic),
        reason: format!(
            "{}: {} of its items cannot be read, the others were taken; {which}: {field}: {problem}; {KEPT}",
            delivery.topic,
            refused.len()
        ),
    })
}

/// The subject of a delivery that is not about anything else.
pub(crate) fn own_subject(delivery: &Delivery) -> Option<SubjectKey> {
    SubjectKey::new(delivery.account.clone(), Kind::Delivery, &delivery.delivery_id).ok()
}

/// Seals raw bodies for the journal. One serves a whole batch: the tables of a compressor are larger than most bodies, and
/// clearing them is much cheaper than making them. Not the fastest compression: what it saves, some thirty microseconds, is a
/// ten-thousandth of the price of the write unit that its larger result takes.
pub(crate) struct Sealer(ZlibEncoder<Vec<u8>>);

impl Default for Sealer {
    fn default() -> Self {
        Self(ZlibEncoder::new(Vec::new(), Compression::default()))
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
