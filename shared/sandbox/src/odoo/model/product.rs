//! Products: a template and its variants hold the same.

use rust_decimal::Decimal;

use crate::odoo::{
    orm::{
        env::Env,
        names,
        write::{Vals, given},
    },
    schema::{self, Model, product},
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::{Kind, OdooError},
};

pub(super) fn defaults(db: &Db, record: &mut Record, vals: &Vals) {
    let first = |model: Model| Value::from_id(db.iter(model).next().map(|(id, _)| id));
    let template = record.id_at(product::TEMPLATE);
    let mut default = |slot: usize, value: Value| {
        if !given(vals, slot) {
            record.set(slot, value);
        }
    };
    default(product::TYPE, Value::text("consu"));
    default(product::STORABLE, Value::Bool(false));
    if !given(vals, product::LIST_PRICE) {
        default(product::PRICE, Value::Dec(Decimal::ONE));
    }
    default(product::SALE_OK, Value::Bool(true));
    default(product::PURCHASE_OK, Value::Bool(true));
    default(product::POLICY, Value::text("order"));
    default(product::UOM, first(schema::UOM));
    default(product::CATEGORY, first(schema::CATEGORY));
    // A variant of an existing template takes what the template has.
    if let Some(template) = template.and_then(|id| db.get(schema::TEMPLATE, id)) {
        for slot in product::SHARED {
            default(*slot, template.get(*slot).clone());
        }
    }
}

/// Keeps template and variants equal, and bar codes apart.
pub(super) fn after_change(db: &mut Db, env: &Env, (model, id): (Model, Id), vals: &Vals) -> Result<(), OdooError> {
    if given(vals, product::BARCODE) {
        check_barcode(db, (model, id))?;
    }
    let Some(record) = db.get(model, id).cloned() else { return Ok(()) };
    if model == schema::PRODUCT {
        let template = match record.id_at(product::TEMPLATE) {
            Some(template) => template,
            None => make_twin(db, env, (schema::TEMPLATE, None), &record),
        };
        db.set(schema::PRODUCT, id, product::TEMPLATE, Value::Int(template));
        copy_to_template(db, env, template);
        return Ok(());
    }
    let variants = db.find(schema::PRODUCT, product::TEMPLATE, &Value::Int(id));
    if variants.is_empty() {
        make_twin(db, env, (schema::PRODUCT, Some(id)), &record);
        return Ok(());
    }
    let single = variants.len() == 1;
    for variant in variants {
        db.edit(schema::PRODUCT, variant, |twin| {
            copy(&record, twin, product::SHARED);
            if single {
                copy(&record, twin, product::OF_VARIANT);
            }
            twin.written = env.now;
        });
    }
    Ok(())
}

fn copy(from: &Record, to: &mut Record, slots: &[usize]) {
    for slot in slots {
        to.set(*slot, from.get(*slot).clone());
    }
}

/// Makes the template of a product, or the product of a template.
fn make_twin(db: &mut Db, env: &Env, (model, template): (Model, Option<Id>), of: &Record) -> Id {
    let mut twin = Record::new(schema::of(model).stored(), env.now, env.user);
    copy(of, &mut twin, product::SHARED);
    copy(of, &mut twin, product::OF_VARIANT);
    twin.set(product::TEMPLATE, Value::from_id(template));
    let id = db.next_id(model);
    db.put(model, id, Some(twin));
    id
}

/// The template shows what its variants share, and of a single variant all.
fn copy_to_template(db: &mut Db, env: &Env, template: Id) {
    let variants = db.find(schema::PRODUCT, product::TEMPLATE, &Value::Int(template));
    let Some(variant) = variants.last().and_then(|id| db.get(schema::PRODUCT, *id)).cloned() else { return };
    for sibling in variants.iter().rev().skip(1) {
        db.edit(schema::PRODUCT, *sibling, |record| copy(&variant, record, product::SHARED));
    }
    let nothing = Record::default();
    let single = if variants.len() == 1 { &variant } else { &nothing };
    db.edit(schema::TEMPLATE, template, |record| {
        copy(&variant, record, product::SHARED);
        copy(single, record, product::OF_VARIANT);
        record.written = env.now;
    });
}

/// Exchange 204.
fn check_barcode(db: &Db, (model, id): (Model, Id)) -> Result<(), OdooError> {
    let barcode = db.field(model, id, product::BARCODE);
    if barcode.is_unset() {
        return Ok(());
    }
    let mut holders = db.find(schema::PRODUCT, product::BARCODE, &barcode);
    holders.retain(|holder| {
        model == schema::PRODUCT || db.field(schema::PRODUCT, *holder, product::TEMPLATE).as_id() != Some(id)
    });
    let allowed = usize::from(model == schema::PRODUCT);
    if holders.len() <= allowed {
        return Ok(());
    }
    let shown: Vec<String> = holders.iter().map(|id| names::display_name(db, schema::PRODUCT, *id)).collect();
    Err(OdooError::new(
        Kind::Validation,
        format!(
            "Barcode(s) already assigned:\n\n- Barcode \"{}\" already assigned to product(s): {}\n\nNote: products \
             that you don't have access to will not be shown above.",
            barcode.as_str(),
            shown.join(" and ")
        ),
    ))
}

/// A product in an order stays (worded after exchange 216).
pub(super) fn before_unlink(db: &Db, id: Id) -> Result<(), OdooError> {
    if db.find(schema::LINE, schema::line::PRODUCT, &Value::Int(id)).is_empty() {
        return Ok(());
    }
    Err(OdooError::new(
        Kind::Validation,
        "The operation cannot be completed: another model requires the record being deleted. If possible, archive it \
         instead.\n\nModel: Sales Order Line (sale.order.line)\nConstraint: sale_order_line_product_id_fkey\n",
    ))
}
