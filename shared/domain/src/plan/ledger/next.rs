//! The one next step in the ledger of an order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use super::{
    Credit, Due, Entry, EntryKind, EntryState, Invoice, Ledger, LedgerNote, credit_note_id, due,
    gate::{EntryGate, entry_gate},
    invoice::{Invoicing, invoicing},
};
use crate::{
    account::{Account, CreditNotes, Invoices},
    order::{Order, OrderState, Refund},
    plan::{MatchedSale, Observed, SaleState},
    state::{Decision, ExceptionClass, OrderFacets},
    value::{Kind, SubjectKey},
};

/// The shortest wait for an invoice that somebody makes by hand. Nobody tells us: we look.
const SOON: SignedDuration = SignedDuration::from_mins(15);
/// The longest.
const LATE: SignedDuration = SignedDuration::from_hours(12);
/// After so long a person must look.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Everything that decides the next step.
#[derive(Clone, Copy, Debug)]
pub struct LedgerSituation<'a> {
    /// The account.
    pub account: &'a Account,
    /// The order's subject.
    pub key: &'a SubjectKey,
    /// What is known of the order.
    pub facets: &'a OrderFacets,
    /// Its sale, matched.
    pub sale: &'a MatchedSale,
    /// Its order in Odoo.
    pub observed: &'a Observed,
    /// It existed before Sluice.
    pub adopted: bool,
    /// Its invoices and credit notes.
    pub ledger: &'a Ledger,
    /// Our names (`line_17`) of the order's lines, by their ids.
    pub names: &'a BTreeMap<i64, String>,
    /// Our invoices and credit notes, as seen before.
    pub noted: &'a BTreeMap<String, i64>,
    /// The product of what is refunded beside goods and shipping.
    pub adjustment: i64,
    /// Now.
    pub now: Timestamp,
}

/// The one next step, and what became of each refund so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerNext {
    /// Create a credit note, once.
    Credit {
        /// Its external id.
        external: String,
        /// Which refund it is of, in words.
        reference: String,
        /// What it holds.
        credit: Credit,
        /// The invoice that it reverses.
        reverses: Box<Entry>,
        /// Its date.
        date: Date,
    },
    /// Create an invoice, once.
    Invoice {
        /// Its external id.
        external: String,
        /// What it holds.
        invoice: Invoice,
        /// Its date.
        date: Date,
    },
    /// Bring the rounding line of a draft to this amount.
    Round {
        /// Its external id.
        external: String,
        /// The whole line.
        amount: crate::value::Money,
    },
    /// Post a draft.
    Post(i64),
    /// Nothing is left to do.
    Rest,
    /// Nobody will tell us: look again then.
    Wait {
        /// When.
        at: Timestamp,
        /// For what.
        why: String,
    },
    /// A person must look.
    Hold {
        /// The class.
        class: ExceptionClass,
        /// What makes two of them the same trouble.
        cause: &'static str,
        /// What happened and what to do.
        reason: String,
    },
}

/// Is there anything to look for in the ledger?
#[must_use]
pub fn wants_ledger(account: &Account, facets: &OrderFacets, state: &SaleState) -> bool {
    (account.books.credit_notes != CreditNotes::None && !facets.refunds.is_empty())
        || (account.books.invoices != Invoices::None && *state == SaleState::Confirmed)
}

