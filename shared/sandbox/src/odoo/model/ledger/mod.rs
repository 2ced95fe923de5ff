//! Invoices and credit notes: defaults, amounts, posting, what posting matches.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::totals;
use crate::odoo::{
    number::{self, add, sub},
    orm::{
        access::{self, Operation},
        compute,
        env::Env,
        names,
        write::{Vals, given},
    },
    schema::{
        self,
        ledger::{entry, entry_line, journal},
        line, product,
    },
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::OdooError,
};

/// Defaults of an invoice or credit note: the company's own currency, its first journal of sales.
pub(super) fn defaults(db: &Db, env: &Env, record: &mut Record, vals: &Vals) {
    if !given(vals, entry::COMPANY) || record.get(entry::COMPANY).is_unset() {
        record.set(entry::COMPANY, Value::Int(env.company));
    }
    let company = record.get(entry::COMPANY).clone();
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    let mine = db.iter(schema::JOURNAL).find(|(_, one)| {
        one.get(journal::TYPE).as_str() == "sale" && one.get(journal::COMPANY).as_id() == company.as_id()
    });
    default(entry::KIND, Value::text("entry"));
    default(entry::JOURNAL, Value::from_id(mine.map(|(id, _)| id)));
    let currency = company.as_id().map(|id| db.field(schema::COMPANY, id, schema::base::company::CURRENCY));
    default(entry::CURRENCY, currency.unwrap_or_default());
    record.set(entry::STATE, Value::text("draft"));
    record.set(entry::PAYMENT_STATE, Value::text("not_paid"));
    for slot in [entry::UNTAXED, entry::TAX, entry::TOTAL, entry::RESIDUAL] {
        record.set(slot, Value::Dec(Decimal::ZERO));
    }
}

/// Defaults of a line. Leaving the tax column out applies the product's own taxes.
pub(super) fn line_defaults(db: &Db, record: &mut Record, vals: &Vals) {
    let item = record.id_at(entry_line::PRODUCT);
    let company = record.id_at(entry_line::ENTRY).map(|id| db.field(schema::ENTRY, id, entry::COMPANY));
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    default(entry_line::SEQUENCE, Value::Int(10));
    default(entry_line::QUANTITY, Value::Dec(Decimal::ONE));
    default(entry_line::DISCOUNT, Value::Dec(Decimal::ZERO));
    default(entry_line::PRICE, Value::Dec(Decimal::ZERO));
    default(entry_line::DISPLAY_TYPE, Value::text("product"));
    if let Some(item) = item {
        default(entry_line::NAME, Value::text(&names::display_name(db, schema::PRODUCT, item)));
        let taxes = db.field(schema::PRODUCT, item, product::TAXES);
        let of = |tax: &Id| Some(db.field(schema::TAX, *tax, schema::account::tax::COMPANY)) == company;
        let mine: Vec<Id> = taxes.as_ids().iter().filter(|tax| of(tax)).copied().collect();
        default(entry_line::TAXES, Value::ids(&mine));
    }
}

fn state(db: &Db, id: Id) -> String {
    db.field(schema::ENTRY, id, entry::STATE).as_str().to_owned()
}

/// Lines of a posted entry do not change. By Odoo's source: not recorded.
pub(super) fn check_draft(db: &Db, line_id: Id) -> Result<(), OdooError> {
    let Some(owner) = db.field(schema::ENTRY_LINE, line_id, entry_line::ENTRY).as_id() else { return Ok(()) };
    if state(db, owner) != "posted" {
        return Ok(());
    }
    let name = names::display_name(db, schema::ENTRY, owner);
    Err(OdooError::user(format!("You cannot modify the lines of the posted entry {name}: reset it to draft first.")))
}

