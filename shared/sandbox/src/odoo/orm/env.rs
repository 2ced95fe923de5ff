//! Who asks, when, and for which companies.

use serde_json::{Map, Value as Json};

use crate::odoo::{
    config::Role,
    store::value::Id,
    wire::error::{Kind, OdooError},
};

/// What `load` adds to the context of the records it writes.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// Prefix of external ids without a dot.
    pub(crate) module: String,
    /// `noupdate` of new external ids.
    pub(crate) noupdate: bool,
}

/// The environment of one call.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    pub(crate) version: u16,
    pub(crate) user: Id,
    pub(crate) role: Role,
    /// The active company.
    pub(crate) company: Id,
    /// The companies whose records are seen.
    pub(crate) companies: Vec<Id>,
    pub(crate) context: Map<String, Json>,
    /// Seconds since the epoch: the start of the transaction.
    pub(crate) now: i64,
    pub(crate) import: Option<Import>,
    pub(crate) uuid: String,
    /// The user's time zone.
    pub(crate) zone: String,
    /// The decimal accuracy `Product Price`.
    pub(crate) price_digits: u32,
    /// Per cents that price lists take off.
    pub(crate) list_discount: u32,
}

impl Env {
    /// How far the caller's clock is ahead of UTC, in seconds: `tz` of the context, else the user's own, else UTC (Odoo's
    /// `ir.fields.converter`, `_input_tz`).
    pub(crate) fn seconds_east(&self) -> i64 {
        let named = self.context.get("tz").and_then(Json::as_str).filter(|zone| !zone.is_empty());
        let hours = named.unwrap_or(&self.zone).strip_prefix("Etc/GMT").and_then(|sign| sign.parse::<i64>().ok());
        hours.unwrap_or_default().saturating_mul(-3_600)
    }

    /// Applies `allowed_company_ids` of the context; a company that the user does not have is refused (116).
    pub(crate) fn enter_companies(&mut self) -> Result<(), OdooError> {
        let Some(Json::Array(wanted)) = self.context.get("allowed_company_ids") else { return Ok(()) };
        let wanted: Vec<Id> = wanted.iter().filter_map(Json::as_i64).collect();
        if wanted.iter().any(|company| !self.companies.contains(company)) {
            return Err(OdooError::new(Kind::Access, "Access to unauthorized or invalid companies."));
        }
        if let Some(first) = wanted.first() {
            self.company = *first;
            self.companies = wanted;
        }
        Ok(())
    }

    /// A true value of the context.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.context.get(name).is_some_and(|value| match value {
            Json::Bool(flag) => *flag,
            Json::Number(number) => number.as_i64() != Some(0),
            Json::String(text) => !text.is_empty(),
            Json::Null => false,
            Json::Array(list) => !list.is_empty(),
            Json::Object(map) => !map.is_empty(),
        })
    }

    /// Archived records are left out unless the context says otherwise (472).
    pub(crate) fn active_test(&self) -> bool {
        !self.context.contains_key("active_test") || self.flag("active_test")
    }

    /// Is a record of this company seen? Records without a company are.
    pub(crate) fn sees(&self, company: Option<Id>) -> bool {
        company.is_none_or(|company| self.companies.contains(&company))
    }
}
