//! Creating, once: contacts, then orders, as many as one call takes; one that Odoo refuses does not stop the others.

use std::collections::BTreeMap;

use sluice_domain::{order::Buyer, state::ExceptionClass};
use sluice_odoo::{
    ContactRow, Fault, LoadAnswer, LoadMode, LoadRows, OrderHeader, RowMessage, Session, contact_rows, contacts,
    find_by_reference, order_rows, parse_found,
};

use super::{
    Steps,
    call::{Target, companies, hold_or_end},
};
use crate::job::{Job, Verdict};

/// The most lines in one call; an order with more goes alone (architecture section 8).
const MAX_LINES: usize = 150;
/// The most contacts in one call: two for each order of the largest invocation. Every call pays its share anew (15 ms of Odoo, and
/// 55 more for a `load`), and a contact takes no more than a line.
const MAX_CONTACTS: usize = 200;

/// What became of the items of an isolating load.
struct Isolated<T> {
    done: Vec<(T, i64)>,
    refused: Vec<(T, String)>,
}

impl Steps<'_> {
    /// Finds orders that existed before the cut-over by the channel's number: exactly one, or a person must look.
    pub(super) async fn adopt(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        if wanted.is_empty() {
            return Ok(());
        }
        let number = |index: &usize| jobs.get(*index)?.sale.as_ref().map(|sale| sale.draft.number.as_str());
        let numbers: Vec<&str> = wanted.iter().filter_map(number).collect();
        let found = self.call(session, &find_by_reference(&numbers, &companies(jobs, wanted))).await?;
        let found = parse_found(&found);
        for index in wanted {
            let Some(job) = jobs.get_mut(*index) else { continue };
            let Some(number) = job.sale.as_ref().map(|sale| sale.draft.number.clone()) else { continue };
            match found.get(&number).map_or(&[][..], Vec::as_slice) {
                [id] => {
                    job.odoo_id = Some(*id);
                    job.adopted = true;
                    job.wrote("adopted by client_order_ref");
                }
                matches => {
                    let reason = format!(
                        "placed before the account's cut-over, and {} orders in Odoo have the reference {number}: give \
                         exactly one of them that reference, then retry",
                        matches.len()
                    );
                    job.hold(ExceptionClass::CannotAdopt, "client_order_ref", reason);
                }
            }
        }
        Ok(())
    }

    /// Makes sure of the contacts of some orders; afterwards their ids are known.
    pub(super) async fn contacts(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        if wanted.is_empty() {
            return Ok(());
        }
        let odoo = self.odoo();
        let places = self.writer.reference.places((&odoo, session), Self::countries(jobs, wanted)).await?;
        let mut rows: BTreeMap<String, ContactRow> = BTreeMap::new();
        let nobody = Buyer::default();
        for index in wanted {
            let Some(job) = jobs.get_mut(*index) else { continue };
            let buyer = job.record.body.facets.buyer.as_ref().map_or(&nobody, |ranked| &ranked.value);
            let (contacts, needed) = contacts(&job.account, buyer);
            rows.extend(needed.into_iter().map(|row| (row.id.clone(), row)));
            job.contacts = Some(contacts);
        }
        let rows: Vec<ContactRow> = rows.into_values().collect();
        let target = Target { model: "res.partner", mode: LoadMode::CreateOnce, companies: Vec::new() };
        let mut ids: BTreeMap<String, i64> = BTreeMap::new();
        let mut refused: BTreeMap<String, String> = BTreeMap::new();
        for chunk in rows.chunks(MAX_CONTACTS) {
            let build = |items: &[ContactRow]| contact_rows(items, &places);
            let found = match self.isolate(session, &target, chunk.to_vec(), build).await {
                Ok(found) => found,
                Err(fault) => return hold_or_end(jobs, wanted, fault),
            };
            ids.extend(found.done.into_iter().map(|(row, id)| (row.id, id)));
            for (row, message) in found.refused {
                // Odoo checks VAT numbers where it can. A contact without one is better than no order.
                let plain = vec![row.clone().without_vat()];
                let again = if row.has_vat() {
                    self.isolate(session, &target, plain, build).await?
                } else {
                    Isolated { done: vec![], refused: vec![(row, message)] }
                };
                ids.extend(again.done.into_iter().map(|(row, id)| (row.id, id)));
                refused.extend(again.refused.into_iter().map(|(row, message)| (row.id, message)));
            }
        }
        for index in wanted {
            if let Some(job) = jobs.get_mut(*index) {
                resolve_contacts(job, &ids, &refused);
            }
        }
        Ok(())
    }

    /// Creates orders, once. Odoo's answer says only that they exist: what they hold is observed afterwards.
    pub(super) async fn load(&self, session: &Session, jobs: &mut [Job], wanted: &[usize]) -> Result<(), Fault> {
        if wanted.is_empty() {
            return Ok(());
        }
        for batch in self.batches(jobs, wanted) {
            let lines = batch.iter().map(|index| lines_of(jobs, *index)).sum();
            if !self.fits(batch.len(), lines) {
                for index in batch {
                    if let Some(job) = jobs.get_mut(index) {
                        job.verdict = Some(Verdict::Again);
                    }
                }
                continue;
            }
            let batch: Vec<usize> = batch.into_iter().filter(|index| is_open(jobs, *index)).collect();
            let found = {
                let build = |items: &[usize]| {
                    let headers: Vec<OrderHeader<'_>> = items.iter().filter_map(|index| header(jobs, *index)).collect();
                    order_rows(&headers, session.version)
                };
                let target =
                    Target { model: "sale.order", mode: LoadMode::CreateOnce, companies: companies(jobs, &batch) };
                self.isolate(session, &target, batch.clone(), build).await
            };
            let found = match found {
                Ok(found) => found,
                Err(fault) => {
                    hold_or_end(jobs, &batch, fault)?;
                    continue;
                }
            };
            for (index, id) in found.done {
                if let Some(job) = jobs.get_mut(index) {
                    job.odoo_id = Some(id);
                    job.wrote(format!("loaded as sale.order {id}"));
                }
            }
            for (index, message) in found.refused {
                if let Some(job) = jobs.get_mut(index) {
                    job.hold(ExceptionClass::RefusedByOdoo, &message, format!("Odoo refuses the order: {message}"));
                }
            }
        }
        Ok(())
    }

    /// Filled by weight: orders in one call, lines in one call; all of a call with the same columns.
    fn batches(&self, jobs: &[Job], wanted: &[usize]) -> Vec<Vec<usize>> {
        let options = |index: usize| header(jobs, index).map(|header| header.options());
        let mut wanted: Vec<usize> = wanted.iter().copied().filter(|index| is_open(jobs, *index)).collect();
        wanted.sort_by_key(|index| options(*index));
        let mut batches: Vec<Vec<usize>> = Vec::new();
        let mut lines = 0_usize;
        for index in wanted {
            let weight = lines_of(jobs, index);
            let alike = |batch: &[usize]| batch.first().is_some_and(|first| options(*first) == options(index));
            match batches.last_mut() {
                Some(batch)
                    if batch.len() < self.writer.settings.batch_orders
                        && lines.saturating_add(weight) <= MAX_LINES
                        && alike(batch) =>
                {
                    lines = lines.saturating_add(weight);
                    batch.push(index);
                }
                _ => {
                    lines = weight;
                    batches.push(vec![index]);
                }
            }
        }
        batches
    }

    /// A create-once load that takes out what Odoo names, and sends the rest again. What was taken out is sent once more, each
    /// alone: Odoo also names the first record of a call for what another one did, and rows whose parent it took back; and a
    /// lost race can look like a refusal (exchange 234).
    async fn isolate<T: Clone>(
        &self,
        session: &Session,
        target: &Target,
        items: Vec<T>,
        build: impl Fn(&[T]) -> LoadRows,
    ) -> Result<Isolated<T>, Fault> {
        let mut found = Isolated { done: Vec::new(), refused: Vec::new() };
        let mut suspects: Vec<(usize, T)> = Vec::new();
        let mut groups: Vec<Vec<(usize, T)>> = vec![items.into_iter().enumerate().collect()];
        while let Some(group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            let rows: Vec<T> = group.iter().map(|(_, item)| item.clone()).collect();
            match self.load_rows(session, &build(&rows), target).await? {
                LoadAnswer::Done(ids) => found.done.extend(rows.into_iter().zip(ids)),
                LoadAnswer::Refused(messages) => {
                    let (named, rest) = split(group, &messages);
                    suspects.extend(named);
                    groups.extend(rest);
                }
            }
        }
        // In their first order: a parent stands before its children.
        suspects.sort_by_key(|(place, _)| *place);
        for (_, item) in suspects {
            match self.load_rows(session, &build(std::slice::from_ref(&item)), target).await? {
                LoadAnswer::Done(ids) => found.done.extend(ids.first().map(|id| (item, *id))),
                LoadAnswer::Refused(messages) => {
                    let message = messages.into_iter().next().map(|row| row.message);
                    found.refused.push((item, message.unwrap_or_else(|| "no reason given".to_owned())));
                }
            }
        }
        Ok(found)
    }
}

