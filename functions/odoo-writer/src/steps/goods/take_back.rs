//! Taking back what the channel says is in stock again. Order by order: it is rare, and each look is a few calls.
//!
//! Odoo's wizard makes a transfer each time it is called, whatever came back before (exchange 425). So two calls for one order
//! must never be on their way at once: who makes one has the order's turn, a conditional note in the state that runs out when
//! the call can no longer commit, and looks at Odoo only after it has it.

use jiff::Timestamp;
use sluice_domain::{
    plan::{Goods, GoodsNext, GoodsSituation, UnitsByMove, goods_next, unstated_goods, wants_goods},
    ports::state::{Cursor, StateError},
    state::ExceptionClass,
    value::SubjectKey,
};
use sluice_odoo::{
    Fault, Session, back_call, complete_goods, line_names_call, parse_line_names, parse_proposed, parse_shipped,
    parse_wizard, proposed_call, question, receive_call, return_call, shipped_call, units_call, wizard_call,
};

use super::super::{
    Steps,
    call::{companies, hold_or_end, our_names},
};
use crate::job::{Job, Verdict};

/// The most steps for one order in one invocation: a transfer takes two.
const MAX_STEPS: usize = 12;
/// The longest word on what is waited for, in characters: the head stays small.
const MAX_WHY: usize = 120;

/// Is there something to take back that was not looked for yet?
pub(in super::super) fn wanted(job: &Job) -> bool {
    !job.taken_back && job.odoo_id.is_some() && wants_goods(&job.account, &job.record.body.facets)
}

/// What nobody can take back by itself is told, so that nothing is passed over in silence.
pub(in super::super) fn tell_unstated(job: &mut Job) {
    for refund in unstated_goods(&job.account, &job.record.body.facets) {
        job.wrote(format!("refund {refund}: no goods moved, the channel does not say whether they are in stock again"));
    }
}

/// The right to make a transfer back for one order.
struct Turn {
    name: String,
    version: u64,
    /// The call must begin before.
    last: Timestamp,
}

