//! The protocol: what is modelled, how it can be spoilt, and what must hold.

use super::{
    checker::{Model, Move},
    environment, normalizer,
    state::{Letter, Normalizer, State, Writer},
    sweep, writer,
};

/// The newest version of the order.
const NEWEST: u8 = 2;

macro_rules! flaws {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// One careless line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Flaw {
            $($(#[$doc])* $name,)+
        }

        impl Flaw {
            /// Every flaw.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

flaws! {
    /// A delivery is acknowledged when it is received.
    AcknowledgesFirst,
    /// The save that folds leaves no due entry: the wake that follows will do.
    SavesWithoutDue,
    /// The sweep takes from the due index what it wakes.
    ClearsDueWhenWaking,
    /// A call record is deleted though nobody knows what came of the call.
    ForgetsUnknownCalls,
    /// The sweep makes the subjects of overdue calls due, without asking for a look.
    NeverRechecks,
    /// The sweep deletes an overdue call record, then saves the recheck.
    ClosesBeforeRechecking,
    /// Orders are loaded without the create-once context: a replay overwrites.
    LoadsPlainly,
    /// Orders are loaded without an external id.
    LoadsWithoutName,
    /// Saves do not look at the version.
    SavesUnconditionally,
    /// What was written is taken for what is there.
    BelievesAnswers,
    /// A save that was lost against another one is repeated on top of it, without asking for a look.
    SavesOverConflicts,
    /// A call that the database rolled back is repeated after the deadline of its record.
    RepeatsAfterDeadline,
    /// The record of an answered call is closed before the head is saved.
    ClosesBeforeSaving,
    /// A head that the invocation does not change is not saved, even where it changed the order.
    SkipsUnchangedHeads,
    /// Contacts are not looked at where the gate was passed before, even where a look was asked for.
    LooksOnlyWhereUnproved,
    /// Running out of time after a look passes for having seen Odoo hold what it should.
    ProvesByRunningOutOfTime,
    /// A hold counts as the look that was asked for, though nothing was seen to be right.
    HoldsWithoutLooking,
}

/// What of an order the two versions differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Lines are compared whenever the order is read.
    Lines,
    /// Contacts are compared where they were looked up: `Steps::run` does so only where it must.
    Contacts,
}

/// A world to search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    pub(crate) field: Field,
    /// Version 1 waits for a person: its totals are not the channel's.
    pub(crate) differs: bool,
    /// Version 2 is paid, so that the order is confirmed. A confirmed order is never changed: it is held for a person.
    pub(crate) paid: bool,
    pub(crate) flaw: Option<Flaw>,
}

impl Protocol {
    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    pub(crate) fn is_create_once(&self) -> bool {
        !self.has(Flaw::LoadsPlainly) && !self.has(Flaw::LoadsWithoutName)
    }

    /// Does a person have to look at this version?
    pub(crate) fn is_held(&self, version: u8) -> bool {
        self.differs && version != NEWEST
    }

    pub(crate) fn wants_confirmation(&self, version: u8) -> bool {
        self.paid && version == NEWEST
    }
}

/// Collects the steps from one state.
pub(crate) struct Steps<'a> {
    pub(crate) protocol: &'a Protocol,
    pub(crate) from: &'a State,
    faults: bool,
    found: &'a mut Vec<Move<State>>,
}

impl Steps<'_> {
    /// A step that needs nothing to go wrong.
    pub(crate) fn step(&mut self, (who, version): (&'static str, u8), what: &'static str, to: State) {
        self.push((who, version, what), false, to);
    }

    /// Something goes wrong.
    pub(crate) fn fault(&mut self, (who, version): (&'static str, u8), what: &'static str, to: State) {
        if self.faults {
            self.push((who, version, what), true, to);
        }
    }

    fn push(&mut self, what: (&'static str, u8, &'static str), fault: bool, mut to: State) {
        if self.protocol.is_create_once() && to.odoo.orders > 0 {
            to.loads = [false; 2];
        }
        let to = to.normal(!self.protocol.has(Flaw::SavesUnconditionally));
        self.found.push(Move { what, fault, to });
    }
}

/// Nobody works, nothing is queued, due or noted.
fn is_quiet(state: &State) -> bool {
    state.letters == [Letter::Acknowledged; 2]
        && !state.wake
        && state.normalizers == [Normalizer::Idle; 2]
        && state.writers == [Writer::Idle; 2]
        && !state.owing
        && !state.head.due
        && state.notes() == 0
        && !state.calls.iter().flatten().any(|call| call.pending)
}

impl Model for Protocol {
    type State = State;

    fn start(&self) -> State {
        State::new()
    }

    fn moves(&self, state: &State, faults: bool, found: &mut Vec<Move<State>>) {
        let mut steps = Steps { protocol: self, from: state, faults, found };
        normalizer::steps(&mut steps);
        writer::steps(&mut steps);
        sweep::steps(&mut steps);
        environment::steps(&mut steps);
    }

    fn broken(&self, state: &State) -> Option<&'static str> {
        if state.odoo.orders > 1 {
            return Some("one order is in Odoo twice");
        }
        for (version, (letter, journalled)) in (1..).zip(state.letters.iter().zip(state.journal)) {
            if *letter == Letter::Acknowledged && (state.head.order < version || !journalled) {
                return Some("a delivery is acknowledged and its evidence is not durable");
            }
        }
        if state.calls.iter().flatten().any(|call| call.pending && !call.noted) {
            return Some("a call may still commit late, and no record says so");
        }
        let at_work = state.writers.iter().any(|writer| writer.job().is_some());
        let head = &state.head;
        let rests = head.settled == head.desired && head.desired > 0 && !head.due && !head.parked;
        if rests && !at_work && state.notes() == 0 && state.odoo.content != head.order {
            return Some("the record is at rest and Odoo holds something else");
        }
        (is_quiet(state) && !self.is_good_end(state)).then_some("all is quiet and the newest version is not in Odoo")
    }

    fn broken_step(&self, from: &State, to: &State) -> Option<&'static str> {
        let versions = |state: &State| [state.head.order, state.head.desired, state.head.settled];
        if versions(to).iter().zip(versions(from)).any(|(to, from)| *to < from) {
            return Some("a version goes back");
        }
        if to.overdue < from.overdue && !to.head.recheck {
            return Some("the record of a call of unknown outcome goes away and nobody is asked to look");
        }
        None
    }

    fn is_good_end(&self, state: &State) -> bool {
        let settled = state.head.settled == state.head.desired && state.head.order == NEWEST && !state.head.parked;
        let applied = state.odoo.content == NEWEST && state.odoo.confirmed == self.wants_confirmation(NEWEST);
        is_quiet(state) && ((settled && applied) || is_held(state))
    }
}

/// Confirmed as it was not meant to be: it differs, and a person is asked to look (`ChangedAfterConfirmation`).
pub(crate) fn is_held(state: &State) -> bool {
    state.head.parked && state.odoo.confirmed && state.odoo.content != state.head.order
}