/// Amounts of a line and of its entry, and what the order's lines show as invoiced.
pub(super) fn after_line_change(db: &mut Db, env: &Env, line_id: Id) -> Result<(), OdooError> {
    check_draft(db, line_id)?;
    let Some(owner) = db.field(schema::ENTRY_LINE, line_id, entry_line::ENTRY).as_id() else { return Ok(()) };
    recompute(db, env, owner);
    Ok(())
}

/// Rewrites the amounts of an entry and of its lines.
fn recompute(db: &mut Db, env: &Env, id: Id) {
    let field = |slot| db.field(schema::ENTRY, id, slot).as_id();
    let rounding = totals::Rounding::of(db, field(entry::COMPANY), field(entry::CURRENCY));
    let lines = compute::children(db, schema::ENTRY_LINE, entry_line::ENTRY, id);
    let mut taxed = Vec::new();
    for line_id in &lines {
        let Some(record) = db.get(schema::ENTRY_LINE, *line_id) else { continue };
        let numbers = [entry_line::PRICE, entry_line::QUANTITY, entry_line::DISCOUNT];
        let [price, quantity, discount] = numbers.map(|slot| record.get(slot).as_dec());
        let sold = super::tax::Sold { price, quantity, discount };
        let rates = super::tax::rates(db, record.get(entry_line::TAXES).as_ids());
        let line = super::tax::compute(&rates, sold, rounding.line_digits());
        let (subtotal, total) = totals::line_amounts(&line, env.version, rounding);
        db.edit(schema::ENTRY_LINE, *line_id, |record| {
            record.set(entry_line::SUBTOTAL, Value::Dec(subtotal));
            record.set(entry_line::LINE_TOTAL, Value::Dec(total));
        });
        taxed.push(line);
    }
    let (untaxed, tax) = totals::document(db, &taxed, rounding);
    db.edit(schema::ENTRY, id, |record| {
        record.set(entry::UNTAXED, Value::Dec(untaxed));
        record.set(entry::TAX, Value::Dec(tax));
        record.set(entry::TOTAL, Value::Dec(add(untaxed, tax)));
        record.set(entry::RESIDUAL, Value::Dec(add(untaxed, tax)));
    });
    follow_sales(db, id);
}

/// `qty_invoiced` of the order lines that an entry names, and their way to it.
pub(super) fn follow_sales(db: &mut Db, id: Id) {
    for line_id in db.find(schema::ENTRY_LINE, entry_line::ENTRY, &Value::Int(id)) {
        for sold in db.field(schema::ENTRY_LINE, line_id, entry_line::SALE_LINES).as_ids().to_vec() {
            let mut known = db.field(schema::LINE, sold, line::INVOICE_LINES).as_ids().to_vec();
            if !known.contains(&line_id) {
                known.push(line_id);
            }
            let quantity = invoiced(db, &known);
            db.edit(schema::LINE, sold, |record| {
                record.set(line::INVOICE_LINES, Value::ids(&known));
                record.set(line::INVOICED, Value::Dec(quantity));
            });
        }
    }
}

/// The lines go with their entry.
pub(crate) fn unlink_lines(db: &mut Db, id: Id) {
    for line_id in db.find(schema::ENTRY_LINE, entry_line::ENTRY, &Value::Int(id)) {
        forget_line(db, line_id);
    }
}

/// A line goes from its entry, which comes to less.
pub(crate) fn unlink_line(db: &mut Db, env: &Env, line_id: Id) {
    let owner = db.field(schema::ENTRY_LINE, line_id, entry_line::ENTRY).as_id();
    forget_line(db, line_id);
    if let Some(owner) = owner {
        recompute(db, env, owner);
    }
}

/// Order lines no longer show it.
fn forget_line(db: &mut Db, line_id: Id) {
    let sold = db.field(schema::ENTRY_LINE, line_id, entry_line::SALE_LINES).as_ids().to_vec();
    db.put(schema::ENTRY_LINE, line_id, None);
    for sold in sold {
        let known = db.field(schema::LINE, sold, line::INVOICE_LINES);
        let known: Vec<Id> = known.as_ids().iter().filter(|known| **known != line_id).copied().collect();
        let quantity = invoiced(db, &known);
        db.set(schema::LINE, sold, line::INVOICE_LINES, Value::ids(&known));
        db.set(schema::LINE, sold, line::INVOICED, Value::Dec(quantity));
    }
}

