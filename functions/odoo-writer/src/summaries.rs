//! Daily summaries: counter sales are handed over to the summary of their store's day, which is closed after the day's end and
//! from then on is an order like any other.
//!
//! A sale must be in exactly one summary, whoever dies in between: the order's head names the summary first, then the summary
//! takes the part, and only then the order is at rest. A summary that is closed takes no more sales, and whoever finds that
//! out chooses the next one; a part that it has stays there. Each save is conditional, so two writers never both win.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    delivery::Wake,
    ports::state::{Save, StateError},
    state::{Body, Due, ExceptionClass, Head, Lane, Rank, Ranked, ReadOrPush, Record},
    summary::{MAX_SUMMARIES, Place, Summary, Way, change_after_closing, composed, day_for, part, way},
    value::{Kind, MoneyError, SubjectKey},
};

use crate::{
    handler::Writer,
    job::{Job, Verdict},
};

/// How often what lost against another save is decided again.
const MAX_ROUNDS: usize = 5;
/// How long after a wake was sent the sweep takes over.
const WAKE_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// A summary that sales of this invocation go to.
struct Book {
    /// As it was read.
    record: Record,
    /// How many sales are on their way to it, with how many lines.
    coming: (usize, usize),
}

/// Summaries of this invocation.
type Books = BTreeMap<SubjectKey, Book>;

impl Writer {
    /// Brings counter sales into their summaries, and closes summaries whose day is over. Jobs that are left open go to Odoo.
    pub(crate) async fn summarise(&self, jobs: &mut [Job]) {
        for _ in 0..MAX_ROUNDS {
            let sales = self.sales(jobs);
            if sales.is_empty() {
                break;
            }
            self.hand_in(jobs, &sales).await;
        }
        for index in self.sales(jobs) {
            if let Some(job) = jobs.get_mut(index) {
                job.verdict = Some(Verdict::Again);
            }
        }
        self.close(jobs).await;
    }

    /// The jobs that are sales for a summary and are in none yet.
    fn sales(&self, jobs: &mut [Job]) -> Vec<usize> {
        let now = self.ports.clock.now();
        let mut sales = Vec::new();
        for (index, job) in jobs.iter_mut().enumerate().filter(|(_, job)| job.is_open()) {
            if job.record.head.key.kind() != Kind::Order {
                continue;
            }
            match way(&job.account, &job.record.body.facets, &job.record.head, now) {
                Way::Own => {}
                Way::Summary => sales.push(index),
                Way::Later(at) => {
                    job.verdict = Some(Verdict::Wait { at, why: "it is not handed over yet".to_owned() });
                }
                Way::Nowhere => job.verdict = Some(Verdict::Rest),
            }
        }
        sales
    }

    /// One round: chooses, notes the choice, hands the parts in. What lost against somebody else stays open.
    async fn hand_in(&self, jobs: &mut [Job], sales: &[usize]) {
        let mut books = Books::new();
        let mut by_book: BTreeMap<SubjectKey, Vec<usize>> = BTreeMap::new();
        let mut choices = Vec::new();
        for index in sales {
            let Some(job) = jobs.get_mut(*index) else { continue };
            let chosen = self.book_of(job, &mut books).await;
            let lines = Self::order_of(job).map_or(0, |order| order.lines.len());
            if let Ok(Some(book)) =
                chosen.as_ref().map(|place| place.as_ref().and_then(|place| books.get_mut(&place.key)))
            {
                book.coming = (book.coming.0.saturating_add(1), book.coming.1.saturating_add(lines));
            }
            match chosen {
                Ok(Some(place)) if job.record.head.summary.as_ref() == Some(&place) => {
                    by_book.entry(place.key).or_default().push(*index);
                }
                Ok(Some(place)) => choices.push((*index, place)),
                Ok(None) => {}
                Err(error) => job.verdict = Some(self.unread(&error)),
            }
        }
        for (index, key) in self.note_choices(jobs, choices).await {
            by_book.entry(key).or_default().push(index);
        }
        for (key, indices) in by_book {
            let Some(book) = books.remove(&key) else { continue };
            self.put_parts(jobs, &indices, book.record).await;
        }
    }

