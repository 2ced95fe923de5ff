//! Goods that came back: the transfers of returns that the target must hold, and the one next step towards them.
//!
//! Money and goods are apart: what a refund is worth is the ledger's, what came back with it is counted here, over all refunds
//! of the order. Nothing of it happens but for accounts that ask for it (`returns`), and never twice for units that somebody
//! took back in the target already.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Observed, ObservedLine};
use crate::{
    account::{Account, Returns},
    order::{Refund, RefundState, Restock},
    state::{Decision, OrderFacets},
};

/// How long goods that came back may wait for their delivery in the target before a person is asked.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The pause between two looks: nobody tells us when something is delivered.
const PAUSE: SignedDuration = SignedDuration::from_mins(60);

/// What the target was seen to hold of an order's goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goods {
    /// What went to the customer, by move.
    pub shipped: BTreeMap<i64, ShippedMove>,
    /// What came back of it, or is to.
    pub back: Vec<BackMove>,
}

/// A done move to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedMove {
    /// Its transfer.
    pub delivery: i64,
    /// The order line that it delivers.
    pub line: i64,
    /// What.
    pub product: i64,
    /// Units.
    pub quantity: Decimal,
}

/// A move back that is not given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackMove {
    /// The shipped move whose units it brings.
    pub of: i64,
    /// Its transfer.
    pub transfer: i64,
    /// Units: those that came, or those that are expected.
    pub quantity: Decimal,
    /// They came.
    pub done: bool,
}

/// Everything that decides the next step.
#[derive(Clone, Copy, Debug)]
pub struct GoodsSituation<'a> {
    /// The account.
    pub account: &'a Account,
    /// What is known of the order.
    pub facets: &'a OrderFacets,
    /// Its order in the target.
    pub observed: &'a Observed,
    /// Our names (`line_17`) of the order's lines, by their ids.
    pub names: &'a BTreeMap<i64, String>,
    /// What was seen of its goods.
    pub goods: &'a Goods,
    /// Now.
    pub now: Timestamp,
}

/// Units, by the shipped move that they are of.
pub type UnitsByMove = BTreeMap<i64, Decimal>;

/// The one next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoodsNext {
    /// Make a transfer back.
    Return {
        /// Of what this delivery shipped.
        delivery: i64,
        /// What came back of it.
        units: UnitsByMove,
    },
    /// A transfer back is here: receive it.
    Receive(i64),
    /// Nothing is left to do.
    Rest,
    /// What came back is not delivered yet: look again then.
    Wait {
        /// When.
        at: Timestamp,
        /// For what.
        why: String,
    },
    /// A person must look: what happened and what to do.
    Hold(String),
}

/// Refunds since the account is ours, whose goods moved whatever became of the money.
fn counted<'a>(account: &Account, facets: &'a OrderFacets) -> impl Iterator<Item = &'a Refund> + use<'a> {
    let cut_over = account.cut_over;
    let ours = move |refund: &&Refund| {
        let moved = matches!(refund.state, RefundState::Succeeded | RefundState::Pending);
        moved && cut_over.zip(refund.at).is_none_or(|(instant, at)| at >= instant)
    };
    facets.refunds.values().map(|held| &held.value).filter(ours)
}

/// Units that came back, by order line, and when the last of them did.
fn wanted<'a>(account: &Account, facets: &'a OrderFacets) -> (BTreeMap<&'a str, Decimal>, Option<Timestamp>) {
    let (mut units, mut last) = (BTreeMap::new(), None);
    for refund in counted(account, facets) {
        for line in refund.lines.iter().filter(|line| line.restock == Restock::Return) {
            let sum: &mut Decimal = units.entry(line.line.as_str()).or_default();
            *sum = sum.saturating_add(line.quantity.get());
            last = last.max(refund.at);
        }
    }
    units.retain(|_, units| *units > Decimal::ZERO);
    (units, last)
}

/// Is there anything to look for?
#[must_use]
pub fn wants_goods(account: &Account, facets: &OrderFacets) -> bool {
    account.books.returns != Returns::None && !wanted(account, facets).0.is_empty()
}

/// Refunds of goods of which the channel does not say whether they are in stock again: nothing is moved for them.
#[must_use]
pub fn unstated_goods(account: &Account, facets: &OrderFacets) -> Vec<String> {
    if account.books.returns == Returns::None {
        return Vec::new();
    }
    let unknown = |refund: &&Refund| refund.lines.iter().any(|line| matches!(line.restock, Restock::Unknown(_)));
    counted(account, facets).filter(unknown).map(|refund| refund.id.clone()).collect()
}

