//! T13: rows of one second, rows that come in while pages are turned, rows that the channel's index shows late: all are read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::sync::Arc;

use jiff::SignedDuration;
use sluice_domain::account::{Account, ConfirmPolicy, UnknownProduct};
use sluice_reconciler::{End, OVERLAP, Ran};
use sluice_sandbox::shopify::ShopTrouble;
use sluice_testkit::{
    bugs::PullBug,
    check::check,
    scene::{CALM, Scene, plain_order, start, then_line},
    shop::ShopOrder,
    world::{Plan, Pulls, Strike, account, later},
};

/// Nothing is sent: what is not read is not known.
const SILENT: Pulls = Pulls { subscribed: false, ..Pulls::CALM };

fn alpha() -> Account {
    account("alpha", ConfirmPolicy::Paid, UnknownProduct::Park)
}

/// An order that was placed and paid so many seconds after the beginning.
fn placed(number: u64, seconds: i64) -> ShopOrder {
    let mut order = plain_order(number);
    order.placed_at = later(start(), SignedDuration::from_secs(seconds));
    order.versions[0].at = order.placed_at;
    order
}

/// A scene's way to go wrong.
type Play = fn(Option<PullBug>) -> Vec<String>;

fn finish(mut scene: Scene) -> Vec<String> {
    scene.world.run();
    check(&scene.world, &scene.orders).shown(3)
}

/// Forty orders of one and the same second, on six pages.
fn one_second(bug: Option<PullBug>) -> Vec<String> {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { bug, ..SILENT });
    for number in 1..=40 {
        scene.place(placed(number, 60));
    }
    finish(scene)
}

/// The first run begins at the cut-over instant, and the order was placed in that second.
fn the_second_of_the_cursor(bug: Option<PullBug>) -> Vec<String> {
    let account = Account { cut_over: Some(later(start(), SignedDuration::from_secs(60))), ..alpha() };
    let mut scene = Scene::reading(CALM, account, Pulls { bug, ..SILENT });
    scene.place(placed(1, 60));
    finish(scene)
}

/// Each order changes a moment before a run and is found by the search only after it.
fn late_visible(bug: Option<PullBug>) -> Vec<String> {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { bug, lag_seconds: 240, ..SILENT });
    for run in 1..=4 {
        for number in 0..3 {
            scene.place(placed(u64::try_from(run * 10 + number).unwrap(), run * 300 - 100 + number * 30));
        }
    }
    finish(scene)
}

/// While a run turns its pages, orders that were read already change and move to the end, and new ones come in.
fn inserted_while_paging(bug: Option<PullBug>) -> Vec<String> {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { bug, lag_seconds: 2, ..SILENT });
    for number in 1..=70 {
        let mut order = placed(number, 10);
        if number % 3 == 0 {
            // In the very seconds in which the run goes on.
            order.versions[0].payment = "pending";
            let mut paid = order.versions[0].clone();
            paid.at = later(start(), SignedDuration::from_secs(300 + i64::try_from(number % 8).unwrap()));
            paid.payment = "paid";
            paid.topic = "orders/paid";
            order.versions.push(paid);
        }
        scene.place(order);
    }
    for number in 0..20 {
        scene.place(placed(100 + number, 299 + i64::try_from(number).unwrap() / 2));
    }
    finish(scene)
}

/// An order with more lines than a page shows.
fn many_lines(bug: Option<PullBug>) -> Vec<String> {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { bug, ..SILENT });
    let mut order = placed(1, 30);
    for place in 3..=57 {
        then_line(&mut order, place);
    }
    scene.place(order);
    finish(scene)
}

/// The shop has nothing left for us at the first question. What was placed is older than the overlap by then.
fn throttled_at_first(bug: Option<PullBug>) -> Vec<String> {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { bug, every_seconds: 3_600, ..SILENT });
    scene.place(placed(1, 30));
    scene.world.shop(0, |shop| shop.trouble([ShopTrouble::Drained]));
    finish(scene)
}

/// The process dies after one of its calls, whichever. By the next run the orders are older than the overlap.
fn crash_after_any_call(bug: Option<PullBug>) -> Vec<String> {
    // Before that there is only the sweep.
    (30..90)
        .flat_map(|call| {
            let plan = Plan::Call(call, Strike::CrashAfter);
            let mut scene = Scene::reading(plan, alpha(), Pulls { bug, every_seconds: 700, ..Pulls::CALM });
            for number in 1..=3 {
                scene.place(placed(number, 5));
            }
            finish(scene)
        })
        .collect()
}

