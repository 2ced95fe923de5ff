//! The orders of the day: first one of every kind, then some of the ordinary.

use super::{Life, Twist, buyer::Who};
use crate::demo::{catalogue::Market, random::Random};

/// What an order must be like; the rest is chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) what: &'static str,
    pub(super) market: Market,
    pub(super) who: Who,
    pub(super) twists: &'static [Twist],
    pub(super) life: Life,
}

/// How many orders follow that have nothing special.
const ORDINARY: usize = 16;

macro_rules! recipes {
    ($($what:literal: $market:ident, $who:ident, $life:ident, [$($twist:ident),*];)+) => {
        &[$(Recipe {
            what: $what, market: Market::$market, who: Who::$who, twists: &[$(Twist::$twist),*], life: Life::$life,
        }),+]
    };
}

const SPECIAL: &[Recipe] = recipes! {
    "guest, 19 % and 7 % in the price": Germany, Guest, PaidLater, [];
    "returning customer": Germany, Returning, Paid, [];
    "company with VAT number, 19 % on top": GermanyNet, Company, PaidLater, [];
    "8.25 % on top, on shipping too": Texas, Customer, Paid, [];
    "two taxes on one line": Idaho, Guest, PaidLater, [ManyLines];
    "yen, 10 % in the price": Japan, Customer, Paid, [];
    "20 % in the price": Britain, Guest, Paid, [];
    "books at a rate of nought": Britain, Returning, Paid, [Reduced];
    "company abroad, the buyer owes the tax": Austria, Company, Captured, [];
    "percentage off all lines": Germany, Returning, PaidLater, [PercentOff, ManyLines];
    "amount off all lines": Texas, Guest, Paid, [AmountOff, ManyLines];
    "amount off all lines, yen": Japan, Guest, Paid, [AmountOff, ManyLines];
    "one line reduced": Britain, Customer, PaidLater, [LineOff];
    "one line reduced, two taxes": Idaho, Returning, Paid, [LineOff];
    "shipping reduced": Germany, Guest, Paid, [ShippingOff];
    "free shipping": Texas, Returning, Paid, [FreeShipping];
    "free shipping and a percentage off": Germany, Customer, Paid, [FreeShipping, PercentOff];
    "tip": Texas, Guest, Paid, [Tip];
    "tip as a line": Britain, Guest, Paid, [Tip, TipLine];
    "gift card sold": Germany, Customer, Paid, [GiftCardSold];
    "gift card used": Germany, Returning, Paid, [GiftCardUsed];
    "gift card sold and a code": Idaho, Customer, PaidLater, [GiftCardSold, PercentOff];
    "duties": Switzerland, Customer, PaidLater, [Duty];
    "duties and a fee": Switzerland, Guest, Paid, [Duty, Fee];
    "fee": GermanyNet, Company, Paid, [Fee];
    "till, cash rounded to five cents": Germany, Nobody, Paid, [Till, CashRounding];
    "till, card": Texas, Nobody, Paid, [Till];
    "unknown SKU": Germany, Guest, PaidLater, [UnknownSku];
    "unknown SKU, yen": Japan, Customer, Paid, [UnknownSku];
    "custom line without SKU": Britain, Customer, Paid, [CustomLine];
    "units added before payment": Germany, Customer, UnitsAdded, [];
    "units removed before payment": Britain, Guest, UnitsRemoved, [Reduced];
    "a line exchanged before payment": Texas, Customer, LinesChanged, [];
    "cancelled before payment": Germany, Guest, CancelledUnpaid, [];
    "cancelled before payment, company": GermanyNet, Company, CancelledUnpaid, [];
    "cancelled after payment": Texas, Customer, CancelledPaid, [];
    "cancelled after payment, yen": Japan, Guest, CancelledPaid, [];
    "one line given back": Germany, Returning, PartRefunded, [];
    "one line given back, tax on top": Texas, Guest, PartRefunded, [];
    "all of it given back": Britain, Customer, Refunded, [];
    "shipped": Germany, Customer, Shipped, [];
    "shipped, tax on top": Idaho, Guest, Shipped, [];
    "shipped in part": Germany, Guest, PartShipped, [ManyLines];
    "not paid yet": Germany, Guest, Pending, [];
    "not paid yet, company": GermanyNet, Company, Pending, [];
    "authorised, not captured": Texas, Customer, Authorized, [];
    "authorised, then captured": Japan, Customer, Captured, [];
    "test order": Germany, Guest, Paid, [Test];
    "personal data redacted": Germany, Customer, Paid, [Redacted];
    "the buyer saw another currency": Germany, Customer, Paid, [Presentment];
    "three lines, a cent apart where the company rounds globally": Texas, Customer, Paid, [RoundsGlobally, ManyLines];
    "two taxes, a cent apart where the company rounds globally": Idaho, Customer, PaidLater, [RoundsGlobally, ManyLines];
    "a line of two prices, a cent apart where the company rounds per line": Texas, Guest, Paid, [RoundsPerLine];
};

/// Every order's recipe, in the order in which they were placed.
pub(super) fn all(random: &mut Random) -> Vec<Recipe> {
    let mut recipes = SPECIAL.to_vec();
    for _ in 0..ORDINARY {
        let market = random.pick(Market::ALL);
        let who = match market {
            Market::GermanyNet => Who::Company,
            Market::Germany
            | Market::Austria
            | Market::Switzerland
            | Market::Britain
            | Market::Texas
            | Market::Idaho
            | Market::Japan => {
                if random.chance(50) {
                    Who::Guest
                } else {
                    Who::Returning
                }
            }
        };
        let twists: &[Twist] = if random.chance(30) { &[Twist::PercentOff] } else { &[] };
        let life = if random.chance(75) { Life::Paid } else { Life::PaidLater };
        let place = usize::try_from(random.below(50)).unwrap_or_default();
        recipes.insert(place.min(recipes.len()), Recipe { what: "ordinary", market, who, twists, life });
    }
    recipes
}
