//! The draft: an order as the sale that a target must hold, before its products and taxes are looked up.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{PriceRow, price_rows};
use crate::{
    order::{ChargeKind, LineKind, Order, OrderLine, Tax},
    value::{Currency, Money, MoneyError, Rate},
};

/// A sale to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleDraft {
    /// What the shop shows the customer.
    pub number: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Its currency.
    pub currency: Currency,
    /// Do its prices contain tax?
    pub tax_included: bool,
    /// Its lines.
    pub lines: Vec<DraftLine>,
    /// What the target's totals must be.
    pub expected: ExpectedTotals,
    /// How many lines of other orders it adds up ([`Order::summed`]).
    pub summed: u32,
}

/// A line to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftLine {
    /// Tells it from the other lines of the order, the same on every path: `line_487817672276298554`.
    pub id: String,
    /// What to sell.
    pub product: ProductNeed,
    /// Description as sold.
    pub title: String,
    /// Quantity and price.
    pub price: PriceRow,
    /// Taxes of the seller.
    pub taxes: Vec<TaxNeed>,
}

/// What a line needs as product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductNeed {
    /// A thing of the catalogue, by SKU, then barcode. Both may be absent (custom line, deleted product).
    Item {
        /// SKU, exactly.
        sku: Option<String>,
        /// Barcode.
        barcode: Option<String>,
    },
    /// A product that stands for what is no goods.
    Service(Service),
}

/// What is no goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Shipping.
    Shipping,
    /// A tip.
    Tip,
    /// A gift card sold.
    GiftCard,
    /// Import duties.
    Duty,
    /// Another fee.
    Fee,
    /// Rounding.
    Rounding,
    /// What is refunded beside goods and shipping; never on an order.
    Refund,
}

/// A tax that a line needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxNeed {
    /// Its name at the channel.
    pub title: String,
    /// Its rate.
    pub rate: Rate,
    /// What the channel charged, over all rows of the line; on the first row only.
    pub amount: Money,
}

/// What the channel charged, as far as it belongs into the seller's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedTotals {
    /// With tax.
    pub total: Money,
    /// The seller's tax.
    pub tax: Money,
    /// The tax that the channel states for the whole order, where it may differ from the sum of its lines by a cent.
    pub stated_tax: Option<Money>,
    /// Without tax.
    pub untaxed: Money,
    /// Tax that the marketplace collected and remits; in none of the above.
    pub remitted_by_channel: Money,
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// An amount does not add up within its type.
    #[error("{field}: {error}")]
    Amount {
        /// Where.
        field: String,
        /// What.
        error: MoneyError,
    },
}

/// Drafts the sale. `decimals` is how many decimals the target keeps of a unit price: as many are used as the currency has,
/// and two at least, since finer prices than that only look odd on an invoice.
///
/// # Errors
/// When amounts overflow or mix currencies.
pub fn draft(order: &Order, decimals: u32) -> Result<SaleDraft, DraftError> {
    let decimals = decimals.min(order.currency.exponent().max(2));
    let mut lines = Vec::new();
    for line in &order.lines {
        item_rows(order, line, decimals, &mut lines)?;
    }
    for (index, shipping) in order.shipping.iter().enumerate() {
        let net = shipping.price.minus(shipping.discount);
        let net = net.map_err(|error| DraftError::Amount { field: format!("shipping[{index}].discount"), error })?;
        lines.extend(service_row(
            order,
            (Service::Shipping, format!("shipping_{}", shipping.id)),
            &shipping.title,
            net,
            &shipping.taxes,
        ));
    }
    for charge in &order.charges {
        let service = match charge.kind {
            ChargeKind::Tip => Service::Tip,
            ChargeKind::Duty => Service::Duty,
            ChargeKind::Fee => Service::Fee,
            ChargeKind::CashRounding => Service::Rounding,
        };
        let id = format!("charge_{}", charge.id);
        lines.extend(service_row(order, (service, id), &charge.title, charge.amount, &charge.taxes));
    }
    let expected = expected(order).map_err(|error| DraftError::Amount { field: "totals".into(), error })?;
    Ok(SaleDraft {
        number: order.number.clone(),
        placed_at: order.placed_at,
        currency: order.currency,
        tax_included: order.tax_included,
        lines,
        expected,
        summed: order.summed,
    })
}