/// Units on invoices less those on credit notes, drafts too (Odoo's `_compute_qty_invoiced`).
fn invoiced(db: &Db, lines: &[Id]) -> Decimal {
    lines.iter().fold(Decimal::ZERO, |sum, line_id| match signed(db, *line_id) {
        Some(("cancel", _)) | None => sum,
        Some((_, sign)) => {
            let units = db.field(schema::ENTRY_LINE, *line_id, entry_line::QUANTITY).as_dec();
            if sign { add(sum, units) } else { sub(sum, units) }
        }
    })
}

/// State of a line's entry, and whether it is an invoice.
fn signed(db: &Db, line_id: Id) -> Option<(&'static str, bool)> {
    let owner = db.get(schema::ENTRY_LINE, line_id)?.id_at(entry_line::ENTRY)?;
    let record = db.get(schema::ENTRY, owner)?;
    let state = match record.get(entry::STATE).as_str() {
        "posted" => "posted",
        "cancel" => "cancel",
        _ => "draft",
    };
    Some((state, record.get(entry::KIND).as_str() == "out_invoice"))
}

/// What of an order line is posted: units, and the amount with tax.
pub(crate) fn posted(db: &Db, line_id: Id) -> (Decimal, Decimal) {
    let lines = db.field(schema::LINE, line_id, line::INVOICE_LINES);
    lines.as_ids().iter().fold((Decimal::ZERO, Decimal::ZERO), |(units, amount), id| match signed(db, *id) {
        Some(("posted", sign)) => {
            let more = db.field(schema::ENTRY_LINE, *id, entry_line::QUANTITY).as_dec();
            let worth = db.field(schema::ENTRY_LINE, *id, entry_line::LINE_TOTAL).as_dec();
            if sign { (add(units, more), add(amount, worth)) } else { (sub(units, more), sub(amount, worth)) }
        }
        Some(_) | None => (units, amount),
    })
}

