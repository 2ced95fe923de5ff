//! Entities: whose sale an order is, by ordered rules: the company, its warehouse, journal, fiscal position, price lists and
//! taxes. An account without rules has one entity, which its own `odoo` names.

use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, OdooTarget, TaxMapping},
    order::{Address, Buyer, Order, Sender},
    plan::Mismatch,
    state::ExceptionClass,
};

/// Which orders a rule is about, and what it says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntityRule {
    /// Which orders. Without a condition: every order.
    pub when: Conditions,
    /// What it says. Each field is decided by the first matching rule that states it, else by the account's `odoo`.
    pub odoo: EntityNames,
    /// Taxes by rate, which go before those of later rules and of the account.
    pub taxes: Vec<TaxMapping>,
}

/// Conditions; all that are stated must hold, and of each list one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// ISO 3166-1 alpha-2 codes of the country that the goods go to; of the invoice's where an order goes nowhere.
    pub countries: Vec<String>,
    /// ISO 3166-2 codes of its regions: `US-TX`.
    pub regions: Vec<String>,
    /// Where in the channel the order came from: a marketplace, `web`, `pos`.
    pub sources: Vec<String>,
    /// The channel's ids of the stores that sold it over the counter.
    pub stores: Vec<String>,
    /// Does the channel collect and remit tax of it, as a marketplace facilitator does?
    pub tax_by_channel: Option<bool>,
}

/// Names in Odoo that a rule may state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntityNames {
    /// Company name.
    pub company: Option<String>,
    /// Warehouse code.
    pub warehouse: Option<String>,
    /// Price list by currency code; each currency is a field of its own.
    pub pricelists: std::collections::BTreeMap<String, String>,
    /// Sales team name.
    pub team: Option<String>,
    /// Fiscal position name.
    pub fiscal_position: Option<String>,
    /// Code of the language of new contacts.
    pub language: Option<String>,
    /// Code or name of the journal of invoices.
    pub journal: Option<String>,
}

/// What the rules ask of an order.
struct Facts<'a> {
    country: Option<&'a str>,
    region: Option<String>,
    source: Option<&'a str>,
    store: Option<&'a str>,
    tax_by_channel: bool,
}

/// The account as its rules make it for one order: `odoo` and `taxes` are those of the order's entity.
///
/// # Errors
/// When the account has rules and none of them is about this order: it says which rule to add.
pub fn entitled(account: &Account, order: &Order, buyer: Option<&Buyer>) -> Result<Account, Mismatch> {
    let mut entitled = account.clone();
    if order.sent_by == Sender::Channel && account.entities.is_empty() {
        return Err(no_stock_of_the_channel(order));
    }
    if account.entities.is_empty() {
        return Ok(entitled);
    }
    let facts = Facts::of(order, buyer);
    let matching: Vec<&EntityRule> = account.entities.iter().filter(|rule| rule.when.hold(&facts)).collect();
    // The rule that decides the warehouse must be about the channel's stock, not about all that goes to a country.
    let decides = matching.iter().find(|rule| rule.odoo.warehouse.is_some());
    if order.sent_by == Sender::Channel && !decides.is_some_and(|rule| rule.names_source_of(order)) {
        return Err(no_stock_of_the_channel(order));
    }
    if matching.is_empty() {
        return Err(no_rule(&facts));
    }
    // Later rules first, so that the earlier ones have the last word.
    for rule in matching.iter().rev() {
        rule.odoo.write(&mut entitled.odoo);
    }
    let mut taxes: Vec<TaxMapping> = matching.iter().flat_map(|rule| rule.taxes.clone()).collect();
    taxes.append(&mut entitled.taxes);
    entitled.taxes = taxes;
    Ok(entitled)
}

/// What each rule of an account makes of its `odoo`, with the rules about every order that come after it; the account's own
/// where it has no rules. It is what must be found in Odoo before the first order.
#[must_use]
pub fn targets(account: &Account) -> Vec<OdooTarget> {
    if account.entities.is_empty() {
        return vec![account.odoo.clone()];
    }
    let mut rest = account.odoo.clone();
    let mut all = Vec::with_capacity(account.entities.len());
    for rule in account.entities.iter().rev() {
        let mut target = rest.clone();
        rule.odoo.write(&mut target);
        if rule.when == Conditions::default() {
            rest.clone_from(&target);
        }
        if !all.contains(&target) {
            all.push(target);
        }
    }
    all.reverse();
    all
}

