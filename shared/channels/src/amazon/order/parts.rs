//! Lines, shipping and fees of the canonical order.

use rust_decimal::{Decimal, RoundingStrategy};
use sluice_domain::{
    order::{Charge, ChargeKind, LineKind, OrderLine, ShippingLine, Tax},
    value::{Money, MoneyError, Quantity, Rate, Rounding, UnitPrice},
};

use super::{lines::Line, sums::Stated};
use crate::{Refusal, Warning, json::refuse};

/// Decimals of a unit price that is computed from a line's amount.
const PRICE_SCALE: u32 = 12;
/// Decimals of a rate, from whole per cents on: the first that gives the amount is the rate.
const RATE_SCALES: [u32; 4] = [2, 3, 4, 6];

/// The parts of an order.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) lines: Vec<OrderLine>,
    pub(super) shipping: Vec<ShippingLine>,
    pub(super) charges: Vec<Charge>,
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn failed(error: MoneyError) -> Refusal {
    refuse("orderItems.proceeds", error.to_string())
}

/// How taxes of an order are read: are they in the prices, and does the total leave them out?
#[derive(Clone, Copy)]
struct Taxing {
    included: bool,
    withheld: bool,
}

impl Taxing {
    fn of(self, tax: Option<Money>, net: Money, remitted: bool) -> Vec<Tax> {
        let Some(amount) = tax.filter(|tax| !tax.is_zero() && !self.withheld) else { return Vec::new() };
        let rate = Rate::new(rate(amount, net, self.included));
        vec![Tax { title: "Tax".to_owned(), rate, amount, remitted_by_channel: remitted }]
    }
}

/// Amazon states amounts and no rate: the roundest one that gives this amount.
fn rate(amount: Money, price: Money, included: bool) -> Decimal {
    let mut rates = RATE_SCALES.iter().map(|scale| rounded(amount, price, included, *scale));
    rates.find(|rate| gives(*rate, amount, price, included)).unwrap_or_else(|| rounded(amount, price, included, 4))
}

fn rounded(amount: Money, price: Money, included: bool, scale: u32) -> Decimal {
    let net = if included { price.minus(amount).unwrap_or(price) } else { price };
    let exact = amount.major().checked_div(net.major()).unwrap_or_default();
    exact.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero).normalize()
}

fn gives(rate: Decimal, amount: Money, price: Money, included: bool) -> bool {
    let one = if included { Decimal::ONE.saturating_add(rate) } else { Decimal::ONE };
    let base = price.major().checked_div(one).unwrap_or_default();
    let tax = base.checked_mul(rate).unwrap_or_default();
    Money::round_major(tax, amount.currency(), Rounding::HalfUp) == Ok(amount)
}

/// Is the tax a whole per cent of the price without it, and of the price with it not?
pub(super) fn looks_included(amount: Money, price: Money) -> bool {
    let whole = |included| gives(rounded(amount, price, included, 2), amount, price, included);
    !amount.is_zero() && whole(true) && !whole(false)
}

