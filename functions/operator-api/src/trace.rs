//! The way of one thing: evidence, versions, writes, outcome.

use serde::{Deserialize, Serialize};
use sluice_domain::{
    ports::journal::{Happening, JournalEntry},
    state::{Head, Record},
    summary::Summary,
    value::{Kind, SubjectKey},
};

use crate::{Operator, OperatorError};

/// The most journal entries that a trace shows.
const MAX_ENTRIES: usize = 500;
/// The most subjects that one name may lead to.
const MAX_SUBJECTS: usize = 20;

/// The way of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// `account/kind/external-id`.
    pub subject: String,
    /// What the shop calls it.
    pub number: Option<String>,
    /// What Odoo was seen to hold.
    pub odoo: Option<OdooView>,
    /// Versions.
    pub versions: VersionsView,
    /// What was said of it, oldest first. Bodies are not shown: they hold personal data.
    pub evidence: Vec<EvidenceView>,
    /// What was written, oldest first.
    pub writes: Vec<WriteView>,
    /// Where it stands, in a sentence.
    pub outcome: String,
}

/// What Odoo was seen to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OdooView {
    /// Database id.
    pub id: i64,
    /// `S00042`.
    pub name: String,
    /// `draft`, `sale`, `cancel`.
    pub state: String,
    /// As read back.
    pub total: Option<String>,
}

/// Versions of the desired state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsView {
    /// The latest.
    pub desired: u64,
    /// The one that Odoo holds.
    pub loaded: u64,
    /// The one whose totals were equal.
    pub gated: u64,
    /// The one that was confirmed.
    pub confirmed: u64,
    /// The one with nothing left to do.
    pub settled: u64,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// When it arrived.
    pub at: String,
    /// The provider's event name.
    pub topic: String,
    /// The delivery id.
    pub delivery: String,
    /// What it did: `changed`, `confirmed`, `nothing`, `ignored`, `parked`.
    pub outcome: String,
    /// SHA-256 of the raw body.
    pub sha256: String,
    /// The trace id, as it stands in the logs.
    pub trace_id: String,
}

/// A write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteView {
    /// When.
    pub at: String,
    /// What was done.
    pub step: String,
    /// What came of it.
    pub outcome: String,
    /// The trace id, as it stands in the logs.
    pub trace_id: String,
}

impl Operator {
    /// The ways of everything that goes by a name: orders first.
    ///
    /// # Errors
    /// When nothing does, or the store fails.
    pub async fn trace(&self, reference: &str) -> Result<Vec<Trace>, OperatorError> {
        let reference = reference.trim();
        let mut keys = self.ports.state.find(reference).await?;
        keys.extend(SubjectKey::parse(reference).ok());
        keys.sort_by_key(|key| (key.kind() != Kind::Order, key.clone()));
        keys.dedup();
        keys.truncate(MAX_SUBJECTS);
        let records = self.ports.state.read(keys.clone()).await?;
        let mut traces = Vec::new();
        for (key, record) in keys.into_iter().zip(records) {
            let entries = self.ports.journal.entries(&key, MAX_ENTRIES).await?;
            match record {
                Some(record) => {
                    let day = self.day_of(&record).await?;
                    traces.push(view(&record, day.as_ref(), entries));
                }
                // Ignored deliveries have no record: the journal is all there is.
                None if !entries.is_empty() => traces.push(view_of_journal(&key, entries)),
                None => {}
            }
        }
        if traces.is_empty() { Err(OperatorError::Unknown(reference.chars().take(80).collect())) } else { Ok(traces) }
    }

    /// The summary that a sale is part of.
    async fn day_of(&self, record: &Record) -> Result<Option<Record>, OperatorError> {
        let Some(place) = &record.head.summary else { return Ok(None) };
        Ok(self.ports.state.read(vec![place.key.clone()]).await?.pop().flatten())
    }
}

