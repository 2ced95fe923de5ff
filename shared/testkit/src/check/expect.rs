//! What must become of an order, by the account's policy.

use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    state::ExceptionClass,
};

use crate::shop::{Item, ShopOrder, Version};

/// What must become of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Not in Odoo, and nobody need look.
    Absent,
    /// Not in Odoo, and waiting for a person for one of these reasons.
    Refused(Vec<ExceptionClass>),
    /// Cancelled in Odoo.
    Cancelled,
    /// In Odoo as it was, waiting for a person: cancelled after it was shipped.
    CancelledTooLate,
    /// A quotation of the last version.
    Quotation,
    /// Confirmed with the last version; or with an earlier one and waiting for a person.
    Sale,
}

/// What must become of an order.
#[must_use]
pub fn expected(order: &ShopOrder, account: &Account) -> Expected {
    if order.test {
        return Expected::Absent;
    }
    let last = order.last();
    let mut reasons = refusals(last, account);
    if order.refused && reasons.is_empty() {
        reasons.push(ExceptionClass::RefusedByOdoo);
    }
    if !reasons.is_empty() {
        return Expected::Refused(reasons);
    }
    if last.cancelled {
        return if last.shipped { Expected::CancelledTooLate } else { Expected::Cancelled };
    }
    if wants_confirmation(account.confirm, last) { Expected::Sale } else { Expected::Quotation }
}

fn refusals(version: &Version, account: &Account) -> Vec<ExceptionClass> {
    let parks = account.unknown_product == UnknownProduct::Park;
    let mut reasons = Vec::new();
    for line in version.lines.iter().filter(|line| line.sold != 0) {
        match line.item {
            Item::Unknown | Item::Custom if parks => reasons.push(ExceptionClass::UnknownProduct),
            Item::Twice => reasons.push(ExceptionClass::AmbiguousProduct),
            Item::Unknown | Item::Custom | Item::Known(_) | Item::GiftCard => {}
        }
    }
    reasons
}

/// The policy in the shop's own words.
#[must_use]
pub fn wants_confirmation(policy: ConfirmPolicy, version: &Version) -> bool {
    match policy {
        ConfirmPolicy::Always => true,
        ConfirmPolicy::Never => false,
        ConfirmPolicy::Paid => ["paid", "partially_refunded", "refunded"].contains(&version.payment),
        ConfirmPolicy::Authorised => {
            ["paid", "partially_refunded", "refunded", "authorized", "partially_paid"].contains(&version.payment)
        }
    }
}