/// Decides the next step: what can be done is done first, then a person is asked, then it waits. `notes` become what is known
/// of each refund.
#[must_use]
pub fn ledger_next(situation: &LedgerSituation<'_>, notes: &mut BTreeMap<String, LedgerNote>) -> LedgerNext {
    let Some(order) = situation.facets.order.as_ref().map(|held| &held.value) else { return LedgerNext::Rest };
    let mut claimed: BTreeSet<i64> = BTreeSet::new();
    let (mut held, mut waits) = (None, None);
    match invoicing(situation, order, notes) {
        Invoicing::Nothing => {}
        Invoicing::Create(external, invoice) => {
            // A day's sales are invoiced on that day, though the night is over: at a month's end it is another month.
            let of_its_day = situation.key.kind() == Kind::Summary;
            let at = if of_its_day { order.placed_at } else { situation.now };
            let date = TimeZone::UTC.to_datetime(at).date();
            return LedgerNext::Invoice { external, invoice, date };
        }
        Invoicing::Round(external, amount) => return LedgerNext::Round { external, amount },
        Invoicing::Post(entry) => return LedgerNext::Post(entry),
        Invoicing::Wait => {
            let why = "it is invoiced when it is shipped".to_owned();
            waits = Some(LedgerNext::Wait { at: later(situation, Some(order.placed_at)), why });
        }
        Invoicing::Hold(class, cause, reason) => held = Some(LedgerNext::Hold { class, cause, reason }),
    }
    let refunds =
        situation.facets.refunds.values().filter(|_| situation.account.books.credit_notes != CreditNotes::None);
    for held_refund in refunds {
        let refund = &held_refund.value;
        match one(situation, order, refund, &mut claimed) {
            Outcome::Done(note) => {
                notes.insert(label(refund), note);
            }
            Outcome::Step(step) => return step,
            Outcome::Wait { at, why } => {
                notes.insert(label(refund), LedgerNote { entry: None, text: format!("waits: {why}") });
                let sooner = match waits.take() {
                    Some(LedgerNext::Wait { at: before, why: first }) if before <= at => {
                        LedgerNext::Wait { at: before, why: first }
                    }
                    _ => LedgerNext::Wait { at, why: format!("refund {}: {why}", refund.id) },
                };
                waits = Some(sooner);
            }
            Outcome::Hold { class, cause, reason } => {
                let known = situation.noted.get(&label(refund)).copied();
                notes.insert(label(refund), LedgerNote { entry: known, text: format!("held: {}", class.as_str()) });
                let reason = format!("refund {} of {}: {reason}", refund.id, situation.observed.name);
                held = held.or(Some(LedgerNext::Hold { class, cause, reason }));
            }
        }
    }
    held.or(waits).unwrap_or(LedgerNext::Rest)
}

/// What becomes of one refund.
enum Outcome {
    Done(LedgerNote),
    Step(LedgerNext),
    Wait { at: Timestamp, why: String },
    Hold { class: ExceptionClass, cause: &'static str, reason: String },
}

fn not_needed(why: &str) -> Outcome {
    Outcome::Done(LedgerNote { entry: None, text: format!("no credit note: {why}") })
}

fn hold(class: ExceptionClass, cause: &'static str, reason: String) -> Outcome {
    Outcome::Hold { class, cause, reason }
}

fn one(situation: &LedgerSituation<'_>, order: &Order, refund: &Refund, claimed: &mut BTreeSet<i64>) -> Outcome {
    let before = situation.account.cut_over.zip(refund.at).is_some_and(|(instant, at)| at < instant);
    if before {
        return not_needed("it was made before the account's cut-over");
    }
    let credit = match due(situation.facets, order, situation.sale, refund, situation.adjustment) {
        Due::Nothing(why) => return not_needed(why),
        Due::Later(why) => return wait(situation, refund, why),
        Due::Unclear(why) => {
            let reason = format!("{why}: make the credit note in Odoo by hand, from the invoice");
            return unclear(situation, refund, claimed, reason);
        }
        Due::Credit(credit) => credit,
    };
    let external = credit_note_id(situation.key, &refund.id);
    if let Some(entry) = situation.ledger.named(&external) {
        return existing(situation, &credit, (entry, external));
    }
    if let Some(id) = situation.noted.get(&label(refund)) {
        return hold(
            ExceptionClass::DeletedInOdoo,
            "credit note deleted in Odoo",
            format!("its credit note (account.move {id}) is gone: if that was meant, park this order"),
        );
    }
    if let Some(entry) = foreign(situation.ledger, claimed).find(|entry| entry.total == credit.total) {
        claimed.insert(entry.id);
        let text = format!("{} {}, made in Odoo", entry.label(), entry.total);
        return Outcome::Done(LedgerNote { entry: None, text });
    }
    missing(situation, order, (refund, external), credit, claimed)
}

/// What nobody can compute is done when somebody made any credit note for it.
fn unclear(situation: &LedgerSituation<'_>, refund: &Refund, claimed: &mut BTreeSet<i64>, reason: String) -> Outcome {
    let fits = |entry: &&Entry| refund.amount.is_none_or(|amount| amount == entry.total);
    match foreign(situation.ledger, claimed).find(fits) {
        Some(entry) => {
            claimed.insert(entry.id);
            let text = format!("{} {}, made in Odoo", entry.label(), entry.total);
            Outcome::Done(LedgerNote { entry: None, text })
        }
        None => hold(ExceptionClass::RefundUnclear, "refund unclear", reason),
    }
}

/// Credit notes that somebody else made, and that stand for no refund yet.
fn foreign<'l>(ledger: &'l Ledger, claimed: &BTreeSet<i64>) -> impl Iterator<Item = &'l Entry> + use<'l> {
    let taken = claimed.clone();
    ledger.entries.iter().filter(move |entry| {
        entry.kind == EntryKind::CreditNote
            && entry.state != EntryState::Cancelled
            && entry.external.is_none()
            && !taken.contains(&entry.id)
    })
}

