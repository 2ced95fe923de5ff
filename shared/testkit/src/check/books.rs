//! The books: every refund of an invoiced order is credited once and to the minor unit, and no other credit note is ours.

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;
use sluice_domain::{
    account::{CreditNotes, Invoices},
    state::{ExceptionClass, Record},
};
use sluice_sandbox::odoo::{EntryView, OrderView};

use super::{Findings, subject};
use crate::{
    shop::{ShopOrder, ShopRefund},
    world::World,
};

pub(super) fn check(world: &World, orders: &[Arc<ShopOrder>], findings: &mut Findings) {
    let mut known = 0;
    for order in orders {
        let key = subject(world, order);
        let Some(record) = world.record(&key) else { continue };
        world.odoo(|odoo| {
            let Some(sale) = odoo.order(&format!("{}.order_{}", key.account(), key.external_id())) else { return };
            let entries = odoo.entries_of(sale.id);
            let ours: Vec<&EntryView<'_>> = entries.iter().filter(|entry| !entry.external_id().is_empty()).collect();
            known += ours.len();
            let account = &world.accounts()[order.account];
            let (invoices, ours): (Vec<_>, Vec<_>) = ours.into_iter().partition(|entry| entry.kind() == "out_invoice");
            let rests = record.head.parked.is_none() && sale.state() == "sale";
            if let Err(text) = invoiced(account.books.invoices, &sale, (&entries, &invoices), rests) {
                findings.mismatched.push(format!("{}: {text}", order.number));
            }
            let case = Case {
                order,
                record: &record,
                policy: account.books.credit_notes,
                prefix: format!("{}.refund_{}_", key.account(), key.external_id()),
                confirmed: sale.state() == "sale",
                invoiced: entries.iter().any(|one| one.kind() == "out_invoice" && one.state() == "posted"),
                by_hand: entries
                    .iter()
                    .filter(|one| one.kind() == "out_refund" && one.external_id().is_empty())
                    .map(|one| one.amounts()[0])
                    .collect(),
            };
            case.check(&ours, findings);
        });
    }
    let ours = world.odoo(|odoo| odoo.entries().filter(|entry| !entry.external_id().is_empty()).count());
    if ours > known {
        findings.duplicated.push(format!("{} entries of ours belong to no order's invoice", ours - known));
    }
}

/// Where Sluice invoices, what it invoices comes to the order, in posted invoices; elsewhere none is ours.
fn invoiced(
    policy: Invoices,
    sale: &OrderView<'_>,
    (all, ours): (&[EntryView<'_>], &[&EntryView<'_>]),
    rests: bool,
) -> Result<(), String> {
    if policy == Invoices::None {
        return if ours.is_empty() { Ok(()) } else { Err("is invoiced by Sluice, and nobody asked".into()) };
    }
    let posted = all.iter().filter(|entry| entry.kind() == "out_invoice" && entry.state() == "posted");
    let sum: Decimal = posted.map(|entry| entry.amounts()[0]).sum();
    if ours.len() > 1 && sum > sale.amount_total() {
        return Err(format!("has {} invoices of ours of {sum}", ours.len()));
    }
    // What somebody invoiced by hand is as it is.
    let by_hand = all.iter().any(|entry| entry.kind() == "out_invoice" && entry.external_id().is_empty());
    if rests && !by_hand && sum != sale.amount_total() {
        return Err(format!("is invoiced with {sum} instead of {}", sale.amount_total()));
    }
    Ok(())
}

struct Case<'a> {
    order: &'a ShopOrder,
    record: &'a Record,
    policy: CreditNotes,
    prefix: String,
    confirmed: bool,
    invoiced: bool,
    /// What somebody gave back by hand.
    by_hand: Vec<Decimal>,
}

impl Case<'_> {
    fn check(&self, ours: &[&EntryView<'_>], findings: &mut Findings) {
        let number = &self.order.number;
        let mut found: BTreeMap<&str, &EntryView<'_>> = BTreeMap::new();
        for entry in ours {
            match entry.external_id().strip_prefix(&*self.prefix) {
                Some(refund) if found.insert(refund, entry).is_none() => {}
                Some(_) | None => findings.duplicated.push(format!("{number}: {} too many", entry.external_id())),
            }
        }
        for refund in &self.order.last().refunds {
            let entry = found.remove(&*refund.id.to_string());
            if let Err(text) = self.one(refund, entry) {
                findings.mismatched.push(format!("{number}: refund {} {text}", refund.id));
            }
        }
        for refund in found.keys() {
            findings.duplicated.push(format!("{number}: refund {refund} was never made"));
        }
    }

    fn one(&self, refund: &ShopRefund, entry: Option<&EntryView<'_>>) -> Result<(), String> {
        let head = &self.record.head;
        let wanted = refund.status == "success" && self.policy != CreditNotes::None && self.invoiced;
        match entry {
            Some(entry) if wanted => self.right(refund, entry),
            Some(entry) => Err(format!("has the credit note {}", entry.external_id())),
            None if self.by_hand.iter().any(|total| self.order.coin.minor(*total) == Some(refund.moved)) => Ok(()),
            // It waits for a person, and says so.
            None if head.parked.is_some() && !self.given_up() => Ok(()),
            None if wanted && self.confirmed => Err(format!("has no credit note: {:?}", head.parked)),
            None if self.policy == CreditNotes::None || refund.status == "failure" => Ok(()),
            None if self.confirmed && head.waiting.is_none() => Err("waits for nothing".into()),
            None => Ok(()),
        }
    }

    /// A reason that no order of the simulation gives.
    fn given_up(&self) -> bool {
        let fine = self.order.coin.digits > 2;
        self.record.head.parked.as_ref().is_some_and(|parked| {
            [ExceptionClass::RefundUnclear, ExceptionClass::CreditNoteDiffers, ExceptionClass::DateMoved]
                .contains(&parked.class)
                && !fine
        })
    }

    fn right(&self, refund: &ShopRefund, entry: &EntryView<'_>) -> Result<(), String> {
        let coin = self.order.coin;
        let [total, tax] = entry.amounts().map(|amount| coin.minor(amount));
        // Three-decimal currencies at two-decimal prices: a draft that a person must finish.
        let coarse = coin.digits > 2 && entry.state() == "draft" && self.record.head.parked.is_some();
        let state = if self.policy == CreditNotes::Draft { "draft" } else { "posted" };
        if entry.kind() != "out_refund" || (entry.state() != state && !coarse) {
            return Err(format!("is a {} {} instead of {state}", entry.state(), entry.kind()));
        }
        if entry.currency() != coin.code || (total != Some(refund.moved) && !coarse) {
            return Err(format!("is {total:?} {} instead of {}", entry.currency(), coin.text(refund.moved)));
        }
        let taxed = refund.lines.len() as i64 + 1;
        if tax.is_none_or(|tax| (tax - refund.tax()).abs() > taxed) && !coarse {
            return Err(format!("has tax {tax:?} instead of {}", coin.text(refund.tax())));
        }
        let day = refund.at.to_string();
        if entry.state() == "posted" && entry.dates().iter().any(|date| !day.starts_with(date)) {
            return Err(format!("is dated {:?} instead of {day}", entry.dates()));
        }
        Ok(())
    }
}
