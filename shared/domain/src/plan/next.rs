//! The next step of an order: desired against observed.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Gate, MatchedSale, diff::stands, difference_text, gate, lines_match};
use crate::{
    account::{Account, ConfirmPolicy, CounterSales, EditPolicy, IncompleteAddresses, TestOrders},
    order::{Address, Order, OrderState, PaymentState, Sender},
    state::{Decision, ExceptionClass, OrderFacets},
    value::Money,
};

/// What Odoo was seen to hold of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Database id.
    pub id: i64,
    /// `S00042`.
    pub name: String,
    /// The channel's number, unless a person changed it.
    pub reference: Option<String>,
    /// Whose order it is, in our own words, unless a person changed it.
    pub origin: Option<String>,
    /// State.
    pub state: SaleState,
    /// `date_order`.
    pub date: Option<Timestamp>,
    /// Without tax.
    pub untaxed: Money,
    /// Tax.
    pub tax: Money,
    /// With tax.
    pub total: Money,
    /// Tax by group.
    pub groups: Vec<TaxGroup>,
    /// Lines.
    pub lines: Vec<ObservedLine>,
    /// Id of its currency.
    pub currency: i64,
    /// The contact that is invoiced.
    pub invoice_contact: Option<i64>,
    /// The contact that is delivered to.
    pub delivery_contact: Option<i64>,
}

/// State of a sale in Odoo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaleState {
    /// A quotation, sent or not.
    Quotation,
    /// Confirmed (`sale`, and `done` of older versions).
    Confirmed,
    /// Cancelled.
    Cancelled,
    /// A word that this build does not know.
    Unknown(String),
}

/// A tax group of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxGroup {
    /// Name.
    pub name: String,
    /// Taxes in it.
    pub taxes: Vec<i64>,
    /// Their amount, rounded to the currency.
    pub amount: Money,
}

/// A line of a sale in Odoo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedLine {
    /// Database id.
    pub id: i64,
    /// Product.
    pub product: Option<i64>,
    /// Units.
    pub quantity: Decimal,
    /// Price of one.
    pub unit_price: Decimal,
    /// Per cent off.
    pub discount: Decimal,
    /// Taxes.
    pub taxes: Vec<i64>,
    /// Its description.
    pub title: String,
    /// Units delivered.
    pub delivered: Decimal,
    /// Units invoiced, on drafts too.
    pub invoiced: Decimal,
    /// `price_total`.
    pub total: Money,
}

/// The one next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Create it (create-once).
    Load,
    /// It existed before us: find it by its number.
    Adopt,
    /// Bring the quotation's lines to what is desired.
    Revise,
    /// Bring the rounding line to this amount.
    Round(Money),
    /// Confirm it.
    Confirm,
    /// Bring lines of the confirmed order to what is desired.
    Amend,
    /// Bring back the date that confirming overwrote.
    RestoreDate,
    /// Do the deliveries of what the buyer has already.
    HandOver,
    /// Cancel it.
    Cancel,
    /// Nothing is left to do.
    Rest,
    /// Wait for a person, or for evidence.
    Hold {
        /// The class.
        class: ExceptionClass,
        /// What makes two of them the same trouble.
        cause: String,
        /// What happened and what to do.
        reason: String,
    },
}

/// Everything that decides the next step.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Situation<'a> {
    /// The account.
    pub account: &'a Account,
    /// What is known of the order.
    pub facets: &'a OrderFacets,
    /// Its sale, matched.
    pub sale: &'a MatchedSale,
    /// What Odoo holds; `None` where it was never seen there.
    pub observed: Option<&'a Observed>,
    /// It existed before Sluice: nothing of it is changed but by its cancellation.
    pub adopted: bool,
    /// The contacts that the order must be invoiced and delivered to, where they were looked up.
    pub contacts: Option<(i64, i64)>,
    /// The channel's addresses are others than those that were applied.
    pub addresses_changed: bool,
    /// The lines in Odoo are what they were when they were last seen equal to the channel's.
    pub untouched: bool,
    /// Its open deliveries were looked for, and there are none.
    pub handed_over: bool,
    /// This version has not come to rest in the target yet: what is missing of it is ours to do.
    pub unfinished: bool,
}

fn hold(class: ExceptionClass, cause: &str, reason: String) -> Next {
    Next::Hold { class, cause: cause.to_owned(), reason }
}

