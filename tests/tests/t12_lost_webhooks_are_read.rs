//! T12: webhooks get lost, and the channel deletes its subscriptions without a word. After one interval everything is here,
//! the subscriptions stand again, and nothing is there twice.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sluice_channels::channel;
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    delivery::MAX_BODY_BYTES,
    state::ExceptionClass,
    value::{Kind, SubjectKey},
};
use sluice_reconciler::{End, Ran};
use sluice_sandbox::shopify::{ShopTrouble, SimShopify};
use sluice_testkit::{
    bugs::PullBug,
    check::{check, subject},
    scene::{CALM, Scene, plain_order, start, then},
    shop::{Maker, Mix, ShopOrder, webhooks},
    world::{Dice, FALLBACK, Plan, Pulls, Rates, World, account, later},
};

/// How many topics must come here.
fn wanted() -> usize {
    channel("shopify").unwrap().subscriptions().len()
}

fn alpha() -> Account {
    account("alpha", ConfirmPolicy::Paid, UnknownProduct::Fallback(FALLBACK.into()))
}

fn scene(pulls: Pulls) -> Scene {
    Scene::reading(CALM, alpha(), pulls)
}

/// A day in an hour: orders with their lives, and all webhooks about them.
fn busy(scene: &mut Scene, count: u64, seed: u64) -> Vec<Arc<ShopOrder>> {
    let mut dice = Dice::new(seed);
    let mut maker = Maker::new(dice.fork(1), Mix::ALL, 0, count / 3);
    for number in 0..count {
        let placed = later(start(), SignedDuration::from_secs(i64::try_from(number).unwrap() * 7));
        let order = scene.place(maker.order(placed));
        if order.refused {
            scene.world.refuse(&order);
        }
        for webhook in webhooks(&order, &mut dice) {
            scene.world.send(webhook);
        }
    }
    scene.orders.clone()
}

/// Orders that the state does not hold at their last version.
fn behind(world: &World, orders: &[Arc<ShopOrder>]) -> Vec<String> {
    let held = |order: &ShopOrder| {
        let record = world.record(&subject(world, order))?;
        Some(record.body.facets.order?.rank.version >= order.last().at.as_microsecond())
    };
    orders.iter().filter(|order| held(order) != Some(true)).map(|order| order.number.clone()).collect()
}

fn last_change(orders: &[Arc<ShopOrder>]) -> Timestamp {
    orders.iter().map(|order| order.last().at).max().unwrap()
}

#[test]
fn one_and_five_per_cent_are_lost_and_the_subscriptions_are_deleted() {
    for (lost, seed) in [(100, 1), (500, 2)] {
        let mut scene = scene(Pulls { lost, lag_seconds: 30, ..Pulls::CALM });
        let orders = busy(&mut scene, 300, seed);
        // In the middle of the day somebody, or the channel itself, deletes every subscription.
        scene.world.run_for(SignedDuration::from_mins(21));
        scene.world.shop(0, SimShopify::unsubscribe);
        scene.world.run_for(SignedDuration::from_secs(300));
        assert_eq!(scene.world.shop(0, |shop| shop.subscriptions().len()), wanted(), "after one interval");
        let rest = last_change(&orders).duration_since(scene.world.now()) + SignedDuration::from_secs(300 + 30 + 120);
        scene.world.run_for(rest);
        assert_eq!(behind(&scene.world, &orders), Vec::<String>::new(), "one interval after the last change");
        scene.finish_well();
        let (lost, sent) = (scene.world.lost_webhooks(), scene.world.deliveries().0.len());
        println!("{lost} webhooks were lost and {sent} were taken");
        assert!(lost > 30, "{lost}");
    }
}

/// Nobody ever subscribed: everything comes by reading, and the subscriptions are made.
#[test]
fn a_shop_that_sends_nothing_is_read() {
    let mut scene = scene(Pulls { subscribed: false, ..Pulls::CALM });
    let first = scene.tell(plain_order(1));
    let mut second = plain_order(2);
    then(&mut second, "orders/cancelled", |version| {
        version.cancelled = true;
        version.payment = "refunded";
    });
    let second = scene.tell(second);
    scene.finish_well();
    assert_eq!((scene.state(&first).as_str(), scene.state(&second).as_str()), ("sale", "cancel"));
    assert_eq!((scene.world.lost_webhooks(), scene.world.shop(0, |shop| shop.subscriptions().len())), (3, wanted()));
}