/// The items that Odoo names, and the groups to send again. Where it names none, a group is halved; one alone is to blame.
fn split<T>(group: Vec<T>, messages: &[RowMessage]) -> (Vec<T>, Vec<Vec<T>>) {
    let is_named = |index: usize| messages.iter().any(|message| message.record == Some(index));
    let (mut named, mut rest) = (Vec::new(), Vec::new());
    for (index, item) in group.into_iter().enumerate() {
        if is_named(index) { named.push(item) } else { rest.push(item) }
    }
    if !named.is_empty() || rest.len() <= 1 {
        return if named.is_empty() { (rest, Vec::new()) } else { (named, vec![rest]) };
    }
    let second = rest.split_off(rest.len() / 2);
    (named, vec![second, rest])
}

fn resolve_contacts(job: &mut Job, ids: &BTreeMap<String, i64>, refused: &BTreeMap<String, String>) {
    let Some(contacts) = job.contacts.clone() else { return };
    let names = [&contacts.partner, &contacts.invoice, &contacts.delivery];
    if let Some(message) = names.into_iter().find_map(|name| refused.get(name)) {
        let reason = format!("Odoo refuses the order's contact: {message}");
        job.hold(ExceptionClass::RefusedByOdoo, message, reason);
        return;
    }
    job.contact_ids = ids.get(&contacts.invoice).copied().zip(ids.get(&contacts.delivery).copied());
}

fn is_open(jobs: &[Job], index: usize) -> bool {
    jobs.get(index).is_some_and(Job::is_open)
}

fn lines_of(jobs: &[Job], index: usize) -> usize {
    jobs.get(index).and_then(|job| job.sale.as_ref()).map_or(0, |sale| sale.lines.len())
}

fn header(jobs: &[Job], index: usize) -> Option<OrderHeader<'_>> {
    let job = jobs.get(index)?;
    Some(OrderHeader {
        key: &job.record.head.key,
        channel: &job.account.channel,
        contacts: job.contacts.as_ref()?,
        sale: job.sale.as_ref()?,
        directory: job.directory.as_ref()?,
    })
}
