//! Two companies in one Odoo: what belongs to the other one is not seen.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test: what goes wrong in it must fail"
)]

use serde_json::{Value, json};
use sluice_domain::account::{ConfirmPolicy, UnknownProduct};
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
