//! Permits: places for calls in flight at one database. A place is an item, and taking it a conditional put.

use std::collections::BTreeSet;

use sluice_domain::ports::state::{Permit, PermitRequest, StateError};

use super::keys;
use crate::table::{Change, Condition, Item, Query, Range, Table, Write};

/// The most permits of one database.
const MAX_PERMITS: usize = 1_000;

/// The lowest free slot, if fewer than the limit are held: after the limit was lowered, those above it count too. A permit
/// that ran out is free, whether or not its item is still there.
pub(super) async fn acquire(table: &Table, request: &PermitRequest) -> Result<Option<Permit>, StateError> {
    let until = request.now.checked_add(request.term).map_err(|error| StateError::Broken(error.to_string()))?;
    let held = held(table, request).await?;
    if u32::try_from(held.len()).is_ok_and(|held| held >= request.limit) {
        return Ok(None);
    }
    for slot in (0..request.limit).filter(|slot| !held.contains(slot)) {
        let (database, holder) = (request.database.clone(), request.holder.clone());
        let permit = Permit { database, kind: request.kind, slot, holder, until };
        match table.write(&take(&permit, request)).await {
            Ok(()) => return Ok(Some(permit)),
            // Somebody took it since: the next one.
            Err(StateError::Conflict) => {}
            Err(error @ (StateError::Throttled(_) | StateError::Unknown(_) | StateError::Broken(_))) => {
                return Err(error);
            }
        }
    }
    Ok(None)
}

async fn held(table: &Table, request: &PermitRequest) -> Result<BTreeSet<u32>, StateError> {
    let now = keys::instant(request.now);
    let all = Query {
        index: None,
        hash: ("pk", keys::permits(request.kind, &request.database)),
        range: ("sk", Range::All),
        limit: MAX_PERMITS,
    };
    let mut held = BTreeSet::new();
    for (key, item) in table.query(all).await? {
        if item.text("until")? > now.as_str() {
            held.extend(key.sk.parse::<u32>());
        }
    }
    Ok(held)
}

/// Takes a place.
pub(crate) fn take(permit: &Permit, request: &PermitRequest) -> Write {
    let (holder, until) = (permit.holder.clone(), keys::instant(permit.until));
    let item = Item::default().with("holder", holder.clone()).with("until", until.clone());
    let condition = Condition::Free { now: keys::instant(request.now), holder, until };
    Write { key: keys::permit(permit), change: Change::Put(item), condition }
}

/// Gives a place back, if it is still the giver's.
pub(crate) fn release(permit: &Permit) -> Write {
    let condition = Condition::Held { holder: permit.holder.clone(), until: keys::instant(permit.until) };
    Write { key: keys::permit(permit), change: Change::Delete, condition }
}
