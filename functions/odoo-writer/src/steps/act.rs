//! Steps that change what exists: each is noted before it is sent, and judged by what is read afterwards.

use jiff::Timestamp;
use serde_json::{Value, json};
use sluice_domain::{
    plan::{Observed, ObservedLine, SaleState},
    state::ExceptionClass,
    value::SubjectKey,
};
use sluice_odoo::{
    Call, Contacts, Fault, LoadAnswer, LoadMode, LoadRows, Session, confirm_dates, contact_changes, line_names_call,
    line_rows, order_id, parse_line_names, rounding_row,
};

use super::{
    Steps,
    call::{Target, answered, companies, hold_or_end, subjects},
};
use crate::{
    job::{Job, Verdict},
    pressure::{Gatekeeper, Turn},
};

/// The most orders in one `action_confirm`: it costs Odoo 80 to 100 ms of CPU each (architecture section 8).
const MAX_CONFIRMED: usize = 10;

/// What the lines of a quotation need.
enum Revision {
    Equal,
    Rows(LoadRows),
    Foreign(String),
}

impl Steps<'_> {
    /// Brings quotations to what the channel says now: contacts in one call for all, lines order by order.
    pub(super) async fn revise(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        let moved: Vec<usize> =
            wanted.iter().copied().filter(|index| jobs.get(*index).is_some_and(Job::moved)).collect();
        if !moved.is_empty() {
            let rows = {
                let changes: Vec<(&SubjectKey, &Contacts)> =
                    moved.iter().filter_map(|index| contacts_of(jobs, *index)).collect();
                contact_changes(&changes)
            };
            self.update(session, jobs, &moved, ("sale.order", "contacts", rows)).await?;
        }
        for index in wanted {
            match self.revised_lines(session, jobs, *index).await? {
                Revision::Equal => {}
                Revision::Rows(rows) => {
                    self.update(session, jobs, &[*index], ("sale.order.line", "lines", rows)).await?;
                }
                Revision::Foreign(reason) => {
                    if let Some(job) = jobs.get_mut(*index) {
                        job.hold(ExceptionClass::EditedInOdoo, "lines added in Odoo", reason);
                    }
                }
            }
        }
        Ok(())
    }

    /// What the lines of one quotation need. Lines that are not ours belong to a person: they are never emptied.
    async fn revised_lines(&self, session: &Session, jobs: &[Job], index: usize) -> Result<Revision, Fault> {
        let Some(job) = jobs.get(index).filter(|job| job.is_open()) else { return Ok(Revision::Equal) };
        let (Some(sale), Some(observed)) = (&job.sale, &job.observed) else { return Ok(Revision::Equal) };
        if sluice_domain::plan::lines_match(sale, observed) {
            return Ok(Revision::Equal);
        }
        let key = &job.record.head.key;
        let lines: Vec<&ObservedLine> = observed.lines.iter().filter(|line| !line.quantity.is_zero()).collect();
        let ids = lines.iter().map(|line| line.id).collect();
        let names = self.call(session, &line_names_call(ids, &companies(jobs, &[index]))).await?;
        let names = parse_line_names(&names);
        let prefix = format!("{}_", order_id(key));
        let ours = |line: &ObservedLine| names.get(&line.id).and_then(|name| name.strip_prefix(&prefix));
        let foreign: Vec<i64> = lines.iter().filter(|line| ours(line).is_none()).map(|line| line.id).collect();
        if !foreign.is_empty() {
            return Ok(Revision::Foreign(format!(
                "{} has {} lines that somebody added in Odoo (ids {foreign:?}): take them out and retry, or park the order \
                 and finish it by hand",
                observed.name,
                foreign.len()
            )));
        }
        let desired = |name: &str| sale.lines.iter().any(|line| line.id == name);
        let gone = lines.iter().filter_map(|line| ours(line)).filter(|name| *name != "rounding" && !desired(name));
        let gone: Vec<String> = gone.map(ToOwned::to_owned).collect();
        Ok(Revision::Rows(line_rows((key, observed.id), sale, &gone, session.version)))
    }

    /// Sets the rounding lines.
    pub(super) async fn round(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        for index in wanted {
            let Some(job) = jobs.get(*index) else { continue };
            let (Some(sale), Some(observed), Some(amount)) = (&job.sale, &job.observed, job.rounding) else { continue };
            let rows = rounding_row((&job.record.head.key, observed.id), sale, amount, session.version);
            self.update(session, jobs, &[*index], ("sale.order.line", "rounding line", rows)).await?;
        }
        Ok(())
    }

    /// Brings back the channel's dates, in one call for all.
    pub(super) async fn restore_dates(
        &self,
        session: &Session,
        jobs: &mut [Job],
        wanted: &[usize],
    ) -> Result<(), Fault> {
        if wanted.is_empty() {
            return Ok(());
        }
        let rows = {
            let placed = |index: &usize| {
                let job = jobs.get(*index)?;
                Some((&job.record.head.key, job.sale.as_ref()?.draft.placed_at))
            };
            let dates: Vec<(&SubjectKey, Timestamp)> = wanted.iter().filter_map(placed).collect();
            confirm_dates(&dates)
        };
        self.update(session, jobs, wanted, ("sale.order", "date", rows)).await
    }

    /// A plain-mode load: it overwrites, so it is noted.
    pub(super) async fn update(
        &self,
        session: &Session,
        jobs: &mut [Job],
        concerned: &[usize],
        (model, step, rows): (&'static str, &str, LoadRows),
    ) -> Result<(), Fault> {
        if !self.fits(concerned.len(), rows.rows.len()) {
            end(jobs, concerned, &Verdict::Again);
            return Ok(());
        }
        let note = self.note(step, subjects(jobs, concerned)).await?;
        let answer = self
            .load_rows(session, &rows, &Target { model, mode: LoadMode::Update, companies: companies(jobs, concerned) })
            .await;
        answered(jobs, concerned, (note, &answer));
        if model == "sale.order.line" {
            for index in concerned {
                if let Some(job) = jobs.get_mut(*index) {
                    job.sends_lines();
                }
            }
        }
        match answer {
            Ok(LoadAnswer::Done(_)) => {
                wrote(jobs, concerned, &format!("{step} written"));
                Ok(())
            }
            Ok(LoadAnswer::Refused(messages)) => {
                let message = messages.into_iter().next().map_or_else(|| "no reason given".into(), |row| row.message);
                let fault = Fault::Refused(format!("Odoo refuses the {step}: {message}"));
                hold_or_end(jobs, concerned, fault)
            }
            Err(fault) => hold_or_end(jobs, concerned, fault),
        }
    }

    /// Cancels, one by one. On 18 a confirmed order answers a wizard unless told not to (exchanges 041, 045).
    pub(super) async fn cancel(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        for index in wanted {
            let Some(id) = jobs.get(*index).and_then(|job| job.odoo_id) else { continue };
            let call = Call::on("sale.order", "action_cancel", vec![id]);
            let call = call.context("disable_cancel_warning", json!(true)).companies(&companies(jobs, &[*index]));
            self.apply(session, jobs, &[*index], ("cancel", "cancelled", call)).await?;
        }
        Ok(())
    }

    /// Confirms, if nobody else does: one confirmer a database. Else it is left to a later invocation, behind the others, so
    /// that the call that we may have in flight goes to orders that Odoo does not have yet.
    pub(super) async fn confirm(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        if wanted.is_empty() {
            return Ok(());
        }
        let gatekeeper = Gatekeeper::new(&self.writer.ports, &self.writer.settings);
        match gatekeeper.turn_to_confirm(self.deadline).await {
            Ok(Turn::Ours(permit)) => {
                let confirmed = self.confirm_all(session, jobs, wanted).await;
                if let Some(permit) = permit {
                    gatekeeper.give_back(permit).await;
                }
                confirmed
            }
            Ok(Turn::Anothers) => {
                end(jobs, wanted, &Verdict::Again);
                Ok(())
            }
            Err(defer) => {
                end(jobs, wanted, &defer);
                Ok(())
            }
        }
    }

    /// One id that cannot be confirmed refuses the whole call and is not named (exchange 410): read again, leave
    /// out what is confirmed by now, and halve.
    async fn confirm_all(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        let mut groups: Vec<Vec<usize>> = wanted.chunks(MAX_CONFIRMED).map(<[usize]>::to_vec).collect();
        while let Some(group) = groups.pop() {
            let lines =
                group.iter().filter_map(|index| jobs.get(*index)?.sale.as_ref()).map(|sale| sale.lines.len()).sum();
            if !self.fits(group.len(), lines) {
                end(jobs, &group, &Verdict::Again);
                continue;
            }
            let ids: Vec<i64> = group.iter().filter_map(|index| jobs.get(*index)?.odoo_id).collect();
            let call = Call::on("sale.order", "action_confirm", ids).companies(&companies(jobs, &group));
            let note = self.note("confirm", subjects(jobs, &group)).await?;
            let answer = self.call(session, &call).await;
            answered(jobs, &group, (note, &answer));
            match answer {
                Ok(_) => wrote(jobs, &group, "confirmed"),
                Err(Fault::Refused(message)) => {
                    self.observe(session, jobs, &group).await?;
                    let sent = group.len();
                    let open: Vec<usize> =
                        group.into_iter().filter(|index| jobs.get(*index).is_some_and(is_quotation)).collect();
                    match open.as_slice() {
                        [] => {}
                        [one] if sent == 1 => hold_or_end(jobs, &[*one], Fault::Refused(refusal(&message)))?,
                        // Those that were left out may have been the only reason.
                        fewer if fewer.len() < sent => groups.push(fewer.to_vec()),
                        several => {
                            let (left, right) = several.split_at(several.len() / 2);
                            groups.extend([left.to_vec(), right.to_vec()]);
                        }
                    }
                }
                Err(fault) => hold_or_end(jobs, &group, fault)?,
            }
        }
        Ok(())
    }

    /// One noted call of a method; its answer, unless its orders are held for it.
    pub(super) async fn apply(
        &self,
        session: &Session,
        jobs: &mut [Job],
        concerned: &[usize],
        (step, done, call): (&str, &str, Call),
    ) -> Result<Option<Value>, Fault> {
        let note = self.note(step, subjects(jobs, concerned)).await?;
        let answer: Result<Value, Fault> = self.call(session, &call).await;
        answered(jobs, concerned, (note, &answer));
        match answer {
            Ok(answer) => {
                if !done.is_empty() {
                    wrote(jobs, concerned, done);
                }
                Ok(Some(answer))
            }
            Err(fault) => hold_or_end(jobs, concerned, fault).map(|()| None),
        }
    }
}

fn end(jobs: &mut [Job], concerned: &[usize], verdict: &Verdict) {
    for index in concerned {
        if let Some(job) = jobs.get_mut(*index) {
            job.verdict = Some(verdict.clone());
        }
    }
}

fn refusal(message: &str) -> String {
    format!("Odoo does not confirm the order: {message}")
}

fn wrote(jobs: &mut [Job], concerned: &[usize], what: &str) {
    for index in concerned {
        if let Some(job) = jobs.get_mut(*index) {
            job.wrote(what);
        }
    }
}

fn is_quotation(job: &Job) -> bool {
    job.is_open() && job.observed.as_ref().is_some_and(|order: &Observed| order.state == SaleState::Quotation)
}

fn contacts_of(jobs: &[Job], index: usize) -> Option<(&SubjectKey, &Contacts)> {
    let job = jobs.get(index)?;
    Some((&job.record.head.key, job.contacts.as_ref()?))
}
