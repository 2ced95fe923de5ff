//! The order that stands for a store's day.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Part, Summary};
use crate::{
    order::{
        Charge, ChargeKind, LineKind, Order, OrderLine, OrderState, PaymentState, Refund, RefundLine, Sender,
        ShippingLine, StatedTotals, Tax,
    },
    plan::refunded_value,
    value::{Currency, Money, MoneyError, Quantity, Rate, UnitPrice},
};

/// Taxes of a line, as far as lines of the same may be added up.
type TaxKeys = Vec<(String, Rate, bool)>;

/// What lines must have in common to be one line of the summary: what is sold, at which price and taxes, and its direction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LineKey {
    gift_card: bool,
    sku: Option<String>,
    barcode: Option<String>,
    title: Option<String>,
    unit_price: UnitPrice,
    back: bool,
    taxes: TaxKeys,
}

fn tax_keys(taxes: &[Tax]) -> TaxKeys {
    let mut keys: TaxKeys = taxes.iter().map(|tax| (tax.title.clone(), tax.rate, tax.remitted_by_channel)).collect();
    keys.sort();
    keys
}

impl LineKey {
    fn of(line: &OrderLine) -> Self {
        let named = line.sku.is_some() || line.barcode.is_some();
        Self {
            gift_card: line.kind == LineKind::GiftCard,
            sku: line.sku.clone(),
            barcode: line.barcode.clone(),
            title: (!named).then(|| line.title.clone()),
            unit_price: line.unit_price,
            back: line.quantity.get().is_sign_negative(),
            taxes: tax_keys(&line.taxes),
        }
    }
}

