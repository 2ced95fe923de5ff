//! One batch of deliveries.

use std::collections::{BTreeMap, BTreeSet};

use sluice_domain::{
    account::Account,
    delivery::{Delivery, Wake},
    ports::{
        Ports,
        journal::{Happening, JournalEntry},
        state::{Save, StateError},
    },
    state::{Folded, Lane, ParkedException},
    value::{AccountName, SubjectKey},
};

use crate::{
    fold::{Input, into_record},
    read::{Read, Sealer, own_subject, read},
};

/// How often a save that lost against another one is decided again.
const MAX_SAVES: usize = 8;

/// A delivery with the number of its message in the batch.
pub struct Numbered {
    /// Which message it came in.
    pub message: usize,
    /// What it carries.
    pub delivery: Delivery,
}

/// The normalizer.
pub struct Normalizer {
    ports: Ports,
    accounts: BTreeMap<AccountName, Account>,
}

/// What a delivery contributes, and to which subjects.
struct Piece {
    message: usize,
    subjects: Vec<SubjectKey>,
    delivery: Delivery,
    outcome: &'static str,
}

impl Normalizer {
    /// A normalizer for these accounts.
    #[must_use]
    pub fn new(ports: Ports, accounts: BTreeMap<AccountName, Account>) -> Self {
        Self { ports, accounts }
    }

    /// Folds a batch. Answers the messages that must come back: those whose evidence is not durable yet.
    pub async fn handle(&self, batch: Vec<Numbered>) -> Vec<usize> {
        let mut failed = BTreeSet::new();
        let (pieces, inputs) = self.read_all(batch, &mut failed).await;
        let (results, lost) = self.save_all(inputs).await;
        let mut entries = Vec::new();
        let mut journalled = Vec::new();
        let mut sealer = Sealer::default();
        for piece in pieces {
            if piece.subjects.iter().any(|subject| lost.contains(subject)) {
                failed.insert(piece.message);
                continue;
            }
            journalled.push(piece.message);
            entries.extend(journal_entries(&piece, &results, &mut sealer));
        }
        if let Err(error) = self.ports.journal.append(entries).await {
            tracing::warn!(%error, deliveries = journalled.len(), "journal not written: the deliveries come back");
            failed.extend(journalled);
        }
        self.wake(&results).await;
        failed.into_iter().collect()
    }

    async fn read_all(
        &self,
        batch: Vec<Numbered>,
        failed: &mut BTreeSet<usize>,
    ) -> (Vec<Piece>, BTreeMap<SubjectKey, Input>) {
        let mut pieces = Vec::new();
        let mut inputs: BTreeMap<SubjectKey, Input> = BTreeMap::new();
        for Numbered { message, delivery } in batch {
            let Some(account) = self.accounts.get(&delivery.account) else {
                // Its configuration was taken away: the message waits in its queue until it is back.
                tracing::error!(account = %delivery.account, "no such account in this configuration");
                failed.insert(message);
                continue;
            };
            let secrets = match self.ports.secrets.account(&account.name).await {
                Ok(secrets) => secrets,
                Err(error) => {
                    tracing::warn!(account = %account.name, %error, "no secrets: the delivery comes back");
                    failed.insert(message);
                    continue;
                }
            };
            let found = read(&delivery, account, &secrets.contact_key);
            pieces.push(self.contribute(message, delivery, found, &mut inputs));
        }
        (pieces, inputs)
    }

    fn contribute(
        &self,
        message: usize,
        delivery: Delivery,
        found: Read,
        inputs: &mut BTreeMap<SubjectKey, Input>,
    ) -> Piece {
        let own = own_subject(&delivery);
        let (subjects, outcome): (Vec<SubjectKey>, _) = match found {
            Read::Evidence { evidence, number } => {
                let mut subjects = BTreeSet::new();
                for piece in evidence {
                    let input = inputs.entry(piece.subject.clone()).or_default();
                    subjects.insert(piece.subject.clone());
                    input.number = number.clone().or(input.number.take());
                    input.trace_id.clone_from(&delivery.trace_id);
                    input.evidence.push((message, piece));
                }
                (subjects.into_iter().collect(), "folded")
            }
            Read::Ignored { reason } => {
                tracing::info!(account = %delivery.account, topic = delivery.topic, reason, outcome = "ignored");
                (own.into_iter().collect(), "ignored")
            }
            Read::Parked { class, cause, reason } => {
                tracing::warn!(
                    account = %delivery.account, topic = delivery.topic, trace_id = delivery.trace_id,
                    class = class.as_str(), reason, outcome = "parked"
                );
                let since = self.ports.clock.now();
                if let Some(subject) = &own {
                    let parked = ParkedException {
                        class,
                        cause: cause.clone(),
                        reason: reason.clone(),
                        since,
                        until_released: true,
                    };
                    let input = inputs.entry(subject.clone()).or_default();
                    input.trace_id.clone_from(&delivery.trace_id);
                    input.number = Some(delivery.topic.clone());
                    input.parked = Some(parked);
                }
                (own.into_iter().collect(), "parked")
            }
        };
        Piece { message, subjects, delivery, outcome }
    }