/// Decides whether an order needs the target at all, before anything is looked up there.
#[must_use]
pub fn before_matching(account: &Account, facets: &OrderFacets) -> Option<Next> {
    if let Some(decision) = &facets.decision
        && decision.value == Decision::Park
    {
        return Some(hold(ExceptionClass::ParkedByOperator, "parked", "parked by an operator: release it".into()));
    }
    let Some(order) = &facets.order else {
        // A refund or an edit came first. The order itself will come, by webhook or by pull.
        return Some(if facets.is_deleted() { deleted() } else { Next::Rest });
    };
    if order.value.test && account.test_orders == TestOrders::Ignore {
        return Some(Next::Rest);
    }
    facets.is_deleted().then(deleted)
}

fn deleted() -> Next {
    hold(
        ExceptionClass::DeletedAtSource,
        "orders/delete",
        "the channel deleted this order: decide whether to cancel it in Odoo; Sluice changes nothing".into(),
    )
}

/// Decides the next step.
#[must_use]
pub fn next(situation: &Situation<'_>) -> Next {
    let Some(order) = situation.facets.order.as_ref().map(|ranked| &ranked.value) else {
        return Next::Rest;
    };
    let Some(observed) = situation.observed else {
        let before = situation.account.cut_over.is_some_and(|instant| order.placed_at < instant);
        return if before { Next::Adopt } else { Next::Load };
    };
    let cancelled = order.state == OrderState::Cancelled;
    match &observed.state {
        SaleState::Cancelled if cancelled => Next::Rest,
        SaleState::Cancelled => hold(
            ExceptionClass::CancelledInOdoo,
            "cancelled in Odoo",
            format!(
                "{} is cancelled in Odoo and open at the channel: cancel it there too, or set it back",
                observed.name
            ),
        ),
        SaleState::Quotation | SaleState::Confirmed if cancelled => cancel(order, observed),
        SaleState::Quotation | SaleState::Confirmed if situation.adopted => Next::Rest,
        SaleState::Quotation => quotation(situation, order, observed),
        SaleState::Confirmed => confirmed(situation, order, observed),
        SaleState::Unknown(word) => hold(
            ExceptionClass::RefusedByOdoo,
            "unknown state",
            format!("{} has the state `{word}`, which this version does not know", observed.name),
        ),
    }
}

fn cancel(order: &Order, observed: &Observed) -> Next {
    let delivered = observed.lines.iter().any(|line| line.delivered > Decimal::ZERO);
    if delivered || order.shipped {
        let place = if delivered { "Odoo" } else { "the channel" };
        return hold(
            ExceptionClass::CancelledAfterShipping,
            "cancelled after shipping",
            format!(
                "cancelled at the channel, but {place} shows shipped goods of {}: arrange a return, or cancel what is open \
                 by hand",
                observed.name
            ),
        );
    }
    if observed.lines.iter().any(|line| !line.invoiced.is_zero()) {
        return hold(
            ExceptionClass::CancelledAfterInvoicing,
            "cancelled after invoicing",
            format!(
                "cancelled at the channel, and {} is invoiced in Odoo: see that its invoice is credited, then cancel the order \
                 there",
                observed.name
            ),
        );
    }
    Next::Cancel
}

fn quotation(situation: &Situation<'_>, order: &Order, observed: &Observed) -> Next {
    let elsewhere = situation.contacts.is_some_and(|(invoice, delivery)| {
        (Some(invoice), Some(delivery)) != (observed.invoice_contact, observed.delivery_contact)
    });
    if elsewhere || !lines_match(situation.sale, observed) {
        return Next::Revise;
    }
    match passed(situation, observed) {
        Gate::Equal => {}
        Gate::Round(amount) => return Next::Round(amount),
        Gate::Differs(text) => return hold(ExceptionClass::TotalsDiffer, "totals differ", text),
    }
    if situation.facets.is_outdated() {
        return hold(
            ExceptionClass::Outdated,
            "orders/edited",
            "the channel announced an edit and has not sent the edited order yet: it is confirmed when that arrives"
                .into(),
        );
    }
    if !wants_confirmation(situation.account.confirm, &order.payment) {
        return Next::Rest;
    }
    without_address(situation, order, observed).unwrap_or(Next::Confirm)
}

