//! Customers and their addresses.

use crate::odoo::{
    orm::{
        env::Env,
        write::{Vals, given},
    },
    schema::{self, partner},
    store::{
        Db,
        record::Record,
        value::{Id, Value},
    },
    wire::error::{Kind, OdooError},
};

const ADDRESS: &[usize] =
    &[partner::STREET, partner::STREET2, partner::CITY, partner::ZIP, partner::STATE, partner::COUNTRY];

pub(super) fn defaults(default: &mut impl FnMut(usize, Value)) {
    default(partner::TYPE, Value::text("contact"));
    default(partner::LANG, Value::text("en_US"));
    default(partner::CUSTOMER_RANK, Value::Int(0));
}

/// Exchange 253.
pub(super) fn check_row(record: &Record) -> Result<(), OdooError> {
    if record.get(partner::NAME).is_unset() && record.get(partner::TYPE).as_str() == "contact" {
        return Err(OdooError::new(Kind::Constraint, "'Contacts require a name'"));
    }
    Ok(())
}

/// A plain contact under a parent takes the parent's address (Odoo's `_fields_sync`; addresses of a type keep theirs).
pub(super) fn take_address_of_parent(db: &mut Db, id: Id) {
    let Some(record) = db.get(schema::PARTNER, id) else { return };
    let Some(parent) = record.id_at(partner::PARENT).and_then(|parent| db.get(schema::PARTNER, parent)) else {
        return;
    };
    if record.get(partner::TYPE).as_str() != "contact" || ADDRESS.iter().all(|slot| parent.get(*slot).is_unset()) {
        return;
    }
    let address: Vec<_> = ADDRESS.iter().map(|slot| (*slot, parent.get(*slot).clone())).collect();
    db.edit(schema::PARTNER, id, |record| {
        for (slot, value) in address {
            record.set(slot, value);
        }
    });
}

/// The first contact below one that has no address lends it its own (Odoo's `_handle_first_contact_creation`, the same in 18
/// and 19).
pub(super) fn lend_address_to_parent(db: &mut Db, id: Id) {
    let Some(record) = db.get(schema::PARTNER, id) else { return };
    let Some(above) = record.id_at(partner::PARENT) else { return };
    let address: Vec<_> = ADDRESS.iter().map(|slot| (*slot, record.get(*slot).clone())).collect();
    let Some(parent) = db.get(schema::PARTNER, above) else { return };
    let is_root = parent.get(partner::IS_COMPANY).as_bool() || parent.id_at(partner::PARENT).is_none();
    let has_address = ADDRESS.iter().any(|slot| !parent.get(*slot).is_unset());
    let children = db.find(schema::PARTNER, partner::PARENT, &Value::Int(above)).len();
    if !is_root || has_address || children != 1 || address.iter().all(|(_, value)| value.is_unset()) {
        return;
    }
    db.edit(schema::PARTNER, above, |record| {
        for (slot, value) in address {
            record.set(slot, value);
        }
    });
}

/// A changed address is written to the plain contacts below.
pub(super) fn spread_address(db: &mut Db, env: &Env, id: Id, vals: &Vals) {
    if given(vals, partner::PARENT) {
        take_address_of_parent(db, id);
    }
    if !ADDRESS.iter().any(|slot| given(vals, *slot)) {
        return;
    }
    for child in db.find(schema::PARTNER, partner::PARENT, &Value::Int(id)) {
        take_address_of_parent(db, child);
        db.edit(schema::PARTNER, child, |record| record.written = env.now);
    }
}

/// Odoo's `address_get`: the first child of that type, else the partner itself.
pub(super) fn address(db: &Db, id: Id, kind: &str) -> Id {
    if db.field(schema::PARTNER, id, partner::TYPE).as_str() == kind {
        return id;
    }
    let children = db.find(schema::PARTNER, partner::PARENT, &Value::Int(id));
    let found = children.into_iter().find(|child| {
        db.get(schema::PARTNER, *child)
            .is_some_and(|record| record.get(partner::TYPE).as_str() == kind && record.get(partner::ACTIVE).as_bool())
    });
    found.unwrap_or(id)
}
