//! One batch of deliveries.

use std::collections::{BTreeMap, BTreeSet};

use sluice_channels::channel;
use sluice_domain::{
    account::Account,
    delivery::{Delivery, Wake},
    ports::{
        Ports,
        journal::{Happening, JournalEntry},
        state::{Save, StateError},
    },
    state::{Evidence, ExceptionClass, Facet, Folded, Lane, ParkedException, ReadOrPush},
    value::{AccountName, NOBODY, SubjectKey},
};

use crate::{
    fold::{Input, into_record},
    read::{Read, Sealer, Trouble, own_subject, read},
};

/// The longest topic and delivery id of a message from elsewhere, in characters.
const MAX_WORD: usize = 128;
/// How often a save that lost against another one is decided again.
const MAX_SAVES: usize = 8;

/// A delivery with the number of its message in the batch.
pub struct Numbered {
    /// Which message it came in.
    pub message: usize,
    /// What it carries.
    pub delivery: Delivery,
}

/// A message that no delivery can be read from.
pub struct Unreadable {
    /// Which message it is.
    pub message: usize,
    /// The queue's own id of it.
    pub id: String,
    /// What it holds.
    pub body: Vec<u8>,
    /// Why it is no delivery. No personal data.
    pub problem: String,
}

/// The normalizer.
pub struct Normalizer {
    pub(crate) ports: Ports,
    accounts: BTreeMap<AccountName, Account>,
}

/// What a delivery contributes, and to which subjects.
struct Piece {
    message: usize,
    /// Each with what became of the delivery there.
    subjects: Vec<(SubjectKey, &'static str)>,
    delivery: Delivery,
    /// It asks to be read.
    thin: bool,
}

impl Normalizer {
    /// A normalizer for these accounts.
    #[must_use]
    pub fn new(ports: Ports, accounts: BTreeMap<AccountName, Account>) -> Self {
        Self { ports, accounts }
    }

    /// The delivery in a message that a channel put into a queue of an account's own.
    ///
    /// # Errors
    /// When it is no event of the account's channel, in words without personal data.
    pub fn queued(&self, account: &AccountName, message_id: &str, body: &str) -> Result<Delivery, String> {
        let known = self.accounts.get(account).ok_or_else(|| format!("no account {account} in this configuration"))?;
        let envelope = channel(&known.channel).and_then(|channel| channel.queued(body.as_bytes()));
        let envelope = envelope.ok_or_else(|| format!("in the queue of {account}: no event of {}", known.channel))?;
        let short = |text: String| text.chars().take(MAX_WORD).collect::<String>();
        Ok(Delivery {
            channel: known.channel.clone(),
            account: account.clone(),
            topic: short(envelope.topic),
            delivery_id: short(envelope.delivery_id.unwrap_or_else(|| message_id.to_owned())),
            source: ReadOrPush::Push,
            stated_at: envelope.stated_at,
            api_version: envelope.api_version,
            received_at: self.ports.clock.now(),
            trace_id: message_id.to_owned(),
            body: body.as_bytes().to_vec(),
        })
    }

    /// Folds a batch. Answers the messages that must come back: those whose evidence is not durable yet.
    pub async fn handle(&self, batch: Vec<Numbered>) -> Vec<usize> {
        let mut failed = BTreeSet::new();
        let (pieces, inputs) = self.read_all(batch, &mut failed).await;
        self.keep(pieces, inputs, failed).await
    }

    /// Parks what is no delivery at all, so that it is seen and does not come back again and again. Answers the messages
    /// that must come back, because not even that could be saved.
    pub async fn park_unreadable(&self, unreadable: Vec<Unreadable>) -> Vec<usize> {
        let Ok(account) = AccountName::parse(NOBODY) else { return Vec::new() };
        let mut inputs = BTreeMap::new();
        let mut pieces = Vec::new();
        for Unreadable { message, id, body, problem } in unreadable {
            let now = self.ports.clock.now();
            let delivery = Delivery {
                channel: NOBODY.to_owned(),
                account: account.clone(),
                topic: "message".to_owned(),
                delivery_id: id.clone(),
                source: ReadOrPush::Push,
                stated_at: None,
                api_version: None,
                received_at: now,
                trace_id: id,
                body,
            };
            let reason = format!(
                "a message in the queue of deliveries is no delivery ({problem}): find out who sent it, then park it"
            );
            let trouble = Trouble { class: ExceptionClass::UnreadablePayload, cause: "no delivery".to_owned(), reason };
            pieces.push(self.contribute(message, delivery, Read::Parked(trouble), &mut inputs));
        }
        self.keep(pieces, inputs, BTreeSet::new()).await
    }

