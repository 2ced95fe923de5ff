//! Odoo keeps two decimals of a price unless told otherwise: where the accuracy is raised, currencies of three are exact.

use sluice_domain::{
    account::{ConfirmPolicy, UnknownProduct},
    state::ExceptionClass,
};
use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, odoo_with, plain_order},
    shop::{Coin, ShopOrder},
    world::account,
};

/// 2 × 1.999 + 0.500 + 0.490 KWD and tax.
fn dinars() -> ShopOrder {
    ShopOrder { coin: Coin::KWD, ..plain_order(1) }
}

fn placed(version: u16, digits: u32, order: ShopOrder) -> (String, Option<ExceptionClass>) {
    let odoo = odoo_with(version, |config| config.price_digits = digits);
    let mut scene = Scene::over(odoo, CALM, account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park));
    let order = scene.tell(order);
    scene.world.run();
    (scene.state(&order), scene.waits(&order))
}

#[test]
fn a_currency_of_three_decimals_is_exact_where_the_accuracy_is_raised() {
    for version in VERSIONS {
        assert_eq!(placed(version, 3, dinars()), ("sale".to_owned(), None), "{version}");
        assert_eq!(placed(version, 6, dinars()), ("sale".to_owned(), None), "{version}");
        let (state, waits) = placed(version, 2, dinars());
        assert_eq!((&*state, waits.is_some()), ("draft", true), "{version}");
    }
}

#[test]
fn a_finer_accuracy_changes_nothing_for_other_currencies() {
    for version in VERSIONS {
        assert_eq!(placed(version, 4, plain_order(1)), ("sale".to_owned(), None), "{version}");
    }
}

#[test]
fn a_price_list_that_takes_per_cents_off_leaves_the_rounding_line_alone() {
    // 19 rounds tax over the whole order, the shop per line: a cent is left for the rounding line.
    let odoo = odoo_with(19, |config| config.list_discount = 60);
    let mut scene = Scene::over(odoo, CALM, account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park));
    let order = scene.tell(plain_order(1));
    scene.finish_well();
    assert_eq!(scene.state(&order), "sale");
    let shown = scene.in_odoo(&order, |sale| sale.lines().map(|line| line.discount().to_string()).collect::<Vec<_>>());
    assert_eq!(shown.unwrap_or_default(), ["0"; 4], "three lines and the rounding line");
}
