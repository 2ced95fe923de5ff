//! What the books hold of one order: its invoices, what reverses them, and which of its lines are ours.

use std::collections::BTreeMap;

use sluice_domain::plan::Ledger;
use sluice_odoo::{
    Fault, Session, complete_entries, entries_call, entry_lines_call, entry_names_call, invoices_call, line_names_call,
    parse_entries, parse_invoices, parse_line_names,
};

use super::super::{
    Steps,
    call::{companies, our_names},
};
use crate::job::Job;

/// What was seen.
pub(super) struct Seen {
    pub(super) ledger: Ledger,
    /// Our names of the order's lines (`line_17`), by their ids.
    pub(super) names: BTreeMap<i64, String>,
}

impl Steps<'_> {
    /// Looks; `None` for a job that has no order in Odoo.
    pub(super) async fn look_into_books(
        &self,
        session: &Session,
        jobs: &[Job],
        index: usize,
    ) -> Result<Option<Seen>, Fault> {
        let Some(job) = jobs.get(index) else { return Ok(None) };
        let Some(observed) = &job.observed else { return Ok(None) };
        let companies = companies(jobs, &[index]);
        let invoices = parse_invoices(&self.call(session, &invoices_call(observed.id, &companies)).await?);
        if invoices.is_empty() {
            return Ok(Some(Seen { ledger: Ledger::default(), names: BTreeMap::new() }));
        }
        let mut ledger = parse_entries(&self.call(session, &entries_call(&invoices, &companies)).await?)?;
        let entries: Vec<i64> = ledger.entries.iter().map(|entry| entry.id).collect();
        let lines = self.call(session, &entry_lines_call(&entries, &companies)).await?;
        let names = parse_line_names(&self.call(session, &entry_names_call(entries, &companies)).await?);
        complete_entries(&mut ledger, &lines, &names)?;
        let sold = observed.lines.iter().map(|line| line.id).collect();
        let names = parse_line_names(&self.call(session, &line_names_call(sold, &companies)).await?);
        Ok(Some(Seen { ledger, names: our_names(&job.record.head.key, names) }))
    }
}
