//! One subject on its way through an invocation.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use sluice_domain::{
    account::Account,
    delivery::Wake,
    plan::{Directory, LedgerNote, MatchedSale, Observed, fingerprint, shape_desired, shape_observed},
    state::{ExceptionClass, Head, Record},
    value::Money,
};
use sluice_odoo::Contacts;

/// A subject that this invocation works on.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Job {
    /// As it was read when the work began.
    pub(crate) record: Record,
    /// The head as it is stored now, where somebody saved it meanwhile.
    pub(crate) current: Option<Head>,
    pub(crate) trace_id: String,
    pub(crate) account: Arc<Account>,
    pub(crate) directory: Option<Arc<Directory>>,
    pub(crate) contacts: Option<Contacts>,
    /// Ids of the contacts to be invoiced and delivered to.
    pub(crate) contact_ids: Option<(i64, i64)>,
    pub(crate) rounding: Option<Money>,
    pub(crate) sale: Option<MatchedSale>,
    /// The order's id in Odoo, known from the record, from a load, or from adoption.
    pub(crate) odoo_id: Option<i64>,
    pub(crate) adopted: bool,
    pub(crate) observed: Option<Observed>,
    /// Were its open deliveries looked for, and there are none?
    pub(crate) handed_over: bool,
    /// Was what came back looked for, and as far as it can be taken back?
    pub(crate) taken_back: bool,
    /// Was it, when it was last observed, what it should be but for confirmation and date?
    pub(crate) proved: bool,
    /// Records of calls with a definite answer. They go when the head is saved: until then another writer may take what it
    /// read before those calls for what is there.
    pub(crate) answered: Vec<String>,
    /// What lines a call of ours leaves, as long as they have not been seen.
    pub(crate) sent: Option<u64>,
    /// What became of its refunds in the books.
    pub(crate) ledger: BTreeMap<String, LedgerNote>,
    /// How it ends once nothing is left to do with goods and in the books.
    pub(crate) then: Option<Verdict>,
    /// What was written, for the journal.
    pub(crate) written: Vec<String>,
    pub(crate) verdict: Option<Verdict>,
}

/// How an invocation ends for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is left to do for the version that was worked on.
    Rest,
    /// More to do: wake it at once, behind the others.
    Again,
    /// Try again then. `counts` towards the limit of attempts: an outage of Odoo is not the order's fault.
    Defer { at: Timestamp, counts: bool, why: String },
    /// Nobody will tell us: look again then.
    Wait { at: Timestamp, why: String },
    /// A person must look.
    Hold { class: ExceptionClass, cause: String, reason: String },
}

impl Job {
    pub(crate) fn new(record: Record, trace_id: String, account: Arc<Account>) -> Self {
        let odoo = record.head.odoo.as_ref();
        Self {
            odoo_id: odoo.map(|order| order.id),
            adopted: odoo.is_some_and(|order| order.adopted),
            record,
            current: None,
            trace_id,
            account,
            directory: None,
            contacts: None,
            contact_ids: None,
            rounding: None,
            sale: None,
            observed: None,
            handed_over: false,
            taken_back: false,
            proved: false,
            answered: Vec::new(),
            sent: None,
            ledger: BTreeMap::new(),
            then: None,
            written: Vec::new(),
            verdict: None,
        }
    }

    /// The head as it is stored, as far as we know.
    pub(crate) fn stored(&self) -> &Head {
        self.current.as_ref().unwrap_or(&self.record.head)
    }

    /// Is there still something to decide?
    pub(crate) fn is_open(&self) -> bool {
        self.verdict.is_none()
    }

    /// Was it placed before the account's cut-over? Then nothing of it is created.
    pub(crate) fn before_cut_over(&self) -> bool {
        let placed = self.record.body.facets.order.as_ref().map(|order| order.value.placed_at);
        placed.zip(self.account.cut_over).is_some_and(|(placed, instant)| placed < instant)
    }

    /// Has this version of it been seen equal in Odoo, contacts and all, with nothing since that may have changed it?
    pub(crate) fn gated(&self) -> bool {
        self.record.head.applied.gated == self.record.head.desired && !self.record.head.recheck
    }

    /// Keys of the channel's addresses.
    pub(crate) fn address_keys(&self) -> (String, String) {
        let buyer = self.record.body.facets.buyer.as_ref().map(|buyer| &buyer.value);
        let key =
            |address: Option<&sluice_domain::order::Address>| address.map(|at| at.key.clone()).unwrap_or_default();
        (key(buyer.and_then(|buyer| buyer.bill_to.as_ref())), key(buyer.and_then(|buyer| buyer.ship_to.as_ref())))
    }

    /// Is a confirmed order at other addresses than the channel's? What a person changed in Odoo is theirs, as long as the
    /// channel's addresses are those that were seen applied, and no call of ours may have changed them since.
    pub(crate) fn addresses_changed(&self) -> bool {
        let head = &self.record.head;
        let applied = head.addresses.as_ref().is_some_and(|applied| *applied == self.address_keys());
        (head.recheck || !applied) && self.moved()
    }

    /// Are the lines in Odoo what they were when they were last seen equal to the channel's, or what a call made them that
    /// never answered?
    pub(crate) fn untouched(&self) -> bool {
        let (head, sold) = (&self.record.head, self.shape());
        let seen = self.observed.as_ref().map(fingerprint);
        (seen.is_some() && head.lines == seen) || (sold.is_some() && head.sent == sold)
    }

    /// What is sold by the lines in Odoo.
    fn shape(&self) -> Option<u64> {
        self.sale.as_ref().zip(self.observed.as_ref()).map(|(sale, observed)| shape_observed(sale, observed))
    }

    /// Takes note of what Odoo holds.
    pub(crate) fn see(&mut self, observed: Option<Observed>) {
        self.observed = observed;
        if self.sent.is_some() && self.sent == self.shape() {
            self.sent = None;
        }
    }

    /// Lines are on their way: what is there afterwards is no one else's, whoever sees it first.
    pub(crate) fn sends_lines(&mut self) {
        self.sent = self.sale.as_ref().map(shape_desired);
    }

    /// The message that brings it back.
    pub(crate) fn wake(&self) -> Wake {
        Wake { subject: self.record.head.key.clone(), trace_id: self.trace_id.clone() }
    }

    /// Has the version that is worked on never come to rest?
    pub(crate) fn unfinished(&self) -> bool {
        self.record.head.applied.settled < self.record.head.desired
    }

    /// Does Odoo's order name other contacts than it should?
    pub(crate) fn moved(&self) -> bool {
        let observed = self.observed.as_ref().map(|order| (order.invoice_contact, order.delivery_contact));
        let wanted = self.contact_ids.map(|(invoice, delivery)| (Some(invoice), Some(delivery)));
        self.is_open() && wanted.is_some() && observed.is_some() && observed != wanted
    }

    pub(crate) fn hold(&mut self, class: ExceptionClass, cause: &str, reason: String) {
        self.verdict = Some(Verdict::Hold { class, cause: cause.to_owned(), reason });
    }

    pub(crate) fn wrote(&mut self, what: impl Into<String>) {
        self.written.push(what.into());
    }
}
