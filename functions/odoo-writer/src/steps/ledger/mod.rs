//! The books: credit notes of what was refunded. Order by order, since each look is a few calls; only for orders of which
//! nothing else is left to do.

mod look;

use sluice_domain::{
    account::CreditNotes,
    plan::{LedgerNext, LedgerNote, LedgerSituation, Mismatch, Observed, ledger_next, refund_product, wants_ledger},
    state::ExceptionClass,
};
use sluice_odoo::{
    Call, CreditNoteRow, Fault, InvoiceRow, LoadAnswer, LoadMode, LoadRows, Session, credit_note_rows,
    entry_rounding_rows, invoice_rows, origin,
};

use super::{
    Steps,
    call::{Target, answered, companies, hold_or_end, subjects},
};
use crate::job::{Job, Verdict};
use look::Seen;

/// The most steps in the ledger of one order in one invocation: a credit note takes three.
const MAX_STEPS: usize = 24;

/// The longest word on what is waited for, in characters: the head stays small.
const MAX_WHY: usize = 120;

/// Does an order that is done otherwise need a look into the books?
pub(super) fn wanted(job: &Job) -> bool {
    let state = job.observed.as_ref().map(|observed| &observed.state);
    state.is_some_and(|state| wants_ledger(&job.account, &job.record.body.facets, state))
}

/// Refunds of accounts that leave the books to people: noted, so that nothing is passed over in silence.
pub(super) fn leave_to_people(job: &mut Job) {
    note_left(job);
    tell(job);
}

fn note_left(job: &mut Job) {
    if job.account.books.credit_notes != CreditNotes::None {
        return;
    }
    let text = "no credit note: the account leaves the books to people";
    for refund in job.record.body.facets.refunds.keys() {
        job.ledger.insert(format!("refund {refund}"), LedgerNote { entry: None, text: text.to_owned() });
    }
}

/// What became of the refunds goes into the journal, where `sluice trace` shows it.
fn tell(job: &mut Job) {
    super::goods::tell_unstated(job);
    let notes = job.ledger.iter().map(|(refund, note)| format!("{refund}: {}", note.text));
    job.written.extend(notes);
}

