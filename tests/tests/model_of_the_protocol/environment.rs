//! Odoo and the queues: late commits, deadlines, visibility time-outs, duplicates.

use super::{
    protocol::Steps,
    state::{Letter, Odoo, State, Step},
};

/// Create-once load, by external id: the first one decides.
pub(super) fn load(odoo: &mut Odoo, version: u8) {
    if odoo.orders == 0 {
        (odoo.orders, odoo.content) = (1, version);
    }
}

/// A call that is not create-once.
pub(super) fn apply(odoo: &mut Odoo, step: Step) {
    match step {
        Step::Revise(version) => odoo.content = version,
        Step::Confirm => odoo.confirmed = true,
    }
}

pub(super) fn steps(steps: &mut Steps<'_>) {
    odoo(steps);
    deliveries(steps);
    if steps.from.head.desired > 0 && !steps.from.wake {
        let to = State { wake: true, ..*steps.from };
        steps.fault(("queue", 0), "delivers the wake again", to);
    }
}

fn odoo(steps: &mut Steps<'_>) {
    for (place, call) in steps.from.calls.iter().enumerate() {
        let Some(call) = *call else { continue };
        if call.pending {
            let mut to = *steps.from;
            apply(&mut to.odoo, call.step);
            to.calls[place].as_mut().unwrap().pending = false;
            let what = match call.step {
                Step::Revise(_) => "commits a revision whose caller is gone",
                Step::Confirm => "commits a confirmation whose caller is gone",
            };
            steps.step(("Odoo", if let Step::Revise(version) = call.step { version } else { 0 }), what, to);
        }
        // From now on it cannot commit (`CallRecord::deadline`).
        let mut to = *steps.from;
        to.calls[place] = None;
        if call.noted {
            to.overdue += 1;
        }
        steps.step(("time", 0), "passes a call's deadline", to);
    }
    for version in [1, 2] {
        let place = usize::from(version) - 1;
        if steps.from.loads[place] {
            let mut to = *steps.from;
            to.loads[place] = false;
            steps.protocol.load(&mut to.odoo, version);
            steps.step(("Odoo", version), "commits a load whose caller is gone", to);
        }
    }
}

fn deliveries(steps: &mut Steps<'_>) {
    for version in [1, 2] {
        let place = usize::from(version) - 1;
        let mut to = *steps.from;
        to.letters[place] = Letter::Waiting;
        match steps.from.letters[place] {
            Letter::Waiting => {}
            Letter::Taken => steps.fault(("queue", version), "delivers again while it is worked on", to),
            Letter::Acknowledged => {
                steps.fault(("queue", version), "delivers again what was acknowledged", to);
            }
        }
    }
}