/// The webhook brought it, and reading it changes nothing: no new version, no write to Odoo, one line in the journal.
#[test]
fn what_is_known_costs_a_look() {
    let mut scene = scene(Pulls::CALM);
    let orders: Vec<_> = (1..=10).map(|number| scene.tell(plain_order(number))).collect();
    scene.world.run_for(SignedDuration::from_mins(4));
    let settled: Vec<u64> = orders.iter().map(|order| scene.record(order).head.desired).collect();
    let calls = ["sale.order.load", "sale.order.write", "sale.order.action_confirm", "res.partner.load"]
        .map(|call| scene.world.sent(call).len());
    scene.world.run_for(SignedDuration::from_mins(30));
    scene.finish_well();
    for (order, settled) in orders.iter().zip(settled) {
        let key = subject(&scene.world, order);
        let read = scene.world.journal(&key).into_iter().filter(|entry| entry.id.starts_with("pull-")).count();
        assert_eq!((scene.record(order).head.desired, read), (settled, 1), "{}", order.number);
    }
    let after = ["sale.order.load", "sale.order.write", "sale.order.action_confirm", "res.partner.load"]
        .map(|call| scene.world.sent(call).len());
    assert_eq!(calls, after, "Odoo hears nothing of what it holds");
    let reads: Vec<_> = scene
        .world
        .ran()
        .iter()
        .filter_map(|ran| if let Ran::Pulled(reads) = ran { Some(&reads[0]) } else { None })
        .collect();
    let (sent, known) = reads.iter().fold((0, 0), |(sent, known), read| (sent + read.sent, known + read.known));
    assert_eq!(sent, 10, "each is handed over once");
    assert!(known >= 10, "{known} were known");
}

/// An order that cannot be read stands between good ones: it waits for a person, once, and holds up nobody.
#[test]
fn one_bad_order_in_a_page() {
    between_good_ones("XYZ", "web");
}

/// So does one that no message takes.
#[test]
fn one_order_in_a_page_is_larger_than_a_delivery() {
    between_good_ones("EUR", &"w".repeat(MAX_BODY_BYTES));
}

#[track_caller]
fn between_good_ones(currency: &str, source: &str) {
    let mut scene = scene(Pulls { subscribed: false, ..Pulls::CALM });
    let good: Vec<_> = (1..=9).map(|number| scene.place(plain_order(number))).collect();
    let at = good[4].last().at;
    let body = format!(
        r##"{{"id":77,"name":"#77","currency":"{currency}","source_name":"{source}","updated_at":"{at}","created_at":"{at}","total_price":"1.00","line_items":[]}}"##
    );
    let bad = sluice_sandbox::shopify::Revision {
        order: 77,
        at,
        found_at: at,
        body: Some(Arc::new(move || body.clone().into_bytes())),
    };
    scene.world.shop(0, |shop| shop.revise(bad));
    scene.finish_well();
    assert!(good.iter().all(|order| scene.state(order) == "sale"));
    let id = format!("pull-77-{}", at.as_microsecond());
    let key = SubjectKey::new(alpha().name, Kind::Delivery, &id).unwrap();
    let parked = scene.world.record(&key).unwrap().head.parked.unwrap();
    assert_eq!(parked.class, ExceptionClass::UnreadablePayload, "{}", parked.reason);
}

fn ends(scene: &Scene) -> Vec<End> {
    let reads = scene.world.ran().iter().filter_map(|ran| match ran {
        Ran::Pulled(reads) => Some(reads[0].end.clone()),
        Ran::Swept(_) | Ran::Subscribed(_) => None,
    });
    reads.collect()
}

fn denied(scene: &Scene) -> Option<(ExceptionClass, String)> {
    let key = SubjectKey::new(alpha().name, Kind::Delivery, "pull-denied").unwrap();
    let parked = scene.world.record(&key)?.head.parked?;
    Some((parked.class, parked.reason))
}

