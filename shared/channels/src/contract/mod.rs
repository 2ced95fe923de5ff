//! What every channel adapter must do.

mod check;

use jiff::Timestamp;
use serde::Serialize;
use sluice_domain::{
    account::{Account, ShopNaming},
    delivery::Delivery,
    ports::secrets::{AccountSecrets, Secret},
    state::Evidence,
};

use crate::{
    explain::{ExplainContext, Explained},
    pull::Pull,
};

pub use check::{Checked, Fault};

/// What is the same in every row: its modules `verify`, `decode` and `explain`, and its function `check_account`, do the work.
macro_rules! by_its_modules {
    () => {
        fn verify(
            &self,
            inbound: &$crate::Inbound<'_>,
            secrets: &[sluice_domain::ports::secrets::Secret],
        ) -> Result<(), $crate::Rejection> {
            verify::verify(inbound, secrets)
        }

        fn belongs(
            &self,
            inbound: &$crate::Inbound<'_>,
            account: &sluice_domain::account::Account,
        ) -> Result<(), $crate::Rejection> {
            verify::belongs(inbound, account)
        }

        fn envelope(&self, inbound: &$crate::Inbound<'_>) -> $crate::Envelope {
            verify::envelope(inbound)
        }

        fn decode(
            &self,
            delivery: &sluice_domain::delivery::Delivery,
            context: &$crate::DecodeContext<'_>,
        ) -> Result<$crate::Decoded, $crate::Refusal> {
            decode::decode(delivery, context)
        }

        fn explain(&self, topic: &str, body: &[u8], context: &$crate::ExplainContext<'_>) -> Vec<$crate::Explained> {
            explain::explain(topic, body, context)
        }

        fn sign(&self, request: &$crate::SigningRequest<'_>) -> $crate::SignedRequest {
            verify::sign(request)
        }

        fn check_account(
            &self,
            account: &sluice_domain::account::Account,
            secrets: &sluice_domain::ports::secrets::AccountSecrets,
        ) -> Vec<String> {
            check_account(account, secrets)
        }
    };
}

/// A request as it came in: nothing about it is trusted yet.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// Header names in any case, and values.
    pub headers: &'a [(String, String)],
    /// The raw bytes.
    pub body: &'a [u8],
    /// The URL that the sender used, where a channel signs it.
    pub url: Option<&'a str>,
    /// Now, where a channel's signature has an age.
    pub now: Timestamp,
}

impl<'a> Inbound<'a> {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Why a request is not believed. For the operator, never for the sender: the answer is the same 401 for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A header that the proof needs is absent.
    #[error("missing header {0}")]
    MissingHeader(&'static str),
    /// The signature is not in the form that the channel uses.
    #[error("malformed signature: {0}")]
    MalformedSignature(&'static str),
    /// No secret gives this signature for these bytes.
    #[error("the signature does not match")]
    WrongSignature,
    /// The signature is good, and older or newer than this.
    #[error("the timestamp is not within {0} of now")]
    Untimely(&'static str),
    /// There is no secret to check with.
    #[error("empty secret")]
    EmptySecret,
    /// The signature is good and the shop is another one.
    #[error("the shop domain is not the account's")]
    ForeignShop,
    /// What was given to check with, or the URL, is missing or cannot be used.
    #[error("{0}")]
    Unusable(String),
}

/// A payload that cannot be read: which field, and what is wrong with it. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Refusal {
    /// The field, as a path: `line_items[2].price`.
    pub field: String,
    /// What is wrong, and what was expected.
    pub problem: String,
    /// The id of the thing, where that much could be read.
    pub external_id: Option<String>,
}

/// Something odd in a payload that can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// A fixed word: `sums_disagree`, `line_without_sku`, `schema_drift`, ...
    pub code: &'static str,
    /// The field, as a path.
    pub field: String,
    /// A sentence. No personal data.
    pub message: String,
}

impl Warning {
    /// A warning about a field.
    #[must_use]
    pub fn new(code: &'static str, field: impl std::fmt::Display, message: impl Into<String>) -> Self {
        Self { code, field: field.to_string(), message: message.into() }
    }
}

/// What a delivery says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// Evidence about one subject or several.
    Evidence {
        /// In the order stated.
        evidence: Vec<Evidence>,
        /// What the shop calls the thing: `#1001`.
        number: Option<String>,
        /// Oddities.
        warnings: Vec<Warning>,
        /// Items of a list that cannot be read: they cost no other.
        refused: Vec<Refusal>,
    },
    /// Of no concern to the flows that exist: counted and journalled.
    Ignored {
        /// A fixed sentence: why.
        reason: &'static str,
    },
    /// Something changed, and is not said: the account is read soon, and not only when its turn comes.
    Thin {
        /// A fixed sentence: what is missing.
        reason: &'static str,
    },
    /// A person must act: a privacy request, an uninstalled app. Recorded under the account.
    Notice {
        /// A fixed word: `app_uninstalled`, `customers_redact`.
        what: &'static str,
        /// A sentence for the person. No personal data.
        message: String,
    },
}