fn released(situation: &LedgerSituation<'_>) -> bool {
    situation.facets.decision.as_ref().is_some_and(|held| held.value == Decision::Release)
}

fn existing(situation: &LedgerSituation<'_>, credit: &Credit, (entry, external): (&Entry, String)) -> Outcome {
    let differs = |text: String| {
        let fix = "bring it to what was refunded, or park this order and finish it by hand";
        hold(ExceptionClass::CreditNoteDiffers, "credit note differs", format!("{text}: {fix}"))
    };
    let done = |word: &str| {
        let text = format!("{} {word}, {}", entry.label(), entry.total);
        Outcome::Done(LedgerNote { entry: Some(entry.id), text })
    };
    match entry.state {
        EntryState::Cancelled => differs(format!("{} was cancelled in Odoo", entry.label())),
        EntryState::Posted if entry.total != credit.total => {
            differs(format!("{} is posted with {}, and must be {}", entry.label(), entry.total, credit.total))
        }
        EntryState::Posted if entry.date != entry.invoice_date && !released(situation) => {
            let date = |date: Option<Date>| date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
            hold(
                ExceptionClass::DateMoved,
                "date moved",
                format!(
                    "{} of {} is in the books of {}, since the period is closed: if that is right, release this order",
                    entry.label(),
                    date(entry.invoice_date),
                    date(entry.date)
                ),
            )
        }
        EntryState::Posted => done("posted"),
        EntryState::Draft => match entry_gate(situation.sale, credit, entry, &situation.account.rounding) {
            EntryGate::Differs(text) => differs(text),
            EntryGate::Round(amount) => Outcome::Step(LedgerNext::Round { external, amount }),
            EntryGate::Equal if situation.account.books.credit_notes == CreditNotes::Posted => {
                Outcome::Step(LedgerNext::Post(entry.id))
            }
            EntryGate::Equal => done("left as a draft"),
        },
    }
}

/// There is no credit note yet: can there be one?
fn missing(
    situation: &LedgerSituation<'_>,
    order: &Order,
    (refund, external): (&Refund, String),
    credit: Credit,
    claimed: &BTreeSet<i64>,
) -> Outcome {
    let cancelled = order.state == OrderState::Cancelled && situation.observed.state == SaleState::Cancelled;
    let invoiced = situation.ledger.posted(EntryKind::Invoice).count() > 0;
    if cancelled && !invoiced {
        return not_needed("the order is cancelled and was never invoiced");
    }
    if situation.observed.state == SaleState::Quotation {
        return wait(situation, refund, "the order is a quotation: it is credited when its invoice is posted");
    }
    let strange = foreign(situation.ledger, claimed).next().filter(|_| !released(situation));
    if let Some(entry) = strange {
        return hold(
            ExceptionClass::CreditNoteDiffers,
            "credit note of another amount",
            format!(
                "somebody made {} of {}, and {} was refunded: change it, or release this order if it is for something else",
                entry.label(),
                entry.total,
                credit.total
            ),
        );
    }
    if !invoiced {
        return wait(situation, refund, "no invoice is posted yet");
    }
    if situation.adopted {
        let reason = "the order existed before Sluice: make the credit note in Odoo by hand, from the invoice";
        return hold(ExceptionClass::RefundUnclear, "adopted", reason.into());
    }
    let Some(invoice) = invoice_of(situation, refund) else {
        return wait(situation, refund, "what came back is not invoiced yet");
    };
    match room(situation, &credit) {
        Some(true) => {}
        Some(false) => return wait(situation, refund, "less is invoiced yet than was refunded"),
        None => {
            return hold(
                ExceptionClass::CreditNoteDiffers,
                "more than invoiced",
                format!("with {} more would be credited than was invoiced: look what was credited twice", credit.total),
            );
        }
    }
    let date = TimeZone::UTC.to_datetime(refund.at.unwrap_or(situation.now)).date();
    let reference = format!("{}:{}:refund:{}", situation.account.channel, situation.key.account(), refund.id);
    Outcome::Step(LedgerNext::Credit { external, reference, credit, reverses: Box::new(invoice.clone()), date })
}

