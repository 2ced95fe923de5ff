//! Evidence and the state that it folds into.

mod evidence;
mod fold;
mod record;

pub use evidence::{Decision, Evidence, Facet, Rank, ReadOrPush};
pub use fold::{Folded, OrderFacets, Ranked, fold};
pub use record::{
    AppliedSteps, Body, Due, ExceptionClass, Head, Lane, MAX_PENDING_WAKES, OdooOrder, ParkedException, Record,
};