/// What decoding needs to know beside the bytes.
#[derive(Clone, Copy)]
pub struct DecodeContext<'a> {
    /// Whose delivery it is.
    pub account: &'a Account,
    /// Key of the hashes in external ids.
    pub contact_key: &'a Secret,
}

/// What `sluice send` wants to post.
pub struct SigningRequest<'a> {
    /// To which account.
    pub account: &'a Account,
    /// The provider's own event name.
    pub topic: &'a str,
    /// The delivery id.
    pub delivery_id: &'a str,
    /// The raw bytes.
    pub body: &'a [u8],
    /// The URL that it is posted to, where a channel signs it.
    pub url: Option<&'a str>,
    /// The secret to sign with.
    pub secret: &'a Secret,
    /// Now.
    pub now: Timestamp,
}

/// Headers as the channel itself would send them.
pub struct SignedRequest {
    /// Names and values.
    pub headers: Vec<(String, String)>,
}

/// One channel: what it sends, and by [`Pull`] what is read from it.
pub trait Channel: Pull + Send + Sync {
    /// The folder name.
    fn name(&self) -> &'static str;

    /// How accounts name their shop.
    fn shop_naming(&self) -> ShopNaming;

    /// Is it a ping: an unsigned request by which the channel sees whether somebody answers, and which says nothing? It is
    /// answered 200 whatever the account, and nothing is kept of it.
    fn is_ping(&self, inbound: &Inbound<'_>) -> bool;

    /// Proves on the raw bytes that the channel sent them: in constant time, with any of the secrets.
    ///
    /// # Errors
    /// When it is not proved.
    fn verify(&self, inbound: &Inbound<'_>, secrets: &[Secret]) -> Result<(), Rejection>;

    /// Proves that a delivery whose signature is good is meant for this account.
    ///
    /// # Errors
    /// When it is another shop's, or does not say whose.
    fn belongs(&self, inbound: &Inbound<'_>, account: &Account) -> Result<(), Rejection>;

    /// Looks at the body of a proved delivery before it is kept, where senders can correct what they send. Most channels send
    /// what they send: nobody looks.
    fn check(&self, _inbound: &Inbound<'_>) -> Checked {
        Checked::Fine
    }

    /// Reads the envelope of a proved delivery: topic, delivery id, version, time. Never fails: what is absent is empty.
    fn envelope(&self, inbound: &Inbound<'_>) -> Envelope;

    /// Reads the envelope of a message that the provider put into a queue of the account's own, where the queue's access policy
    /// is the proof of who speaks. `None` where it is no event of the channel, as for all that post their events.
    fn queued(&self, _message: &[u8]) -> Option<Envelope> {
        None
    }

    /// Turns a delivery into evidence.
    ///
    /// # Errors
    /// When the body cannot be read; names the field.
    fn decode(&self, delivery: &Delivery, context: &DecodeContext<'_>) -> Result<Decoded, Refusal>;

    /// The dry run: every item of a payload with its figures. `topic` may be `pull:order` and the like.
    fn explain(&self, topic: &str, body: &[u8], context: &ExplainContext<'_>) -> Vec<Explained>;

    /// Signs as the channel would.
    fn sign(&self, request: &SigningRequest<'_>) -> SignedRequest;

    /// What has to be configured for an account of this channel, each with its fix.
    fn check_account(&self, account: &Account, secrets: &AccountSecrets) -> Vec<String>;
}

/// What the headers of a proved delivery say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The provider's own event name.
    pub topic: String,
    /// The id of this delivery.
    pub delivery_id: Option<String>,
    /// The API version that the channel used.
    pub api_version: Option<String>,
    /// When the channel sent it.
    pub stated_at: Option<Timestamp>,
}
