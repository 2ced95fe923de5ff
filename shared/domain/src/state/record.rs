//! The record of a subject: a small head that changes often, a body that changes with the desired state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::OrderFacets;
use crate::{
    summary::{Place, Summary},
    value::{Money, SubjectKey},
};

/// The most invoices and credit notes of one order that are noted in its head, which stays under 1 KB.
pub const MAX_LEDGER_NOTES: usize = 8;

/// The most subjects that one save may leave to be woken.
pub const MAX_PENDING_WAKES: usize = 64;

/// A subject: head and body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The part that changes with every step.
    pub head: Head,
    /// The part that changes with the desired state.
    pub body: Body,
}

/// The desired state of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The facets of an order, and of a day's summary once it is closed; empty for other kinds.
    pub facets: OrderFacets,
    /// The sales that a day's summary stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// Under 1 KB: versions, steps, due, ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose it is.
    pub key: SubjectKey,
    /// Counts saves; a save names the version it read and fails if it is no longer so. 0 was never saved.
    pub version: u64,
    /// Counts changes of the desired state.
    pub desired: u64,
    /// What the channel calls it: `#1001`.
    pub number: Option<String>,
    /// The order in Odoo, once it was seen there.
    pub odoo: Option<OdooOrder>,
    /// Keys of the addresses that were applied: invoice and delivery.
    pub addresses: Option<(String, String)>,
    /// Steps done in Odoo, each with the desired version that was read back.
    pub applied: AppliedSteps,
    /// When to look at it again; `None` is at rest.
    pub due: Option<Due>,
    /// Attempts since the last progress.
    pub attempts: u32,
    /// Parked or held, with the reason.
    pub parked: Option<ParkedException>,
    /// Subjects to wake, saved with the fold that made it necessary.
    pub pending_wakes: Vec<SubjectKey>,
    /// A call of unknown outcome may have changed Odoo after we last looked: look again, whatever `applied` says.
    pub recheck: bool,
    /// Version of the account configuration that produced what was applied.
    pub mapping_version: Option<String>,
    /// When the first evidence arrived.
    pub received_at: Timestamp,
    /// When the current desired state was fully applied.
    pub settled_at: Option<Timestamp>,
    /// Since when it is neither settled nor held: how late it is.
    #[serde(default)]
    pub open_since: Option<Timestamp>,
    /// What it waits for, where nobody will tell us: it is due when we look again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// What the order's lines in Odoo were when they were last seen equal, or as a call of ours had made them: if they are others
    /// now, somebody changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u64>,
    /// What lines a call of ours leaves that nobody has seen since: those are nobody else's either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Our invoices and credit notes (`refund 33`), once they were seen: one that is gone later was deleted. At most
    /// [`MAX_LEDGER_NOTES`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ledger: BTreeMap<String, i64>,
    /// The day's summary that it is sold in. It stands here before the summary has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Place>,
}

impl Head {
    /// The head of a subject of which nothing is known yet.
    #[must_use]
    pub fn new(key: SubjectKey, now: Timestamp) -> Self {
        Self {
            key,
            version: 0,
            desired: 0,
            number: None,
            odoo: None,
            addresses: None,
            applied: AppliedSteps::default(),
            due: None,
            attempts: 0,
            parked: None,
            pending_wakes: Vec::new(),
            recheck: false,
            mapping_version: None,
            received_at: now,
            settled_at: None,
            open_since: None,
            waiting: None,
            lines: None,
            sent: None,
            ledger: BTreeMap::new(),
            summary: None,
        }
    }
}

/// What Odoo was seen to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OdooOrder {
    /// Database id.
    pub id: i64,
    /// `S00042`.
    pub name: String,
    /// `draft`, `sent`, `sale`, `done`, `cancel`.
    pub state: String,
    /// `amount_total` as read back.
    pub total: Option<Money>,
    /// Existed before Sluice and was adopted by `client_order_ref`.
    pub adopted: bool,
}

/// The desired version to which each step was seen done; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedSteps {
    /// The order exists and holds the lines of this version.
    pub loaded: u64,
    /// Its totals are equal to the channel's.
    pub gated: u64,
    /// It is confirmed.
    pub confirmed: u64,
    /// Its date is the channel's again.
    pub dated: u64,
    /// It is cancelled.
    pub cancelled: u64,
    /// Nothing is left to do for this version.
    pub settled: u64,
}

