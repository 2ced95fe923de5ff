//! Two companies in one Odoo: what belongs to the other one is not seen.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::{Value, json};
use sluice_domain::{
    account::{ConfirmPolicy, Invoices, UnknownProduct},
    entity::{Conditions, EntityNames, EntityRule},
    state::ExceptionClass,
};
use sluice_sandbox::odoo::SimOdoo;
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, odoo_with, plain_order, start},
    shop::{Item, ShopOrder},
    world::{account, administer},
};

/// The company that the account does not sell for.
const OTHER: i64 = 2;

fn create(odoo: &mut SimOdoo, model: &str, values: &Value) {
    administer(odoo, (model, "create"), &json!([[values]]), &json!({}), start());
}

#[test]
fn a_product_of_another_company_is_neither_taken_nor_makes_ours_ambiguous() {
    for version in VERSIONS {
        let mut odoo = odoo_with(version, |_| ());
        let taken = Item::Known(1).sku().unwrap();
        create(&mut odoo, "product.product", &json!({"name": "Theirs", "default_code": taken, "company_id": OTHER}));
        let policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        let mut scene = Scene::over(odoo, CALM, policy);
        let order = scene.tell(plain_order(1));
        scene.finish_well();
        assert_eq!(scene.state(&order), "sale", "{version}");
    }
}

#[test]
fn an_order_in_the_companys_currency_never_gets_a_price_list_of_another_one() {
    for version in VERSIONS {
        let mut odoo = odoo_with(version, |_| ());
        let usd = json!([[["currency_id.name", "=", "USD"]]]);
        let lists = administer(&mut odoo, ("product.pricelist", "search"), &usd, &json!({}), start());
        administer(&mut odoo, ("product.pricelist", "unlink"), &json!([lists]), &json!({}), start());
        let policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        let mut scene = Scene::over(odoo, CALM, policy);
        let order = scene.tell(plain_order(1));
        scene.finish_well();
        assert_eq!(scene.state(&order), "sale", "{version}");
    }
}

#[test]
fn an_account_without_a_team_gets_odoos_own_also_beside_one_that_has() {
    for version in VERSIONS {
        let mut odoo = odoo_with(version, |_| ());
        create(&mut odoo, "crm.team", &json!({"name": "Web shop"}));
        let policy = |name: &str| account(name, ConfirmPolicy::Paid, UnknownProduct::Park);
        let mut named = policy("beta");
        named.odoo.team = Some("Web shop".into());
        let mut scene = Scene::of(odoo, CALM, vec![policy("alpha"), named]);
        let placed = [0, 1].map(|account| scene.place(ShopOrder { account, ..plain_order(account as u64 + 1) }));
        for order in &placed {
            scene.post(order, (0, "orders/create"), 1);
        }
        scene.finish_well();
        let ids = placed.each_ref().map(|order| scene.in_odoo(order, |sale| sale.id).unwrap());
        let look = json!([[["id", "in", ids]], ["team_id"]]);
        let now = scene.world.now();
        let found = scene.world.odoo(|odoo| administer(odoo, ("sale.order", "search_read"), &look, &json!({}), now));
        let mut teams: Vec<&str> =
            found.as_array().unwrap().iter().filter_map(|sale| sale["team_id"][1].as_str()).collect();
        teams.sort_unstable();
        assert_eq!(teams, ["Sales", "Web shop"], "{version}");
    }
}

#[test]
fn a_rule_brings_an_order_to_another_company_with_its_warehouse_taxes_and_journal() {
    for version in VERSIONS {
        let mut odoo = odoo_with(version, |_| ());
        let journal = json!({"name": "Web sales", "code": "WEB", "type": "sale", "company_id": OTHER});
        create(&mut odoo, "account.journal", &journal);
        let tax = json!({"name": "Theirs", "amount": 8.25, "amount_type": "percent", "type_tax_use": "sale",
            "price_include_override": "tax_excluded", "company_id": OTHER});
        create(&mut odoo, "account.tax", &tax);
        let taxes = if version >= 19 { "tax_ids" } else { "tax_id" };
        let mut policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
        policy.books.invoices = Invoices::OnConfirm;
        let text = |text: &str| Some(text.to_owned());
        let rule = |region: &str, company: &str, warehouse: &str| EntityRule {
            when: Conditions { regions: vec![region.into()], ..Conditions::default() },
            odoo: EntityNames { company: text(company), warehouse: text(warehouse), ..EntityNames::default() },
            ..EntityRule::default()
        };
        policy.entities = vec![rule("US-TX", "Retail US", "WH"), rule("US-CA", "Retail EU", "WHEU")];
        policy.entities[1].odoo.journal = text("WEB");
        let mut scene = Scene::of(odoo, CALM, vec![policy]);
        let order = scene.tell(plain_order(1));
        // The checker of the simulation knows the taxes of the first company only: what matters is asserted here.
        scene.world.run();
        assert_eq!(scene.waits(&order), None, "{version}");
        assert_eq!((scene.state(&order).as_str(), &*scene.total(&order)), ("sale", "53.99"), "{version}");
        let id = scene.in_odoo(&order, |sale| sale.id).unwrap();
        let now = scene.world.now();
        let read = |model: &str, domain: Value, fields: Value| {
            let ask = json!([domain, fields]);
            let companies = json!({"allowed_company_ids": [OTHER]});
            scene.world.odoo(|odoo| administer(odoo, (model, "search_read"), &ask, &companies, now))
        };
        let sale = read("sale.order", json!([["id", "=", id]]), json!(["company_id", "warehouse_id"]));
        assert_eq!([&sale[0]["company_id"][1], &sale[0]["warehouse_id"][1]], ["Retail EU", "Retail EU"], "{version}");
        let lines = read("sale.order.line", json!([["order_id", "=", id]]), json!([taxes]));
        let theirs = read("account.tax", json!([["name", "=", "Theirs"]]), json!(["name"]));
        assert_eq!(lines[0][taxes], json!([theirs[0]["id"]]), "{version}");
        let invoices =
            read("account.move", json!([["move_type", "=", "out_invoice"]]), json!(["company_id", "journal_id"]));
        assert_eq!(invoices[0]["company_id"][1], "Retail EU", "{version}");
        assert_eq!(invoices[0]["journal_id"][1], "Web sales", "{version}");
    }
}

#[test]
fn an_order_that_no_rule_is_about_is_held_and_never_lands_in_the_default_company() {
    let mut policy = account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park);
    let when = Conditions { countries: vec!["DE".into()], ..Conditions::default() };
    policy.entities = vec![EntityRule { when, ..EntityRule::default() }];
    let mut scene = Scene::with(18, CALM, policy);
    let order = scene.tell(plain_order(1));
    scene.world.run();
    assert_eq!(scene.waits(&order), Some(ExceptionClass::MissingMapping));
    let reason = scene.record(&order).head.parked.unwrap().reason;
    assert!(reason.contains("`- when: {countries: [US]}`"), "{reason}");
    assert_eq!(scene.state(&order), "");
}
