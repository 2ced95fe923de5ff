//! Who may do what. Messages as recorded; a list of groups that no recording shows names the administrator's only.

use super::env::Env;
use crate::odoo::{
    config::Role,
    schema::{self, Model},
    wire::error::{Kind, OdooError},
};

/// What is done to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Read,
    Create,
    Write,
    Unlink,
}

impl Operation {
    fn verb(self) -> &'static str {
        match self {
            Self::Read => "access",
            Self::Create => "create",
            Self::Write => "modify",
            Self::Unlink => "delete",
        }
    }
}

/// Exchange 202, 251.
const PRODUCT_GROUPS: &[&str] = &[
    "Extra Rights/Product Creation",
    "Inventory/Administrator",
    "Invoicing/Administrator",
    "Point of Sale/Administrator",
    "Purchase/Administrator",
    "Sales/Administrator",
];

/// Is the operation on the model allowed to the user?
pub(crate) fn check(env: &Env, model: Model, operation: Operation) -> Result<(), OdooError> {
    let needed = groups(model, operation);
    let allowed = match env.role {
        Role::Administrator => true,
        Role::IntegrationWithSetup => needed.is_empty() || is_setup(model, operation),
        Role::Integration => needed.is_empty(),
        Role::WithoutContacts => needed.is_empty() && (model != schema::PARTNER || operation == Operation::Read),
    };
    if allowed {
        return Ok(());
    }
    let needed = if needed.is_empty() { &["Extra Rights/Contact Creation"][..] } else { needed };
    let def = schema::of(model);
    Err(refusal(operation, (def.label, def.name), needed))
}

/// What the role that loads demonstration data may do beyond the integration user.
fn is_setup(model: Model, operation: Operation) -> bool {
    let setup = matches!(
        model,
        schema::PRODUCT
            | schema::TEMPLATE
            | schema::TAX
            | schema::TAX_GROUP
            | schema::PRICELIST
            | schema::CURRENCY
            | schema::CARRIER
            | schema::TEAM
            | schema::CATEGORY
            | schema::FISCAL_POSITION
    );
    setup && operation != Operation::Unlink
}

/// The groups that may; empty when the integration user may.
fn groups(model: Model, operation: Operation) -> &'static [&'static str] {
    match (model, operation) {
        _ if is_for_integration(model, operation) => &[],
        (schema::PRODUCT | schema::TEMPLATE, _) => PRODUCT_GROUPS,
        // Exchange 484.
        (schema::ORDER, Operation::Unlink) => &["Sales/Administrator"],
        (schema::PRICELIST, _) => &["Extra Rights/Product Creation", "Sales/Administrator"],
        (schema::TAX | schema::TAX_GROUP | schema::FISCAL_POSITION, _) => &["Invoicing/Administrator"],
        (_, Operation::Read | Operation::Create | Operation::Write | Operation::Unlink) => &["Administration/Settings"],
    }
}

/// What the groups of the contract (README "Keys and rights") allow: customers, orders, deliveries, counts.
fn is_for_integration(model: Model, operation: Operation) -> bool {
    match model {
        schema::LINE
        | schema::ENTRY_LINE
        | schema::CANCEL_WIZARD
        | schema::BACKORDER_WIZARD
        | schema::RETURN_WIZARD
        | schema::RETURN_LINE
        | schema::PICKING
        | schema::MOVE
        | schema::QUANT => true,
        schema::PARTNER | schema::ORDER | schema::ENTRY => operation != Operation::Unlink,
        _ => operation == Operation::Read,
    }
}

/// Models that exist, hold nothing here, and are closed to the integration user.
pub(crate) fn closed_model(name: &str, version: u16) -> Option<(&'static str, &'static [&'static str])> {
    let old = version <= 18;
    Some(match name {
        // Exchanges 201 and 342.
        "ir.model.data" if old => ("Model Data", &["Administration/Access Rights"]),
        "ir.model.data" => ("Model Data", &["Access Rights"]),
        // Exchange 112.
        "decimal.precision" if old => ("Decimal Precision", &["Administration/Settings", "Point of Sale/User"]),
        "decimal.precision" => ("Decimal Precision", &["Role / Administrator", "Point of Sale/User"]),
        // Exchange 469.
        "ir.config_parameter" if old => ("System Parameter", &["Administration/Settings"]),
        "ir.config_parameter" => ("System Parameter", &["Role / Administrator"]),
        // Exchange 130.
        "base.automation" if old => ("Automation Rule", &["Administration/Settings"]),
        "base.automation" => ("Automation Rule", &["Role / Administrator"]),
        "ir.module.module" if old => ("Module", &["Administration/Settings"]),
        "ir.module.module" => ("Module", &["Role / Administrator"]),
        _ => return None,
    })
}

/// The text of an `AccessError` (exchanges 112, 130, 201, 202, 251, 342, 469, 484).
pub(crate) fn refusal(operation: Operation, (label, name): (&str, &str), groups: &[&str]) -> OdooError {
    let groups: Vec<String> = groups.iter().map(|group| format!("\t- {group}\n")).collect();
    let groups = groups.concat();
    let text = format!(
        "You are not allowed to {} '{label}' ({name}) records.\n\nThis operation is allowed for the following \
         groups:\n{groups}\nContact your administrator to request access if necessary.",
        operation.verb()
    );
    OdooError::new(Kind::Access, text)
}
