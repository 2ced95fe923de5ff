//! Evidence and the state that it folds into.

mod evidence;
mod fold;
mod index;
mod record;

pub use evidence::{Decision, Evidence, Facet, Rank, ReadOrPush};
pub use fold::{Folded, OrderFacets, Ranked, fold};
pub use index::{DUE_SHARDS, look_up_name, shard};
pub use record::{
    AppliedSteps, Body, Due, ExceptionClass, Head, Lane, MAX_LEDGER_NOTES, MAX_PENDING_WAKES, OdooOrder,
    ParkedException, Record,
};