/// Entries that invoice an order, in their order.
pub(crate) fn of_order(db: &Db, order_id: Id) -> Vec<Id> {
    let lines = db.find(schema::LINE, line::ORDER, &Value::Int(order_id));
    let named = lines.into_iter().flat_map(|id| db.field(schema::LINE, id, line::INVOICE_LINES).as_ids().to_vec());
    let mut owners: Vec<Id> = named.filter_map(|id| db.get(schema::ENTRY_LINE, id)?.id_at(entry_line::ENTRY)).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// `action_post`: gives the number, moves the date out of a closed period (451, 496), matches what it reverses (441, 498).
pub(crate) fn post(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    access::check(env, schema::ENTRY, Operation::Write)?;
    for id in ids {
        let Some(record) = db.get(schema::ENTRY, *id) else {
            return Err(OdooError::missing(schema::ENTRY, *id, env.user));
        };
        if record.get(entry::STATE).as_str() != "draft" {
            // Exchange 067.
            let name = record.get(entry::NAME);
            return Err(OdooError::user(format!("The entry {} (id {id}) must be in draft.", name.as_str())));
        }
    }
    for id in ids {
        post_one(db, env, *id);
    }
    Ok(Json::Bool(false))
}

fn post_one(db: &mut Db, env: &Env, id: Id) {
    let today = today(env);
    let asked = db.field(schema::ENTRY, id, entry::INVOICE_DATE);
    let asked = if asked.is_unset() { today.clone() } else { asked.as_str().to_owned() };
    let company = db.field(schema::ENTRY, id, entry::COMPANY).as_id();
    let locked = company.map(|id| db.field(schema::COMPANY, id, schema::base::company::LOCK_DATE)).unwrap_or_default();
    let closed = !locked.is_unset() && *asked <= *locked.as_str();
    let date = if closed { open_date(env, locked.as_str(), &today) } else { asked.clone() };
    let named = !db.field(schema::ENTRY, id, entry::NAME).is_unset();
    let name = if named { db.field(schema::ENTRY, id, entry::NAME).as_str().to_owned() } else { number(db, id, &date) };
    db.edit(schema::ENTRY, id, |record| {
        record.set(entry::NAME, Value::text(&name));
        record.set(entry::STATE, Value::text("posted"));
        record.set(entry::INVOICE_DATE, Value::text(&asked));
        record.set(entry::DATE, Value::text(&date));
        record.written = env.now;
    });
    match_reversed(db, id);
    follow_sales(db, id);
}

fn today(env: &Env) -> String {
    number::datetime_text(env.now).get(..10).unwrap_or_default().to_owned()
}

/// 18 takes the day of posting (496), 19 the last day of the first open month (451).
fn open_date(env: &Env, locked: &str, today: &str) -> String {
    let first = locked.parse::<jiff::civil::Date>().ok().and_then(|date| date.tomorrow().ok());
    match first {
        Some(date) if env.version >= 19 => date.last_of_month().to_string().min(today.to_owned()),
        Some(_) | None => today.to_owned(),
    }
}

/// `INV/2026/00001`, `RINV/2026/00001`: one row of numbers per journal, kind and year.
fn number(db: &mut Db, id: Id, date: &str) -> String {
    let owner = db.field(schema::ENTRY, id, entry::JOURNAL).as_id().unwrap_or_default();
    let code = db.field(schema::JOURNAL, owner, journal::CODE);
    let sign = if db.field(schema::ENTRY, id, entry::KIND).as_str() == "out_refund" { "R" } else { "" };
    let prefix = format!("{sign}{}/{}", code.as_str(), date.get(..4).unwrap_or_default());
    let next = db.next_number(&format!("account.move/{owner}/{prefix}"));
    format!("{prefix}/{next:05}")
}

/// A credit note uses up what is open of the invoice that it reverses.
fn match_reversed(db: &mut Db, id: Id) {
    let Some(invoice) = db.field(schema::ENTRY, id, entry::REVERSES).as_id() else { return };
    if state(db, invoice) != "posted" || db.field(schema::ENTRY, id, entry::KIND).as_str() != "out_refund" {
        return;
    }
    let open = |db: &Db, id| db.field(schema::ENTRY, id, entry::RESIDUAL).as_dec();
    let matched = open(db, id).min(open(db, invoice));
    if matched <= Decimal::ZERO {
        return;
    }
    for (one, word) in [(id, "paid"), (invoice, "reversed")] {
        let left = sub(open(db, one), matched);
        let word = if left.is_zero() { word } else { "partial" };
        db.edit(schema::ENTRY, one, |record| {
            record.set(entry::RESIDUAL, Value::Dec(left));
            record.set(entry::PAYMENT_STATE, Value::text(word));
        });
    }
}

/// `button_cancel` of drafts.
pub(crate) fn cancel(db: &mut Db, env: &Env, ids: &[Id]) -> Result<Json, OdooError> {
    access::check(env, schema::ENTRY, Operation::Write)?;
    for id in ids {
        if state(db, *id) != "draft" {
            return Err(OdooError::user("Only draft journal entries can be cancelled."));
        }
        db.edit(schema::ENTRY, *id, |record| record.set(entry::STATE, Value::text("cancel")));
        follow_sales(db, *id);
    }
    Ok(Json::Bool(true))
}

/// Only a draft may go.
pub(super) fn before_unlink(db: &Db, id: Id) -> Result<(), OdooError> {
    if state(db, id) == "posted" {
        return Err(OdooError::user("You cannot delete a posted journal entry."));
    }
    Ok(())
}
