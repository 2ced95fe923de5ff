//! T15: random carts, both rounding modes of Odoo, taxes in prices or on top, rounded per line or over the order by the
//! shop: Odoo's total is the channel's, or the order waits with the difference named. Never silent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use sluice_domain::state::ExceptionClass;
use sluice_testkit::{
    check::check,
    scene::{CALM, Scene, VERSIONS, start},
    shop::{Maker, Mix, ShopOrder},
    world::{Dice, later},
};

/// Carts of one run per version of Odoo. A hundred thousand over both: `CARTS=50000 cargo test --release -p sluice-tests --test
/// t15_totals_are_equal_or_an_exception`.
const CARTS: u64 = 1_500;
/// Carts of one world.
const WINDOW: u64 = 250;

/// The shop rounds tax over the whole order: what that moves is allotted to the largest lines.
fn round_over_the_order(order: &mut ShopOrder) {
    let included = order.tax_included;
    let version = &mut order.versions[0];
    let Some(rate) = version.lines.iter().find_map(|line| line.rate) else { return };
    let amount: i64 =
        version.lines.iter().filter(|line| line.rate.is_some()).map(|line| line.sums(included).amount).sum();
    let whole = 100_000 + if included { rate } else { 0 };
    let exact = (2 * amount * rate + whole) / (2 * whole);
    let mut left = exact - version.lines.iter().map(|line| line.sums(included).tax).sum::<i64>();
    for line in version.lines.iter_mut().filter(|line| line.rate.is_some() && line.price > 100) {
        line.shift = left.signum();
        left -= line.shift;
    }
}

fn play(carts: u64) {
    let (mut equal, mut held) = (0_u64, 0_u64);
    for version in VERSIONS {
        for world in 0..carts.div_ceil(WINDOW) {
            let mut dice = Dice::new(world);
            let mut maker = Maker::new(dice.fork(1), Mix { currencies: true, ..Mix::PLAIN }, 0, 50);
            let mut scene = Scene::new(version, CALM);
            for _ in 0..WINDOW {
                let mut order = maker.order(later(start(), jiff::SignedDuration::from_secs(dice.between(0, 600))));
                if dice.chance(5_000) {
                    round_over_the_order(&mut order);
                }
                scene.tell(order);
            }
            scene.world.run();
            for order in &scene.orders {
                let total = scene.in_odoo(order, |sale| order.coin.minor(sale.amount_total()));
                match (total.flatten() == Some(order.sums().total), scene.waits(order)) {
                    (true, None) => equal += 1,
                    (false, Some(ExceptionClass::TotalsDiffer)) => held += 1,
                    (same, waits) => panic!("{}: equal {same}, waits for {waits:?}", order.number),
                }
            }
            let other = check(&scene.world, &scene.orders);
            assert!(other.lost.is_empty() && other.duplicated.is_empty() && other.stuck.is_empty());
        }
    }
    println!("{equal} equal, {held} wait with their difference");
    assert!(held * 20 < equal, "{held} of {equal} wait: exceptions must stay exceptions");
}

#[test]
fn t15_totals_are_equal_or_an_exception() {
    play(option_env!("CARTS").and_then(|carts| carts.parse().ok()).unwrap_or(CARTS));
}
