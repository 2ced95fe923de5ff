//! What is looked up in Odoo and kept for a while: the session, each entity's directory, products, places.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_domain::{
    account::{Account, CreditNotes, OdooTarget, UnknownProduct},
    plan::{Directory, Product},
};
use sluice_odoo::{Call, Fault, Odoo, Places, Reads, Session, parse_places, parse_products};

/// How long a look-up is believed. A product that is missing is looked up again each time.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// The most products that are kept.
const MAX_PRODUCTS: usize = 50_000;
/// The most codes in one look-up.
const MAX_CODES: usize = 500;

/// The cache.
#[derive(Default)]
pub(crate) struct Reference {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    session: Option<(Session, Timestamp)>,
    directories: BTreeMap<OdooTarget, (Directory, Timestamp)>,
    by_sku: Known,
    by_barcode: Known,
    places: Option<(Places, BTreeSet<String>)>,
}

/// Products by company and code: each company sees its own and those of all.
type Known = BTreeMap<(i64, String), (Vec<Product>, Timestamp)>;

/// Codes that the orders of one company need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    pub(crate) skus: BTreeSet<String>,
    pub(crate) barcodes: BTreeSet<String>,
}

impl Codes {
    /// The internal references that every order of an account may need.
    pub(crate) fn of_account(&mut self, account: &Account) {
        let products = &account.odoo.products;
        let service =
            [&products.shipping, &products.tip, &products.gift_card, &products.duty, &products.fee, &products.rounding];
        self.skus.extend(service.into_iter().cloned());
        if account.books.credit_notes != CreditNotes::None {
            self.skus.insert(products.refund.clone());
        }
        if let UnknownProduct::Fallback(sku) = &account.unknown_product {
            self.skus.insert(sku.clone());
        }
    }
}

impl Reference {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A panic while it was held left at worst an old look-up behind.
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Forgets everything: the next use looks again.
    pub(crate) fn forget(&self) {
        *self.kept() = Kept::default();
    }

    /// Has no database been vouched for since everything was forgotten?
    pub(crate) fn is_cold(&self) -> bool {
        self.kept().session.is_none()
    }

    /// The session, while it is believed.
    pub(crate) fn session(&self, now: Timestamp) -> Option<Session> {
        let (session, at) = self.kept().session?;
        (now.duration_since(at) < FRESH).then_some(session)
    }

    pub(crate) fn keep_session(&self, session: Session, now: Timestamp) {
        self.kept().session = Some((session, now));
    }

    /// Something that should be in Odoo is not: the next use looks first whether the database is still the same.
    pub(crate) fn doubt_session(&self) {
        if let Some((_, at)) = &mut self.kept().session {
            *at = Timestamp::MIN;
        }
    }

    /// The directory of an entity, without products.
    pub(crate) async fn directory(
        &self,
        (odoo, session): (&Odoo<'_>, &Session),
        target: &OdooTarget,
        now: Timestamp,
    ) -> Result<Result<Directory, String>, Fault> {
        let known = self.kept().directories.get(target).cloned();
        if let Some((directory, at)) = known
            && now.duration_since(at) < FRESH
        {
            return Ok(Ok(directory));
        }
        let found = Reads::directory(odoo, session, target).await?;
        if let Ok(directory) = &found {
            self.kept().directories.insert(target.clone(), (directory.clone(), now));
        }
        Ok(found)
    }

    /// Makes sure that every code was looked up lately, as the company sees it.
    pub(crate) async fn products(
        &self,
        (odoo, session): (&Odoo<'_>, &Session),
        (company, codes): (i64, &Codes),
        now: Timestamp,
    ) -> Result<(), Fault> {
        for (field, wanted) in [("default_code", &codes.skus), ("barcode", &codes.barcodes)] {
            let unknown: Vec<&String> = {
                let kept = self.kept();
                let known = if field == "barcode" { &kept.by_barcode } else { &kept.by_sku };
                let fresh = |code: &String| {
                    let found = known.get(&(company, code.clone()));
                    found.is_some_and(|(_, at)| now.duration_since(*at) < FRESH)
                };
                wanted.iter().filter(|code| !fresh(code)).collect()
            };
            for chunk in unknown.chunks(MAX_CODES) {
                let domain = json!([[field, "in", chunk]]);
                let call = Call::search_read("product.product", domain, &[field, "active"]).companies(&[company]);
                let answer = odoo.call(session, &call.context("active_test", json!(false))).await?;
                let mut kept = self.kept();
                let place = if field == "barcode" { &mut kept.by_barcode } else { &mut kept.by_sku };
                if place.len() > MAX_PRODUCTS {
                    place.clear();
                }
                let found = parse_products(&answer, field).into_iter();
                place.extend(found.map(|(code, found)| ((company, code), (found, now))));
            }
        }
        Ok(())
    }

    /// Adds the known products of these codes.
    pub(crate) fn fill(&self, directory: &mut Directory, codes: &Codes) {
        let kept = self.kept();
        let company = directory.company;
        let take = |codes: &BTreeSet<String>, known: &Known| {
            let known =
                codes.iter().filter_map(|code| Some((code.clone(), known.get(&(company, code.clone()))?.0.clone())));
            known.collect::<BTreeMap<_, _>>()
        };
        directory.by_sku = take(&codes.skus, &kept.by_sku);
        directory.by_barcode = take(&codes.barcodes, &kept.by_barcode);
    }

    /// Ids of these countries and of their states.
    pub(crate) async fn places(
        &self,
        (odoo, session): (&Odoo<'_>, &Session),
        countries: BTreeSet<String>,
    ) -> Result<Places, Fault> {
        let (known, mut asked) = self.kept().places.clone().unwrap_or_default();
        if countries.is_subset(&asked) {
            return Ok(known);
        }
        asked.extend(countries);
        let domain = json!([["code", "in", asked]]);
        let found = odoo.call(session, &Call::search_read("res.country", domain, &["code"])).await?;
        let domain = json!([["country_id.code", "in", asked]]);
        let states = Call::search_read("res.country.state", domain, &["code", "country_id"]);
        let places = parse_places(&found, &odoo.call(session, &states).await?);
        self.kept().places = Some((places.clone(), asked));
        Ok(places)
    }
}