impl Steps<'_> {
    /// Brings the ledger of some orders to what it must hold; afterwards each has its verdict.
    pub(super) async fn ledger(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        for index in wanted {
            self.ledger_of(session, jobs, *index).await?;
        }
        Ok(())
    }

    async fn ledger_of(&self, session: &Session, jobs: &mut [Job], index: usize) -> Result<(), Fault> {
        let mut refused: Option<String> = None;
        for _ in 0..MAX_STEPS {
            if !self.fits(1, 1) {
                if let Some(job) = jobs.get_mut(index) {
                    job.verdict = Some(Verdict::Again);
                }
                return Ok(());
            }
            let seen = match self.look_into_books(session, jobs, index).await {
                Ok(Some(seen)) => seen,
                Ok(None) => return Ok(()),
                Err(fault) => return hold_or_end(jobs, &[index], fault),
            };
            let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) else { return Ok(()) };
            let Some(step) = decide(job, &seen, self.writer.ports.clock.now()) else { return Ok(()) };
            if let (
                Some(message),
                LedgerNext::Credit { .. } | LedgerNext::Invoice { .. } | LedgerNext::Round { .. } | LedgerNext::Post(_),
            ) = (&refused, &step)
            {
                // Looked at again, it is still to be done: it was refused for good.
                let reason = format!("Odoo refuses the entry: {message}");
                job.hold(ExceptionClass::RefusedByOdoo, message, reason);
                return Ok(());
            }
            refused = match self.take(session, jobs, index, step).await {
                Ok(refused) => refused,
                Err(fault) => return hold_or_end(jobs, &[index], fault),
            };
        }
        if let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) {
            // What never settles would be written for ever.
            job.verdict = Some(Verdict::Defer {
                at: self.writer.ports.clock.now(),
                counts: true,
                why: format!("the books are not settled after {MAX_STEPS} steps"),
            });
        }
        Ok(())
    }

    /// Takes one step. Answers what Odoo says against it: it may have been done by another, so that is looked at first.
    async fn take(
        &self,
        session: &Session,
        jobs: &mut [Job],
        index: usize,
        step: LedgerNext,
    ) -> Result<Option<String>, Fault> {
        let verdict = match step {
            LedgerNext::Credit { external, reference, credit, reverses, date } => {
                let Some(company) = company(jobs, index) else { return Ok(None) };
                let row = CreditNoteRow {
                    external: &external,
                    reference: &reference,
                    credit: &credit,
                    reverses: &reverses,
                    date,
                    company,
                };
                let what = format!("credit note of {reference} loaded");
                return self.enter(session, jobs, index, (LoadMode::CreateOnce, &what, credit_note_rows(&row))).await;
            }
            LedgerNext::Round { external, amount } => {
                let product = jobs.get(index).and_then(|job| job.sale.as_ref()).map(|sale| sale.rounding_product);
                let rows = entry_rounding_rows(&external, product.unwrap_or_default(), amount);
                let what = "rounding line of the entry written";
                return self.enter(session, jobs, index, (LoadMode::Update, what, rows)).await;
            }
            LedgerNext::Invoice { external, invoice, date } => {
                let Some((company, order, reference)) = invoiced(jobs, index) else { return Ok(None) };
                let (order, reference) = (&order, &*reference);
                let journal = jobs.get(index).and_then(|job| job.directory.as_ref()?.journal);
                let row =
                    InvoiceRow { external: &external, order, invoice: &invoice, date, company, reference, journal };
                return self
                    .enter(session, jobs, index, (LoadMode::CreateOnce, "invoice loaded", invoice_rows(&row)))
                    .await;
            }
            LedgerNext::Post(id) => return self.post(session, jobs, (index, id)).await,
            LedgerNext::Rest => jobs.get_mut(index).and_then(|job| job.then.take()).unwrap_or(Verdict::Rest),
            LedgerNext::Wait { at, why } => Verdict::Wait { at, why: why.chars().take(MAX_WHY).collect() },
            LedgerNext::Hold { class, cause, reason } => Verdict::Hold { class, cause: cause.to_owned(), reason },
        };
        if let Some(job) = jobs.get_mut(index) {
            let known = job.record.head.waiting.as_ref();
            // What is looked at again now and then is told once.
            if !matches!(&verdict, Verdict::Wait { why, .. } if known == Some(why)) {
                tell(job);
            }
            job.verdict = Some(verdict);
        }
        Ok(None)
    }

    /// One load of an entry. What is not create-once is noted before.
    async fn enter(
        &self,
        session: &Session,
        jobs: &mut [Job],
        index: usize,
        (mode, what, rows): (LoadMode, &str, LoadRows),
    ) -> Result<Option<String>, Fault> {
        let target = Target { model: "account.move", mode, companies: companies(jobs, &[index]) };
        let note = match mode {
            LoadMode::CreateOnce => None,
            LoadMode::Update => Some(self.note("credit note", subjects(jobs, &[index])).await?),
        };
        let answer = self.load_rows(session, &rows, &target).await;
        if let Some(note) = note {
            answered(jobs, &[index], (note, &answer));
        }
        match answer? {
            LoadAnswer::Done(_) => {
                wrote(jobs, index, what);
                Ok(None)
            }
            LoadAnswer::Refused(messages) => {
                let message = messages.into_iter().next().map(|row| row.message);
                Ok(Some(message.unwrap_or_else(|| "no reason given".to_owned())))
            }
        }
    }

    /// Posts an entry; one that is posted already refuses (exchange 067), and is seen as such.
    async fn post(
        &self,
        session: &Session,
        jobs: &mut [Job],
        (index, id): (usize, i64),
    ) -> Result<Option<String>, Fault> {
        let call = Call::on("account.move", "action_post", vec![id]).companies(&companies(jobs, &[index]));
        let note = self.note("post", subjects(jobs, &[index])).await?;
        let answer = self.call(session, &call).await;
        answered(jobs, &[index], (note, &answer));
        match answer {
            Ok(_) => {
                wrote(jobs, index, &format!("account.move {id} posted"));
                Ok(None)
            }
            Err(Fault::Refused(message)) => Ok(Some(message)),
            Err(fault) => Err(fault),
        }
    }
}

/// The next step of a job; without one it is held.
fn decide(job: &mut Job, seen: &Seen, now: jiff::Timestamp) -> Option<LedgerNext> {
    let credits = job.account.books.credit_notes != CreditNotes::None;
    let adjustment = match refund_product(&job.account, job.directory.as_ref()?) {
        Ok(product) => product,
        Err(Mismatch { class, cause, reason }) if credits => {
            job.hold(class, &cause, reason);
            return None;
        }
        // No refund is looked at.
        Err(_) => 0,
    };
    note_left(job);
    let mut notes = std::mem::take(&mut job.ledger);
    let step = {
        let situation = LedgerSituation {
            account: &job.account,
            key: &job.record.head.key,
            facets: &job.record.body.facets,
            sale: job.sale.as_ref()?,
            observed: job.observed.as_ref()?,
            adopted: job.adopted,
            ledger: &seen.ledger,
            names: &seen.names,
            noted: &job.record.head.ledger,
            adjustment,
            now,
        };
        ledger_next(&situation, &mut notes)
    };
    job.ledger = notes;
    Some(step)
}

/// Company, order and reference of an invoice.
fn invoiced(jobs: &[Job], index: usize) -> Option<(i64, Observed, String)> {
    let job = jobs.get(index)?;
    let reference = origin(&job.account.channel, &job.record.head.key);
    Some((company(jobs, index)?, job.observed.clone()?, reference))
}

fn company(jobs: &[Job], index: usize) -> Option<i64> {
    jobs.get(index)?.directory.as_ref().map(|directory| directory.company)
}

fn wrote(jobs: &mut [Job], index: usize, what: &str) {
    if let Some(job) = jobs.get_mut(index) {
        job.wrote(what);
    }
}
