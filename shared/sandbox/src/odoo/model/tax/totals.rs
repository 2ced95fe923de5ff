//! Amounts of lines and orders, and `tax_totals`.
//!
//! Per line: each tax of each line is rounded, then added. Globally: each tax is added over the lines, then rounded
//! (exchanges 405, 457); what is contained in prices is split out of the unchanged total (456, 481).

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::{Sold, Taxed, compute, rates};
use crate::odoo::{
    number::{self, add, div, round, sub},
    orm::{compute as computed, env::Env},
    schema::{self, account, base, line, order},
    store::{
        Db,
        value::{Id, Value},
    },
};

/// How a document's amounts are rounded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rounding {
    digits: u32,
    globally: bool,
}

impl Rounding {
    fn of_order(db: &Db, order_id: Id) -> Self {
        let field = |slot| db.field(schema::ORDER, order_id, slot).as_id();
        Self::of(db, field(order::COMPANY), field(order::CURRENCY))
    }

    /// As the company rounds, to the digits of the currency.
    pub(crate) fn of(db: &Db, company: Option<Id>, currency: Option<Id>) -> Self {
        let method = company.map(|id| db.field(schema::COMPANY, id, base::company::ROUNDING_METHOD));
        Self {
            digits: computed::currency_digits(db, currency),
            globally: method.is_some_and(|method| method.as_str() == "round_globally"),
        }
    }

    /// Digits to which each line is rounded, if it is.
    pub(crate) fn line_digits(self) -> Option<u32> {
        (!self.globally).then_some(self.digits)
    }
}

fn taxed(db: &Db, line_id: Id, digits: Option<u32>) -> Option<Taxed> {
    let record = db.get(schema::LINE, line_id)?;
    if !record.get(line::DISPLAY_TYPE).is_unset() {
        return None;
    }
    let sold = Sold {
        price: record.get(line::PRICE).as_dec(),
        quantity: record.get(line::QUANTITY).as_dec(),
        discount: record.get(line::DISCOUNT).as_dec(),
    };
    Some(compute(&rates(db, record.get(line::TAXES).as_ids()), sold, digits))
}

/// Subtotal and total of one line.
///
/// 19 rounds each tax of the line (406: 44.55 at 6 % and 2.25 % is 48.22), 18 the sum of what its company left unrounded.
pub(crate) fn line_amounts(line: &Taxed, version: u16, rounding: Rounding) -> (Decimal, Decimal) {
    if version < 19 {
        return (round(line.excluded, rounding.digits), round(line.included(), rounding.digits));
    }
    let taxes = rounded_taxes(line, rounding.digits);
    if line.all_included {
        let total = round(line.included(), rounding.digits);
        return (sub(total, taxes), total);
    }
    let subtotal = round(line.excluded, rounding.digits);
    (subtotal, add(subtotal, taxes))
}

/// What a document of these lines comes to: without tax, and its tax.
pub(crate) fn document(db: &Db, lines: &[Taxed], rounding: Rounding) -> (Decimal, Decimal) {
    let tax = groups(db, lines, rounding).iter().fold(Decimal::ZERO, |sum, group| add(sum, group.tax));
    (untaxed(lines.iter(), rounding), tax)
}

/// Rewrites the amounts of one line of an order.
pub(crate) fn recompute_line(db: &mut Db, version: u16, line_id: Id) {
    let Some(order_id) = db.field(schema::LINE, line_id, line::ORDER).as_id() else { return };
    let rounding = Rounding::of_order(db, order_id);
    let taxed = taxed(db, line_id, rounding.line_digits());
    let (subtotal, total) =
        taxed.map_or((Decimal::ZERO, Decimal::ZERO), |taxed| line_amounts(&taxed, version, rounding));
    db.edit(schema::LINE, line_id, |record| {
        record.set(line::SUBTOTAL, Value::Dec(subtotal));
        record.set(line::LINE_TOTAL, Value::Dec(total));
    });
}

fn rounded_taxes(taxed: &Taxed, digits: u32) -> Decimal {
    taxed.taxes.iter().fold(Decimal::ZERO, |sum, tax| add(sum, round(tax.amount, digits)))
}

/// One tax group of an order.
#[derive(Clone, Debug)]
struct GroupTotal {
    id: Id,
    taxes: Vec<Id>,
    tax: Decimal,
    base: Decimal,
}

/// The amounts of an order.
#[derive(Clone, Debug)]
struct Totals {
    untaxed: Decimal,
    tax: Decimal,
    groups: Vec<GroupTotal>,
}

impl Totals {
    fn of(db: &Db, order_id: Id) -> Self {
        let rounding = Rounding::of_order(db, order_id);
        let lines: Vec<Taxed> = computed::children(db, schema::LINE, line::ORDER, order_id)
            .into_iter()
            .filter_map(|line_id| taxed(db, line_id, rounding.line_digits()))
            .collect();
        let groups = groups(db, &lines, rounding);
        let tax = groups.iter().fold(Decimal::ZERO, |sum, group| add(sum, group.tax));
        Self { untaxed: untaxed(lines.iter(), rounding), tax, groups }
    }
}

/// Sum without tax: of prices without tax rounded once; of prices with tax, what their rounded taxes leave.
fn untaxed<'a>(lines: impl Iterator<Item = &'a Taxed>, rounding: Rounding) -> Decimal {
    let (mut net, mut gross) = (Decimal::ZERO, Decimal::ZERO);
    let mut contained = Vec::new();
    for line in lines {
        if line.all_included && rounding.globally {
            gross = add(gross, line.included());
            contained.push(line);
        } else {
            net = add(net, line.excluded);
        }
    }
    let taxes: Decimal = per_tax(contained.into_iter(), rounding)
        .into_iter()
        .fold(Decimal::ZERO, |sum, (_, _, amount)| add(sum, amount));
    add(round(net, rounding.digits), sub(round(gross, rounding.digits), taxes))
}

