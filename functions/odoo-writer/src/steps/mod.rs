//! The steps towards Odoo, each for as many orders as one call takes.

mod act;
mod amend;
mod call;
mod create;
mod goods;
mod ledger;
mod lookup;
mod observe;
mod vouch;

use jiff::{SignedDuration, Timestamp};
use sluice_domain::{
    plan::{Next, Situation, next},
    ports::state::Identity,
    state::ExceptionClass,
};
use sluice_odoo::{Fault, Session};

pub(crate) use vouch::stopped;

use crate::{
    handler::Writer,
    job::{Job, Verdict},
};

/// The most rounds of "observe, decide, act" in one invocation.
const MAX_ROUNDS: usize = 8;

/// An order that waited longer than this for its first look at Odoo says that orders come faster than Odoo takes them.
const SURGE: SignedDuration = SignedDuration::from_secs(10);

/// One invocation's way through Odoo.
pub(crate) struct Steps<'a> {
    writer: &'a Writer,
    deadline: Timestamp,
}

/// What one round does, by job index.
#[derive(Default)]
struct Round {
    adopt: Vec<usize>,
    load: Vec<usize>,
    revise: Vec<usize>,
    rounding: Vec<usize>,
    cancel: Vec<usize>,
    amend: Vec<usize>,
    confirm: Vec<usize>,
    date: Vec<usize>,
    hand_over: Vec<usize>,
    take_back: Vec<usize>,
    ledger: Vec<usize>,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(writer: &'a Writer, deadline: Timestamp) -> Self {
        Self { writer, deadline }
    }

    /// Works until every job has its verdict. `known` is what was noted of the database before anything was asked of it.
    pub(crate) async fn run(&self, jobs: &mut [Job], known: Identity) -> Result<(), Fault> {
        let Some(session) = self.session(jobs, known).await? else { return Ok(()) };
        self.look_up(&session, jobs).await?;
        let unproved = indices(jobs, |job| !job.gated() && !job.adopted && !job.before_cut_over());
        self.contacts(&session, jobs, &unproved).await?;
        let known: Vec<usize> = indices(jobs, |job| job.odoo_id.is_some());
        self.observe(&session, jobs, &known).await?;
        let surge = self.is_surge(jobs);
        let mut created = false;
        for _ in 0..MAX_ROUNDS {
            let round = plan(jobs, created && surge);
            if !jobs.iter().any(Job::is_open) {
                return Ok(());
            }
            created |= !round.load.is_empty();
            self.act(&session, jobs, round).await?;
        }
        for job in jobs.iter_mut().filter(|job| job.is_open()) {
            job.verdict = Some(Verdict::Defer {
                at: self.writer.ports.clock.now(),
                counts: true,
                why: format!("not settled after {MAX_ROUNDS} rounds"),
            });
        }
        Ok(())
    }

    /// Do orders come faster than Odoo takes them?
    fn is_surge(&self, jobs: &[Job]) -> bool {
        let now = self.writer.ports.clock.now();
        let waited = |job: &Job| now.duration_since(job.record.head.received_at) > SURGE;
        jobs.iter().any(|job| job.is_open() && job.odoo_id.is_none() && waited(job))
    }

    /// The session; a new one with the database that we know only. Without one every job is held.
    async fn session(&self, jobs: &mut [Job], known: Identity) -> Result<Option<Session>, Fault> {
        let (reference, now) = (&self.writer.reference, self.writer.ports.clock.now());
        if let Some(session) = reference.session(now) {
            return Ok(Some(session));
        }
        let session = self.odoo().open().await?;
        if let Some(why) = self.vouch(&session, known, reference.is_cold()).await? {
            let verdict = stopped(&self.writer.settings.connection.database, &why);
            for job in jobs.iter_mut().filter(|job| job.is_open()) {
                job.verdict = Some(verdict.clone());
            }
            return Ok(None);
        }
        reference.keep_session(session, now);
        Ok(Some(session))
    }

