//! Bringing lines of confirmed orders to what the channel says now, where nothing of them is delivered or invoiced.

use sluice_domain::{
    plan::{ObservedLine, is_line},
    state::ExceptionClass,
};
use sluice_odoo::{Fault, LoadRows, Session, amended_rows, line_names_call, order_id, parse_line_names};

use super::{Steps, call::companies};
use crate::job::Job;

/// The most lines of an edit: Odoo changes deliveries with them, minutes for hundreds (architecture section 8), and it is one
/// call, so that a crash leaves no half of it behind.
const MAX_AMENDED: usize = 20;

impl Steps<'_> {
    /// Amends orders, one by one: what differs is written, what is no longer sold goes to quantity zero.
    pub(super) async fn amend(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        for index in wanted {
            if let Some(rows) = self.amendment(session, jobs, *index).await? {
                self.update(session, jobs, &[*index], ("sale.order.line", "amended lines", rows)).await?;
            }
        }
        Ok(())
    }

    async fn amendment(&self, session: &Session, jobs: &mut [Job], index: usize) -> Result<Option<LoadRows>, Fault> {
        let companies = companies(jobs, &[index]);
        let Some(job) = jobs.get_mut(index).filter(|job| job.is_open()) else { return Ok(None) };
        let (Some(sale), Some(observed)) = (&job.sale, &job.observed) else { return Ok(None) };
        let key = &job.record.head.key;
        let lines: Vec<&ObservedLine> = observed.lines.iter().collect();
        let ids = lines.iter().map(|line| line.id).collect();
        let names = parse_line_names(&self.call(session, &line_names_call(ids, &companies)).await?);
        let prefix = format!("{}_", order_id(key));
        let ours = |line: &ObservedLine| names.get(&line.id).and_then(|name| name.strip_prefix(&prefix));
        let unchanged = |name: &str| {
            let found = lines.iter().find(|line| ours(line) == Some(name));
            found.is_some_and(|line| is_line(sale, name, line))
        };
        let changed: Vec<&str> = sale.lines.iter().map(|line| &*line.id).filter(|name| !unchanged(name)).collect();
        let desired = |name: &str| sale.lines.iter().any(|line| line.id == name);
        let sold = lines.iter().filter(|line| !line.quantity.is_zero());
        let gone: Vec<(&str, &ObservedLine)> = sold
            .filter_map(|line| Some((ours(line)?, *line)))
            .filter(|(name, _)| *name != "rounding" && !desired(name))
            .collect();
        if changed.len().saturating_add(gone.len()) > MAX_AMENDED {
            let reason = format!(
                "{} is confirmed and the channel changed more than {MAX_AMENDED} lines of it: change it in Odoo by hand",
                observed.name
            );
            job.hold(ExceptionClass::ChangedAfterConfirmation, "large edit", reason);
            return Ok(None);
        }
        Ok(Some(amended_rows((key, observed.id), sale, (&changed, &gone), session.version)))
    }
}