    /// Folds and saves every subject; answers what happened, and the subjects that could not be saved.
    async fn save_all(
        &self,
        mut inputs: BTreeMap<SubjectKey, Input>,
    ) -> (BTreeMap<SubjectKey, Saved>, BTreeSet<SubjectKey>) {
        let mut results = BTreeMap::new();
        for _ in 0..MAX_SAVES {
            if inputs.is_empty() {
                break;
            }
            inputs = self.save_once(inputs, &mut results).await;
        }
        let lost = inputs.into_keys().collect();
        (results, lost)
    }

    /// One try; answers what must be tried again on top of what somebody else saved.
    async fn save_once(
        &self,
        inputs: BTreeMap<SubjectKey, Input>,
        results: &mut BTreeMap<SubjectKey, Saved>,
    ) -> BTreeMap<SubjectKey, Input> {
        let records = match self.ports.state.read(inputs.keys().cloned().collect()).await {
            Ok(records) => records,
            Err(error) => {
                tracing::warn!(%error, "records not read");
                return inputs;
            }
        };
        let now = self.ports.clock.now();
        let mut saving = Vec::new();
        let mut writes = Vec::new();
        for ((key, input), record) in inputs.into_iter().zip(records) {
            let output = into_record(&key, record, &input, now);
            let saved = Saved {
                by_message: output.by_message,
                desired: output.head.desired,
                wake: output.wake,
                trace_id: input.trace_id.clone(),
            };
            if output.folded == Folded::Nothing {
                results.insert(key, saved);
                continue;
            }
            writes.push(Save { head: output.head, body: output.body });
            saving.push((key, input, saved));
        }
        let answers = self.ports.state.save(writes).await;
        let mut again = BTreeMap::new();
        for ((key, input, saved), answer) in saving.into_iter().zip(answers) {
            match answer {
                Ok(()) => {
                    results.insert(key, saved);
                }
                Err(StateError::Conflict) => {
                    again.insert(key, input);
                }
                Err(error @ (StateError::Unknown(_) | StateError::Throttled(_) | StateError::Broken(_))) => {
                    tracing::warn!(subject = %key, %error, "record not saved");
                    again.insert(key, input);
                }
            }
        }
        again
    }

    async fn wake(&self, results: &BTreeMap<SubjectKey, Saved>) {
        let due = results.iter().filter(|(_, saved)| saved.wake);
        let wakes: Vec<Wake> =
            due.map(|(subject, saved)| Wake { subject: subject.clone(), trace_id: saved.trace_id.clone() }).collect();
        if wakes.is_empty() {
            return;
        }
        if let Err(error) = self.ports.queue.send_wakes(Lane::Urgent, wakes).await {
            // The records are due: the sweep wakes them within a minute.
            tracing::warn!(%error, "wakes not sent");
        }
    }
}

/// What saving a subject came to.
struct Saved {
    by_message: BTreeMap<usize, Folded>,
    desired: u64,
    wake: bool,
    trace_id: String,
}

fn journal_entries(piece: &Piece, results: &BTreeMap<SubjectKey, Saved>, sealer: &mut Sealer) -> Vec<JournalEntry> {
    let (sha256, body) = sealer.seal(&piece.delivery.body);
    let entry = |subject: &SubjectKey| {
        let saved = results.get(subject);
        let outcome = match (piece.outcome, saved.and_then(|saved| saved.by_message.get(&piece.message))) {
            ("folded", Some(Folded::Changed)) => "changed",
            ("folded", Some(Folded::Confirmed)) => "confirmed",
            ("folded", _) => "nothing",
            (other, _) => other,
        };
        JournalEntry {
            subject: subject.clone(),
            at: piece.delivery.received_at,
            id: piece.delivery.delivery_id.clone(),
            trace_id: piece.delivery.trace_id.clone(),
            what: Happening::Evidence {
                topic: piece.delivery.topic.clone(),
                sha256: sha256.clone(),
                outcome: outcome.to_owned(),
                desired: saved.map_or(0, |saved| saved.desired),
                stated_at: piece.delivery.stated_at,
                body: body.clone(),
            },
        }
    };
    piece.subjects.iter().map(entry).collect()
}
