//! The checker: the invariants of architecture section 1 at a quiet point.
//!
//! What Odoo must hold is computed from the simulated shop's own orders, with integers, by none of the code under test.

mod accounted;
mod books;
mod contacts;
mod expect;
mod lines;
mod order;

pub use accounted::BROKEN;
pub use expect::{Expected, expected, wants_confirmation};

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use sluice_domain::value::{Kind, SubjectKey};

use crate::{
    shop::{RATES, ShopOrder},
    world::{World, administer, tax_name},
};

/// What was found wrong, each with a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Taken with a 2xx and gone.
    pub lost: Vec<String>,
    /// There twice.
    pub duplicated: Vec<String>,
    /// Other than it must be.
    pub mismatched: Vec<String>,
    /// Not at rest, though faults stopped long ago.
    pub stuck: Vec<String>,
}

impl Findings {
    /// Is all well?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.count() == 0
    }

    /// How much is wrong.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lost.len() + self.duplicated.len() + self.mismatched.len() + self.stuck.len()
    }

    /// The sentences, of each kind the first few.
    #[must_use]
    pub fn shown(&self, most: usize) -> Vec<String> {
        let kinds = [
            ("lost", &self.lost),
            ("duplicated", &self.duplicated),
            ("mismatched", &self.mismatched),
            ("stuck", &self.stuck),
        ];
        kinds
            .iter()
            .flat_map(|(kind, found)| found.iter().take(most).map(move |text| format!("{kind}: {text}")))
            .collect()
    }

    /// Says in which world it was.
    pub fn place(&mut self, world: u64) {
        for kind in [&mut self.lost, &mut self.duplicated, &mut self.mismatched, &mut self.stuck] {
            kind.iter_mut().for_each(|text| text.push_str(&format!(" [world {world}]")));
        }
    }

    /// Adds those of another world.
    pub fn add(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.duplicated.extend(other.duplicated);
        self.mismatched.extend(other.mismatched);
        self.stuck.extend(other.stuck);
    }
}

/// The subject of an order.
#[must_use]
pub fn subject(world: &World, order: &ShopOrder) -> SubjectKey {
    let account = world.accounts()[order.account].name.clone();
    SubjectKey::new(account, Kind::Order, &order.id.to_string()).expect("digits")
}

/// Checks a world at its quiet point against the orders that its shops made.
#[must_use]
pub fn check(world: &World, orders: &[Arc<ShopOrder>]) -> Findings {
    let mut findings = Findings::default();
    findings.mismatched.extend(world.wrong());
    accounted::check(world, orders, &mut findings);
    let taxes = taxes(world);
    for order in orders {
        order::check(world, order, &taxes, &mut findings);
    }
    books::check(world, orders, &mut findings);
    contacts::check(world, orders, &mut findings);
    findings
}

/// Odoo's ids of the taxes that the shops use.
pub(crate) type Taxes = BTreeMap<(crate::shop::Rate, bool), i64>;

fn taxes(world: &World) -> Taxes {
    let now = world.now();
    let context = json!({"allowed_company_ids": [1]});
    let args = json!([[["type_tax_use", "=", "sale"]], ["name"]]);
    let found = world.odoo(|odoo| administer(odoo, ("account.tax", "search_read"), &args, &context, now));
    let mut taxes = Taxes::new();
    for rate in RATES {
        for included in [false, true] {
            let name = Value::from(tax_name(rate, included));
            let record = found.as_array().into_iter().flatten().find(|record| record["name"] == name);
            taxes.extend(record.and_then(|record| record["id"].as_i64()).map(|id| ((rate, included), id)));
        }
    }
    taxes
}
