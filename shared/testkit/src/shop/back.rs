//! Money given back, in all the ways in which shops do it.

use jiff::SignedDuration;

use super::{LineSums, ShopOrder, ShopRefund, Version, money::tax};
use crate::world::{Dice, later};

/// One way of giving money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// A unit of the first line that has one left.
    Unit,
    /// The same, less a fee.
    UnitLessFee,
    /// Shipping alone.
    Shipping,
    /// An amount for nothing.
    Amount,
    /// An amount that never arrives.
    Fails,
    /// An amount that is still on its way.
    Pends,
    /// Everything that is left.
    All,
}

/// What shops do, each as likely.
const WAYS: [&[Back]; 9] = [
    &[Back::Unit],
    &[Back::UnitLessFee],
    &[Back::Shipping],
    &[Back::Amount],
    &[Back::Fails],
    &[Back::Pends],
    &[Back::All],
    &[Back::Unit, Back::Amount],
    &[Back::Shipping, Back::Unit, Back::Unit],
];

/// Gives money back for an order that is paid, by the dice.
pub(super) fn refunds(order: &mut ShopOrder, dice: &mut Dice) {
    let ways = *dice.pick(&WAYS);
    for back in ways {
        refund(order, *back, dice.between(20, 1_800));
    }
}

/// Gives money back, so many seconds after the last version.
///
/// # Panics
/// When the clock ends.
pub fn refund(order: &mut ShopOrder, back: Back, seconds: i64) {
    let mut version = order.last().clone();
    version.at = later(version.at, SignedDuration::from_secs(seconds));
    version.topic = "orders/updated";
    let id = order.id * 100 + 30 + 2 * version.refunds.len() as u64;
    let mut refund = ShopRefund { id, at: version.at, lines: Vec::new(), shipping: None, moved: 0, status: "success" };
    let included = order.tax_included;
    let small = if order.coin.digits == 3 { 130 } else { 13 };
    match back {
        Back::Unit | Back::UnitLessFee => {
            take_unit(&mut version, &mut refund, included);
            let fee = if back == Back::UnitLessFee { small.min(refund.worth(included) / 2) } else { 0 };
            refund.moved = refund.worth(included) - if order.coin.digits == 3 { fee / 10 * 10 } else { fee };
        }
        Back::Shipping => {
            refund.shipping = shipping(&version, included);
            refund.moved = refund.worth(included);
        }
        Back::Amount => {
            let given: i64 = version.refunds.iter().filter(|one| one.status == "success").map(|one| one.moved).sum();
            refund.moved = small.min(version.sums(included).total - given);
        }
        Back::Fails => (refund.moved, refund.status) = (small, "failure"),
        Back::Pends => (refund.moved, refund.status) = (small, "pending"),
        Back::All => {
            while take_unit(&mut version, &mut refund, included) {}
            refund.shipping = shipping(&version, included);
            refund.moved = refund.worth(included);
        }
    }
    if refund.moved <= 0 {
        return;
    }
    if refund.status == "success" {
        version.payment = if back == Back::All { "refunded" } else { "partially_refunded" };
    }
    version.refunds.push(refund);
    order.versions.push(version);
}

/// One unit of the first line that has one left; a whole line at once where all of it comes back.
fn take_unit(version: &mut Version, refund: &mut ShopRefund, included: bool) -> bool {
    let Some(line) = version.lines.iter_mut().find(|line| line.refunded < line.sold) else { return false };
    // The last unit takes what rounding left over.
    let before = line.part(line.refunded, included);
    let (before, after) = if line.refunded == 0 {
        (LineSums { amount: 0, tax: 0 }, line.part(1, included))
    } else {
        (before, line.part(line.refunded + 1, included))
    };
    let worth = LineSums { amount: after.amount - before.amount, tax: after.tax - before.tax };
    line.refunded += 1;
    match refund.lines.iter_mut().find(|(id, _, _)| *id == line.id) {
        Some((_, units, sum)) => {
            *units += 1;
            *sum = LineSums { amount: sum.amount + worth.amount, tax: sum.tax + worth.tax };
        }
        None => refund.lines.push((line.id, 1, worth)),
    }
    true
}

fn shipping(version: &Version, included: bool) -> Option<LineSums> {
    let given = version.refunds.iter().any(|refund| refund.shipping.is_some());
    let (price, discount) = version.shipping.filter(|_| !given)?;
    let amount = price - discount;
    (amount > 0).then(|| LineSums { amount, tax: tax(amount, version.shipping_rate, included) })
}
