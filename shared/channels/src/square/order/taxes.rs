//! Taxes: rates stand with the order, amounts with what they are on (`applied_taxes`). Additive ones come on top of the prices,
//! inclusive ones are in them; where an order has both, its canonical prices contain all of it.

use rust_decimal::Decimal;
use sluice_domain::{
    order::Tax,
    value::{Currency, Money, Rate},
};

use crate::{
    Refusal, Warning,
    doc::Doc,
    json::{MAX_PARTS, bound, refuse},
    square::wire::{objects, out_of_range, own, title},
};

/// The taxes of an order.
pub(in crate::square) struct Taxes<'a> {
    known: Vec<Known<'a>>,
    /// Prices of the canonical order contain tax.
    pub(in crate::square) included: bool,
}

struct Known<'a> {
    uid: &'a str,
    title: String,
    rate: Rate,
    inclusive: bool,
}

/// The taxes on one thing.
pub(super) struct Applied {
    pub(super) taxes: Vec<Tax>,
    /// What comes on top of the thing's price.
    pub(super) additive: Money,
}

impl<'a> Taxes<'a> {
    /// Reads the taxes of an order.
    pub(in crate::square) fn of(doc: &Doc<'a>, warnings: &mut Vec<Warning>) -> Result<Self, Refusal> {
        Self::listed(doc, "taxes", warnings)
    }

    /// The same of a return.
    pub(in crate::square) fn of_return(doc: &Doc<'a>, warnings: &mut Vec<Warning>) -> Result<Self, Refusal> {
        Self::listed(doc, "return_taxes", warnings)
    }

    fn listed(doc: &Doc<'a>, list: &'static str, warnings: &mut Vec<Warning>) -> Result<Self, Refusal> {
        let all = objects(doc, list)?.unwrap_or_default();
        bound(list, all.len(), MAX_PARTS)?;
        let mut known = Vec::with_capacity(all.len());
        for one in &all {
            let inclusive = match one.text("type") {
                Some("INCLUSIVE") => true,
                Some("ADDITIVE") | None => false,
                Some(_) => {
                    let message = "a kind of tax that this build does not know; it counts as one on top of the price";
                    warnings.push(Warning::new("schema_drift", format!("{list}.type"), message));
                    false
                }
            };
            let title = title(one, "name");
            known.push(Known { uid: one.text("uid").unwrap_or_default(), title, rate: rate(one, list)?, inclusive });
        }
        let included = known.iter().any(|one| one.inclusive);
        Ok(Self { known, included })
    }

    /// The taxes on a line or a charge.
    pub(super) fn on(&self, doc: &Doc<'_>, currency: Currency) -> Result<Applied, Refusal> {
        let stated = objects(doc, "applied_taxes")?.unwrap_or_default();
        bound("applied_taxes", stated.len(), MAX_PARTS)?;
        let mut all = Applied { taxes: Vec::with_capacity(stated.len()), additive: Money::zero(currency) };
        for one in &stated {
            let Some(amount) = own(one, "applied_money", currency)? else { continue };
            let uid = one.text("tax_uid").unwrap_or_default();
            let only = self.known.first().filter(|_| self.known.len() == 1);
            all.add(self.known.iter().find(|known| known.uid == uid).or(only), amount)?;
        }
        // Some answers leave the references out.
        if let Some(amount) = own(doc, "total_tax_money", currency)?.filter(|amount| !amount.is_zero())
            && all.taxes.is_empty()
        {
            all.add(self.known.first(), amount)?;
        }
        Ok(all)
    }

    /// An amount that contains every tax, as prices of the canonical order go.
    pub(in crate::square) fn price(&self, with_all: Money, additive: Money) -> Result<Money, Refusal> {
        let price = if self.included { Ok(with_all) } else { with_all.minus(additive) };
        price.map_err(out_of_range("total_money"))
    }

    /// What is taxed on top of its price, of one tax amount that is stated as a whole.
    pub(in crate::square) fn additive(&self, doc: &Doc<'_>, currency: Currency) -> Result<Money, Refusal> {
        Ok(self.on(doc, currency)?.additive)
    }
}

impl Applied {
    fn add(&mut self, tax: Option<&Known<'_>>, amount: Money) -> Result<(), Refusal> {
        if !tax.is_some_and(|tax| tax.inclusive) {
            self.additive = self.additive.plus(amount).map_err(out_of_range("applied_taxes"))?;
        }
        if !amount.is_zero() {
            let title = tax.map_or_else(|| "Tax".to_owned(), |tax| tax.title.clone());
            let rate = tax.map_or_else(|| Rate::new(Decimal::ZERO), |tax| tax.rate);
            self.taxes.push(Tax { title, rate, amount, remitted_by_channel: false });
        }
        Ok(())
    }
}

/// `"7.25"` is 7.25 %.
fn rate(doc: &Doc<'_>, list: &'static str) -> Result<Rate, Refusal> {
    let percent =
        doc.quantity("percentage").map_err(|refusal| refuse(format!("{list}.percentage"), refusal.problem))?;
    let fraction = percent.unwrap_or_default().checked_div(Decimal::ONE_HUNDRED).unwrap_or_default();
    if fraction.abs() > Decimal::TEN {
        return Err(refuse(format!("{list}.percentage"), "expected a percentage"));
    }
    Ok(Rate::new(fraction.normalize()))
}
