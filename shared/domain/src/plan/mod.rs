//! The plan: from what is desired and what was observed to the one next step.
//!
//! An order goes `draft` (what the sale must look like) → `matched` (whose products, taxes and lists it uses) → `next`
//! (what to do, given what the target was seen to hold). All of it is pure.

mod diff;
mod draft;
mod gate;
mod goods;
mod ledger;
mod matching;
mod next;
mod price;
mod tax;

pub use diff::{DesiredLine, difference_text, fingerprint, is_line, lines_match, shape_desired, shape_observed};
pub use draft::{DraftError, DraftLine, ExpectedTotals, ProductNeed, SaleDraft, Service, TaxNeed, draft};
pub use gate::{Gate, gate};
pub use goods::{
    BackMove, Goods, GoodsNext, GoodsSituation, ShippedMove, UnitsByMove, goods_next, unstated_goods, wants_goods,
};
pub use ledger::{
    Credit, CreditLine, Due as RefundDue, Entry, EntryKind, EntryLine, EntryState, Invoice, Ledger, LedgerNext,
    LedgerNote, LedgerSituation, credit_note_id, due as refund_due, ledger_next, refunded_value, wants_ledger,
};
pub use matching::{Directory, MatchedLine, MatchedSale, Mismatch, Product, TargetTax, match_sale, refund_product};
pub use next::{
    Next, Observed, ObservedLine, SaleState, Situation, TaxGroup, before_matching, is_handed_over, next,
    wants_confirmation,
};
pub use price::{PriceRow, price_rows};
pub use tax::{ExactTax, exact_taxes};