/// A sale in a summary is in Odoo where the summary is.
fn view(record: &Record, day: Option<&Record>, entries: Vec<JournalEntry>) -> Trace {
    let head = &record.head;
    let parked = head.parked.is_some();
    let outcome = match day.filter(|_| !parked) {
        Some(day) => format!("sold in {}: {}", day.head.key, outcome(day)),
        None => outcome(record),
    };
    let in_odoo = day.map_or(&head.odoo, |day| &day.head.odoo);
    let (mut evidence, writes) = views(entries);
    evidence.extend(record.body.summary.iter().flat_map(sales));
    Trace {
        subject: head.key.to_string(),
        number: head.number.clone(),
        odoo: in_odoo.as_ref().map(|order| OdooView {
            id: order.id,
            name: order.name.clone(),
            state: order.state.clone(),
            total: order.total.map(|total| total.to_string()),
        }),
        versions: VersionsView {
            desired: head.desired,
            loaded: head.applied.loaded,
            gated: head.applied.gated,
            confirmed: head.applied.confirmed,
            settled: head.applied.settled,
        },
        evidence,
        writes,
        outcome,
    }
}

/// The sales of a day, each by its number and what it came to.
fn sales(day: &Summary) -> impl Iterator<Item = EvidenceView> {
    day.parts.iter().map(|(id, part)| {
        let (at, number, outcome) = match &part.sale {
            Some(sale) => {
                let back = if part.refunds.is_empty() { "" } else { ", of which something came back" };
                let outcome = format!("sold for {} {}{back}", sale.totals.total, sale.currency);
                (sale.placed_at.to_string(), sale.number.clone(), outcome)
            }
            None => (day.ends.to_string(), id.clone(), "called off".to_owned()),
        };
        let (sha256, trace_id) = (String::new(), String::new());
        EvidenceView { at, topic: number, delivery: format!("order {id}"), outcome, sha256, trace_id }
    })
}

fn view_of_journal(key: &SubjectKey, entries: Vec<JournalEntry>) -> Trace {
    let (evidence, writes) = views(entries);
    Trace {
        subject: key.to_string(),
        number: None,
        odoo: None,
        versions: VersionsView { desired: 0, loaded: 0, gated: 0, confirmed: 0, settled: 0 },
        outcome: evidence.last().map(|last| last.outcome.clone()).unwrap_or_default(),
        evidence,
        writes,
    }
}

fn views(entries: Vec<JournalEntry>) -> (Vec<EvidenceView>, Vec<WriteView>) {
    let (mut evidence, mut writes) = (Vec::new(), Vec::new());
    for entry in entries {
        let (at, trace_id) = (entry.at.to_string(), entry.trace_id);
        match entry.what {
            Happening::Evidence { topic, sha256, outcome, .. } => {
                evidence.push(EvidenceView { at, topic, delivery: entry.id, outcome, sha256, trace_id });
            }
            Happening::Write { step, outcome, .. } => writes.push(WriteView { at, step, outcome, trace_id }),
            Happening::Note { text } => writes.push(WriteView { at, step: "note".into(), outcome: text, trace_id }),
        }
    }
    (evidence, writes)
}

/// The credit notes of the refunds.
fn refunds(head: &Head) -> String {
    let notes: Vec<String> =
        head.ledger.iter().map(|(refund, entry)| format!("; {refund}: account.move {entry}")).collect();
    notes.concat()
}

/// Where a subject stands, in a sentence.
fn outcome(Record { head, body }: &Record) -> String {
    if let Some(parked) = &head.parked {
        return format!("held since {} ({}): {}", parked.since, parked.class.as_str(), parked.reason);
    }
    if let Some(day) = body.summary.as_ref().filter(|day| !day.closed) {
        return format!("open: {} sales so far; it is closed at {}", day.parts.len(), day.closes());
    }
    if let (Some(why), Some(due)) = (&head.waiting, &head.due) {
        return format!("waits: {why}; looked at again at {}{}", due.at, refunds(head));
    }
    if head.applied.settled == head.desired && head.desired > 0 {
        return match &head.odoo {
            Some(order) => format!("done: {} is `{}` in Odoo{}", order.name, order.state, refunds(head)),
            None if body.facets.order.as_ref().is_some_and(|order| order.value.test) => {
                "done: a test order is recorded and not written to Odoo".to_owned()
            }
            None => "done: nothing to write to Odoo".to_owned(),
        };
    }
    match &head.due {
        Some(due) => format!("due at {} (attempts: {})", due.at, head.attempts),
        None => "waiting for evidence".to_owned(),
    }
}