/// The posted invoice that a refund reverses: the one with most of what came back, else the largest. `None` while something
/// that came back stands on none.
fn invoice_of<'a>(situation: &LedgerSituation<'a>, refund: &Refund) -> Option<&'a Entry> {
    let units = |entry: &Entry, line: &str| -> Decimal {
        let name = format!("line_{line}");
        let ours = |id: &i64| {
            let known = situation.names.get(id);
            known.is_some_and(|known| {
                *known == name || known.strip_prefix(&*name).is_some_and(|rest| rest.starts_with('_'))
            })
        };
        entry.lines.iter().filter(|line| line.sale_lines.iter().any(ours)).map(|line| line.quantity).sum()
    };
    let known = |line: &str| situation.sale.lines.iter().any(|matched| matched.id == format!("line_{line}"));
    let back: Vec<_> = refund.lines.iter().filter(|line| !line.quantity.get().is_zero() && known(&line.line)).collect();
    let invoices: Vec<&Entry> = situation.ledger.posted(EntryKind::Invoice).collect();
    let covered = |line: &str| -> Decimal { invoices.iter().map(|entry| units(entry, line)).sum() };
    if back.iter().any(|line| covered(&line.line) < line.quantity.get()) {
        return None;
    }
    let share =
        |entry: &Entry| -> Decimal { back.iter().map(|line| units(entry, &line.line).min(line.quantity.get())).sum() };
    invoices.into_iter().max_by_key(|entry| (share(entry), entry.total.minor(), std::cmp::Reverse(entry.id)))
}

/// Is there room for a credit note within what was invoiced? `None` where there never will be.
fn room(situation: &LedgerSituation<'_>, credit: &Credit) -> Option<bool> {
    let sum = |entries: &mut dyn Iterator<Item = &Entry>| entries.map(|entry| entry.total.minor()).sum::<i64>();
    let invoiced = sum(&mut situation.ledger.posted(EntryKind::Invoice));
    let live = |entry: &&Entry| entry.kind == EntryKind::CreditNote && entry.state != EntryState::Cancelled;
    let credited = sum(&mut situation.ledger.entries.iter().filter(live));
    let left = invoiced.saturating_sub(credited);
    // A rounding difference of its own is allowed to either.
    if credit.total.minor() <= left.saturating_add(situation.account.rounding.net_tolerance_minor) {
        return Some(true);
    }
    (invoiced < situation.observed.total.minor()).then_some(false)
}

fn wait(situation: &LedgerSituation<'_>, refund: &Refund, why: &str) -> Outcome {
    let age = refund.at.map_or(SignedDuration::ZERO, |at| situation.now.duration_since(at));
    if age > TOO_LONG {
        return hold(
            ExceptionClass::RefundWaits,
            "refund waits",
            format!("{why}, since {} days: post the invoice, or park this order", TOO_LONG.as_hours() / 24),
        );
    }
    Outcome::Wait { at: later(situation, refund.at), why: why.to_owned() }
}

/// When to look again: the longer it waited, the later.
fn later(situation: &LedgerSituation<'_>, since: Option<Timestamp>) -> Timestamp {
    let age = since.map_or(SignedDuration::ZERO, |since| situation.now.duration_since(since));
    let quarter = SignedDuration::from_secs(age.as_secs() / 4);
    situation.now.checked_add(quarter.clamp(SOON, LATE)).unwrap_or(situation.now)
}

/// What a refund is called in notes.
fn label(refund: &Refund) -> String {
    format!("refund {}", refund.id)
}