/// Each tax (id, group) with its rounded sum.
fn per_tax<'a>(lines: impl Iterator<Item = &'a Taxed>, rounding: Rounding) -> Vec<(Id, Id, Decimal)> {
    let mut sums: Vec<(Id, Id, Decimal)> = Vec::new();
    for tax in lines.flat_map(|line| &line.taxes) {
        match sums.iter_mut().find(|(id, _, _)| *id == tax.rate.id) {
            Some((_, _, sum)) => *sum = add(*sum, tax.amount),
            None => sums.push((tax.rate.id, tax.rate.group, tax.amount)),
        }
    }
    for (_, _, sum) in &mut sums {
        *sum = round(*sum, rounding.digits);
    }
    sums
}

fn groups(db: &Db, lines: &[Taxed], rounding: Rounding) -> Vec<GroupTotal> {
    let mut groups: Vec<GroupTotal> = Vec::new();
    for (tax, group, amount) in per_tax(lines.iter(), rounding) {
        match groups.iter_mut().find(|known| known.id == group) {
            Some(known) => {
                known.taxes.push(tax);
                known.tax = add(known.tax, amount);
            }
            None => groups.push(GroupTotal { id: group, taxes: vec![tax], tax: amount, base: Decimal::ZERO }),
        }
    }
    for group in &mut groups {
        let of_group = lines.iter().filter(|line| line.taxes.iter().any(|tax| tax.rate.group == group.id));
        group.base = untaxed(of_group, rounding);
        group.taxes.sort_unstable();
    }
    groups.sort_by_key(|group| {
        (db.field(schema::TAX_GROUP, group.id, account::group::SEQUENCE).as_id().unwrap_or(0), group.id)
    });
    groups
}

/// Writes the amounts of an order.
pub(crate) fn recompute(db: &mut Db, _version: u16, order_id: Id) {
    if db.get(schema::ORDER, order_id).is_none() {
        return;
    }
    let totals = Totals::of(db, order_id);
    db.edit(schema::ORDER, order_id, |record| {
        record.set(order::UNTAXED, Value::Dec(totals.untaxed));
        record.set(order::TAX, Value::Dec(totals.tax));
        record.set(order::TOTAL, Value::Dec(add(totals.untaxed, totals.tax)));
    });
}

/// Puts an amount in the order's currency and in the company's.
fn put(map: &mut Map<String, Json>, name: &str, amount: Decimal, (rate, digits): (Decimal, u32)) {
    map.insert(format!("{name}_currency"), number::float(amount));
    map.insert(name.to_owned(), number::float(round(div(amount, rate), digits)));
}

/// `tax_totals` (exchanges 022, 405, 475).
pub(crate) fn tax_totals(db: &Db, _env: &Env, order_id: Id) -> Json {
    let totals = Totals::of(db, order_id);
    let company = db.field(schema::ORDER, order_id, order::COMPANY).as_id();
    let own = company.and_then(|id| db.field(schema::COMPANY, id, base::company::CURRENCY).as_id());
    let currency = db.field(schema::ORDER, order_id, order::CURRENCY).as_id();
    let to_own = (computed::order_rate(db, order_id), computed::currency_digits(db, own));
    let step = |currency: Option<Id>| {
        number::float(
            currency.map(|id| db.field(schema::CURRENCY, id, account::currency::ROUNDING).as_dec()).unwrap_or_default(),
        )
    };
    let groups: Vec<Json> = totals.groups.iter().map(|group| group_json(db, group, to_own)).collect();
    let mut subtotal = Map::new();
    subtotal.insert("name".into(), json!("Untaxed Amount"));
    subtotal.insert("tax_groups".into(), Json::Array(groups));
    let mut map = Map::new();
    map.insert("currency_id".into(), json!(currency));
    map.insert("currency_pd".into(), step(currency));
    map.insert("company_currency_id".into(), json!(own));
    map.insert("company_currency_pd".into(), step(own));
    map.insert("has_tax_groups".into(), json!(!totals.groups.is_empty()));
    map.insert(
        "same_tax_base".into(),
        json!(totals.groups.windows(2).all(|pair| pair.first().map(|one| one.base) == pair.last().map(|two| two.base))),
    );
    for target in [&mut subtotal, &mut map] {
        put(target, "base_amount", totals.untaxed, to_own);
        put(target, "tax_amount", totals.tax, to_own);
    }
    put(&mut map, "total_amount", add(totals.untaxed, totals.tax), to_own);
    map.insert("subtotals".into(), json!([subtotal]));
    Json::Object(map)
}

fn group_json(db: &Db, group: &GroupTotal, to_own: (Decimal, u32)) -> Json {
    let mut map = Map::new();
    map.insert("id".into(), json!(group.id));
    map.insert("involved_tax_ids".into(), json!(group.taxes));
    put(&mut map, "tax_amount", group.tax, to_own);
    put(&mut map, "base_amount", group.base, to_own);
    put(&mut map, "display_base_amount", group.base, to_own);
    let name = db.field(schema::TAX_GROUP, group.id, account::group::NAME);
    map.insert("group_name".into(), json!(name.as_str()));
    map.insert("group_label".into(), json!(false));
    Json::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_taken_off_before_the_tax() {
        let sold = Sold { price: Decimal::new(495, 1), quantity: Decimal::ONE, discount: Decimal::TEN };
        let line = compute(&[], sold, Some(2));
        assert_eq!(line.excluded, Decimal::new(4455, 2));
        assert_eq!(line.excluded, line.included());
    }
}
