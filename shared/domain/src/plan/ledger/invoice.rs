//! What of an order is to be invoiced, and whether an invoice is right.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Entry, EntryKind, EntryState, LedgerNote, LedgerSituation};
use crate::{
    account::Invoices,
    order::{Order, OrderState},
    plan::{ObservedLine, ProductNeed, SaleState},
    state::ExceptionClass,
    value::{Kind, Money, MoneyError, SubjectKey},
};

/// An invoice to be: lines of the order in Odoo, each with the units to be invoiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// The lines.
    pub lines: Vec<(ObservedLine, Decimal)>,
}

/// The most invoices of one order.
const MAX_INVOICES: usize = 100;

/// What the invoices of an order need.
pub(super) enum Invoicing {
    /// Nothing: the account makes none, or all is invoiced.
    Nothing,
    /// Create the invoice of that external id.
    Create(String, Invoice),
    /// Bring the rounding line of the draft of that external id to this amount.
    Round(String, Money),
    /// Post this draft.
    Post(i64),
    /// More is invoiced when it is shipped.
    Wait,
    /// A person must look.
    Hold(ExceptionClass, &'static str, String),
}

/// External id of an order's invoice of that number.
fn invoice_id(key: &SubjectKey, number: usize) -> String {
    format!("{}.invoice_{}_{number}", key.account(), key.external_id())
}

/// Does the account have such subjects invoiced?
fn invoices(policy: Invoices, key: &SubjectKey) -> bool {
    match policy {
        Invoices::None => false,
        Invoices::OnConfirm | Invoices::OnShipment => true,
        Invoices::Summarised => key.kind() == Kind::Summary,
    }
}

/// Decides about invoices; `notes` become the invoices that are ours.
pub(super) fn invoicing(
    situation: &LedgerSituation<'_>,
    order: &Order,
    notes: &mut std::collections::BTreeMap<String, LedgerNote>,
) -> Invoicing {
    let policy = situation.account.books.invoices;
    let open = order.state != OrderState::Cancelled && situation.observed.state == SaleState::Confirmed;
    if !invoices(policy, situation.key) || situation.adopted || !open {
        return Invoicing::Nothing;
    }
    let mut ours = 0_usize;
    for number in 1..=MAX_INVOICES {
        let label = format!("invoice {number}");
        let external = invoice_id(situation.key, number);
        let Some(entry) = situation.ledger.named(&external) else {
            if let Some(id) = situation.noted.get(&label) {
                let reason = format!("its {label} (account.move {id}) is gone: if that was meant, park this order");
                return Invoicing::Hold(ExceptionClass::DeletedInOdoo, "invoice deleted in Odoo", reason);
            }
            break;
        };
        ours = number;
        notes.insert(label, LedgerNote { entry: Some(entry.id), text: format!("{} {}", entry.label(), entry.total) });
        if let Some(step) = existing(situation, (entry, external)) {
            return step;
        }
    }
    let lines = to_invoice(situation, policy);
    if !lines.is_empty() {
        return Invoicing::Create(invoice_id(situation.key, ours.saturating_add(1)), Invoice { lines });
    }
    if policy == Invoices::OnShipment && !all_invoiced(situation) { Invoicing::Wait } else { Invoicing::Nothing }
}

fn existing(situation: &LedgerSituation<'_>, (entry, external): (&Entry, String)) -> Option<Invoicing> {
    match entry.state {
        EntryState::Cancelled => {
            let reason = format!("{} was cancelled in Odoo: invoice the order by hand, then park it", entry.label());
            Some(Invoicing::Hold(ExceptionClass::InvoiceDiffers, "invoice cancelled", reason))
        }
        EntryState::Posted => None,
        EntryState::Draft => match remainder(situation, entry) {
            Ok(rest) if rest.is_zero() => Some(Invoicing::Post(entry.id)),
            Ok(rest) if situation.account.rounding.tolerates(rest) => {
                let own = entry.lines.iter().filter(|line| line.sale_lines.is_empty()).map(|line| line.total);
                let own = Money::sum(rest.currency(), own).and_then(|own| own.plus(rest));
                own.ok().map(|amount| Invoicing::Round(external, amount))
            }
            Ok(rest) => {
                let reason = format!(
                    "with {} the invoices of {} are {} off its total: see what was changed, then retry",
                    entry.label(),
                    situation.observed.name,
                    rest
                );
                Some(Invoicing::Hold(ExceptionClass::InvoiceDiffers, "invoices differ", reason))
            }
            Err(error) => Some(Invoicing::Hold(ExceptionClass::InvoiceDiffers, "invoices differ", error.to_string())),
        },
    }
}

/// What invoices lack of the order's total, once nothing of it is left to be invoiced: the last one is closed with it, so that
/// ten parts of 6.17 do not come to 6.20.
fn remainder(situation: &LedgerSituation<'_>, draft: &Entry) -> Result<Money, MoneyError> {
    let zero = Money::zero(draft.total.currency());
    if !all_invoiced(situation) {
        return Ok(zero);
    }
    let invoices = live(situation).map(|entry| entry.total);
    situation.observed.total.minus(Money::sum(zero.currency(), invoices)?)
}

fn live<'l>(situation: &LedgerSituation<'l>) -> impl Iterator<Item = &'l Entry> + use<'l> {
    let ledger = situation.ledger;
    ledger.entries.iter().filter(|entry| entry.kind == EntryKind::Invoice && entry.state != EntryState::Cancelled)
}

/// Units of a line on invoices, drafts of people too: what somebody is about to invoice is not invoiced twice.
fn invoiced(situation: &LedgerSituation<'_>, line: &ObservedLine) -> Decimal {
    let of = |entry: &Entry| -> Decimal {
        entry.lines.iter().filter(|row| row.sale_lines.contains(&line.id)).map(|row| row.quantity).sum()
    };
    live(situation).map(of).sum()
}

fn all_invoiced(situation: &LedgerSituation<'_>) -> bool {
    situation.observed.lines.iter().all(|line| invoiced(situation, line) >= line.quantity)
}

/// Lines with the units that are to be invoiced now. What is no goods goes with the first shipment.
fn to_invoice(situation: &LedgerSituation<'_>, policy: Invoices) -> Vec<(ObservedLine, Decimal)> {
    let observed = &situation.observed.lines;
    let shipped = observed.iter().any(|line| line.delivered > Decimal::ZERO);
    let services: BTreeSet<i64> = situation
        .sale
        .lines
        .iter()
        .zip(&situation.sale.draft.lines)
        .filter(|(_, draft)| matches!(draft.product, ProductNeed::Service(_)))
        .map(|(line, _)| line.product)
        .chain([situation.sale.rounding_product])
        .collect();
    let due = |line: &ObservedLine| match policy {
        Invoices::OnShipment if line.product.is_some_and(|product| services.contains(&product)) => {
            if shipped {
                line.quantity
            } else {
                Decimal::ZERO
            }
        }
        Invoices::OnShipment => line.delivered.min(line.quantity),
        Invoices::OnConfirm | Invoices::Summarised | Invoices::None => line.quantity,
    };
    let open = observed.iter().filter_map(|line| {
        let units = due(line).checked_sub(invoiced(situation, line))?;
        (units > Decimal::ZERO).then(|| (line.clone(), units))
    });
    open.collect()
}
