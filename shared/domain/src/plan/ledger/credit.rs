//! What a refund is worth in the books.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    order::{Order, OrderLine, Refund, RefundLine, RefundState, RefundValue, Restock, Tax},
    plan::{MatchedLine, MatchedSale, PriceRow, price_rows},
    state::OrderFacets,
    value::{Money, MoneyError, Rounding},
};

/// What a refund asks of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing, and why.
    Nothing(&'static str),
    /// Nothing yet: the channel has more to say.
    Later(&'static str),
    /// A person must say what it is.
    Unclear(String),
    /// A credit note.
    Credit(Credit),
}

/// A credit note to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Its lines.
    pub lines: Vec<CreditLine>,
    /// What it must come to, with tax.
    pub total: Money,
    /// When the money went back.
    pub at: Option<Timestamp>,
}

/// A line of a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditLine {
    /// Tells it from the others: `line_17`.
    pub id: String,
    /// Product.
    pub product: i64,
    /// Description.
    pub title: String,
    /// Quantity and price.
    pub price: PriceRow,
    /// Taxes.
    pub taxes: Vec<i64>,
}

/// What a refund is worth: goods and shipping as the channel values them, and what is left of the money as a line of its own
/// (`adjustment` is the product for it).
///
/// The credit note comes to the money that moved. Where goods of more worth came back than money went, the rest either was
/// kept (a fee), or it paid for other goods (an exchange): the order tells. Where all that was ordered was paid, it was kept;
/// where as much of it was never paid, the goods that came back paid for it, and are credited in full, so that what is left
/// of invoices and credit notes is the money that really moved.
#[must_use]
pub fn due(facets: &OrderFacets, order: &Order, sale: &MatchedSale, refund: &Refund, adjustment: i64) -> Due {
    match refund.state {
        RefundState::Requested | RefundState::Pending => return Due::Later("the money has not moved yet"),
        RefundState::Failed => return Due::Nothing("it failed"),
        RefundState::Cancelled => return Due::Nothing("it was called off"),
        RefundState::Succeeded => {}
    }
    let Some(moved) = refund.amount else {
        return Due::Unclear("the channel states it in the buyer's currency only".to_owned());
    };
    if is_edit(refund) {
        return Due::Nothing("an edit took it away: it was never sold");
    }
    if !refund.apart && !order_is_after(facets, refund) {
        return BEFORE;
    }
    worth(facets, order, sale, (refund, moved), adjustment).unwrap_or_else(|error| Due::Unclear(error.to_string()))
}

const BEFORE: Due = Due::Later("the order as it is after it has not arrived yet");

/// Is the order that is known one that the refund had been made of?
fn order_is_after(facets: &OrderFacets, refund: &Refund) -> bool {
    let stated = facets.order.as_ref().map(|held| held.rank.version);
    refund.at.zip(stated).is_some_and(|(at, version)| at.as_microsecond() <= version)
}

/// Units that never left and that no money went back for: an edit, or the cancellation of what was not paid.
fn is_edit(refund: &Refund) -> bool {
    refund.amount.is_some_and(Money::is_zero)
        && refund.shipping.is_none()
        && !refund.lines.is_empty()
        && refund.lines.iter().all(|line| line.restock == Restock::Cancel)
}

/// What came back, in lines, and what it was worth.
struct Worth {
    lines: Vec<CreditLine>,
    value: Money,
    /// Tax in it that the channel remits: it went back to the buyer and was never in the seller's books.
    remitted: Money,
}

impl Worth {
    fn of(order: &Order, sale: &MatchedSale, refund: &Refund) -> Result<Self, MoneyError> {
        let zero = Money::zero(order.currency);
        let mut worth = Self { lines: Vec::new(), value: zero, remitted: zero };
        for back in refund.lines.iter().filter(|line| !line.quantity.get().is_zero()) {
            // What an edit took away before is not among the lines: nothing of it was sold.
            let Some(sold) = order.lines.iter().find(|line| line.id == back.line) else { continue };
            let value = refunded_value(sold, back, order)?;
            let lines = goods(sale, sold, back, value.amount);
            worth.add(order, lines, value, &sold.taxes)?;
        }
        if let Some(shipping) = refund.shipping {
            let lines = service(sale, shipping).into_iter().collect();
            let taxes = order.shipping.first().map_or(&[][..], |line| &line.taxes);
            worth.add(order, lines, shipping, taxes)?;
        }
        Ok(worth)
    }

    fn add(
        &mut self,
        order: &Order,
        lines: Vec<CreditLine>,
        value: RefundValue,
        taxes: &[Tax],
    ) -> Result<(), MoneyError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.lines.extend(lines);
        self.value = self.value.plus(value.amount)?;
        if order.tax_included {
            return Ok(());
        }
        let weights: Vec<i64> = taxes.iter().map(|tax| tax.amount.minor()).collect();
        let parts = if taxes.is_empty() { vec![value.tax] } else { value.tax.allocate(&weights) };
        for (index, part) in parts.into_iter().enumerate() {
            let remitted = taxes.get(index).is_some_and(|tax| tax.remitted_by_channel);
            let sum = if remitted { &mut self.remitted } else { &mut self.value };
            *sum = sum.plus(part)?;
        }
        Ok(())
    }
}

