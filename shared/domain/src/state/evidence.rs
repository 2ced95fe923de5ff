//! Evidence: what somebody said about a thing, and how much it counts.

use serde::{Deserialize, Serialize};

use crate::{
    order::{Buyer, Order, Refund},
    value::{Money, SubjectKey},
};

/// One facet of one subject, as one source stated it at one version. Absence is not a value: evidence that is silent
/// about a facet does not carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is about.
    pub subject: SubjectKey,
    /// How it compares with other evidence for the same facet from the same source.
    pub rank: Rank,
    /// What it says.
    pub facet: Facet,
}

/// The order among pieces of evidence for one facet. Derived comparison, field by field: the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    /// The source's own version: `updated_at` in microseconds, or a sequence number.
    pub version: i64,
    /// Within one version, facts that only ever grow (paid after pending, cancelled after open), as the adapter counts them.
    pub progress: u32,
    /// A read beats a push of the same version.
    pub source: ReadOrPush,
    /// When the source sent the push, or when the read began, in microseconds.
    pub stated_at: i64,
    /// The first eight bytes of the content's hash: the last, arbitrary but fixed, judge.
    pub content: u64,
}

/// More than the microseconds of any time that can be written.
const BELOW_ALL: i64 = 1 << 62;

impl Rank {
    /// The rank of a statement that leaves out what the source only sometimes tells (personal data of which the right to read it
    /// had run out): below every full statement, and in the same order among its like. So the order in which they arrive does
    /// not matter, and what is known is never replaced by less.
    #[must_use]
    pub fn of_less(self) -> Self {
        Self { version: self.version.saturating_sub(BELOW_ALL), ..self }
    }
}

/// How evidence reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadOrPush {
    /// The channel sent it.
    Push,
    /// We asked.
    Read,
}

/// One facet of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// Header, lines, payment and life: one snapshot, since the channels of today state them at one version.
    Order(Box<Order>),
    /// The people and places.
    Buyer(Box<Buyer>),
    /// One refund.
    Refund(Box<Refund>),
    /// The source says that the order was changed at this version and does not say how: what we hold is older than that
    /// until a snapshot of at least this version arrives.
    Outdated,
    /// The source deleted it. A snapshot of a later version says that it came back.
    Deleted,
    /// What an operator decided.
    Decision(Decision),
}

/// What an operator may decide about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Do nothing with it until released.
    Park,
    /// Go on.
    Release,
    /// This difference between the channel's total and Odoo's is accepted.
    AcceptDifference(Money),
}