/// Decides the next step: what can be done is done first, then a person is asked, then it waits.
#[must_use]
pub fn goods_next(situation: &GoodsSituation<'_>) -> GoodsNext {
    let (wanted, since) = wanted(situation.account, situation.facets);
    let released = situation.facets.decision.as_ref().is_some_and(|held| held.value == Decision::Release);
    let (mut units, mut short, mut held) = (BTreeMap::new(), Vec::new(), None);
    let mut fits: BTreeSet<i64> = BTreeSet::new();
    for (line, asked) in wanted {
        let sold: Vec<&ObservedLine> = situation.lines(line).collect();
        let moves: Vec<(i64, &ShippedMove)> = situation.moves(&sold).collect();
        if sold.is_empty() {
            // The order existed before us.
            let (asked, order) = (asked.normalize(), &situation.observed.name);
            held = held
                .or(Some(format!("{asked} of line {line} came back, and no line of {order} is known by that name")));
            continue;
        }
        if let Some(kit) = sold.iter().find(|line| is_kit(line, &moves)) {
            held = held.or(Some(format!("{} came back, and its delivery was of other products (a kit)", kit.title)));
            continue;
        }
        let back = |id: i64| situation.goods.back.iter().filter(move |one| one.of == id);
        let known: Decimal = moves.iter().flat_map(|(id, _)| back(*id)).map(|one| one.quantity).sum();
        if known <= asked {
            fits.extend(moves.iter().map(|(id, _)| *id));
        }
        let mut missing = asked.saturating_sub(known);
        for (id, shipped) in &moves {
            let room = shipped.quantity.saturating_sub(back(*id).map(|one| one.quantity).sum());
            let taken = missing.min(room);
            if taken > Decimal::ZERO {
                missing = missing.saturating_sub(taken);
                units.insert(*id, taken);
            }
        }
        if missing > Decimal::ZERO {
            let title = sold.first().map_or(line, |line| line.title.as_str());
            short.push(format!("{} of {title} came back and is not delivered in Odoo", missing.normalize()));
        }
    }
    let by_hand = |text| GoodsNext::Hold(format!("{text}: take it back in Odoo by hand, then release this order"));
    step(situation, units)
        .or_else(|| receive(situation, &fits))
        .or_else(|| held.filter(|_| !released).map(by_hand))
        .or_else(|| waits(situation, &short, since).filter(|_| !released))
        .unwrap_or(GoodsNext::Rest)
}

impl GoodsSituation<'_> {
    /// The lines in the target that sell a line of the channel's.
    fn lines(&self, line: &str) -> impl Iterator<Item = &ObservedLine> {
        let name = format!("line_{line}");
        let ours = move |id: &i64| {
            let known = self.names.get(id).and_then(|known| known.strip_prefix(&*name));
            known.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        self.observed.lines.iter().filter(move |line| ours(&line.id))
    }

    fn moves(&self, lines: &[&ObservedLine]) -> impl Iterator<Item = (i64, &ShippedMove)> {
        let of = |one: &ShippedMove| lines.iter().any(|line| line.id == one.line);
        self.goods.shipped.iter().filter(move |(_, one)| of(one)).map(|(id, one)| (*id, one))
    }
}

/// Was it delivered as something else than what was sold?
fn is_kit(line: &ObservedLine, moves: &[(i64, &ShippedMove)]) -> bool {
    moves.iter().any(|(_, one)| one.line == line.id && Some(one.product) != line.product)
}

/// One delivery's units at a time.
fn step(situation: &GoodsSituation<'_>, mut units: UnitsByMove) -> Option<GoodsNext> {
    let delivery_of = |id: &i64| situation.goods.shipped.get(id).map(|shipped| shipped.delivery);
    let delivery = units.keys().find_map(delivery_of)?;
    units.retain(|id, _| delivery_of(id) == Some(delivery));
    Some(GoodsNext::Return { delivery, units })
}

/// A transfer back that brings nothing but what came back. One that expects more is somebody's plan.
fn receive(situation: &GoodsSituation<'_>, fits: &BTreeSet<i64>) -> Option<GoodsNext> {
    if situation.account.books.returns != Returns::Received {
        return None;
    }
    let open = situation.goods.back.iter().filter(|one| !one.done).map(|one| one.transfer);
    let all_fit = |transfer: &i64| {
        situation.goods.back.iter().filter(|one| one.transfer == *transfer).all(|one| fits.contains(&one.of))
    };
    open.into_iter().find(all_fit).map(GoodsNext::Receive)
}

fn waits(situation: &GoodsSituation<'_>, short: &[String], since: Option<Timestamp>) -> Option<GoodsNext> {
    if short.is_empty() {
        return None;
    }
    let why = short.join(", ");
    if since.is_some_and(|since| situation.now.duration_since(since) > TOO_LONG) {
        return Some(GoodsNext::Hold(format!("{why}: deliver it there, or release this order if it never left")));
    }
    Some(GoodsNext::Wait { at: situation.now.checked_add(PAUSE).unwrap_or(situation.now), why })
}