fn item_rows(order: &Order, line: &OrderLine, decimals: u32, lines: &mut Vec<DraftLine>) -> Result<(), DraftError> {
    let failed = |error| DraftError::Amount { field: format!("lines[{}]", line.id), error };
    let gross = line.unit_price.get().checked_mul(line.quantity.get()).ok_or(failed(MoneyError::OutOfRange))?;
    let net = gross.checked_sub(line.discount.major()).ok_or(failed(MoneyError::OutOfRange))?;
    let net = Money::round_major(net, order.currency, crate::value::Rounding::HalfUp).map_err(failed)?;
    let product = match line.kind {
        LineKind::Product => ProductNeed::Item { sku: line.sku.clone(), barcode: line.barcode.clone() },
        LineKind::GiftCard => ProductNeed::Service(Service::GiftCard),
    };
    let title = if line.discount.is_zero() {
        line.title.clone()
    } else {
        format!("{}\nDiscount: -{} {}", line.title, line.discount, order.currency)
    };
    for (index, price) in price_rows(line, net, decimals).into_iter().enumerate() {
        let mut taxes = needs(&line.taxes, net, order.tax_included);
        // A second row carries the same taxes; what was charged for the line is counted once.
        if index > 0 {
            for tax in &mut taxes {
                tax.amount = Money::zero(order.currency);
            }
        }
        let id = if index == 0 { format!("line_{}", line.id) } else { format!("line_{}_{index}", line.id) };
        lines.push(DraftLine { id, product: product.clone(), title: title.clone(), price, taxes });
    }
    Ok(())
}

fn service_row(
    order: &Order,
    (service, id): (Service, String),
    title: &str,
    net: Money,
    taxes: &[Tax],
) -> Option<DraftLine> {
    // A free shipping line is kept (the method matters to whoever packs); an empty charge is not.
    if net.is_zero() && service != Service::Shipping {
        return None;
    }
    let price = PriceRow { quantity: Decimal::ONE, unit_price: net.major(), discount: Decimal::ZERO };
    Some(DraftLine {
        id,
        product: ProductNeed::Service(service),
        title: title.to_owned(),
        price,
        taxes: needs(taxes, net, order.tax_included),
    })
}

/// The seller's taxes that were really charged. A rate that is stated with no amount, where it would give one (a customer
/// exempt from tax), was not charged; nor is what the marketplace remits the seller's.
fn needs(taxes: &[Tax], net: Money, tax_included: bool) -> Vec<TaxNeed> {
    let contained: Decimal = taxes.iter().filter(|_| tax_included).map(|tax| tax.rate.get()).sum();
    let base = net.major().checked_div(Decimal::ONE.saturating_add(contained)).unwrap_or_default();
    let charged = |tax: &&Tax| {
        let small = base.checked_mul(tax.rate.get()).unwrap_or_default().abs() < Decimal::new(5, small_scale(net));
        !tax.remitted_by_channel && !tax.rate.is_zero() && (!tax.amount.is_zero() || small)
    };
    let need = |tax: &Tax| TaxNeed { title: tax.title.clone(), rate: tax.rate, amount: tax.amount };
    taxes.iter().filter(charged).map(need).collect()
}

/// Decimals of half a minor unit: 0.005 EUR has three.
fn small_scale(net: Money) -> u32 {
    net.currency().exponent().saturating_add(1)
}

fn expected(order: &Order) -> Result<ExpectedTotals, MoneyError> {
    let all = order
        .lines
        .iter()
        .flat_map(|line| &line.taxes)
        .chain(order.shipping.iter().flat_map(|line| &line.taxes))
        .chain(order.charges.iter().flat_map(|charge| &charge.taxes));
    let (mut tax, mut remitted) = (Money::zero(order.currency), Money::zero(order.currency));
    for line in all {
        let sum = if line.remitted_by_channel { &mut remitted } else { &mut tax };
        *sum = sum.plus(line.amount)?;
    }
    // Where prices contain it, facilitated tax is inside the line prices too, and stays the buyer's total.
    let total = if order.tax_included { order.totals.total } else { order.totals.total.minus(remitted)? };
    let stated_tax = order.totals.tax.filter(|_| remitted.is_zero());
    Ok(ExpectedTotals { total, tax, stated_tax, untaxed: total.minus(tax)?, remitted_by_channel: remitted })
}

impl ExpectedTotals {
    /// Is this amount of tax the sum of the channel's lines, or the one it states for the whole order?
    #[must_use]
    pub fn allows_tax(&self, tax: Money) -> bool {
        tax == self.tax || Some(tax) == self.stated_tax
    }
}
