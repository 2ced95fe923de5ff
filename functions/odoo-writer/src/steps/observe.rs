//! Observing: what Odoo holds of some orders, by two reads.

use sluice_domain::{plan::Observed, state::ExceptionClass};
use sluice_odoo::{Fault, Session, observe_calls, origin, parse_observed};

use super::{Steps, call::companies};
use crate::job::Job;

/// The most orders in one read.
const MAX_OBSERVED: usize = 100;

impl Steps<'_> {
    /// Reads back some orders. One that we know and that is gone is a deletion: never created again.
    pub(super) async fn observe(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        let known = |index: &&usize| jobs.get(**index).is_some_and(|job| job.is_open() && job.odoo_id.is_some());
        let wanted: Vec<usize> = wanted.iter().filter(known).copied().collect();
        for chunk in wanted.chunks(MAX_OBSERVED) {
            let ids: Vec<i64> = chunk.iter().filter_map(|index| jobs.get(*index)?.odoo_id).collect();
            let [headers, lines] = observe_calls(&ids, session.version, &companies(jobs, chunk));
            let headers = self.call(session, &headers).await?;
            let lines = self.call(session, &lines).await?;
            let mut found = parse_observed(&headers, &lines, session.version)?;
            for index in chunk {
                let Some(job) = jobs.get_mut(*index) else { continue };
                job.proved = false;
                job.see(job.odoo_id.and_then(|id| found.remove(&id)).filter(|order| is_ours(job, order)));
                if job.observed.is_none() {
                    let name = job.record.head.odoo.as_ref().map_or("the order", |order| &order.name);
                    let reason = format!(
                        "{name} was in Odoo and is gone, or another order has its id now: if that was meant, park this subject; \
                         Sluice does not create it again"
                    );
                    self.writer.reference.doubt_session();
                    job.hold(ExceptionClass::DeletedInOdoo, "deleted in Odoo", reason);
                }
            }
        }
        Ok(())
    }
}

/// Is it the order that we know by that id? A database that went back gives ids and numbers again. A person may change one of
/// the two marks that a loaded order has; of an adopted one nothing is ours.
fn is_ours(job: &Job, order: &Observed) -> bool {
    let number = job.sale.as_ref().map(|sale| &sale.draft.number);
    job.adopted
        || order.origin.as_deref() == Some(&*origin(&job.account.channel, &job.record.head.key))
        || (number.is_some() && order.reference.as_ref() == number)
}