/// Holds an order that is to be sent and nobody knows where, where the account wants that.
fn without_address(situation: &Situation<'_>, order: &Order, observed: &Observed) -> Option<Next> {
    let by_seller = order.location.is_none() && order.sent_by == Sender::Seller && !order.shipped;
    let holds = situation.account.incomplete_addresses == IncompleteAddresses::Hold;
    if !holds || !by_seller || situation.facets.is_released() {
        return None;
    }
    let buyer = situation.facets.buyer.as_ref().map(|held| &held.value);
    let missing = buyer.and_then(|buyer| buyer.ship_to.as_ref()).map(Address::missing);
    let what = match missing {
        None => "the channel has not told where it is to be sent".to_owned(),
        Some(missing) if missing.is_empty() => return None,
        Some(missing) => format!("the delivery address lacks {}", missing.join(" and ")),
    };
    let reason = format!(
        "{what}: {} is confirmed when the channel tells it; an order that needs none is confirmed by `sluice exceptions \
         release`",
        observed.name
    );
    Some(hold(ExceptionClass::IncompleteAddress, "incomplete address", reason))
}

fn confirmed(situation: &Situation<'_>, order: &Order, observed: &Observed) -> Next {
    let changed = |text: String| {
        hold(
            ExceptionClass::ChangedAfterConfirmation,
            "changed after confirmation",
            format!("{} is confirmed and differs from the channel: {text}: change it in Odoo by hand", observed.name),
        )
    };
    if situation.addresses_changed {
        return changed("its invoice or delivery address is not the channel's".into());
    }
    let applies = situation.account.edits == EditPolicy::Apply;
    if !lines_match(situation.sale, observed) {
        if !applies {
            return changed(difference_text(situation.sale, observed));
        }
        if !situation.untouched {
            let both = difference_text(situation.sale, observed);
            return changed(format!("{both}; somebody changed it in Odoo as well, or before Sluice could see it"));
        }
        return match stands(situation.sale, observed) {
            Some(line) => changed(format!(
                "{}; {line} is delivered or invoiced already",
                difference_text(situation.sale, observed)
            )),
            None => Next::Amend,
        };
    }
    match passed(situation, observed) {
        Gate::Equal => {}
        // The rounding line is ours, and follows what an edit brought, or a confirmation that came late between the edit of the
        // quotation and its rounding; not under an invoice that shows the old one.
        Gate::Round(amount)
            if (applies || situation.unfinished) && observed.lines.iter().all(|line| line.invoiced.is_zero()) =>
        {
            return Next::Round(amount);
        }
        Gate::Round(_) => return changed(difference_text(situation.sale, observed)),
        Gate::Differs(text) => return changed(text),
    }
    let placed = order.placed_at.as_second();
    if observed.date.map(Timestamp::as_second) != Some(placed) {
        return Next::RestoreDate;
    }
    if situation.facets.is_outdated() {
        return hold(
            ExceptionClass::Outdated,
            "orders/edited",
            format!(
                "the channel announced an edit of {}, which is confirmed, and has not sent the edited order yet: compare \
                 them before it ships",
                observed.name
            ),
        );
    }
    if hands_over(situation, order, observed) { Next::HandOver } else { Next::Rest }
}

/// Has the buyer goods, over the counter or from the channel itself, that Odoo still has to deliver?
fn hands_over(situation: &Situation<'_>, order: &Order, observed: &Observed) -> bool {
    is_handed_over(situation.account, order)
        && !situation.handed_over
        && observed.lines.iter().any(|line| line.delivered < line.quantity)
}

/// Has the buyer the goods, by the account's policy?
#[must_use]
pub fn is_handed_over(account: &Account, order: &Order) -> bool {
    let by_others = order.location.is_some() || order.sent_by == Sender::Channel;
    account.counter_sales != CounterSales::Deliver && order.shipped && by_others
}

/// The gate, with what an operator accepted.
fn passed(situation: &Situation<'_>, observed: &Observed) -> Gate {
    let found = gate(situation.sale, observed, &situation.account.rounding);
    let accepted = situation.facets.decision.as_ref().map(|ranked| &ranked.value);
    match (found, accepted) {
        (Gate::Differs(_), Some(Decision::AcceptDifference(amount)))
            if situation.sale.draft.expected.total.minus(observed.total) == Ok(*amount) =>
        {
            Gate::Equal
        }
        (found, _) => found,
    }
}

/// Does the account's policy confirm an order in this state of payment? What was refunded had been paid.
#[must_use]
pub fn wants_confirmation(policy: ConfirmPolicy, payment: &PaymentState) -> bool {
    let (paid, authorised) = match payment {
        PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Refunded => (true, true),
        PaymentState::Authorized | PaymentState::PartiallyPaid => (false, true),
        PaymentState::Pending | PaymentState::Voided | PaymentState::Expired | PaymentState::Unknown(_) => {
            (false, false)
        }
    };
    match policy {
        ConfirmPolicy::Paid => paid,
        ConfirmPolicy::Authorised => authorised,
        ConfirmPolicy::Always => true,
        ConfirmPolicy::Never => false,
    }
}
