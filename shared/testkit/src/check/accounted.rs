//! Every webhook that was answered 2xx is in the journal; none that was refused is; nothing is left to do.

use std::{collections::BTreeSet, sync::Arc};

use sluice_domain::{
    ports::journal::{Happening, JournalEntry},
    state::ExceptionClass,
    value::{Kind, SubjectKey},
};

use super::{Findings, subject};
use crate::{shop::ShopOrder, world::World};

/// Delivery ids of signed bodies that cannot be read begin so.
pub const BROKEN: &str = "broken-";

pub(super) fn check(world: &World, orders: &[Arc<ShopOrder>], findings: &mut Findings) {
    let mut journalled: BTreeSet<String> = BTreeSet::new();
    let mut add = |entries: Vec<JournalEntry>| {
        let evidence = entries.into_iter().filter(|entry| matches!(entry.what, Happening::Evidence { .. }));
        journalled.extend(evidence.map(|entry| entry.id));
    };
    for order in orders {
        add(world.journal(&subject(world, order)));
    }
    let (accepted, refused) = world.deliveries();
    let own = |id: &str| -> Vec<JournalEntry> {
        let keys = world
            .accounts()
            .iter()
            .filter_map(|account| SubjectKey::new(account.name.clone(), Kind::Delivery, id).ok());
        keys.flat_map(|key| world.journal(&key)).collect()
    };
    for id in &accepted {
        if !journalled.contains(*id) && own(id).is_empty() {
            findings.lost.push(format!("delivery {id} was answered 2xx and is not in the journal"));
        }
    }
    for id in accepted.iter().filter(|id| id.starts_with(BROKEN)) {
        let parked =
            own(id).first().and_then(|entry| world.record(&entry.subject)).and_then(|record| record.head.parked);
        if parked.is_none_or(|parked| parked.class != ExceptionClass::UnreadablePayload) {
            findings.mismatched.push(format!("delivery {id} cannot be read and is not parked as such"));
        }
    }
    for id in refused {
        if journalled.contains(id) || !own(id).is_empty() {
            findings.mismatched.push(format!("delivery {id} was refused and is in the journal"));
        }
    }
    at_rest(world, orders, findings);
}

fn at_rest(world: &World, orders: &[Arc<ShopOrder>], findings: &mut Findings) {
    let (deliveries, wakes) = world.queued();
    if deliveries > 0 || wakes > 0 {
        findings.stuck.push(format!("{deliveries} deliveries and {wakes} wakes are still queued"));
    }
    let open = world.open_calls();
    if open > 0 {
        findings.stuck.push(format!("{open} calls of unknown outcome were never looked at again"));
    }
    for key in world.unfinished() {
        findings.stuck.push(format!("{key} is still due"));
    }
    for order in orders {
        let key = subject(world, order);
        let Some(record) = world.record(&key) else { continue };
        if !record.head.pending_wakes.is_empty() {
            findings.stuck.push(format!("{key} has wakes to send"));
        }
        let head = &record.head;
        let transient = [ExceptionClass::TooManyAttempts, ExceptionClass::Defect];
        if let Some(parked) = head.parked.as_ref().filter(|parked| transient.contains(&parked.class)) {
            findings.stuck.push(format!("{key} was given up: {}", parked.reason));
        }
        if head.due.is_none() && head.applied.settled != head.desired && head.parked.is_none() {
            findings.stuck.push(format!("{key} has work to do, is not due and waits for nobody"));
        }
    }
}
