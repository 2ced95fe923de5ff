//! The webhooks about an order: several topics for one change, late, shuffled, and what other people send.

use std::sync::Arc;

use jiff::SignedDuration;

use super::ShopOrder;
use crate::{
    check::BROKEN,
    world::{Content, Dice, Webhook, later},
};

/// Signed bodies that are no order.
const BROKEN_BODIES: [&str; 4] =
    ["", "{", r#"{"id": 17, "currency": "EUR"}"#, r#"{"id": 17, "currency": "XYZ", "line_items": []}"#];
/// Topics of no concern.
const IGNORED: [&str; 3] = ["checkouts/create", "draft_orders/create", "somebody/invented"];

/// All webhooks about one order.
pub fn webhooks(order: &Arc<ShopOrder>, dice: &mut Dice) -> Vec<Webhook> {
    let mut all = Vec::new();
    for (number, version) in order.versions.iter().enumerate() {
        for topic in topics(order, number, dice) {
            let delivery_id = format!("{}-{}-{number}-{}", order.account, order.id, all.len());
            let at = later(version.at, delay(dice));
            let content = Content::Order(Arc::clone(order), number);
            all.push(Webhook { at, account: order.account, topic, delivery_id, content, forged: false });
        }
    }
    all.extend(noise(order, dice));
    all
}

fn topics(order: &ShopOrder, number: usize, dice: &mut Dice) -> Vec<&'static str> {
    let version = &order.versions[number];
    let mut topics = vec![version.topic];
    if number == 0 && version.payment == "paid" && dice.chance(6_000) {
        topics.push("orders/paid");
    }
    let before = number.checked_sub(1).map_or(&[][..], |before| &order.versions[before].refunds);
    if version.refunds != before {
        topics.push("refunds/create");
    }
    // The edit itself has no content: the order comes with its update.
    if version.topic == "orders/edited" || dice.chance(3_500) {
        topics.push("orders/updated");
    }
    topics
}

/// Mostly at once, sometimes a minute later, now and then hours.
fn delay(dice: &mut Dice) -> SignedDuration {
    let most = match dice.below(100) {
        0..=74 => 4_000,
        75..=96 => 90_000,
        _ => 7_200_000,
    };
    SignedDuration::from_millis(dice.between(0, most))
}

fn noise(order: &Arc<ShopOrder>, dice: &mut Dice) -> Vec<Webhook> {
    let at = later(order.placed_at, delay(dice));
    let mut all = Vec::new();
    let mut add = |kind: &str, topic, content, forged| {
        let delivery_id = format!("{kind}{}-{}", order.account, order.id);
        all.push(Webhook { at, account: order.account, topic, delivery_id, content, forged });
    };
    if dice.chance(100) {
        add("forged-", "orders/create", Content::Order(Arc::clone(order), 0), true);
    }
    if dice.chance(40) {
        let body = dice.pick(&BROKEN_BODIES).as_bytes().to_vec();
        add(BROKEN, "orders/create", Content::Bytes(body), false);
    }
    if dice.chance(40) {
        add("ignored-", *dice.pick::<&'static str>(&IGNORED), Content::Bytes(b"{}".to_vec()), false);
    }
    all
}