    /// Saves, journals, wakes.
    async fn keep(
        &self,
        pieces: Vec<Piece>,
        inputs: BTreeMap<SubjectKey, Input>,
        mut failed: BTreeSet<usize>,
    ) -> Vec<usize> {
        let (results, lost) = self.save_all(inputs).await;
        let mut entries = Vec::new();
        let mut journalled = Vec::new();
        let mut prompted = BTreeSet::new();
        let mut sealer = Sealer::default();
        for piece in pieces {
            if piece.subjects.iter().any(|(subject, _)| lost.contains(subject)) {
                failed.insert(piece.message);
                continue;
            }
            journalled.push(piece.message);
            if piece.thin {
                prompted.insert(piece.delivery.account.clone());
            }
            entries.extend(journal_entries(&piece, &results, &mut sealer));
        }
        if let Err(error) = self.ports.journal.append(entries).await {
            tracing::warn!(%error, deliveries = journalled.len(), "journal not written: the deliveries come back");
            failed.extend(journalled);
        }
        report(&results);
        self.prompt(prompted).await;
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
        let mut thin = false;
        let subjects = match found {
            Read::Evidence { evidence, number, trouble } => {
                let mut subjects = BTreeSet::new();
                for piece in evidence {
                    let input = inputs.entry(piece.subject.clone()).or_default();
                    subjects.insert(piece.subject.clone());
                    input.number = named(&piece).or(number.clone()).or(input.number.take());
                    input.trace_id.clone_from(&delivery.trace_id);
                    input.evidence.push((message, piece));
                }
                let parked = trouble.and_then(|trouble| self.park(&delivery, trouble, inputs));
                let folded = subjects.into_iter().map(|subject| (subject, "folded"));
                folded.chain(parked.map(|subject| (subject, "parked"))).collect()
            }
            Read::Ignored { reason } => {
                tracing::info!(account = %delivery.account, topic = delivery.topic, reason, outcome = "ignored");
                own.into_iter().map(|subject| (subject, "ignored")).collect()
            }
            Read::Thin { reason } => {
                tracing::info!(account = %delivery.account, topic = delivery.topic, reason, outcome = "prompted");
                thin = true;
                own.into_iter().map(|subject| (subject, "prompted")).collect()
            }
            Read::Parked(trouble) => {
                self.park(&delivery, trouble, inputs).into_iter().map(|subject| (subject, "parked")).collect()
            }
        };
        Piece { message, subjects, delivery, thin }
    }

    /// Lets a delivery wait for a person, under a subject of its own.
    fn park(
        &self,
        delivery: &Delivery,
        Trouble { class, cause, reason }: Trouble,
        inputs: &mut BTreeMap<SubjectKey, Input>,
    ) -> Option<SubjectKey> {
        tracing::warn!(
            account = %delivery.account, topic = delivery.topic, trace_id = delivery.trace_id,
            class = class.as_str(), reason, outcome = "parked"
        );
        let subject = own_subject(delivery)?;
        let since = self.ports.clock.now();
        let input = inputs.entry(subject.clone()).or_default();
        input.trace_id.clone_from(&delivery.trace_id);
        input.number = Some(delivery.topic.clone());
        input.parked = Some(ParkedException { class, cause, reason, since, until_released: true });
        Some(subject)
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

/// One line per subject whose desired state changed.
fn report(results: &BTreeMap<SubjectKey, Saved>) {
    for (subject, saved) in results {
        if saved.by_message.values().any(|did| *did == Folded::Changed) {
            tracing::info!(%subject, trace_id = saved.trace_id, outcome = "folded");
        }
    }
}

/// What the shop calls the order that a piece of evidence is.
fn named(piece: &Evidence) -> Option<String> {
    match &piece.facet {
        Facet::Order(order) => Some(order.number.clone()),
        Facet::Buyer(_) | Facet::Refund(_) | Facet::Outdated | Facet::Deleted | Facet::Decision(_) => None,
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
    let entry = |(subject, outcome): &(SubjectKey, &'static str)| {
        let saved = results.get(subject);
        let outcome = match (*outcome, saved.and_then(|saved| saved.by_message.get(&piece.message))) {
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
