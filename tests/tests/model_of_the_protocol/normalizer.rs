//! `functions/normalizer`, one delivery at a time.

use super::{
    protocol::{Flaw, Steps},
    state::{Head, Letter, Normalizer, State},
};

pub(super) fn steps(steps: &mut Steps<'_>) {
    for (place, normalizer) in steps.from.normalizers.into_iter().enumerate() {
        if place > 0 && normalizer == steps.from.normalizers[0] {
            continue;
        }
        match normalizer {
            Normalizer::Idle => receive(steps, place),
            Normalizer::Folding(version, read) => {
                die(steps, (place, version), "dies", *steps.from);
                let stored = if steps.protocol.has(Flaw::SavesUnconditionally) { read.head } else { steps.from.head };
                fold(steps, (place, version), stored);
            }
        }
    }
}

/// `State::read` in `save_once`. A save that loses is decided again on a new read (`save_all`), and between the save that wins
/// and its read nobody saved, so that receiving, reading and saving are one step; but where a flaw lies between them.
fn receive(steps: &mut Steps<'_>, place: usize) {
    let apart = steps.protocol.has(Flaw::SavesUnconditionally) || steps.protocol.has(Flaw::AcknowledgesFirst);
    for version in [1, 2] {
        let letter = usize::from(version) - 1;
        if steps.from.letters[letter] == Letter::Waiting {
            if !apart {
                fold(steps, (place, version), steps.from.head);
                continue;
            }
            let mut to = *steps.from;
            let first = steps.protocol.has(Flaw::AcknowledgesFirst);
            to.letters[letter] = if first { Letter::Acknowledged } else { Letter::Taken };
            to.normalizers[place] = Normalizer::Folding(version, to.read());
            steps.step(("normalizer", version), "receives the delivery, reads the record", to);
        }
    }
}

/// `fold::into_record` and the conditional save; then journal, wakes, acknowledgement (`Normalizer::keep`), which nobody sees
/// one by one, but for who dies between them.
fn fold(steps: &mut Steps<'_>, (place, version): (usize, u8), mut head: Head) {
    let who = ("normalizer", version);
    let mut to = *steps.from;
    if head.order < version {
        (head.order, head.desired) = (version, head.desired + 1);
        head.due |= !steps.protocol.has(Flaw::SavesWithoutDue);
        to.store(head);
    }
    die(steps, (place, version), "folds, saves, dies", to);
    let unsent = to.wake;
    to.wake |= head.desired != head.settled;
    die(steps, (place, version), "folds, saves, wakes, dies", to);
    to.journal[usize::from(version) - 1] = true;
    to.letters[usize::from(version) - 1] = Letter::Acknowledged;
    to.normalizers[place] = Normalizer::Idle;
    steps.step(who, "folds, saves, journals, wakes, acknowledges", to);
    // `Normalizer::wake`: a failure is not repeated, since the record is due.
    to.wake = unsent;
    steps.fault(who, "folds, saves, journals, cannot wake, acknowledges", to);
}

fn die(steps: &mut Steps<'_>, (place, version): (usize, u8), what: &'static str, mut to: State) {
    to.normalizers[place] = Normalizer::Idle;
    steps.fault(("normalizer", version), what, to);
}
