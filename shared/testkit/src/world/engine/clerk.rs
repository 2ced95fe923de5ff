//! Somebody who works in Odoo: what they correct stays as they left it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::{
    account::{Account, Invoices},
    state::Head,
    value::{AccountName, Kind, SubjectKey},
};

use super::{Event, World};
use crate::{
    books,
    check::subject,
    shop::ShopOrder,
    world::{later, setup::administer},
};

/// The name that a corrected contact has.
const CORRECTED: &str = "Corrected by a clerk";

impl World {
    /// A contact of a buyer gets another name.
    pub(super) fn correct_a_contact(&mut self) {
        let now = self.kernel.now();
        self.invoice_one();
        let known: Vec<i64> = self.odoo(|odoo| {
            let shown = odoo.partners().filter(|one| one.is_active() && !one.external_id().is_empty());
            let buyers = shown.filter(|one| one.parent_id().is_none());
            buyers.map(|one| one.id).collect()
        });
        if !known.is_empty() {
            let id = self.kernel.dice(|dice| *dice.pick(&known));
            let values = json!([[id], {"name": CORRECTED}]);
            self.odoo(|odoo| administer(odoo, ("res.partner", "write"), &values, &json!({}), now));
            self.corrected.insert(id);
        }
        self.schedule_clerk(now);
    }

    /// Somebody invoices what is open of an order and posts it, so many units less of each line where there are more.
    /// Answers the invoice.
    pub fn invoice_by_hand(&mut self, order: &ShopOrder, part: i64) -> Option<i64> {
        let key = subject(self, order);
        self.invoice_subject(&key, part)
    }

    /// From now on somebody keeps the books: invoices orders now and then, and most of the rest at the end.
    pub fn keep_books(&mut self) {
        self.books_open = true;
    }

    /// The end of the period: most of what is confirmed and not invoiced is invoiced. Was there anything to do?
    pub(super) fn close_books(&mut self) -> bool {
        if !std::mem::take(&mut self.books_open) {
            return false;
        }
        for key in self.uninvoiced() {
            if self.kernel.dice(|dice| dice.chance(8_000)) {
                self.invoice_subject(&key, 0);
            }
        }
        true
    }

    /// One order is invoiced, now and then in two parts.
    fn invoice_one(&mut self) {
        let open = self.uninvoiced();
        if !self.books_open || open.is_empty() {
            return;
        }
        let key = self.kernel.dice(|dice| dice.pick(&open).clone());
        let part = self.kernel.dice(|dice| i64::from(dice.chance(2_000)));
        self.invoice_subject(&key, part);
        if part > 0 {
            self.invoice_subject(&key, 0);
        }
    }

    /// Confirmed orders without an invoice, of accounts whose invoices people make.
    fn uninvoiced(&self) -> Vec<SubjectKey> {
        self.odoo(|odoo| {
            let open = odoo.orders().filter(|sale| sale.state() == "sale" && odoo.entries_of(sale.id).is_empty());
            open.filter_map(|sale| {
                let (account, id) = sale.external_id().split_once(".order_")?;
                let by_hand = |one: &&Account| one.name.as_str() == account && one.books.invoices == Invoices::None;
                self.accounts.iter().find(by_hand)?;
                SubjectKey::new(AccountName::parse(account).ok()?, Kind::Order, id).ok()
            })
            .collect()
        })
    }

    fn invoice_subject(&mut self, key: &SubjectKey, part: i64) -> Option<i64> {
        let head = self.record(key)?.head;
        let (id, now) = (head.odoo?.id, self.now());
        let made = self.odoo(|odoo| {
            let made = books::invoice(odoo, id, part, now)?;
            books::post(odoo, made, now);
            Some(made)
        });
        if made.is_some() {
            self.invoiced.insert(id, head.version);
        }
        made
    }

    /// Does it wait for something that somebody has done meanwhile? A look that began before may still be saved once.
    pub(super) fn waits_in_vain(&self, head: &Head) -> bool {
        let posted = head.odoo.as_ref().and_then(|odoo| self.invoiced.get(&odoo.id));
        let for_invoice = head.waiting.as_ref().is_some_and(|why| why.contains("invoice"));
        posted.is_some_and(|version| for_invoice || head.version < version + 2)
    }

    pub(super) fn schedule_clerk(&mut self, now: Timestamp) {
        let every = i64::from(self.kernel.rates().clerk_every_seconds);
        if every > 0 {
            let wait = self.kernel.dice(|dice| dice.between(1, every * 2));
            self.schedule(later(now, SignedDuration::from_secs(wait)), Event::Clerk);
        }
    }

    /// Contacts whose correction did not last.
    #[must_use]
    pub fn uncorrected(&self) -> Vec<i64> {
        let lasts = |id: i64| self.odoo(|odoo| odoo.partner(id).is_some_and(|one| one.name() == CORRECTED));
        self.corrected.iter().copied().filter(|id| !lasts(*id)).collect()
    }
}
