//! `functions/reconciler/src/sweep.rs`. It keeps nothing between two steps that could not be found again, so that it may die
//! between any of them without being told to: the next minute's sweep goes on.

use super::{
    protocol::{Flaw, Steps},
    state::State,
};

const WHO: (&str, u8) = ("sweep", 0);

pub(super) fn steps(steps: &mut Steps<'_>) {
    wake(steps);
    let from = steps.from;
    let spoilt = steps.protocol.has(Flaw::ClosesBeforeRechecking);
    if from.overdue + from.rechecked > 0 && !spoilt {
        steps.step(WHO, "saves the recheck of an overdue call", recheck(steps));
    }
    if from.rechecked > 0 {
        // `settle_calls`: the note goes away only when the subject is sure to be looked at.
        steps.step(WHO, "closes the overdue call", State { rechecked: from.rechecked - 1, ..*from });
    }
    if from.overdue > 0 && spoilt {
        steps.step(WHO, "closes the overdue call", State { overdue: from.overdue - 1, owing: true, ..*from });
    }
    if from.owing {
        steps.step(WHO, "saves the recheck", State { owing: false, ..recheck(steps) });
        steps.step(WHO, "dies", State { owing: false, ..*from });
    }
}

/// `Reconciler::recheck`: on the version that was read, or once more; the save that wins and its read are one step.
fn recheck(steps: &Steps<'_>) -> State {
    let mut to = *steps.from;
    let mut head = to.head;
    (head.recheck, head.due) = (head.recheck || !steps.protocol.has(Flaw::NeverRechecks), true);
    to.store(head);
    (to.overdue, to.rechecked) = (0, to.rechecked + to.overdue);
    to
}

/// `Reconciler::sweep`: what is due is woken; it stays due.
fn wake(steps: &mut Steps<'_>) {
    if steps.from.head.due && !steps.from.wake {
        let mut to = State { wake: true, ..*steps.from };
        if steps.protocol.has(Flaw::ClearsDueWhenWaking) {
            let mut head = to.head;
            head.due = false;
            to.store(head);
        }
        steps.step(WHO, "wakes what is due", to);
    }
}