/// The token is revoked, and a scope is missing: a person is told once, with the fix; as soon as it is mended, all is read.
#[test]
fn a_revoked_token_and_a_missing_scope_name_their_fix() {
    for (deny, fix) in [(false, "does not accept the access token"), (true, "give the app the right read_orders")] {
        let mut scene = scene(Pulls { subscribed: false, ..Pulls::CALM });
        let order = scene.place(plain_order(1));
        let token = scene.world.shop(0, |shop| {
            if deny {
                shop.deny("orders");
            }
            let known = shop.config().token.clone();
            if !deny {
                shop.change().token = "another".into();
            }
            known
        });
        scene.world.run_for(SignedDuration::from_mins(31));
        let (class, reason) = denied(&scene).unwrap();
        assert_eq!(class, ExceptionClass::AccountDisconnected);
        assert!(reason.contains(fix), "{reason}");
        assert!(ends(&scene).iter().all(|end| matches!(end, End::Denied(_))));
        assert_eq!(scene.state(&order), "");
        let key = SubjectKey::new(alpha().name, Kind::Delivery, "pull-denied").unwrap();
        assert_eq!(scene.world.journal(&key).len(), 1, "one line, however often it was tried");
        scene.world.shop(0, |shop| {
            shop.change().token = token;
            shop.heal();
        });
        scene.world.run_for(SignedDuration::from_mins(6));
        assert_eq!(scene.state(&order), "sale");
    }
}

/// The app may not see customers: an order without its buyer would be another order, so none is taken.
#[test]
fn half_an_answer_is_none() {
    let mut scene = scene(Pulls { subscribed: false, ..Pulls::CALM });
    let order = scene.place(plain_order(1));
    scene.world.shop(0, |shop| shop.deny("customer"));
    scene.world.run_for(SignedDuration::from_mins(6));
    assert!(denied(&scene).unwrap().1.contains("read_customers"));
    assert_eq!(scene.state(&order), "");
}

/// Every other question is throttled, in HTTP 200 and with 429, and the server fails now and then: it takes longer, that is all.
#[test]
fn a_storm_of_throttling() {
    let mut scene = scene(Pulls { subscribed: false, ..Pulls::CALM });
    for number in 1..=60 {
        scene.place(plain_order(number));
    }
    scene.world.shop(0, |shop| {
        shop.trouble((0..40).flat_map(|_| {
            [
                ShopTrouble::Drained,
                ShopTrouble::Status(429, Some(4)),
                ShopTrouble::Internal,
                ShopTrouble::Status(503, None),
            ]
        }));
    });
    scene.finish_well();
    let questions = scene.world.shop(0, |shop| shop.questions());
    println!("{questions} questions");
    assert!(questions > 160 && questions < 400, "{questions}");
    assert!(ends(&scene).iter().any(|end| *end != End::Complete));
}

/// A shop with a small bucket, and three instances that read it at once: they share what it gives.
#[test]
fn instances_share_one_budget() {
    let mut scene = scene(Pulls { subscribed: false, instances: 3, ..Pulls::CALM });
    scene.world.shop(0, |shop| {
        let config = shop.change();
        (config.restored, config.most) = (50, 1_000);
    });
    let orders: Vec<_> = (1..=90).map(|number| scene.place(plain_order(number))).collect();
    scene.finish_well();
    assert!(orders.iter().all(|order| scene.state(order) == "sale"));
    let throttled = scene.world.shop(0, |shop| shop.throttled());
    println!("{throttled} of {} questions were refused", scene.world.shop(0, |shop| shop.questions()));
    assert!(throttled <= 6, "the shop had to refuse {throttled}");
}

/// Everything at once: crashes, failing stores, lost answers, a webhook of ten lost, two instances.
#[test]
fn in_foul_weather() {
    for seed in 1..=8 {
        let rates = Rates { crash: 60, store: 150, http: 800, doubled: 800, skew_ms: 3_000, ..Rates::CALM };
        let pulls = Pulls { lost: 1_000, lag_seconds: 200, instances: 2, ..Pulls::CALM };
        let mut scene = Scene::reading(Plan::Random(rates), alpha(), pulls);
        let orders = busy(&mut scene, 60, seed);
        scene.world.run();
        let findings = check(&scene.world, &orders);
        assert!(findings.is_clean(), "seed {seed}: {:#?}", findings.shown(5));
    }
}

/// The test is tested: subscriptions that nobody makes are found missing.
#[test]
fn a_subscription_that_is_not_made_is_noticed() {
    let mut scene = scene(Pulls { subscribed: false, bug: Some(PullBug::NeverSubscribes), ..Pulls::CALM });
    scene.tell(plain_order(1));
    scene.finish_well();
    assert_eq!(scene.world.shop(0, |shop| shop.subscriptions().len()), 0, "the bug of this test is gone");
}
