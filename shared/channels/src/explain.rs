//! `sluice explain`: what a payload would become, as figures that an accountant can compare.

use serde::Serialize;
use sluice_domain::{account::Account, ports::secrets::Secret, state::Evidence};

use crate::{Refusal, Warning};

/// What explaining needs to know beside the bytes.
#[derive(Clone, Copy)]
pub struct ExplainContext<'a> {
    /// The account, or the neutral built-in one.
    pub account: &'a Account,
    /// Key of the hashes in external ids.
    pub contact_key: &'a Secret,
}

/// One item of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explained {
    /// A thing, with its figures and the evidence that would be folded (none for kinds that no flow takes yet).
    Item {
        /// What the interface fixes.
        figures: Box<Figures>,
        /// What would be folded.
        evidence: Vec<Evidence>,
    },
    /// Of no concern.
    Ignored {
        /// The topic.
        topic: String,
        /// Why.
        reason: String,
    },
    /// It cannot be read.
    Refused(Refusal),
}

/// The figures of one thing, exactly as `design/interface.md` fixes them. Amounts are decimal strings at the currency's
/// precision; unknown is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// `order`, `refund`, ...
    pub kind: &'static str,
    /// `account/kind/external-id`.
    pub subject: String,
    /// The channel's id, as text.
    pub external_id: String,
    /// What the shop shows the customer; on a payment, the order reference that it carries.
    pub number: Option<String>,
    /// The shop's currency.
    pub currency: Option<String>,
    /// Value of the sale as stated: after edits, before refunds.
    pub total: Option<String>,
    /// Item lines after all discounts.
    pub subtotal: Option<String>,
    /// Do this payload's line prices contain tax?
    pub tax_included: Option<bool>,
    /// All tax.
    pub tax: Option<String>,
    /// Everything taken off, positive.
    pub discount: Option<String>,
    /// Shipping after its discounts.
    pub shipping: Option<String>,
    /// Tip.
    pub tip: Option<String>,
    /// Fees, duties, rounding; signed.
    pub fees: Option<String>,
    /// Item lines.
    pub lines: Option<usize>,
    /// Their quantities.
    pub units: Option<String>,
    /// Captured before refunds.
    pub paid: Option<String>,
    /// Settled refunds.
    pub refunded: Option<String>,
    /// Where it stands.
    pub state: Option<String>,
    /// Test data.
    pub test: bool,
    /// Oddities.
    pub warnings: Vec<Warning>,
}