impl EntityRule {
    fn names_source_of(&self, order: &Order) -> bool {
        order.source.as_ref().is_some_and(|source| self.when.sources.contains(source))
    }
}

impl EntityNames {
    fn write(&self, target: &mut OdooTarget) {
        for (stated, place) in [
            (&self.company, &mut target.company),
            (&self.warehouse, &mut target.warehouse),
            (&self.team, &mut target.team),
            (&self.fiscal_position, &mut target.fiscal_position),
            (&self.language, &mut target.language),
            (&self.journal, &mut target.journal),
        ] {
            if stated.is_some() {
                place.clone_from(stated);
            }
        }
        target.pricelists.extend(self.pricelists.clone());
    }
}

impl<'a> Facts<'a> {
    fn of(order: &'a Order, buyer: Option<&'a Buyer>) -> Self {
        let address =
            |one: fn(&Buyer) -> Option<&Address>| buyer.and_then(one).filter(|address| address.country.is_some());
        let place = address(|buyer| buyer.ship_to.as_ref()).or_else(|| address(|buyer| buyer.bill_to.as_ref()));
        let country = place.and_then(|address| address.country.as_deref());
        let region = country.zip(place.and_then(|address| address.region.as_deref()));
        let taxes = order.lines.iter().flat_map(|line| &line.taxes);
        let taxes = taxes.chain(order.shipping.iter().flat_map(|line| &line.taxes));
        let mut taxes = taxes.chain(order.charges.iter().flat_map(|charge| &charge.taxes));
        Self {
            country,
            region: region.map(|(country, region)| format!("{country}-{region}")),
            source: order.source.as_deref(),
            store: order.location.as_deref(),
            tax_by_channel: taxes.any(|tax| tax.remitted_by_channel && !tax.amount.is_zero()),
        }
    }
}

impl Conditions {
    fn hold(&self, facts: &Facts<'_>) -> bool {
        let one_of = |list: &[String], fact: Option<&str>| {
            list.is_empty() || fact.is_some_and(|fact| list.iter().any(|one| one == fact))
        };
        one_of(&self.countries, facts.country)
            && one_of(&self.regions, facts.region.as_deref())
            && one_of(&self.sources, facts.source)
            && one_of(&self.stores, facts.store)
            && self.tax_by_channel.is_none_or(|wanted| wanted == facts.tax_by_channel)
    }
}

fn no_stock_of_the_channel(order: &Order) -> Mismatch {
    let source = order.source.as_deref().unwrap_or("unknown");
    Mismatch {
        class: ExceptionClass::MissingMapping,
        cause: format!("no warehouse for sources: [\"{source}\"]"),
        reason: format!(
            "the channel sends this order out of stock that it holds, and no rule of the account names the warehouse in Odoo \
             that stands for it, so it would leave one of yours: add a rule before the others under entities of the account, like `- when: \
             {{sources: [\"{source}\"]}}` with that `warehouse` (and the company, where it is another) under `odoo`"
        ),
    }
}

fn no_rule(facts: &Facts<'_>) -> Mismatch {
    let none = "none";
    let (store, source) = (facts.store.unwrap_or(none), facts.source.unwrap_or(none));
    let place = facts.region.as_deref().or(facts.country).unwrap_or("nowhere that is known");
    let condition = match (facts.store, facts.country, facts.source) {
        (Some(store), _, _) => format!("stores: [\"{store}\"]"),
        (None, Some(country), _) => format!("countries: [{country}]"),
        (None, None, Some(source)) => format!("sources: [\"{source}\"]"),
        (None, None, None) => String::new(),
    };
    Mismatch {
        class: ExceptionClass::MissingMapping,
        cause: format!("no entity for {condition}"),
        reason: format!(
            "no rule of the account says whose sale this is (it goes to {place}; source {source}; store {store}; tax by the \
             channel: {}): add one under entities of the account, like `- when: {{{condition}}}` with the company under `odoo`",
            if facts.tax_by_channel { "yes" } else { "no" }
        ),
    }
}
