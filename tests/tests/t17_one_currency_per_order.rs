//! T17: every amount of an order is in the shop's currency, whatever the buyer saw; currencies have their own decimals.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_testkit::{
    scene::{CALM, Scene, VERSIONS, plain_order},
    shop::{Coin, order_body},
    world::Content,
};

#[test]
fn t17_what_the_buyer_paid_in_another_currency_is_the_shops_amount() {
    for version in VERSIONS {
        let mut scene = Scene::new(version, CALM);
        let order = scene.place(plain_order(1));
        let body = String::from_utf8(order_body(&order, 0)).unwrap();
        // Paid in euros: the sets name both, the plain amounts are the shop's.
        let sets = r#""presentment_currency":"EUR","total_price_set":{"shop_money":{"amount":"53.99","currency_code":"USD"},"presentment_money":{"amount":"46.40","currency_code":"EUR"}},"total_price""#;
        let body = body.replacen("\"total_price\"", sets, 1);
        scene.send("orders/create", Content::Bytes(body.into_bytes()), 1);
        scene.finish_well();
        assert_eq!(scene.in_odoo(&order, |sale| sale.currency().to_owned()).as_deref(), Some("USD"));
        assert_eq!(scene.total(&order), "53.99");
    }
}

#[test]
fn t17_currencies_without_and_with_three_decimals() {
    for (coin, price, tip) in [(Coin::JPY, 5_900, 300), (Coin::KWD, 12_340, 250), (Coin::EUR, 1_999, 100)] {
        for version in VERSIONS {
            let mut scene = Scene::new(version, CALM);
            let mut order = plain_order(1);
            order.coin = coin;
            let first = &mut order.versions[0];
            first.lines.truncate(1);
            (first.lines[0].price, first.lines[0].rate) = (price, Some(10_000));
            (first.shipping, first.tip) = (None, tip);
            let order = scene.tell(order);
            scene.finish_well();
            assert_eq!(scene.in_odoo(&order, |sale| sale.currency().to_owned()).as_deref(), Some(coin.code));
            assert_eq!(
                scene.in_odoo(&order, |sale| coin.minor(sale.amount_total())).flatten(),
                Some(order.sums().total)
            );
        }
    }
}