fn worth(
    facets: &OrderFacets,
    order: &Order,
    sale: &MatchedSale,
    (refund, moved): (&Refund, Money),
    adjustment: i64,
) -> Result<Due, MoneyError> {
    let Worth { mut lines, value, remitted } = Worth::of(order, sale, refund)?;
    let moved = moved.minus(remitted)?;
    let rest = moved.minus(value)?;
    let credit = |lines, total| Ok(Due::Credit(Credit { lines, total, at: refund.at }));
    if rest.is_negative() && !value.is_zero() {
        if !order_is_after(facets, refund) {
            return Ok(BEFORE);
        }
        match kept(facets, order, sale)? {
            Kept::Exchanged => return credit(lines, value),
            Kept::Unclear(unpaid) if !moved.is_zero() => {
                return Ok(Due::Unclear(format!(
                    "what came back was worth {value} and {moved} went back, and {unpaid} of the order was never paid"
                )));
            }
            Kept::Fee | Kept::Unclear(_) => {}
        }
    }
    if moved.is_zero() {
        return Ok(Due::Nothing("no money went back"));
    }
    if !rest.is_zero() {
        let price = PriceRow { quantity: Decimal::ONE, unit_price: rest.major(), discount: Decimal::ZERO };
        let title = if rest.is_negative() { "Kept of a refund" } else { "Refund" };
        let title = title.to_owned();
        lines.push(CreditLine { id: "adjustment".into(), product: adjustment, title, price, taxes: Vec::new() });
    }
    credit(lines, moved)
}

/// What became of the worth of goods that came back and that no money went back for.
enum Kept {
    /// It was kept.
    Fee,
    /// It paid for other goods.
    Exchanged,
    /// So much was never paid, which is neither.
    Unclear(Money),
}

fn kept(facets: &OrderFacets, order: &Order, sale: &MatchedSale) -> Result<Kept, MoneyError> {
    let zero = Money::zero(order.currency);
    let Some(paid) = order.paid else { return Ok(Kept::Unclear(zero)) };
    let unpaid = order.totals.total.minus(paid)?;
    let mut short = zero;
    for refund in facets
        .refunds
        .values()
        .map(|held| &held.value)
        .filter(|one| one.state == RefundState::Succeeded && !is_edit(one))
    {
        let worth = Worth::of(order, sale, refund)?;
        let rest = refund.amount.unwrap_or(zero).minus(worth.remitted)?.minus(worth.value)?;
        if rest.is_negative() {
            short = short.minus(rest)?;
        }
    }
    Ok(match unpaid {
        unpaid if unpaid.minor() <= 0 => Kept::Fee,
        unpaid if unpaid == short => Kept::Exchanged,
        unpaid => Kept::Unclear(unpaid),
    })
}

/// What the units were worth: as stated, else their share of the line.
///
/// # Errors
/// When amounts overflow.
pub fn refunded_value(sold: &OrderLine, back: &RefundLine, order: &Order) -> Result<RefundValue, MoneyError> {
    if let Some(value) = back.value {
        return Ok(value);
    }
    let share = |whole: Decimal| {
        let part = whole.checked_mul(back.quantity.get()).and_then(|part| part.checked_div(sold.quantity.get()));
        Money::round_major(part.unwrap_or_default(), order.currency, Rounding::HalfUp)
    };
    let gross = sold.unit_price.get().checked_mul(sold.quantity.get()).ok_or(MoneyError::OutOfRange)?;
    let net = gross.checked_sub(sold.discount.major()).ok_or(MoneyError::OutOfRange)?;
    let mut tax = Decimal::ZERO;
    for part in sold.taxes.iter().filter(|tax| !tax.remitted_by_channel) {
        tax = tax.checked_add(part.amount.major()).ok_or(MoneyError::OutOfRange)?;
    }
    Ok(RefundValue { amount: share(net)?, tax: share(tax)? })
}

/// Units of a line, at the price at which they came back.
fn goods(sale: &MatchedSale, sold: &OrderLine, back: &RefundLine, net: Money) -> Vec<CreditLine> {
    let name = format!("line_{}", sold.id);
    let Some(matched) = sale.lines.iter().find(|line| line.id == name) else { return Vec::new() };
    let decimals = sale.price_decimals.min(sale.draft.currency.exponent().max(2));
    let gross = sold.unit_price.get().checked_mul(back.quantity.get()).unwrap_or_default();
    let off = gross.checked_sub(net.major()).unwrap_or_default();
    let discount = Money::round_major(off, sale.draft.currency, Rounding::HalfUp);
    let part = OrderLine {
        quantity: back.quantity,
        discount: discount.unwrap_or(Money::zero(sale.draft.currency)),
        ..sold.clone()
    };
    let rows = price_rows(&part, net, decimals).into_iter().enumerate();
    let restock = match back.restock {
        Restock::None => "kept",
        Restock::Cancel => "freed",
        Restock::Return => "back",
        Restock::Unknown(_) => "other",
    };
    let line = |(index, price)| CreditLine {
        id: if index == 0 { format!("{name}_{restock}") } else { format!("{name}_{restock}_{index}") },
        product: matched.product,
        title: sold.title.clone(),
        price,
        taxes: taxes(matched),
    };
    rows.map(line).collect()
}

fn service(sale: &MatchedSale, shipping: RefundValue) -> Option<CreditLine> {
    let matched = sale.lines.iter().find(|line| line.id.starts_with("shipping_"))?;
    let price = PriceRow { quantity: Decimal::ONE, unit_price: shipping.amount.major(), discount: Decimal::ZERO };
    let taxes = if shipping.tax.is_zero() { Vec::new() } else { taxes(matched) };
    Some(CreditLine { id: "shipping".into(), product: matched.product, title: matched.title.clone(), price, taxes })
}

fn taxes(line: &MatchedLine) -> Vec<i64> {
    line.taxes.iter().map(|tax| tax.id).collect()
}
