//! Folding evidence into records.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    state::{Body, Due, Evidence, Folded, Head, Lane, ParkedException, Record, fold},
    value::SubjectKey,
};

/// How long after a wake was sent the sweep takes over.
const WAKE_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// What is to be folded into one subject.
#[derive(Default)]
pub(crate) struct Input {
    /// Each with the number of the message that it came in.
    pub(crate) evidence: Vec<(usize, Evidence)>,
    pub(crate) number: Option<String>,
    pub(crate) parked: Option<ParkedException>,
    pub(crate) trace_id: String,
}

/// A subject after folding.
pub(crate) struct Output {
    pub(crate) head: Head,
    pub(crate) body: Option<Body>,
    /// The strongest thing that happened.
    pub(crate) folded: Folded,
    /// What each message did.
    pub(crate) by_message: BTreeMap<usize, Folded>,
    /// Must somebody look at it?
    pub(crate) wake: bool,
}

/// Folds everything known of one subject into its record.
pub(crate) fn into_record(key: &SubjectKey, record: Option<Record>, input: &Input, now: Timestamp) -> Output {
    let record = record.unwrap_or_else(|| Record { head: Head::new(key.clone(), now), body: Body::default() });
    let Record { mut head, mut body } = record;
    let mut folded = Folded::Nothing;
    let mut by_message: BTreeMap<usize, Folded> = BTreeMap::new();
    for (message, evidence) in &input.evidence {
        let did = fold(&mut body.facets, evidence.clone());
        let known = by_message.entry(*message).or_insert(Folded::Nothing);
        *known = did.max(*known);
        folded = folded.max(did);
    }
    if let Some(parked) = &input.parked {
        let known = head.parked.is_some();
        head.parked = Some(head.parked.take().unwrap_or_else(|| parked.clone()));
        head.due = None;
        let folded = if known { Folded::Nothing } else { Folded::Changed };
        return Output { head, body: None, folded, by_message, wake: false };
    }
    if input.number.is_some() {
        head.number.clone_from(&input.number);
    }
    if folded == Folded::Changed {
        head.desired = head.desired.saturating_add(1);
        head.open_since = head.open_since.or(Some(now));
    }
    let wake = head.desired != head.applied.settled || !head.pending_wakes.is_empty();
    if folded == Folded::Changed {
        head.due = now.checked_add(WAKE_GRACE).ok().map(|at| Due { at, lane: Lane::Urgent });
    }
    let body = (folded > Folded::Nothing).then_some(body);
    Output { head, body, folded, by_message, wake }
}
