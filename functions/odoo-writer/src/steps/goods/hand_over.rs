//! Handing over what was sold over the counter: the buyer has the goods, so their delivery in Odoo is done.

use sluice_domain::state::ExceptionClass;
use sluice_odoo::{
    Delivery, Fault, Session, complete_deliveries, deliveries_call, delivery_moves_call, parse_deliveries, question,
};

use super::super::{Steps, call::companies};
use crate::job::{Job, Verdict};

/// The most transfers of one order, one behind the other: pick, pack, ship, and one to spare.
const MAX_LEGS: usize = 4;

impl Steps<'_> {
    /// Does the open deliveries of confirmed orders. Each is looked for before it is done, so a call that had no answer is seen
    /// for what it did.
    pub(in super::super) async fn hand_over(
        &self,
        session: &Session,
        jobs: &mut [Job],
        wanted: &[usize],
    ) -> Result<(), Fault> {
        let mut left = wanted.to_vec();
        for _ in 0..MAX_LEGS {
            if left.is_empty() {
                return Ok(());
            }
            let open = self.open_deliveries(session, jobs, &left).await?;
            let mut further = Vec::new();
            for index in left {
                let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) else { continue };
                let of_it: Vec<&Delivery> = open.iter().filter(|one| Some(one.order) == job.odoo_id).collect();
                match of_it.iter().find(|one| !one.waits) {
                    None if of_it.is_empty() => job.handed_over = true,
                    None => hold(job, &of_it, "it waits for another transfer"),
                    Some(delivery) => {
                        self.do_delivery(session, jobs, (index, delivery)).await?;
                        further.push(index);
                    }
                }
            }
            left = further;
        }
        for index in left {
            if let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) {
                job.verdict = Some(Verdict::Again);
            }
        }
        Ok(())
    }

    async fn open_deliveries(&self, session: &Session, jobs: &[Job], wanted: &[usize]) -> Result<Vec<Delivery>, Fault> {
        let companies = companies(jobs, wanted);
        let orders: Vec<i64> = wanted.iter().filter_map(|index| jobs.get(*index)?.odoo_id).collect();
        let mut open = parse_deliveries(&self.call(session, &deliveries_call(&orders, &companies)).await?)?;
        if !open.is_empty() {
            let moves = self.call(session, &delivery_moves_call(&open, &companies)).await?;
            complete_deliveries(&mut open, &moves)?;
        }
        Ok(open)
    }

    async fn do_delivery(
        &self,
        session: &Session,
        jobs: &mut [Job],
        (index, delivery): (usize, &Delivery),
    ) -> Result<(), Fault> {
        let companies = companies(jobs, &[index]);
        if !self.fits(2, delivery.moves.len()) {
            if let Some(job) = jobs.get_mut(index) {
                job.verdict = Some(Verdict::Again);
            }
            return Ok(());
        }
        let pick = ("pick", "", delivery.pick_call(&companies));
        if self.apply(session, jobs, &[index], pick).await?.is_none() {
            return Ok(());
        }
        let done = format!("{} delivered", delivery.name);
        let call = delivery.done_call(&companies);
        let answer = self.apply(session, jobs, &[index], ("deliver", "", call)).await?;
        let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) else { return Ok(()) };
        match answer.as_ref().and_then(question) {
            None => job.wrote(&done),
            Some(model) => hold(job, &[delivery], &format!("Odoo asks something first (`{model}`)")),
        }
        Ok(())
    }
}

fn hold(job: &mut Job, deliveries: &[&Delivery], why: &str) {
    let names: Vec<&str> = deliveries.iter().map(|delivery| &*delivery.name).collect();
    let reason = format!("{} was sold over the counter and is not delivered: {why}: do it in Odoo", names.join(", "));
    job.hold(ExceptionClass::RefusedByOdoo, "not delivered", reason);
}
