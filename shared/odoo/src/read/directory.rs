//! The directory: what an account's orders need to know of Odoo, looked up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sluice_domain::{
    account::OdooTarget,
    plan::{Directory, Product, TargetTax},
    value::Rate,
};

use crate::{
    rows::Places,
    wire::{
        Call, Fault, Odoo, Session,
        values::{decimal, reference, text},
    },
};

/// `price_unit` keeps so many decimals by default.
const PRICE_DECIMALS: u32 = 2;
/// More decimals of a price are never of use.
const MAX_PRICE_DECIMALS: u32 = 6;

/// Names in Odoo that an account gives, or leaves to be discovered.
pub type TargetNames<'a> = &'a OdooTarget;

/// Reads that fill a directory.
pub struct Reads;

impl Reads {
    /// Looks up company, warehouse, taxes, price lists, team, fiscal position, journal and tags. Products are looked up per batch.
    ///
    /// # Errors
    /// `Ok(Err(fix))` names what is missing in Odoo; the outer error is a call that failed.
    pub async fn directory(
        odoo: &Odoo<'_>,
        session: &Session,
        names: TargetNames<'_>,
    ) -> Result<Result<Directory, String>, Fault> {
        let (company, currency) = match company(odoo, session, names).await? {
            Ok(found) => found,
            Err(fix) => return Ok(Err(fix)),
        };
        // Names of taxes, price lists, teams and the like are translated, and people give them as they see them.
        let language = odoo.call(session, &Call::new("res.users", "context_get")).await?;
        let scope = Scope { company, language: language.get("lang").and_then(text) };
        let warehouses = Call::search_read("stock.warehouse", json!([["company_id", "=", company]]), &["name", "code"]);
        let warehouses = odoo.call(session, &warehouses.companies(&[company])).await?;
        let Some(warehouse) = pick(&warehouses, "code", names.warehouse.as_deref()) else {
            return Ok(Err(missing("warehouse", "odoo.warehouse", names.warehouse.as_deref())));
        };
        let mut directory = Directory {
            company,
            company_currency: currency,
            warehouse,
            price_decimals: price_decimals(odoo, session).await?,
            taxes: taxes(odoo, session, &scope).await?,
            pricelists: pricelists(odoo, session, &scope, names).await?,
            ..Directory::default()
        };
        for (model, name, setting) in [
            ("crm.team", &names.team, "odoo.team"),
            ("account.fiscal.position", &names.fiscal_position, "odoo.fiscal_position"),
        ] {
            let Some(name) = name else { continue };
            let call = Call::search_read(model, json!([["name", "=", name]]), &["name"]);
            let Some(id) = pick(&odoo.call(session, &scope.of(call)).await?, "name", Some(name)) else {
                return Ok(Err(missing(model, setting, Some(name))));
            };
            let place = if model == "crm.team" { &mut directory.team } else { &mut directory.fiscal_position };
            *place = Some(id);
        }
        if let Some(name) = &names.journal {
            let domain = json!([["type", "=", "sale"], ["company_id", "=", company]]);
            let call = Call::search_read("account.journal", domain, &["name", "code"]);
            let Some(id) = pick(&odoo.call(session, &scope.of(call)).await?, "code", Some(name)) else {
                return Ok(Err(missing("sales journal", "odoo.journal", Some(name))));
            };
            directory.journal = Some(id);
        }
        if !names.tags.is_empty() {
            let call = Call::search_read("crm.tag", json!([["name", "in", names.tags]]), &["name"]);
            let found = odoo.call(session, &scope.of(call)).await?;
            for tag in &names.tags {
                let Some(id) = pick(&found, "name", Some(tag)) else {
                    return Ok(Err(missing("tag", "odoo.tags", Some(tag))));
                };
                directory.tags.push(id);
            }
        }
        Ok(Ok(directory))
    }
}

/// The decimal accuracy `Product Price`. The setting itself is for administrators (exchange 112); the description of a field
/// that has it is for everybody (Odoo's `Float._description_digits`).
async fn price_decimals(odoo: &Odoo<'_>, session: &Session) -> Result<u32, Fault> {
    let ask = Call::new("sale.order.line", "fields_get").arg("allfields", json!(["price_unit"]));
    let answer = odoo.call(session, &ask.named("attributes", json!(["digits"]))).await?;
    Ok(described_decimals(answer.pointer("/price_unit/digits")))
}

/// `[16, 2]`; `false` is a price that is kept as it is given, as 19 may have it. What is not described is the default.
fn described_decimals(digits: Option<&Value>) -> u32 {
    match digits {
        Some(Value::Bool(false)) => MAX_PRICE_DECIMALS,
        digits => {
            let last = digits.and_then(Value::as_array).and_then(|digits| digits.last()?.as_u64());
            let last = last.and_then(|digits| u32::try_from(digits).ok());
            last.map_or(PRICE_DECIMALS, |digits| digits.min(MAX_PRICE_DECIMALS))
        }
    }
}

/// How an account's names are looked up: as its company, in the integration user's language.
struct Scope<'a> {
    company: i64,
    language: Option<&'a str>,
}

impl Scope<'_> {
    fn of(&self, call: Call) -> Call {
        let call = call.companies(&[self.company]);
        match self.language {
            Some(language) => call.context("lang", json!(language)),
            None => call,
        }
    }
}

fn missing(what: &str, setting: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("Odoo has no {what} `{name}`: create it, or change {setting} of the account"),
        None => format!("Odoo has no {what} that the integration user may see: create one, or name it under {setting}"),
    }
}

