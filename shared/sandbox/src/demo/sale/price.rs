//! Sums and taxes as Shopify makes them, and the same taxes as Odoo would round them.

use super::{Cart, Line, Part, Sale, Shipping, Taxed};
use crate::demo::catalogue::{DemoTax, Market};

/// Per cent in hundredths.
const WHOLE: i64 = 10_000;

/// `amount × numerator ÷ denominator`, half up; amounts here are never negative.
pub(crate) fn ratio(amount: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(amount).saturating_mul(i128::from(numerator));
    let doubled = i128::from(denominator).saturating_mul(2);
    let sum = product.saturating_mul(2).saturating_add(i128::from(denominator));
    sum.checked_div(doubled).and_then(|value| i64::try_from(value).ok()).unwrap_or(0)
}

fn add(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}

/// What an amount is divided by to be the tax on it.
fn base(tax: DemoTax) -> i64 {
    if tax.included { WHOLE.saturating_add(tax.rate) } else { WHOLE }
}

/// A tax on an amount, rounded half up.
fn tax_on(net: i64, tax: DemoTax) -> i64 {
    ratio(net, tax.rate, base(tax))
}

/// Does the tax end in exactly half a minor unit? There floats and decimals go different ways.
fn is_tie(net: i64, tax: DemoTax) -> bool {
    let rest = net.saturating_mul(tax.rate).checked_rem(base(tax)).unwrap_or(0);
    rest.saturating_mul(2) == base(tax)
}

fn off(parts: &[Part]) -> i64 {
    add(parts.iter().map(|part| part.amount))
}

pub(super) fn taxes_on(net: i64, taxes: &[DemoTax]) -> Vec<Taxed> {
    taxes.iter().map(|tax| Taxed { tax: *tax, amount: tax_on(net, *tax) }).collect()
}

impl Line {
    pub(crate) fn gross(&self) -> i64 {
        self.unit.saturating_mul(self.quantity)
    }

    pub(crate) fn discount(&self) -> i64 {
        off(&self.parts)
    }

    pub(crate) fn net(&self) -> i64 {
        self.gross().saturating_sub(self.discount())
    }

    pub(crate) fn tax(&self) -> i64 {
        add(self.taxes.iter().map(|tax| tax.amount))
    }

    pub(super) fn tax_it(&mut self, market: Market) {
        let taxes = if self.item.gift_card { &[] } else { market.taxes(self.item.reduced) };
        self.taxes = taxes_on(self.net(), taxes);
    }

    /// The amounts of the rows that say this line in Odoo, whose prices have two decimals: one row where list price and a
    /// discount of two decimals, or one net price, say it exactly; else two, one of them a cent dearer.
    fn rows(&self) -> Vec<i64> {
        let net = self.net();
        let exact = self.discount().saturating_mul(WHOLE).checked_rem(self.gross()) == Some(0);
        let few = net.checked_rem(self.quantity).unwrap_or(0);
        if exact || few == 0 {
            return vec![net];
        }
        let low = net.checked_div(self.quantity).unwrap_or(0);
        let many = self.quantity.saturating_sub(few);
        vec![low.saturating_mul(many), low.saturating_add(1).saturating_mul(few)]
    }
}

impl Shipping {
    pub(crate) fn discount(&self) -> i64 {
        off(&self.parts)
    }

    pub(crate) fn net(&self) -> i64 {
        self.price.saturating_sub(self.discount())
    }

    pub(crate) fn tax(&self) -> i64 {
        add(self.taxes.iter().map(|tax| tax.amount))
    }
}

/// The sums of a cart, as the shop states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Lines before discounts.
    pub(crate) gross: i64,
    /// Everything taken off, from shipping too.
    pub(crate) discounts: i64,
    /// Lines after discounts.
    pub(crate) subtotal: i64,
    /// Shipping after discounts.
    pub(crate) shipping: i64,
    pub(crate) tax: i64,
    /// What the buyer owes.
    pub(crate) total: i64,
}

impl Sums {
    pub(crate) fn of(cart: &Cart, included: bool) -> Self {
        let shipping = cart.shipping.as_ref();
        let of_shipping = |amount: fn(&Shipping) -> i64| shipping.map_or(0, amount);
        let subtotal = add(cart.lines.iter().map(Line::net));
        let tax = add(cart.lines.iter().map(Line::tax)).saturating_add(of_shipping(Shipping::tax));
        let on_top = if included { 0 } else { tax };
        let parts = [subtotal, of_shipping(Shipping::net), on_top, cart.tip, cart.duty, cart.fee, cart.rounding];
        Self {
            gross: add(cart.lines.iter().map(Line::gross)),
            discounts: add(cart.lines.iter().map(Line::discount)).saturating_add(of_shipping(Shipping::discount)),
            subtotal,
            shipping: of_shipping(Shipping::net),
            tax,
            total: add(parts.into_iter()),
        }
    }
}

/// How far Odoo's own taxes are from those that the shop charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Repairs {
    /// The rounding line that a company needs that rounds per line.
    pub(crate) per_line: i64,
    /// The rounding line that a company needs that rounds globally.
    pub(crate) globally: i64,
    /// Each tax is the same everywhere.
    pub(crate) same: bool,
    /// No tax, of a row or of all of them, is half a minor unit from the next.
    pub(crate) clear: bool,
}

/// Computes every tax of a cart by both of Odoo's rules and compares it with what the shop charged.
pub(crate) fn repairs(cart: &Cart, market: Market) -> Repairs {
    let mut rows: Vec<(i64, DemoTax)> = Vec::new();
    let mut charged: Vec<(DemoTax, i64)> = Vec::new();
    let lines = cart.lines.iter().map(|line| (line.rows(), &line.taxes));
    let shipping = cart.shipping.iter().map(|shipping| (vec![shipping.net()], &shipping.taxes));
    for (amounts, taxes) in lines.chain(shipping) {
        for taxed in taxes {
            rows.extend(amounts.iter().map(|amount| (*amount, taxed.tax)));
            match charged.iter_mut().find(|(tax, _)| *tax == taxed.tax) {
                Some((_, sum)) => *sum = sum.saturating_add(taxed.amount),
                None => charged.push((taxed.tax, taxed.amount)),
            }
        }
    }
    let mut found = Repairs { same: true, clear: true, ..Repairs::default() };
    for (tax, amount) in charged {
        let of_tax = rows.iter().filter(|(_, other)| *other == tax).map(|(row, _)| *row);
        let per_line = amount.saturating_sub(add(of_tax.clone().map(|row| tax_on(row, tax))));
        let sum = add(of_tax.clone());
        let globally = amount.saturating_sub(tax_on(sum, tax));
        found.clear &= !is_tie(sum, tax) && of_tax.into_iter().all(|row| !is_tie(row, tax));
        found.same &= per_line == 0 && globally == 0;
        if !market.tax_included() {
            found.per_line = found.per_line.saturating_add(per_line);
            found.globally = found.globally.saturating_add(globally);
        }
    }
    // Whole yen of a price with decimals round differently from version to version: no such line here.
    found.clear &= market != Market::Japan || cart.lines.iter().all(|line| line.rows().len() == 1);
    found
}

impl Sale {
    pub(crate) fn sums(&self) -> Sums {
        Sums::of(self.last_cart(), self.market.tax_included())
    }
}