impl Parts {
    pub(super) fn of(lines: &[Line<'_>], sums: &Stated, zero: Money) -> Result<Self, Refusal> {
        let taxing = Taxing { included: sums.tax_included.unwrap_or_default(), withheld: sums.withheld };
        let mut all = Self::default();
        for line in lines {
            all.line(line, taxing, zero)?;
        }
        all.beside(sums, zero)?;
        Ok(all)
    }

    fn line(&mut self, line: &Line<'_>, taxing: Taxing, zero: Money) -> Result<(), Refusal> {
        let amounts = &line.amounts;
        let (gross, discount) = (amounts.item.unwrap_or(zero), amounts.discount.unwrap_or(zero));
        let each = gross.major().checked_div(line.quantity).unwrap_or_default();
        let each = each.round_dp_with_strategy(PRICE_SCALE, RoundingStrategy::MidpointAwayFromZero);
        self.lines.push(OrderLine {
            id: line.id.clone(),
            kind: LineKind::Product,
            title: line.title.clone(),
            sku: line.sku.map(str::to_owned),
            barcode: None,
            variant: line.asin.map(str::to_owned),
            quantity: Quantity::new(line.quantity),
            unit_price: UnitPrice::new(each.normalize()),
            discount,
            taxes: taxing.of(amounts.tax, gross.minus(discount).map_err(failed)?, line.remitted),
        });
        if [amounts.shipping, amounts.shipping_discount, amounts.shipping_tax].iter().any(Option::is_some) {
            let (price, discount) = (amounts.shipping.unwrap_or(zero), amounts.shipping_discount.unwrap_or(zero));
            let taxes = taxing.of(amounts.shipping_tax, price.minus(discount).map_err(failed)?, line.remitted);
            self.shipping.push(ShippingLine {
                id: line.id.clone(),
                title: "Shipping".to_owned(),
                price,
                discount,
                taxes,
            });
        }
        let fee = amounts.fee.unwrap_or(zero).minus(amounts.fee_discount.unwrap_or(zero)).map_err(failed)?;
        if !fee.is_zero() || amounts.fee_tax.is_some_and(|tax| !tax.is_zero()) {
            let taxes = taxing.of(amounts.fee_tax, fee, line.remitted);
            self.charges.push(Charge { taxes, ..charge(format!("fee_{}", line.id), ChargeKind::Fee, "Fees", fee) });
        }
        Ok(())
    }

    /// What only the order states.
    fn beside(&mut self, sums: &Stated, zero: Money) -> Result<(), Refusal> {
        let mut shipped = zero;
        for line in &self.shipping {
            shipped = shipped.plus(line.price).and_then(|sum| sum.minus(line.discount)).map_err(failed)?;
        }
        let rest = sums.shipping.unwrap_or(shipped).minus(shipped).map_err(failed)?;
        if !rest.is_zero() {
            let (id, title) = ("order".to_owned(), "Shipping".to_owned());
            self.shipping.push(ShippingLine { id, title, price: rest, discount: zero, taxes: Vec::new() });
        }
        let mut charged = zero;
        for charge in &self.charges {
            charged = charged.plus(charge.amount).map_err(failed)?;
        }
        let rest = sums.fees.unwrap_or(charged).minus(charged).map_err(failed)?;
        if !rest.is_zero() {
            self.charges.push(charge("fee".to_owned(), ChargeKind::Fee, "Fees", rest));
        }
        if let Some(tip) = sums.tip.filter(|tip| !tip.is_zero()) {
            self.charges.push(charge("tip".to_owned(), ChargeKind::Tip, "Delivery tip", tip));
        }
        Ok(())
    }
}

fn charge(id: String, kind: ChargeKind, title: &str, amount: Money) -> Charge {
    Charge { id, kind, title: title.to_owned(), amount, taxes: Vec::new() }
}

/// Lines that nobody can match with a product.
pub(super) fn without_sku(lines: &[Line<'_>], field: &'static str) -> Option<Warning> {
    let missing = lines.iter().any(|line| line.sku.is_none());
    missing.then(|| Warning::new("line_without_sku", field, "an item names no SKU"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_domain::value::Currency;

    /// Amounts are rounded to cents; the rate that a country has is found again.
    #[test]
    fn the_roundest_rate_that_gives_the_amount() {
        let check = |amount: i64, price: i64, included: bool, expect: &str| {
            let eur = Currency::parse("EUR").unwrap();
            let found = rate(Money::from_minor(amount, eur), Money::from_minor(price, eur), included);
            assert_eq!(found.to_string(), expect, "{amount} of {price}");
        };
        check(319, 1_999, true, "0.19");
        check(333, 1_999, true, "0.2");
        check(104, 1_999, true, "0.055");
        check(165, 1_999, false, "0.0825");
        check(380, 2_000, false, "0.19");
        check(0, 0, false, "0");
        let cents = |minor| Money::from_minor(minor, Currency::parse("EUR").unwrap());
        assert!(looks_included(cents(415), cents(2_599)) && !looks_included(cents(494), cents(2_599)));
    }
}