/// The record of that name, or the first one.
fn pick(answer: &Value, field: &str, name: Option<&str>) -> Option<i64> {
    let mut records = answer.as_array()?.iter();
    let record = match name {
        Some(name) => records.find(|record| {
            [record.get(field), record.get("name")].into_iter().flatten().any(|value| text(value) == Some(name))
        }),
        None => records.next(),
    };
    record?.get("id")?.as_i64()
}

async fn company(
    odoo: &Odoo<'_>,
    session: &Session,
    names: TargetNames<'_>,
) -> Result<Result<(i64, String), String>, Fault> {
    let companies = odoo.call(session, &Call::search_read("res.company", json!([]), &["name", "currency_id"])).await?;
    let id = if names.company.is_some() {
        pick(&companies, "name", names.company.as_deref())
    } else {
        let own = Call::search_read("res.users", json!([["id", "=", session.uid]]), &["company_id"]);
        odoo.call(session, &own).await?.get(0).and_then(|user| user.get("company_id").and_then(reference))
    };
    let found = id.and_then(|id| {
        let record =
            companies.as_array()?.iter().find(|company| company.get("id").and_then(Value::as_i64) == Some(id))?;
        Some((id, record.get("currency_id")?.get(1)?.as_str()?.to_owned()))
    });
    Ok(found.ok_or_else(|| missing("company", "odoo.company", names.company.as_deref())))
}

/// Sales taxes of the company, by percentage only: fixed amounts and groups are never what a channel states as a rate.
async fn taxes(odoo: &Odoo<'_>, session: &Session, scope: &Scope<'_>) -> Result<Vec<TargetTax>, Fault> {
    let domain =
        json!([["type_tax_use", "=", "sale"], ["amount_type", "=", "percent"], ["company_id", "=", scope.company]]);
    let call = Call::search_read("account.tax", domain, &["name", "amount", "price_include"]);
    let answer = odoo.call(session, &scope.of(call)).await?;
    let tax = |record: &Value| {
        let percent = record.get("amount").and_then(decimal)?;
        Some(TargetTax {
            id: record.get("id")?.as_i64()?,
            name: record.get("name").and_then(text)?.to_owned(),
            rate: Rate::new(percent.checked_div(Decimal::ONE_HUNDRED)?),
            price_included: record.get("price_include").and_then(Value::as_bool).unwrap_or_default(),
        })
    };
    Ok(answer.as_array().into_iter().flatten().filter_map(tax).collect())
}

/// Price lists by currency: the named one, else the first of that currency that the company may use.
async fn pricelists(
    odoo: &Odoo<'_>,
    session: &Session,
    scope: &Scope<'_>,
    names: TargetNames<'_>,
) -> Result<BTreeMap<String, i64>, Fault> {
    let domain = json!([["company_id", "in", [scope.company, false]]]);
    let call = Call::search_read("product.pricelist", domain, &["name", "currency_id"]);
    let answer = odoo.call(session, &scope.of(call)).await?;
    let mut found: BTreeMap<String, i64> = BTreeMap::new();
    for record in answer.as_array().into_iter().flatten() {
        let currency = record.get("currency_id").and_then(|currency| currency.get(1)?.as_str());
        let (Some(currency), Some(id)) = (currency, record.get("id").and_then(Value::as_i64)) else { continue };
        match names.pricelists.get(currency) {
            Some(name) if record.get("name").and_then(text) == Some(name) => {
                found.insert(currency.to_owned(), id);
            }
            Some(_) => {}
            None => {
                found.entry(currency.to_owned()).or_insert(id);
            }
        }
    }
    Ok(found)
}

/// Products by a field (`default_code`, `barcode`), archived ones included so that the exception can say so.
#[must_use]
pub fn parse_products(answer: &Value, field: &str) -> BTreeMap<String, Vec<Product>> {
    let mut found: BTreeMap<String, Vec<Product>> = BTreeMap::new();
    for record in answer.as_array().into_iter().flatten() {
        if let Some((code, id)) = record.get(field).and_then(text).zip(record.get("id").and_then(Value::as_i64)) {
            let active = record.get("active").and_then(Value::as_bool).unwrap_or(true);
            found.entry(code.to_owned()).or_default().push(Product { id, active });
        }
    }
    found
}

/// Reads countries and states.
#[must_use]
pub fn parse_places(countries: &Value, states: &Value) -> Places {
    let mut places = Places::default();
    let mut codes: BTreeMap<i64, String> = BTreeMap::new();
    for country in countries.as_array().into_iter().flatten() {
        if let Some((code, id)) = country.get("code").and_then(text).zip(country.get("id").and_then(Value::as_i64)) {
            places.countries.insert(code.to_owned(), id);
            codes.insert(id, code.to_owned());
        }
    }
    for state in states.as_array().into_iter().flatten() {
        let country = state.get("country_id").and_then(reference).and_then(|id| codes.get(&id));
        let code = state.get("code").and_then(text);
        if let (Some(country), Some(code), Some(id)) = (country, code, state.get("id").and_then(Value::as_i64)) {
            places.states.insert((country.clone(), code.to_owned()), id);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_described() {
        for (described, expect) in
            [(json!([16, 2]), 2), (json!([16, 4]), 4), (json!([16, 2, 3]), 3), (json!(false), 6), (json!([16, 20]), 6)]
        {
            assert_eq!(described_decimals(Some(&described)), expect, "{described}");
        }
        assert_eq!(described_decimals(None), 2);
    }
}