    /// The summary of a sale: the one that it names, as long as that has or takes it, else the first of the day that takes it.
    async fn book_of(&self, job: &mut Job, books: &mut Books) -> Result<Option<Place>, StateError> {
        let id = job.record.head.key.external_id().to_owned();
        if let Some(known) = job.record.head.summary.clone()
            && self.takes(&known, &id, job, books).await?
        {
            return Ok(Some(known));
        }
        let Some(order) = Self::order_of(job).cloned() else { return Ok(None) };
        let Some(store) = order.location.clone() else { return Ok(None) };
        let day = day_for(&order, job.account.day_ends, self.ports.clock.now());
        for number in 1..=MAX_SUMMARIES {
            let summary = Summary::new(&store, day, number, job.account.day_ends);
            let key = match summary.key(&job.account.name, &order) {
                Ok(key) => key,
                Err(error) => {
                    let reason = format!("its store has an id that no summary can have: {error}: rename the store");
                    job.hold(ExceptionClass::MissingMapping, "store id", reason);
                    return Ok(None);
                }
            };
            let place = Place { key, store: store.clone(), day, number };
            if self.takes(&place, &id, job, books).await? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Does that summary take the sale, or have it? One that nobody made yet does, however late it is: whoever named it may be
    /// about to make it.
    async fn takes(&self, place: &Place, id: &str, job: &Job, books: &mut Books) -> Result<bool, StateError> {
        if !books.contains_key(&place.key) {
            let stored = self.ports.state.read(vec![place.key.clone()]).await?.pop().flatten();
            let fresh = || {
                let summary = Summary::new(&place.store, place.day, place.number, job.account.day_ends);
                let head = Head::new(place.key.clone(), self.ports.clock.now());
                Record {
                    head: Head { number: Some(summary.name()), ..head },
                    body: Body { summary: Some(summary), ..Body::default() },
                }
            };
            books.insert(place.key.clone(), Book { record: stored.unwrap_or_else(fresh), coming: (0, 0) });
        }
        let takes = |book: &Book| book.record.body.summary.as_ref().is_some_and(|day| day.takes(id, book.coming));
        Ok(books.get(&place.key).is_some_and(takes))
    }

    /// Notes in the heads of orders which summary each goes to, before that has it. Answers those that are noted.
    async fn note_choices(&self, jobs: &mut [Job], choices: Vec<(usize, Place)>) -> Vec<(usize, SubjectKey)> {
        let saves = choices.iter().filter_map(|(index, place)| {
            let head = jobs.get(*index)?.record.head.clone();
            Some(Save { head: Head { summary: Some(place.clone()), ..head }, body: None })
        });
        let saves: Vec<Save> = saves.collect();
        let answers = if saves.is_empty() { Vec::new() } else { self.ports.state.save(saves).await };
        let mut noted = Vec::new();
        for ((index, place), answer) in choices.into_iter().zip(answers) {
            let Some(job) = jobs.get_mut(index) else { continue };
            match answer {
                Ok(()) => {
                    job.record.head.version = job.record.head.version.saturating_add(1);
                    noted.push((index, place.key.clone()));
                    job.record.head.summary = Some(place);
                }
                // Somebody else works on it.
                Err(StateError::Conflict) => job.verdict = Some(Verdict::Again),
                Err(error) => job.verdict = Some(self.unread(&error)),
            }
        }
        noted
    }

    /// Hands the parts of some sales in to one summary, in one save.
    async fn put_parts(&self, jobs: &mut [Job], indices: &[usize], record: Record) {
        let Record { mut head, mut body } = record;
        let Some(mut summary) = body.summary.take() else { return };
        let (key, closed) = (head.key.clone(), summary.closed);
        let name = summary.name();
        let Merged { changed, settled } = merge(jobs, indices, &key, &mut summary);
        if changed {
            let now = self.ports.clock.now();
            let at = if closed { now.checked_add(WAKE_GRACE).unwrap_or(now) } else { summary.closes() };
            head.due = Some(Due { at, lane: Lane::Urgent });
            let composes = if closed { recompose(&mut head, &mut body, &summary, now) } else { Ok(()) };
            body.summary = Some(summary);
            let failed = match composes {
                Ok(()) => {
                    self.ports.state.save(vec![Save { head, body: Some(body) }]).await.pop().and_then(Result::err)
                }
                Err(error) => Some(StateError::Broken(format!("the day's sales do not add up: {error}"))),
            };
            match failed {
                None => {}
                // Somebody else handed something in, or closed it: the next round sees it.
                Some(StateError::Conflict) => return,
                Some(error) => {
                    for index in settled {
                        let Some(job) = jobs.get_mut(index) else { continue };
                        job.verdict = Some(self.unread(&error));
                    }
                    return;
                }
            }
        }
        for index in settled {
            let Some(job) = jobs.get_mut(index) else { continue };
            if changed {
                job.wrote(format!("sold in {key} ({name})"));
            }
            job.verdict = Some(Verdict::Rest);
        }
        if changed && closed {
            let trace_id = format!("summary-{:016x}", self.ports.random.next());
            if let Err(error) = self.ports.queue.send_wakes(Lane::Urgent, vec![Wake { subject: key, trace_id }]).await {
                tracing::warn!(%error, "wake not sent: the sweep sends it");
            }
        }
    }

    /// Closes the summaries whose day is over.
    async fn close(&self, jobs: &mut [Job]) {
        let now = self.ports.clock.now();
        for job in jobs.iter_mut().filter(|job| job.is_open() && job.record.head.key.kind() == Kind::Summary) {
            let Some(summary) = job.record.body.summary.clone() else {
                job.verdict = Some(Verdict::Rest);
                continue;
            };
            if summary.closed {
                continue;
            }
            if now < summary.closes() {
                job.verdict =
                    Some(Verdict::Wait { at: summary.closes(), why: "the store's day is not over".to_owned() });
                continue;
            }
            let Record { mut head, mut body } = job.record.clone();
            let summary = Summary { closed: true, ..summary };
            let done = recompose(&mut head, &mut body, &summary, now);
            if let Err(error) = done {
                job.hold(ExceptionClass::Defect, "sums", format!("the day's sales do not add up: {error}"));
                continue;
            }
            body.summary = Some(summary);
            (head.due, head.open_since) =
                (now.checked_add(WAKE_GRACE).ok().map(|at| Due { at, lane: Lane::Urgent }), Some(now));
            match self.ports.state.save(vec![Save { head: head.clone(), body: Some(body.clone()) }]).await.pop() {
                Some(Ok(())) => {
                    head.version = head.version.saturating_add(1);
                    job.record = Record { head, body };
                    job.wrote("the day is closed");
                    if job.record.body.facets.order.is_none() {
                        job.verdict = Some(Verdict::Rest);
                    }
                }
                Some(Err(StateError::Conflict)) | None => job.verdict = Some(Verdict::Again),
                Some(Err(error)) => job.verdict = Some(self.unread(&error)),
            }
        }
    }

    fn unread(&self, error: &StateError) -> Verdict {
        let why = format!("the summary of its day: {error}");
        Verdict::Defer { at: self.ports.clock.now(), counts: true, why }
    }
}

/// What handing in did to a summary.
#[derive(Default)]
struct Merged {
    /// It is to be saved.
    changed: bool,
    /// The jobs whose parts are in it, as soon as it is.
    settled: Vec<usize>,
}

/// Puts the parts of sales into a summary. What cannot come into it is held.
fn merge(jobs: &mut [Job], indices: &[usize], key: &SubjectKey, summary: &mut Summary) -> Merged {
    let mut merged = Merged::default();
    for index in indices {
        let Some(job) = jobs.get_mut(*index) else { continue };
        let Some(order) = Writer::order_of(job) else { continue };
        let released = job.record.body.facets.is_released();
        if summary.key(&job.account.name, order).as_ref() != Ok(key) {
            if released {
                merged.settled.push(*index);
            } else {
                hold(job, key, "its currency, or whether its prices contain tax, is another than it was");
            }
            continue;
        }
        let id = job.record.head.key.external_id().to_owned();
        let mut new = part(order, &job.record.body.facets, job.record.head.desired);
        if let Some(known) = summary.parts.get(&id) {
            if summary.closed {
                if let Some(what) = change_after_closing(known, &new).filter(|_| !released) {
                    hold(job, key, &format!("its day is closed, and {what}"));
                    continue;
                }
                new.sale.clone_from(&known.sale);
            }
            merged.settled.push(*index);
            if known.version > new.version || (known.sale == new.sale && known.refunds == new.refunds) {
                continue;
            }
        } else {
            merged.settled.push(*index);
        }
        summary.parts.insert(id, new);
        merged.changed = true;
    }
    merged
}

fn hold(job: &mut Job, summary: &SubjectKey, what: &str) {
    let reason = format!(
        "{what}: bring the difference to the order of {summary} in Odoo by hand, then release it (`sluice exceptions release`)"
    );
    job.hold(ExceptionClass::ChangedAfterConfirmation, "changed after it was summed up", reason);
}

/// The order of a closed summary, from its parts.
fn recompose(head: &mut Head, body: &mut Body, summary: &Summary, now: Timestamp) -> Result<(), MoneyError> {
    head.desired = head.desired.saturating_add(1);
    let at = now.as_microsecond();
    let rank = Rank { version: at, progress: 0, source: ReadOrPush::Push, stated_at: at, content: 0 };
    let Some((order, refunds)) = composed(summary)? else {
        body.facets.order = None;
        return Ok(());
    };
    body.facets.order = Some(Ranked { rank, value: order });
    body.facets.refunds =
        refunds.into_iter().map(|refund| (refund.id.clone(), Ranked { rank, value: refund })).collect();
    Ok(())
}
