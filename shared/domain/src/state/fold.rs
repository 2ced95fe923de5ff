//! Fold: `(state, evidence) -> state`. Any order and any number of copies of the same evidence end in the same state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Decision, Evidence, Facet, Rank, ReadOrPush};
use crate::order::{Buyer, Order, Refund};

/// A value with the rank of the evidence that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked<T> {
    /// Where it stands among evidence for the same facet.
    pub rank: Rank,
    /// The value.
    pub value: T,
}

/// Everything known of one order: the product of its facets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacets {
    /// The order itself; `None` while only other facets have arrived (a refund before its order).
    pub order: Option<Ranked<Order>>,
    /// Who buys.
    pub buyer: Option<Ranked<Buyer>>,
    /// Refunds by their id.
    pub refunds: BTreeMap<String, Ranked<Refund>>,
    /// The latest announcement of a change without its content.
    pub outdated: Option<Rank>,
    /// The source deleted the order.
    pub deleted: Option<Rank>,
    /// The operator's latest decision.
    pub decision: Option<Ranked<Decision>>,
}

/// What a fold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folded {
    /// Known already, or older than what is known.
    Nothing,
    /// Only the rank moved: the same content at a later version.
    Confirmed,
    /// The desired state is another one now.
    Changed,
}

/// Folds one piece of evidence into the state of its order.
pub fn fold(state: &mut OrderFacets, evidence: Evidence) -> Folded {
    let rank = evidence.rank;
    match evidence.facet {
        Facet::Order(order) => merge(&mut state.order, rank, *order),
        Facet::Buyer(buyer) => merge(&mut state.buyer, rank, *buyer),
        Facet::Refund(refund) => {
            let known = state.refunds.remove(&refund.id);
            let id = refund.id.clone();
            let mut slot = known;
            let folded = merge(&mut slot, rank, *refund);
            state.refunds.extend(slot.map(|kept| (id, kept)));
            folded
        }
        Facet::Outdated => merge_rank(&mut state.outdated, rank),
        Facet::Deleted => merge_rank(&mut state.deleted, rank),
        Facet::Decision(decision) => merge(&mut state.decision, rank, decision),
    }
}

fn merge<T: PartialEq>(slot: &mut Option<Ranked<T>>, rank: Rank, value: T) -> Folded {
    match slot {
        Some(known) if known.rank >= rank => Folded::Nothing,
        Some(known) if known.value == value => {
            known.rank = rank;
            Folded::Confirmed
        }
        Some(_) | None => {
            *slot = Some(Ranked { rank, value });
            Folded::Changed
        }
    }
}

fn merge_rank(slot: &mut Option<Rank>, rank: Rank) -> Folded {
    match slot {
        Some(known) if *known >= rank => Folded::Nothing,
        Some(known) => {
            *known = rank;
            Folded::Confirmed
        }
        None => {
            *slot = Some(rank);
            Folded::Changed
        }
    }
}

impl OrderFacets {
    /// Did the source delete the order, and say nothing since that shows it to be there? A read that began later shows it, and so
    /// does a later version.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        let Some(deleted) = self.deleted else { return false };
        let back = |held: Rank| {
            let read = held.source == ReadOrPush::Read && held.stated_at > deleted.version.max(deleted.stated_at);
            read || held.version > deleted.version
        };
        !self.order.as_ref().is_some_and(|held| back(held.rank))
    }

    /// Did a person release it since this version of the order?
    #[must_use]
    pub fn is_released(&self) -> bool {
        let (Some(decision), Some(order)) = (&self.decision, &self.order) else { return false };
        decision.value == Decision::Release && decision.rank.version > order.rank.version
    }

    /// Does the source say that there is a newer version than the one held?
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        match (&self.outdated, &self.order) {
            (Some(announced), Some(held)) => announced.version > held.rank.version,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}
