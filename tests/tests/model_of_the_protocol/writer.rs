//! `functions/odoo-writer`: `handler.rs` reads, `pressure.rs` lets in, `steps/` goes to Odoo, `finish.rs` saves.

use super::{
    environment::apply,
    protocol::{Field, Flaw, Protocol, Steps},
    state::{Call, Head, Job, Odoo, State, Step, Verdict, Writer},
};

/// Who takes a step: its place, and its name on the path.
type Who = (usize, (&'static str, u8));

pub(super) fn steps(steps: &mut Steps<'_>) {
    for (place, writer) in steps.from.writers.into_iter().enumerate() {
        if place > 0 && writer == steps.from.writers[0] {
            continue;
        }
        let who = (place, ("writer", writer.job().map_or(0, |job| job.order)));
        match writer {
            Writer::Idle => receive(steps, place),
            Writer::Looking(job) if !job.known => load(steps, who, job),
            Writer::Looking(job) => observe(steps, who, job),
            Writer::Acting(job, step) => act(steps, who, (job, step), true),
            Writer::Repeating(job, step) => act(steps, who, (job, step), false),
            Writer::Saving(job, verdict) => save(steps, who, (job, verdict)),
        }
        if writer != Writer::Idle {
            die(steps, who, "dies", *steps.from);
            outlive_a_note(steps, who);
        }
    }
}

fn to(steps: &Steps<'_>, place: usize, writer: Writer) -> State {
    let mut to = *steps.from;
    to.writers[place] = writer;
    to
}

/// Its wake is lost, its notes stay. (That the wake comes back would do what the sweep's next wake does.)
fn die(steps: &mut Steps<'_>, (place, who): Who, what: &'static str, mut to: State) {
    if to.writers[place].job().is_some_and(|job| job.noted) {
        to.abandon(Call { step: Step::Confirm, pending: false, noted: true });
    }
    to.writers[place] = Writer::Idle;
    steps.fault(who, what, to);
}

/// An invocation may last longer than the deadline of a call that it had answered. Where another overdue call waits for the
/// sweep already, one more tells nobody anything new.
fn outlive_a_note(steps: &mut Steps<'_>, (place, who): Who) {
    let mut to = *steps.from;
    if to.overdue + to.rechecked > 0 {
        return;
    }
    let Some(job) = to.writers[place].job_mut().filter(|job| job.noted) else { return };
    job.noted = false;
    to.overdue += 1;
    steps.step(who, "works on after the deadline of a call", to);
}

/// `Writer::handle`: reads the record; `settle_without_odoo`.
fn receive(steps: &mut Steps<'_>, place: usize) {
    let head = steps.from.head;
    if !steps.from.wake {
        return;
    }
    let rests = head.settled == head.desired && !head.recheck && !head.parked;
    let job = Job {
        still: !head.due && (rests || head.parked),
        order: head.order,
        worked: head.desired,
        known: head.known,
        looks: steps.protocol.looks(&head),
        seen: false,
        proved: false,
        wrote: false,
        noted: false,
        read: steps.from.read(),
    };
    let writer = match (head.desired, rests) {
        (0, _) => Writer::Idle,
        (_, true) => Writer::Saving(job, Verdict::Rest),
        (_, false) => Writer::Looking(job),
    };
    let to = State { wake: false, ..to(steps, place, writer) };
    steps.step(("writer", head.order), "receives the wake, reads the record", to);
}

/// `Gatekeeper::enter`, and the look-ups of `Steps::run`: neither is seen by anybody else.
fn enter(steps: &mut Steps<'_>, (place, who): Who, job: Job) {
    if job.seen {
        return;
    }
    steps.step(who, "has no permit", to(steps, place, Writer::Saving(job, Verdict::Defer)));
    let held = to(steps, place, Writer::Saving(job, Verdict::Hold { heals: true }));
    steps.fault(who, "misses a product", held);
}

/// `steps/create.rs`: no note, since it is create-once.
fn load(steps: &mut Steps<'_>, (place, who): Who, job: Job) {
    enter(steps, (place, who), job);
    let mut done = to(steps, place, Writer::Looking(Job { known: true, ..job }));
    steps.protocol.load(&mut done.odoo, job.order);
    if steps.protocol.has(Flaw::BelievesAnswers) {
        done.writers[place] = Writer::Saving(Job { seen: true, proved: true, ..job }, Verdict::Rest);
    }
    steps.step(who, "loads the order", done);
    let mut lost = to(steps, place, Writer::Saving(job, Verdict::Defer));
    lost.loads[usize::from(job.order) - 1] = true;
    steps.fault(who, "sends the load and has no answer", lost);
    let mut dead = *steps.from;
    dead.loads[usize::from(job.order) - 1] = true;
    die(steps, (place, who), "dies, its load under way", dead);
    let late = to(steps, place, Writer::Saving(job, Verdict::Again));
    steps.fault(who, "has no time to load", late);
}

/// `steps/observe.rs`, then `plan::next`.
fn observe(steps: &mut Steps<'_>, (place, who): Who, job: Job) {
    enter(steps, (place, who), job);
    let Odoo { content, confirmed, .. } = steps.from.odoo;
    let differs = job.looks && content != job.order;
    let held = steps.protocol.is_held(job.order);
    let job = Job { seen: true, proved: !differs && !held, ..job };
    let confirms = !confirmed && steps.protocol.wants_confirmation(job.order);
    let (what, next) = match (differs, confirmed) {
        (true, true) => ("sees another version confirmed", Writer::Saving(job, Verdict::Hold { heals: false })),
        (true, false) => ("sees another version", Writer::Acting(job, Step::Revise(job.order))),
        (false, _) if held => {
            ("sees its version, whose totals differ", Writer::Saving(job, Verdict::Hold { heals: false }))
        }
        (false, _) if confirms => ("sees its version, to be confirmed", Writer::Acting(job, Step::Confirm)),
        (false, _) => ("sees its version", Writer::Saving(job, Verdict::Rest)),
    };
    steps.step(who, what, to(steps, place, next));
    if confirms && !differs {
        // In a surge, or while another worker confirms.
        let later = to(steps, place, Writer::Saving(job, Verdict::Again));
        steps.step(who, "sees its version, leaves its confirmation to a later invocation", later);
    }
}

/// `steps/act.rs`: note, call, answer. Nobody sees the note before the call, and until its caller gives up nobody can tell a
/// slow answer from a slow commit, so that all three are one step; the deadline does not pass meanwhile, since no caller
/// waits so long.
fn act(steps: &mut Steps<'_>, (place, who): Who, (job, step): (Job, Step), noted: bool) {
    let early = steps.protocol.has(Flaw::ClosesBeforeSaving);
    let after = Job { wrote: true, noted: job.noted || (noted && !early), ..job };
    let mut done = to(steps, place, Writer::Looking(after));
    apply(&mut done.odoo, step);
    if steps.protocol.has(Flaw::BelievesAnswers) {
        done.writers[place] = Writer::Saving(Job { proved: true, ..after }, Verdict::Rest);
    }
    steps.step(who, if step == Step::Confirm { "confirms the order" } else { "revises the order" }, done);
    // `Steps::answered`: the note stays.
    let mut lost = to(steps, place, Writer::Saving(job, Verdict::Defer));
    let forgets = steps.protocol.has(Flaw::ForgetsUnknownCalls);
    lost.abandon(Call { step, pending: true, noted: noted && !forgets });
    steps.fault(who, "sends the call and has no answer", lost);
    let mut dead = *steps.from;
    dead.abandon(Call { step, pending: true, noted });
    die(steps, (place, who), "dies, its call under way or not", dead);
    if noted {
        steps.fault(who, "has no time for the call", to(steps, place, Writer::Saving(job, Verdict::Again)));
    }
    if noted && steps.protocol.has(Flaw::RepeatsAfterDeadline) && steps.from.overdue + steps.from.rechecked == 0 {
        let mut late = to(steps, place, Writer::Repeating(job, step));
        late.overdue += 1;
        steps.step(who, "is told of conflicts until the deadline has passed", late);
    }
}

/// `Writer::finish`: saves, closes the calls, wakes what goes on, acknowledges. A save that loses is decided again on top of
/// a new read; the one that wins and its read are one step.
fn save(steps: &mut Steps<'_>, (place, who): Who, (job, verdict): (Job, Verdict)) {
    let mut done = to(steps, place, Writer::Idle);
    let changes = match verdict {
        Verdict::Rest => !job.still || job.seen,
        Verdict::Hold { heals: false } => !job.still,
        // A new instant in `due`.
        Verdict::Again | Verdict::Defer | Verdict::Hold { heals: true } => true,
    };
    if !changes && (!job.wrote || steps.protocol.has(Flaw::SkipsUnchangedHeads)) {
        steps.step(who, "has nothing to save", done);
        return;
    }
    let unconditional = steps.protocol.has(Flaw::SavesUnconditionally);
    let stored = if unconditional { job.read.head } else { steps.from.head };
    let conflicted = !job.read.fresh && !unconditional;
    let head = steps.protocol.settled_head(&job, verdict, (stored, conflicted));
    done.store(head);
    let what = match verdict {
        Verdict::Rest => "saves that all is applied",
        Verdict::Again => "saves that there is more to do",
        Verdict::Defer => "saves when to try again",
        Verdict::Hold { .. } => "saves that a person must look",
    };
    let wakes = matches!(verdict, Verdict::Again);
    steps.step(who, what, State { wake: done.wake || wakes, ..done });
    let mut saved = done;
    saved.writers[place] = Writer::Saving(job, verdict);
    die(steps, (place, who), "saves and dies", saved);
    saved.writers[place].job_mut().unwrap().read.fresh = false;
    steps.fault(who, "saves, and is told nothing", saved);
}

impl Protocol {
    /// `Steps::run`: whose contacts are looked up, and so compared.
    fn looks(&self, head: &Head) -> bool {
        let asked = head.recheck && !self.has(Flaw::LooksOnlyWhereUnproved);
        self.field == Field::Lines || head.gated != head.desired || asked
    }

    /// The load as it is, or without what makes it create-once.
    pub(super) fn load(&self, odoo: &mut Odoo, version: u8) {
        if self.has(Flaw::LoadsWithoutName) {
            *odoo = Odoo { orders: odoo.orders + 1, content: version, confirmed: false };
        } else if self.has(Flaw::LoadsPlainly) && odoo.orders > 0 {
            odoo.content = version;
        } else {
            super::environment::load(odoo, version);
        }
    }

    /// `Writer::settled_head` and `observe_into`.
    fn settled_head(&self, job: &Job, verdict: Verdict, (mut head, conflicted): (Head, bool)) -> Head {
        head.known |= job.seen;
        let late = self.has(Flaw::ProvesByRunningOutOfTime) && verdict == Verdict::Again;
        if job.seen && (job.proved || late) {
            head.gated = job.worked;
        }
        match verdict {
            Verdict::Rest => {
                head.settled = head.settled.max(job.worked);
                (head.due, head.parked, head.recheck) = (false, false, false);
            }
            Verdict::Again | Verdict::Defer => head.due = true,
            Verdict::Hold { heals } => {
                (head.parked, head.due) = (true, heals);
                if head.recheck && !job.proved && !self.has(Flaw::HoldsWithoutLooking) {
                    head.gated = 0;
                }
                head.recheck = false;
            }
        }
        if conflicted && !self.has(Flaw::SavesOverConflicts) {
            (head.recheck, head.due) = (true, true);
        }
        head
    }
}
