//! `sluice explain`: what a payload would become, as figures that an accountant can compare.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use sluice_domain::{
    account::Account,
    order::{Charge, ChargeKind, Order, OrderLine, OrderState, Refund, RefundState, ShippingLine},
    ports::secrets::Secret,
    state::Evidence,
    value::{Currency, Money, MoneyError, Rounding, SubjectKey},
};

use crate::{Refusal, Warning, evidence::Said};

/// Decimals of a unit price that is computed from a line's amount.
const PRICE_SCALE: u32 = 12;

/// What explaining needs to know beside the bytes.
#[derive(Clone, Copy)]
pub struct ExplainContext<'a> {
    /// The account, or the neutral built-in one.
    pub account: &'a Account,
    /// Key of the hashes in external ids.
    pub contact_key: &'a Secret,
}

/// One item of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explained {
    /// A thing, with its figures and the evidence that would be folded (none for kinds that no flow takes yet).
    Item {
        /// What the interface fixes.
        figures: Box<Figures>,
        /// What would be folded.
        evidence: Vec<Evidence>,
    },
    /// Of no concern.
    Ignored {
        /// The topic.
        topic: String,
        /// Why.
        reason: String,
    },
    /// It cannot be read.
    Refused(Refusal),
}

/// The figures of one thing, exactly as `design/interface.md` fixes them. Amounts are decimal strings at the currency's
/// precision; unknown is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// `order`, `refund`, ...
    pub kind: &'static str,
    /// `account/kind/external-id`.
    pub subject: String,
    /// The channel's id, as text.
    pub external_id: String,
    /// What the shop shows the customer; on a payment, the order reference that it carries.
    pub number: Option<String>,
    /// The shop's currency.
    pub currency: Option<String>,
    /// Value of the sale as stated: after edits, before refunds.
    pub total: Option<String>,
    /// Item lines after all discounts.
    pub subtotal: Option<String>,
    /// Do this payload's line prices contain tax?
    pub tax_included: Option<bool>,
    /// All tax.
    pub tax: Option<String>,
    /// Everything taken off, positive.
    pub discount: Option<String>,
    /// Shipping after its discounts.
    pub shipping: Option<String>,
    /// Tip.
    pub tip: Option<String>,
    /// Fees, duties, rounding; signed.
    pub fees: Option<String>,
    /// Item lines.
    pub lines: Option<usize>,
    /// Their quantities.
    pub units: Option<String>,
    /// Captured before refunds.
    pub paid: Option<String>,
    /// Settled refunds.
    pub refunded: Option<String>,
    /// Where it stands.
    pub state: Option<String>,
    /// Test data.
    pub test: bool,
    /// Oddities.
    pub warnings: Vec<Warning>,
}

/// The sums of the parts of an order, computed from them and not taken from what the channel states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSums {
    /// Item lines after every discount allotted to them.
    pub subtotal: Money,
    /// What was taken off item lines.
    pub line_discount: Money,
    /// What was taken off item lines and shipping.
    pub discount: Money,
    /// All tax, also that of shipping and charges, also what the channel remits.
    pub tax: Money,
    /// Shipping after its discounts.
    pub shipping: Money,
    /// Tips.
    pub tip: Money,
    /// Duties, fees and rounding; signed.
    pub fees: Money,
}

impl OrderSums {
    /// Adds up the parts of an order.
    ///
    /// # Errors
    /// When amounts overflow or mix currencies.
    pub fn of(
        currency: Currency,
        lines: &[OrderLine],
        shipping: &[ShippingLine],
        charges: &[Charge],
    ) -> Result<Self, MoneyError> {
        let zero = Money::zero(currency);
        let mut sums = Self {
            subtotal: zero,
            line_discount: zero,
            discount: zero,
            tax: zero,
            shipping: zero,
            tip: zero,
            fees: zero,
        };
        for line in lines {
            let gross = line.unit_price.get().checked_mul(line.quantity.get()).ok_or(MoneyError::OutOfRange)?;
            let gross = Money::round_major(gross, currency, Rounding::HalfUp)?;
            sums.subtotal = sums.subtotal.plus(gross)?.minus(line.discount)?;
            sums.line_discount = sums.line_discount.plus(line.discount)?;
        }
        sums.discount = sums.line_discount;
        for line in shipping {
            sums.shipping = sums.shipping.plus(line.price)?.minus(line.discount)?;
            sums.discount = sums.discount.plus(line.discount)?;
        }
        for charge in charges {
            let sum = match charge.kind {
                ChargeKind::Tip => &mut sums.tip,
                ChargeKind::Duty | ChargeKind::Fee | ChargeKind::CashRounding => &mut sums.fees,
            };
            *sum = sum.plus(charge.amount)?;
        }
        let taxes = lines.iter().map(|line| &line.taxes).chain(shipping.iter().map(|line| &line.taxes));
        for tax in taxes.chain(charges.iter().map(|charge| &charge.taxes)).flatten() {
            sums.tax = sums.tax.plus(tax.amount)?;
        }
        Ok(sums)
    }