const PLAYS: [(Play, &str); 7] = [
    (one_second, "rows of one second"),
    (the_second_of_the_cursor, "a row of the cursor's own second"),
    (late_visible, "rows that are visible late"),
    (inserted_while_paging, "rows that come in while pages are turned"),
    (many_lines, "an order larger than its page"),
    (throttled_at_first, "a shop that asks for patience"),
    (crash_after_any_call, "a process that dies after a call"),
];

#[test]
fn every_row_is_read() {
    for (play, what) in PLAYS {
        let found = play(None);
        assert!(found.is_empty(), "{what}: {found:#?}");
    }
}

/// Each careless line that a pull could have is caught by one of the stories above.
#[test]
fn every_planted_bug_of_pulls_is_caught() {
    for bug in PullBug::ALL {
        // T12 looks at the subscriptions.
        if bug == PullBug::NeverSubscribes {
            continue;
        }
        let caught: Vec<&str> =
            PLAYS.iter().filter(|(play, _)| !play(Some(bug)).is_empty()).map(|(_, what)| *what).collect();
        println!("{bug:?}: caught by {caught:?}");
        assert!(!caught.is_empty(), "{bug:?} survives");
    }
}

/// However one call of a pull ends, every order is there once.
#[test]
fn a_crash_or_an_error_at_every_call_of_a_pull() {
    let play = |plan: Plan| {
        let what = format!("{plan:?}");
        let mut scene = Scene::reading(plan, alpha(), SILENT);
        let order = scene.place(placed(1, 5));
        let mut many = placed(2, 6);
        (3..=9).for_each(|place| then_line(&mut many, place));
        scene.place(many);
        let findings = scene.finish();
        assert!(findings.is_clean(), "{what}: {:#?}", findings.shown(5));
        assert_eq!(scene.state(&order), "sale", "{what}");
        scene.world.calls().0
    };
    let calls = play(CALM);
    assert!(calls > 60, "{calls} calls are too few to be the whole story");
    let strikes = [Strike::CrashBefore, Strike::CrashAfter, Strike::Refuse, Strike::Unsure, Strike::Conflict];
    for call in 0..calls.min(400) {
        for strike in strikes {
            play(Plan::Call(call, strike));
        }
    }
}

/// Two instances read the same pages at the same time: one is ahead, the other lets go, and the cursor never goes back.
#[test]
fn two_instances_and_one_cursor() {
    let mut scene = Scene::reading(CALM, alpha(), Pulls { instances: 2, ..SILENT });
    for number in 1..=60 {
        scene.place(placed(number, 20));
    }
    let mut last = None;
    for _ in 0..30 {
        scene.world.run_for(SignedDuration::from_secs(60));
        let until = scene.world.read_until(0);
        assert!(until >= last, "{until:?} after {last:?}");
        last = until;
    }
    scene.finish_well();
    let ends: Vec<&End> = scene
        .world
        .ran()
        .iter()
        .filter_map(|ran| if let Ran::Pulled(reads) = ran { Some(&reads[0].end) } else { None })
        .collect();
    assert!(ends.contains(&&End::Overtaken) && ends.contains(&&End::Complete), "{ends:?}");
}

/// The cursor is never later than the beginning of a run that ended, less the overlap.
#[test]
fn the_cursor_stays_behind_the_run() {
    let mut scene = Scene::reading(CALM, alpha(), SILENT);
    scene.place(placed(1, 20));
    for _ in 0..20 {
        scene.world.run_for(SignedDuration::from_secs(120));
        let now = scene.world.now();
        assert!(scene.world.read_until(0).is_none_or(|until| now.duration_since(until) >= OVERLAP));
    }
    scene.finish_well();
}

/// Two thousand orders that nobody heard of: a back-fill goes on from run to run, within its time and its budget.
#[test]
fn a_back_fill_of_two_thousand_orders() {
    let mut scene = Scene::reading(CALM, alpha(), SILENT);
    let orders: Vec<Arc<ShopOrder>> =
        (1..=2_000).map(|number| scene.place(placed(number, i64::try_from(number % 200).unwrap()))).collect();
    scene.world.run();
    assert!(check(&scene.world, &orders).is_clean());
    let reads: Vec<_> = scene
        .world
        .ran()
        .iter()
        .filter_map(|ran| if let Ran::Pulled(reads) = ran { Some(&reads[0]) } else { None })
        .collect();
    let sent: usize = reads.iter().map(|read| read.sent).sum();
    println!(
        "{} runs, {} pages, {sent} deliveries, {} throttled of {} questions, {} of virtual time",
        reads.len(),
        reads.iter().map(|read| read.pages).sum::<usize>(),
        scene.world.shop(0, |shop| shop.throttled()),
        scene.world.shop(0, |shop| shop.questions()),
        scene.world.now().duration_since(start()).as_secs()
    );
    assert!(sent < 2_400, "{sent} deliveries of 2000 orders");
}