impl Steps<'_> {
    /// Makes and receives the transfers back of some orders.
    pub(in super::super) async fn take_back(
        &self,
        session: &Session,
        jobs: &mut [Job],
        wanted: &[usize],
    ) -> Result<(), Fault> {
        for index in wanted {
            if let Err(fault) = self.take_back_one(session, jobs, *index).await {
                hold_or_end(jobs, &[*index], fault)?;
            }
        }
        Ok(())
    }

    async fn take_back_one(&self, session: &Session, jobs: &mut [Job], index: usize) -> Result<(), Fault> {
        let mut turn: Option<Turn> = None;
        for _ in 0..MAX_STEPS {
            if !self.fits(2, 1) {
                break;
            }
            let Some(next) = self.look_at_goods(session, jobs, index).await? else { return Ok(()) };
            match next {
                GoodsNext::Return { delivery, units } => {
                    // Whoever gets the turn looks once more: what was seen before may be what another one changed since.
                    let Some(held) = turn.take() else {
                        turn = self.take_turn(jobs, index).await?;
                        if turn.is_none() {
                            return Ok(());
                        }
                        continue;
                    };
                    self.make_return(session, jobs, (index, delivery, units), held).await?;
                }
                GoodsNext::Receive(transfer) => self.receive(session, jobs, (index, transfer)).await?,
                GoodsNext::Rest => return self.taken_back(jobs, index, (turn, None)).await,
                GoodsNext::Wait { at, why } => {
                    let verdict = Verdict::Wait { at, why: why.chars().take(MAX_WHY).collect() };
                    return self.taken_back(jobs, index, (turn, Some(verdict))).await;
                }
                GoodsNext::Hold(reason) => {
                    let class = ExceptionClass::ReturnUnclear;
                    let verdict = Verdict::Hold { class, cause: "return unclear".to_owned(), reason };
                    return self.taken_back(jobs, index, (turn, Some(verdict))).await;
                }
            }
            if !jobs.get(index).is_some_and(Job::is_open) {
                return Ok(());
            }
        }
        if let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) {
            job.verdict = Some(Verdict::Again);
        }
        Ok(())
    }

    /// Nothing is left to do with goods now; `then` once the books are done too.
    async fn taken_back(
        &self,
        jobs: &mut [Job],
        index: usize,
        (turn, then): (Option<Turn>, Option<Verdict>),
    ) -> Result<(), Fault> {
        if let Some(turn) = turn {
            self.give_turn_back(turn).await;
        }
        if let Some(job) = jobs.get_mut(index) {
            (job.taken_back, job.then) = (true, then);
        }
        Ok(())
    }

    async fn look_at_goods(&self, session: &Session, jobs: &[Job], index: usize) -> Result<Option<GoodsNext>, Fault> {
        let Some(job) = jobs.get(index).filter(|job| job.is_open()) else { return Ok(None) };
        let Some(observed) = &job.observed else { return Ok(None) };
        let companies = companies(jobs, &[index]);
        let lines: Vec<i64> = observed.lines.iter().map(|line| line.id).collect();
        let mut goods = parse_shipped(&self.call(session, &shipped_call(&lines, &companies)).await?)?;
        if goods != Goods::default() {
            let back = self.call(session, &back_call(&goods, &companies)).await?;
            complete_goods(&mut goods, &back)?;
        }
        let names = parse_line_names(&self.call(session, &line_names_call(lines, &companies)).await?);
        let names = our_names(&job.record.head.key, names);
        let situation = GoodsSituation {
            account: &job.account,
            facets: &job.record.body.facets,
            observed,
            names: &names,
            goods: &goods,
            now: self.writer.ports.clock.now(),
        };
        Ok(Some(goods_next(&situation)))
    }

    /// Takes the order's turn. Where another one has it, the order comes back when that one's call cannot commit any more.
    async fn take_turn(&self, jobs: &mut [Job], index: usize) -> Result<Option<Turn>, Fault> {
        let Some(job) = jobs.get_mut(index) else { return Ok(None) };
        let (name, state) = (turn_of(&job.record.head.key), &self.writer.ports.state);
        let unread = |error: StateError| Fault::NotSent(format!("the turn to take back could not be noted: {error}"));
        let known = state.cursor(&name).await.map_err(unread)?;
        // Both are counted from before the note, which may take long to be saved.
        let (now, last, until) = (self.writer.ports.clock.now(), self.last_repeat(), self.latest_commit());
        let taken = known.value.parse::<Timestamp>().ok().filter(|taken| *taken > now);
        let saved = match taken {
            Some(_) => Err(StateError::Conflict),
            None => state.save_cursor(&name, Cursor { version: known.version, value: until.to_string() }).await,
        };
        match saved {
            Ok(()) => Ok(Some(Turn { name, version: known.version.saturating_add(1), last })),
            Err(StateError::Conflict) => {
                let why = "another transfer back of this order may be on its way".to_owned();
                job.verdict = Some(Verdict::Defer { at: taken.unwrap_or(until), counts: false, why });
                Ok(None)
            }
            Err(error) => Err(unread(error)),
        }
    }

    async fn give_turn_back(&self, turn: Turn) {
        let free = Cursor { version: turn.version, value: String::new() };
        if let Err(error) = self.writer.ports.state.save_cursor(&turn.name, free).await {
            // It runs out by itself.
            tracing::debug!(%error, "turn not given back");
        }
    }

    /// Makes one transfer back. With an outcome that nobody knows the turn stays taken until the call can no longer commit.
    async fn make_return(
        &self,
        session: &Session,
        jobs: &mut [Job],
        (index, delivery, units): (usize, i64, UnitsByMove),
        turn: Turn,
    ) -> Result<(), Fault> {
        let companies = companies(jobs, &[index]);
        let wizard = parse_wizard(&self.call(session, &wizard_call(delivery, &companies)).await?)?;
        let proposed = parse_proposed(&self.call(session, &proposed_call(wizard, &companies)).await?)?;
        for (of, (line, quantity)) in proposed {
            let wanted = units.get(&of).copied().unwrap_or_default();
            // Odoo 17 and before propose everything.
            if wanted != quantity || !wanted.is_zero() {
                self.call(session, &units_call(line, wanted, &companies)).await?;
            }
        }
        if !self.is_before(turn.last) {
            self.give_turn_back(turn).await;
            return Ok(());
        }
        let made = self.apply(session, jobs, &[index], ("return", "", return_call(wizard, &companies))).await?;
        // The answer is definite.
        self.give_turn_back(turn).await;
        if let Some(job) = jobs.get_mut(index).filter(|_| made.is_some()) {
            let units: Vec<String> = units.values().map(|units| units.normalize().to_string()).collect();
            job.wrote(format!("transfer back made of stock.picking {delivery} ({} units)", units.join(" + ")));
        }
        Ok(())
    }

    async fn receive(&self, session: &Session, jobs: &mut [Job], (index, id): (usize, i64)) -> Result<(), Fault> {
        let call = receive_call(id, &companies(jobs, &[index]));
        let done = format!("stock.picking {id} received");
        let answer = self.apply(session, jobs, &[index], ("receive", "", call)).await?;
        let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) else { return Ok(()) };
        match answer.as_ref().and_then(question) {
            None => job.wrote(done),
            Some(model) => {
                let reason = format!(
                    "the transfer back {id} is not received: Odoo asks something first (`{model}`): do it in Odoo"
                );
                job.hold(ExceptionClass::ReturnUnclear, "not received", reason);
            }
        }
        Ok(())
    }
}

/// The name of an order's turn.
fn turn_of(key: &SubjectKey) -> String {
    format!("return#{key}")
}