    /// Subtotal, shipping, fees and tip, and tax where prices do not contain it.
    ///
    /// # Errors
    /// When the sum overflows.
    pub fn total(&self, tax_included: bool, tax: Money) -> Result<Money, MoneyError> {
        let sum = self.subtotal.plus(self.shipping)?.plus(self.fees)?.plus(self.tip)?;
        if tax_included { Ok(sum) } else { sum.plus(tax) }
    }
}

/// The price of one unit, from what all of them cost: times any quantity it is that amount again.
pub(crate) fn each_unit(gross: Money, quantity: Decimal) -> Decimal {
    // Most prices are whole cents: dividing decimals takes longer than everything else of a line.
    let units = i64::try_from(quantity.mantissa()).ok().filter(|_| quantity.scale() == 0);
    let whole = units.and_then(|units| Some((gross.minor().checked_rem(units)?, gross.minor().checked_div(units)?)));
    if let Some((0, cents)) = whole {
        return Money::from_minor(cents, gross.currency()).major();
    }
    let each = gross.major().checked_div(quantity).unwrap_or_default();
    each.round_dp_with_strategy(PRICE_SCALE, RoundingStrategy::MidpointAwayFromZero).normalize()
}

impl Figures {
    /// The figures of an order.
    #[must_use]
    pub fn of_order(subject: &SubjectKey, order: &Order, warnings: Vec<Warning>) -> Self {
        let sums = OrderSums::of(order.currency, &order.lines, &order.shipping, &order.charges).ok();
        let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        let units: Decimal =
            order.lines.iter().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity.get()));
        Self {
            kind: "order",
            subject: subject.to_string(),
            external_id: subject.external_id().to_owned(),
            number: Some(order.number.clone()),
            currency: Some(order.currency.code().to_owned()),
            total: Some(order.totals.total.to_string()),
            subtotal: text(order.totals.subtotal.or(sums.map(|sums| sums.subtotal))),
            tax_included: Some(order.tax_included),
            tax: text(order.totals.tax.or(sums.map(|sums| sums.tax))),
            discount: text(order.totals.discount.or(sums.map(|sums| sums.discount))),
            shipping: text(order.totals.shipping.or(sums.map(|sums| sums.shipping))),
            tip: text(sums.map(|sums| sums.tip)),
            fees: text(sums.map(|sums| sums.fees)),
            lines: Some(order.lines.len()),
            units: Some(units.normalize().to_string()),
            paid: text(order.paid),
            refunded: text(order.refunded),
            state: Some(order_state(&order.state).to_owned()),
            test: order.test,
            warnings,
        }
    }
}

/// The word for an order's state.
fn order_state(state: &OrderState) -> &'static str {
    match state {
        OrderState::Pending => "pending",
        OrderState::Open => "open",
        OrderState::OnHold => "on_hold",
        OrderState::Cancelled => "cancelled",
        OrderState::Closed => "closed",
    }
}

/// The word for a refund's state.
pub(crate) fn refund_state(state: RefundState) -> &'static str {
    match state {
        RefundState::Requested => "requested",
        RefundState::Pending => "pending",
        RefundState::Succeeded => "succeeded",
        RefundState::Failed => "failed",
        RefundState::Cancelled => "cancelled",
    }
}

/// Figures of a thing of which only the name is known.
pub(crate) fn blank(kind: &'static str, subject: &SubjectKey) -> Figures {
    Figures { kind, subject: subject.to_string(), external_id: subject.external_id().to_owned(), ..Figures::default() }
}

/// What came back with a refund.
pub(crate) fn came_back(refund: &Refund, figures: &mut Figures) {
    let mut lines: Vec<&str> = refund.lines.iter().map(|line| line.line.as_str()).collect();
    lines.dedup();
    let units = refund.lines.iter().fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.quantity.get()));
    figures.lines = Some(lines.len());
    figures.units = Some(units.normalize().to_string());
}

/// The figures of the order among what was said.
pub(crate) fn of_order(said: Said) -> Explained {
    let found = said.order().map(|(subject, order)| Figures::of_order(subject, order, said.warnings.clone()));
    Explained::Item { figures: Box::new(found.unwrap_or_default()), evidence: said.evidence }
}

/// A payload that is of no concern.
pub(crate) fn ignored(topic: &str, reason: &str) -> Vec<Explained> {
    vec![Explained::Ignored { topic: topic.to_owned(), reason: reason.to_owned() }]
}

/// Every item of an answer on its own: one that cannot be read costs no other.
pub(crate) fn each<T>(
    topic: &str,
    items: Result<Vec<Result<T, Refusal>>, Refusal>,
    one: impl Fn(&T) -> Result<Explained, Refusal>,
) -> Vec<Explained> {
    match items {
        Ok(items) if items.is_empty() => ignored(topic, "an answer without items"),
        Ok(items) => {
            let explained = items.into_iter().map(|item| item.and_then(|item| one(&item)));
            explained.map(|one| one.unwrap_or_else(Explained::Refused)).collect()
        }
        Err(refusal) => vec![Explained::Refused(refusal)],
    }
}
