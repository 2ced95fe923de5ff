//! Order lines.

use rust_decimal::Decimal;

use super::{delivery, order as orders, totals};
use crate::odoo::{
    orm::{
        env::Env,
        write::{Input, Vals, given},
    },
    schema::{self, account, line, order, product},
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::{Kind, OdooError},
};

pub(super) fn defaults(db: &Db, env: &Env, record: &mut Record, vals: &Vals) {
    let item = record.id_at(line::PRODUCT);
    let order_id = record.id_at(line::ORDER);
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    default(line::SEQUENCE, Value::Int(10));
    default(line::QUANTITY, Value::Dec(Decimal::ONE));
    // By source (`_compute_discount`): not recorded.
    default(line::DISCOUNT, Value::Dec(env.list_discount.into()));
    default(line::DELIVERED, Value::Dec(Decimal::ZERO));
    default(line::INVOICED, Value::Dec(Decimal::ZERO));
    default(line::PRICE, Value::Dec(Decimal::ZERO));
    if let Some(item) = item {
        default(line::NAME, Value::text(&crate::odoo::orm::names::display_name(db, schema::PRODUCT, item)));
        default(line::PRICE, Value::Dec(db.field(schema::PRODUCT, item, product::PRICE).as_dec()));
        default(line::UOM, db.field(schema::PRODUCT, item, product::UOM));
        // Leaving the tax column out applies the product's own taxes (README): those of the order's company.
        let company = order_id.map(|id| db.field(schema::ORDER, id, order::COMPANY)).unwrap_or_default();
        let taxes = db.field(schema::PRODUCT, item, product::TAXES);
        let mine: Vec<Id> = taxes
            .as_ids()
            .iter()
            .filter(|tax| db.field(schema::TAX, **tax, account::tax::COMPANY) == company)
            .copied()
            .collect();
        default(line::TAXES, Value::ids(&mine));
    }
}

pub(super) fn check_row(record: &Record) -> Result<(), OdooError> {
    if record.get(line::DISPLAY_TYPE).is_unset() && record.get(line::PRODUCT).is_unset() {
        return Err(OdooError::new(Kind::Constraint, "'Missing required fields on accountable sale order line.'"));
    }
    Ok(())
}

/// What a confirmed order does not allow (exchange 491).
pub(super) fn before_write(db: &Db, id: Id, vals: &Vals) -> Result<(), OdooError> {
    let order_id = db.field(schema::LINE, id, line::ORDER).as_id();
    if order_id.is_none_or(|order_id| orders::state(db, order_id) != "sale") {
        return Ok(());
    }
    for (slot, input) in vals {
        let Input::Value(value) = input else { continue };
        if *slot == line::QUANTITY && value.as_dec() < db.field(schema::LINE, id, line::DELIVERED).as_dec() {
            return Err(OdooError::user(
                "The ordered quantity of a sale order line cannot be decreased below the amount already delivered. \
                 Instead, create a return in your inventory.",
            ));
        }
        if *slot == line::PRODUCT && *value != db.field(schema::LINE, id, line::PRODUCT) {
            return Err(OdooError::user("You cannot modify the product of this order line."));
        }
    }
    Ok(())
}

/// Exchange 489.
pub(super) fn before_unlink(db: &Db, id: Id) -> Result<(), OdooError> {
    let order_id = db.field(schema::LINE, id, line::ORDER).as_id();
    if order_id.is_some_and(|order_id| orders::state(db, order_id) == "sale") {
        return Err(OdooError::user(
            "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets \
             invoiced or delivered).\n                Set the quantity to 0 instead.",
        ));
    }
    Ok(())
}

/// Amounts of the line and of its order; the deliveries of a confirmed order follow its quantity.
pub(super) fn after_change(db: &mut Db, env: &Env, id: Id, quantity: bool) -> Result<(), OdooError> {
    check_taxes(db, env, id)?;
    let Some(order_id) = db.field(schema::LINE, id, line::ORDER).as_id() else { return Ok(()) };
    totals::recompute_line(db, env.version, id);
    totals::recompute(db, env.version, order_id);
    if quantity && orders::state(db, order_id) == "sale" {
        delivery::follow_quantity(db, env, id);
    }
    Ok(())
}

/// A tax of a company that the caller does not see (exchange 460), or of another company than the order's.
fn check_taxes(db: &Db, env: &Env, id: Id) -> Result<(), OdooError> {
    let Some(record) = db.get(schema::LINE, id) else { return Ok(()) };
    let company =
        record.id_at(line::ORDER).and_then(|order_id| db.field(schema::ORDER, order_id, order::COMPANY).as_id());
    let field = if env.version <= 18 { "tax_id" } else { "tax_ids" };
    for tax in record.get(line::TAXES).as_ids() {
        let of = db.field(schema::TAX, *tax, account::tax::COMPANY).as_id();
        if !env.sees(of) {
            let owner = of.map(|of| crate::odoo::orm::names::display_name(db, schema::COMPANY, of)).unwrap_or_default();
            let user = db.field(schema::USER, env.user, schema::base::user::NAME);
            return Err(OdooError::new(
                Kind::Access,
                format!(
                    "Failed to write field sale.order.line.{field}\nUh-oh! Looks like you have stumbled upon some \
                     top-secret records.\n\nSorry, {} (id={}) doesn't have 'read' access to:\n- Tax \
                     (account.tax)\n\nIf you really, really need access, perhaps you can win over your friendly \
                     administrator with a batch of freshly baked cookies.\n\nThis seems to be a multi-company issue, \
                     you might be able to access the record by switching to the company: {owner}.",
                    user.as_str(),
                    env.user
                ),
            ));
        }
        if of != company {
            return Err(orders::mismatch(db, (schema::LINE, id, company), ("Taxes", field), (schema::TAX, *tax)));
        }
    }
    Ok(())
}