/// A place in the due index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Not before.
    pub at: Timestamp,
    /// Which queue it goes to.
    pub lane: Lane,
}

/// Which of the two queues to Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Orders, payments, shipments.
    Urgent,
    /// Catalogue and reports.
    Bulk,
}

/// Why a subject waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedException {
    /// The class, which has an owner and a runbook.
    pub class: ExceptionClass,
    /// What makes two of them the same trouble: the SKU, the rate, the field.
    pub cause: String,
    /// A sentence for the operator: what happened and what to do. No personal data.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Work on the subject goes on when something of it changes (a hold), or only when somebody releases it (parked).
    pub until_released: bool,
}

macro_rules! exception_classes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $owner:literal;)+) => {
        /// Classes of exceptions. Each has an owner and a runbook under `infra/runbooks`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ExceptionClass {
            $($(#[$doc])* $name,)+
        }

        impl ExceptionClass {
            /// Every class.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name, also that of the runbook.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The role that resolves it.
            #[must_use]
            pub fn owner(self) -> &'static str {
                match self { $(Self::$name => $owner,)+ }
            }
        }
    };
}

exception_classes! {
    /// Signed, and not readable: invalid JSON, or a schema that broke.
    UnreadablePayload = "unreadable_payload", "integration";
    /// No product in Odoo has the SKU or barcode.
    UnknownProduct = "unknown_product", "catalogue";
    /// More than one product has it.
    AmbiguousProduct = "ambiguous_product", "catalogue";
    /// Where an order is to be sent is not known, or not all of it.
    IncompleteAddress = "incomplete_address", "operations";
    /// No tax, price list, company, warehouse or service product fits.
    MissingMapping = "missing_mapping", "integration";
    /// Odoo's totals differ from what the channel charged.
    TotalsDiffer = "totals_differ", "finance";
    /// The order changed after it was confirmed.
    ChangedAfterConfirmation = "changed_after_confirmation", "operations";
    /// Cancelled at the channel after something left the warehouse.
    CancelledAfterShipping = "cancelled_after_shipping", "operations";
    /// Cancelled in Odoo while the channel has it open.
    CancelledInOdoo = "cancelled_in_odoo", "operations";
    /// Cancelled at the channel, and invoiced in Odoo.
    CancelledAfterInvoicing = "cancelled_after_invoicing", "finance";
    /// What a refund is worth in the books does not follow from what the channel says.
    RefundUnclear = "refund_unclear", "finance";
    /// A refund waits too long for its invoice.
    RefundWaits = "refund_waits", "finance";
    /// Goods came back, and what they are in the warehouse does not follow from what the channel and Odoo say.
    ReturnUnclear = "return_unclear", "operations";
    /// The invoices of an order are not what was sold.
    InvoiceDiffers = "invoice_differs", "finance";
    /// A credit note is not what was refunded.
    CreditNoteDiffers = "credit_note_differs", "finance";
    /// Odoo moved the date of an entry out of a closed period.
    DateMoved = "date_moved", "finance";
    /// Somebody added lines to a quotation in Odoo.
    EditedInOdoo = "edited_in_odoo", "operations";
    /// The channel announced a change and did not send it.
    Outdated = "outdated", "integration";
    /// Deleted at the channel.
    DeletedAtSource = "deleted_at_source", "operations";
    /// We saw it in Odoo and it is gone.
    DeletedInOdoo = "deleted_in_odoo", "operations";
    /// Placed before the cut-over, and not found in Odoo exactly once.
    CannotAdopt = "cannot_adopt", "integration";
    /// Odoo refuses it.
    RefusedByOdoo = "refused_by_odoo", "integration";
    /// The Odoo database is another one than it was, or went back to an earlier state.
    DatabaseChanged = "database_changed", "integration";
    /// The key is wrong, or a right is missing.
    OdooAccess = "odoo_access", "integration";
    /// It failed too often without a definite answer.
    TooManyAttempts = "too_many_attempts", "integration";
    /// A privacy request that a person must handle.
    PrivacyRequest = "privacy_request", "privacy";
    /// The channel no longer speaks to us: the app was uninstalled.
    AccountDisconnected = "account_disconnected", "integration";
    /// An operator parked it.
    ParkedByOperator = "parked_by_operator", "operations";
    /// A defect of Sluice.
    Defect = "defect", "sluice";
}