fn name(key: &impl std::fmt::Debug) -> String {
    let text = format!("{key:?}");
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The id of the summary's line that a line of a sale is part of: the same on every path.
#[must_use]
pub fn line_name(line: &OrderLine) -> String {
    name(&LineKey::of(line))
}

/// The order that stands for a day, and its refunds; `None` where nothing was sold.
///
/// # Errors
/// When amounts overflow.
pub fn composed(summary: &Summary) -> Result<Option<(Order, Vec<Refund>)>, MoneyError> {
    let sales: Vec<(&str, &Part, &Order)> =
        summary.parts.iter().filter_map(|(id, part)| Some((id.as_str(), part, part.sale.as_deref()?))).collect();
    let Some((_, _, first)) = sales.first() else { return Ok(None) };
    let mut sums = Sums::new(first.currency);
    for (_, _, sale) in &sales {
        sums.add(sale)?;
    }
    let mut refunds = Vec::new();
    for (id, part, sale) in &sales {
        for refund in &part.refunds {
            refunds.push(of_summary(id, sale, refund)?);
        }
    }
    Ok(Some((sums.order(summary, first, &sales), refunds)))
}

/// A refund of one sale, as one of the summary's lines.
fn of_summary(id: &str, sale: &Order, refund: &Refund) -> Result<Refund, MoneyError> {
    let mut lines = Vec::new();
    for back in &refund.lines {
        // What an edit took away before was never sold: its line is nowhere.
        let Some(sold) = sale.lines.iter().find(|line| line.id == back.line) else { continue };
        let value = Some(refunded_value(sold, back, sale)?);
        lines.push(RefundLine { line: line_name(sold), value, ..back.clone() });
    }
    Ok(Refund { id: format!("{id}_{}", refund.id), lines, apart: true, ..refund.clone() })
}

/// Lines, and what they come to.
struct Sums {
    lines: BTreeMap<LineKey, OrderLine>,
    shipping: BTreeMap<(String, TaxKeys), ShippingLine>,
    charges: BTreeMap<(ChargeKind, String, TaxKeys), Charge>,
    total: Money,
    subtotal: Option<Money>,
    tax: Option<Money>,
    discount: Option<Money>,
    shipped_for: Option<Money>,
    paid: Option<Money>,
    summed: u32,
}

fn more(sum: &mut Option<Money>, amount: Option<Money>) -> Result<(), MoneyError> {
    *sum = sum.zip(amount).map(|(sum, amount)| sum.plus(amount)).transpose()?;
    Ok(())
}

/// Amounts of the same taxes are added up.
fn add_taxes(known: &mut [Tax], taxes: &[Tax]) -> Result<(), MoneyError> {
    for tax in taxes {
        let same = |one: &&mut Tax| {
            one.title == tax.title && one.rate == tax.rate && one.remitted_by_channel == tax.remitted_by_channel
        };
        if let Some(sum) = known.iter_mut().find(same) {
            sum.amount = sum.amount.plus(tax.amount)?;
        }
    }
    Ok(())
}

impl Sums {
    fn new(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self {
            lines: BTreeMap::new(),
            shipping: BTreeMap::new(),
            charges: BTreeMap::new(),
            total: zero,
            subtotal: Some(zero),
            tax: Some(zero),
            discount: Some(zero),
            shipped_for: Some(zero),
            paid: Some(zero),
            summed: 0,
        }
    }

    fn add(&mut self, sale: &Order) -> Result<(), MoneyError> {
        for line in &sale.lines {
            self.line(line)?;
        }
        for line in &sale.shipping {
            let key = (line.title.clone(), tax_keys(&line.taxes));
            match self.shipping.get_mut(&key) {
                Some(sum) => {
                    sum.price = sum.price.plus(line.price)?;
                    sum.discount = sum.discount.plus(line.discount)?;
                    add_taxes(&mut sum.taxes, &line.taxes)?;
                }
                None => drop(self.shipping.insert(key.clone(), ShippingLine { id: name(&key), ..line.clone() })),
            }
        }
        for charge in &sale.charges {
            let key = (charge.kind, charge.title.clone(), tax_keys(&charge.taxes));
            match self.charges.get_mut(&key) {
                Some(sum) => {
                    sum.amount = sum.amount.plus(charge.amount)?;
                    add_taxes(&mut sum.taxes, &charge.taxes)?;
                }
                None => drop(self.charges.insert(key.clone(), Charge { id: name(&key), ..charge.clone() })),
            }
        }
        let rows = sale.lines.len().saturating_add(sale.shipping.len()).saturating_add(sale.charges.len());
        self.summed = self.summed.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
        self.total = self.total.plus(sale.totals.total)?;
        more(&mut self.subtotal, sale.totals.subtotal)?;
        more(&mut self.tax, sale.totals.tax)?;
        more(&mut self.discount, sale.totals.discount)?;
        more(&mut self.shipped_for, sale.totals.shipping.or(Some(Money::zero(sale.currency))))?;
        more(&mut self.paid, sale.paid)
    }

    fn line(&mut self, line: &OrderLine) -> Result<(), MoneyError> {
        let key = LineKey::of(line);
        let Some(sum) = self.lines.get_mut(&key) else {
            let first = OrderLine { id: line_name(line), variant: None, ..line.clone() };
            self.lines.insert(key, first);
            return Ok(());
        };
        let quantity: Option<Decimal> = sum.quantity.get().checked_add(line.quantity.get());
        sum.quantity = Quantity::new(quantity.ok_or(MoneyError::OutOfRange)?);
        sum.discount = sum.discount.plus(line.discount)?;
        add_taxes(&mut sum.taxes, &line.taxes)
    }

    fn order(self, summary: &Summary, first: &Order, sales: &[(&str, &Part, &Order)]) -> Order {
        let source = first.source.clone().filter(|_| sales.iter().all(|(_, _, sale)| sale.source == first.source));
        Order {
            number: summary.name(),
            currency: first.currency,
            presentment_currency: None,
            placed_at: summary.middle(),
            test: false,
            source,
            location: Some(summary.store.clone()),
            sent_by: Sender::Seller,
            tax_included: first.tax_included,
            lines: self.lines.into_values().collect(),
            shipping: self.shipping.into_values().collect(),
            charges: self.charges.into_values().collect(),
            totals: StatedTotals {
                total: self.total,
                subtotal: self.subtotal,
                tax: self.tax,
                discount: self.discount,
                shipping: self.shipped_for,
            },
            state: OrderState::Closed,
            payment: PaymentState::Paid,
            paid: self.paid,
            refunded: None,
            shipped: true,
            discount_codes: Vec::new(),
            payment_methods: Vec::new(),
            tags: Vec::new(),
            summed: self.summed,
        }
    }
}
