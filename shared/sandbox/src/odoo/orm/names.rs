//! Display names, as Odoo composes them.

use crate::odoo::{
    schema::{self, Model, account, base, ledger, line, order, partner, product, stock},
    store::{Db, record::Record, value::Id},
};

/// The name under which a record is shown, and which a many2one reads with it.
pub(crate) fn display_name(db: &Db, model: Model, id: Id) -> String {
    let Some(record) = db.get(model, id) else { return String::new() };
    match model {
        schema::PARTNER => partner_name(db, record),
        schema::PRODUCT | schema::TEMPLATE => product_name(record),
        schema::PRICELIST => {
            let currency = related(db, schema::CURRENCY, record.id_at(account::pricelist::CURRENCY));
            format!("{} ({currency})", record.get(account::pricelist::NAME).as_str())
        }
        schema::COUNTRY_STATE => {
            let country = record.id_at(base::state::COUNTRY);
            let code = country.map(|id| db.field(schema::COUNTRY, id, base::country::CODE)).unwrap_or_default();
            format!("{} ({})", record.get(base::state::NAME).as_str(), code.as_str())
        }
        schema::LINE => line_name(db, record),
        schema::LOCATION => record.get(stock::location::COMPLETE_NAME).as_str().to_owned(),
        schema::PICKING_TYPE => {
            let warehouse = related(db, schema::WAREHOUSE, record.id_at(stock::picking_type::WAREHOUSE));
            format!("{warehouse}: {}", record.get(stock::picking_type::NAME).as_str())
        }
        schema::MOVE => move_name(db, record),
        schema::ENTRY => entry_name(id, record),
        _ => plain_name(model, id, record),
    }
}

fn plain_name(model: Model, id: Id, record: &Record) -> String {
    let def = schema::of(model);
    match def.known("name") {
        Some(slot) => record.get(slot).as_str().to_owned(),
        None => format!("{},{id}", def.name),
    }
}

/// The `name` of a related record.
fn related(db: &Db, model: Model, id: Option<Id>) -> String {
    let slot = schema::of(model).known("name");
    match (id, slot) {
        (Some(id), Some(slot)) => db.field(model, id, slot).as_str().to_owned(),
        (None, _) | (_, None) => String::new(),
    }
}

/// `complete_name`: a child carries the name of its parent (exchange 402), or its kind when it has no name.
pub(crate) fn partner_name(db: &Db, record: &Record) -> String {
    let name = record.get(partner::NAME).as_str();
    let Some(parent) = record.id_at(partner::PARENT) else { return name.to_owned() };
    let parent = related(db, schema::PARTNER, Some(parent));
    if !name.is_empty() {
        return format!("{parent}, {name}");
    }
    let kind = record.get(partner::TYPE);
    let label = partner::TYPES.iter().find(|(key, _)| *key == kind.as_str()).map_or("", |(_, label)| label);
    format!("{parent}, {label}")
}

fn product_name(record: &Record) -> String {
    let name = record.get(product::NAME).as_str();
    match record.get(product::CODE).as_str() {
        "" => name.to_owned(),
        code => format!("[{code}] {name}"),
    }
}

/// `S08446 - Blue widget (shopify:7001)`: the partner's reference, else its name (exchanges 031, 488).
fn line_name(db: &Db, record: &Record) -> String {
    let Some(order_id) = record.id_at(line::ORDER) else { return String::new() };
    let name = db.field(schema::ORDER, order_id, order::NAME);
    let first = record.get(line::NAME).as_str().lines().next().unwrap_or("").to_owned();
    let customer = db.field(schema::ORDER, order_id, order::PARTNER).as_id();
    let reference = customer.map(|id| db.field(schema::PARTNER, id, partner::REF)).unwrap_or_default();
    let shown = if reference.is_unset() {
        customer.map(|id| db.field(schema::PARTNER, id, partner::NAME)).unwrap_or_default()
    } else {
        reference
    };
    format!("{} - {first} ({})", name.as_str(), shown.as_str())
}

/// `INV/2026/00004 (shopify:invoice_44842_1)` (exchange 439); a draft's by Odoo's source.
fn entry_name(id: Id, record: &Record) -> String {
    let name = record.get(ledger::entry::NAME);
    let name = if name.is_unset() { format!("Draft (* {id})") } else { name.as_str().to_owned() };
    match record.get(ledger::entry::REF).as_str() {
        "" => name,
        reference => format!("{name} ({reference})"),
    }
}

/// `S08446 - #S40174A/SKU-0001: Stock>Customers` (exchanges 048, 420).
fn move_name(db: &Db, record: &Record) -> String {
    let location = |slot| related(db, schema::LOCATION, record.id_at(slot));
    let product = record.id_at(stock::stock_move::PRODUCT);
    let code = product.map(|id| db.field(schema::PRODUCT, id, product::CODE)).unwrap_or_default();
    format!(
        "{}/{}: {}>{}",
        record.get(stock::stock_move::ORIGIN).as_str(),
        code.as_str(),
        location(stock::stock_move::SOURCE),
        location(stock::stock_move::DESTINATION)
    )
}