    async fn act(&self, session: &Session, jobs: &mut [Job], round: Round) -> Result<(), Fault> {
        self.adopt(session, jobs, &round.adopt).await?;
        self.load(session, jobs, &round.load).await?;
        self.revise(session, jobs, &round.revise).await?;
        self.round(session, jobs, &round.rounding).await?;
        self.cancel(session, jobs, &round.cancel).await?;
        self.amend(session, jobs, &round.amend).await?;
        self.confirm(session, jobs, &round.confirm).await?;
        self.restore_dates(session, jobs, &round.date).await?;
        self.hand_over(session, jobs, &round.hand_over).await?;
        let touched = [
            round.adopt,
            round.load,
            round.revise,
            round.rounding,
            round.cancel,
            round.amend,
            round.confirm,
            round.date,
            round.hand_over,
        ];
        let touched: Vec<usize> = touched.into_iter().flatten().collect();
        self.observe(session, jobs, &touched).await?;
        self.take_back(session, jobs, &round.take_back).await?;
        self.ledger(session, jobs, &round.ledger).await
    }
}

/// Holds of orders that the channel cancelled and Odoo cannot.
fn is_cancelled(class: ExceptionClass) -> bool {
    [ExceptionClass::CancelledAfterShipping, ExceptionClass::CancelledAfterInvoicing].contains(&class)
}

fn indices(jobs: &[Job], wanted: impl Fn(&Job) -> bool) -> Vec<usize> {
    let open = jobs.iter().enumerate().filter(|(_, job)| job.is_open() && wanted(job));
    open.map(|(index, _)| index).collect()
}

/// Asks for each order's next step. In a surge, an invocation that created orders leaves their confirmation to a later one:
/// every order is visible in Odoo first, and confirmed at the pace that Odoo can bear.
fn plan(jobs: &mut [Job], created_in_surge: bool) -> Round {
    let mut round = Round::default();
    for (index, job) in jobs.iter_mut().enumerate().filter(|(_, job)| job.is_open()) {
        let Some(sale) = &job.sale else { continue };
        let situation = Situation {
            account: &job.account,
            facets: &job.record.body.facets,
            sale,
            observed: job.observed.as_ref(),
            adopted: job.adopted,
            contacts: job.contact_ids,
            addresses_changed: job.addresses_changed(),
            handed_over: job.handed_over,
            untouched: job.untouched(),
            unfinished: job.unfinished(),
        };
        let next = next(&situation);
        job.proved = matches!(next, Next::Confirm | Next::RestoreDate | Next::HandOver | Next::Rest);
        match next {
            Next::Adopt => round.adopt.push(index),
            Next::Load => round.load.push(index),
            Next::Revise => round.revise.push(index),
            Next::Round(amount) => {
                job.rounding = Some(amount);
                round.rounding.push(index);
            }
            Next::Cancel => round.cancel.push(index),
            Next::Amend => round.amend.push(index),
            Next::Confirm if created_in_surge => job.verdict = Some(Verdict::Again),
            Next::Confirm => round.confirm.push(index),
            Next::RestoreDate => round.date.push(index),
            Next::HandOver => round.hand_over.push(index),
            Next::Rest if goods::wanted(job) => round.take_back.push(index),
            Next::Hold { class, .. } if is_cancelled(class) && goods::wanted(job) => round.take_back.push(index),
            Next::Rest if ledger::wanted(job) => round.ledger.push(index),
            Next::Rest => {
                ledger::leave_to_people(job);
                job.verdict = Some(job.then.take().unwrap_or(Verdict::Rest));
            }
            // What was given back is credited all the same; then a person must look.
            Next::Hold { class, cause, reason } if is_cancelled(class) && ledger::wanted(job) => {
                job.then = Some(Verdict::Hold { class, cause, reason });
                round.ledger.push(index);
            }
            Next::Hold { class, cause, reason } => job.hold(class, &cause, reason),
        }
    }
    round
}
