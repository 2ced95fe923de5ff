//! Watches every save: versions and ranks never go back; and of which subjects a call outlived its caller.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use sluice_domain::{
    ports::state::{CallRecord, Save, StateError},
    state::Rank,
    value::SubjectKey,
};

/// What was last seen of a subject.
#[derive(Clone, Copy, Debug)]
struct Seen {
    version: u64,
    desired: u64,
    rank: Option<Rank>,
}

/// The watcher.
#[derive(Default)]
pub(crate) struct Watch {
    inner: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    seen: BTreeMap<SubjectKey, Seen>,
    broken: Vec<String>,
    orphaned: BTreeSet<SubjectKey>,
}

impl Watch {
    pub(crate) fn saved(&self, save: &Save, answer: &Result<(), StateError>) {
        if answer.is_err() {
            return;
        }
        let head = &save.head;
        let rank = save.body.as_ref().and_then(|body| body.facets.order.as_ref()).map(|order| order.rank);
        let mut watched = self.inner.lock().expect("a world is one thread");
        let Watched { seen, broken, .. } = &mut *watched;
        let now = Seen { version: head.version + 1, desired: head.desired, rank };
        match seen.get_mut(&head.key) {
            None => {
                seen.insert(head.key.clone(), now);
            }
            Some(before) => {
                if before.version != head.version {
                    broken.push(format!("{}: saved over version {} as {}", head.key, before.version, head.version));
                }
                if before.desired > head.desired {
                    broken.push(format!("{}: desired went from {} to {}", head.key, before.desired, head.desired));
                }
                if rank.is_some() && before.rank > rank {
                    broken.push(format!("{}: an older snapshot replaced a newer one", head.key));
                }
                *before = Seen { rank: rank.or(before.rank), ..now };
            }
        }
    }

    /// These calls were not closed by who made them: what he saw after them may be noted nowhere.
    pub(crate) fn overdue(&self, calls: &[CallRecord]) {
        let mut watched = self.inner.lock().expect("a world is one thread");
        watched.orphaned.extend(calls.iter().flat_map(|call| call.subjects.iter().cloned()));
    }

    /// Was a call of that subject ever left open?
    pub(crate) fn is_orphaned(&self, key: &SubjectKey) -> bool {
        self.inner.lock().expect("a world is one thread").orphaned.contains(key)
    }

    /// What went back.
    pub(crate) fn broken(&self) -> Vec<String> {
        self.inner.lock().expect("a world is one thread").broken.clone()
    }
}
