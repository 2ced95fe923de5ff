//! Look-ups: directory, products, drafts, contacts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sluice_domain::{
    account::OdooTarget,
    plan::{Directory, Mismatch, ProductNeed, SaleDraft, draft, match_sale},
    state::ExceptionClass,
};
use sluice_odoo::{Fault, Session};

use super::{Steps, call::hold_or_end, indices};
use crate::{handler::Writer, job::Job, reference::Codes};

impl Steps<'_> {
    /// Gives every open job its matched sale, or its reason to be held.
    pub(super) async fn look_up(&self, session: &Session, jobs: &mut [Job]) -> Result<(), Fault> {
        self.directories(session, jobs).await?;
        let mut codes: BTreeMap<i64, Codes> = BTreeMap::new();
        let mut drafts: Vec<(usize, SaleDraft)> = Vec::new();
        for index in indices(jobs, |_| true) {
            let Some(job) = jobs.get_mut(index) else { continue };
            let Some(directory) = job.directory.clone() else { continue };
            match Writer::order_of(job).map(|order| draft(order, directory.price_decimals)) {
                Some(Ok(draft)) => {
                    let codes = codes.entry(directory.company).or_default();
                    codes.of_account(&job.account);
                    for line in &draft.lines {
                        if let ProductNeed::Item { sku, barcode } = &line.product {
                            codes.skus.extend(sku.clone());
                            codes.barcodes.extend(barcode.clone());
                        }
                    }
                    drafts.push((index, draft));
                }
                Some(Err(error)) => job.hold(ExceptionClass::UnreadablePayload, "amounts", error.to_string()),
                None => {}
            }
        }
        let odoo = self.odoo();
        let now = self.writer.ports.clock.now();
        for (company, codes) in &codes {
            self.writer.reference.products((&odoo, session), (*company, codes), now).await?;
        }
        let mut filled: BTreeMap<OdooTarget, Arc<Directory>> = BTreeMap::new();
        for (index, draft) in drafts {
            let Some(job) = jobs.get_mut(index) else { continue };
            let Some(plain) = &job.directory else { continue };
            let directory = filled.entry(job.account.odoo.clone()).or_insert_with(|| {
                let mut directory = (**plain).clone();
                if let Some(codes) = codes.get(&directory.company) {
                    self.writer.reference.fill(&mut directory, codes);
                }
                Arc::new(directory)
            });
            match_job(job, draft, directory);
        }
        Ok(())
    }

    async fn directories(&self, session: &Session, jobs: &mut [Job]) -> Result<(), Fault> {
        let odoo = self.odoo();
        let targets = jobs.iter().filter(|job| job.is_open()).map(|job| job.account.odoo.clone());
        let targets: BTreeSet<OdooTarget> = targets.collect();
        for target in targets {
            let now = self.writer.ports.clock.now();
            let found = match self.writer.reference.directory((&odoo, session), &target, now).await {
                Ok(found) => found,
                Err(fault) => {
                    let concerned = indices(jobs, |job| job.account.odoo == target);
                    hold_or_end(jobs, &concerned, fault)?;
                    continue;
                }
            };
            let found = found.map(Arc::new);
            for job in jobs.iter_mut().filter(|job| job.is_open() && job.account.odoo == target) {
                match &found {
                    Ok(directory) => job.directory = Some(Arc::clone(directory)),
                    Err(fix) => job.hold(ExceptionClass::MissingMapping, fix, fix.clone()),
                }
            }
        }
        Ok(())
    }

    /// Countries of the addresses of some jobs.
    pub(super) fn countries(jobs: &[Job], concerned: &[usize]) -> BTreeSet<String> {
        let buyers = concerned.iter().filter_map(|index| jobs.get(*index)?.record.body.facets.buyer.as_ref());
        let addresses = buyers.flat_map(|buyer| [&buyer.value.bill_to, &buyer.value.ship_to]);
        addresses.flatten().filter_map(|address| address.country.clone()).collect()
    }
}

fn match_job(job: &mut Job, draft: SaleDraft, directory: &Arc<Directory>) {
    match match_sale(draft, &job.account, directory) {
        Ok(sale) => {
            job.directory = Some(Arc::clone(directory));
            job.sale = Some(sale);
        }
        Err(Mismatch { class, cause, reason }) => job.hold(class, &cause, reason),
    }
}
