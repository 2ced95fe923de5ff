//! What the model remembers. Small: whatever decides nothing is left out.

/// The record of the one subject: what `Head` (`shared/domain/src/state/record.rs`) and its body say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Head {
    /// The version of the order in the body's facet.
    pub(crate) order: u8,
    pub(crate) desired: u8,
    pub(crate) settled: u8,
    pub(crate) gated: u8,
    /// `odoo` is set: its id is known.
    pub(crate) known: bool,
    /// `due` is set. Time passes as it likes: what is due may be swept at once or much later.
    pub(crate) due: bool,
    pub(crate) recheck: bool,
    pub(crate) parked: bool,
}

/// A head as it was read, and whether its version is still the stored one. Only that equality matters of a version, so no
/// number is kept: every save makes all other reads stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Read {
    pub(crate) head: Head,
    pub(crate) fresh: bool,
}

/// A delivery in its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Letter {
    Waiting,
    /// Received, out of sight until its visibility time-out.
    Taken,
    Acknowledged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Normalizer {
    Idle,
    /// Has received a delivery and read the record.
    Folding(u8, Read),
}

/// What a writer has in hand (`functions/odoo-writer/src/job.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Job {
    /// The version of the order that it works on, and the `desired` that it was read with.
    pub(crate) order: u8,
    pub(crate) worked: u8,
    pub(crate) known: bool,
    /// Does it see whether Odoo's order differs in the field of this run?
    pub(crate) looks: bool,
    /// Was the order read back? (`Job::observed`)
    pub(crate) seen: bool,
    /// Was it then what it should be but for its confirmation? (`Job::proved`)
    pub(crate) proved: bool,
    /// Did it change what existed? (`Job::written`)
    pub(crate) wrote: bool,
    /// The head that was read is that of a subject at rest or held: the same end changes nothing of it.
    pub(crate) still: bool,
    /// Records of answered calls that it still has to close.
    pub(crate) noted: bool,
    pub(crate) read: Read,
}

/// A call that is not create-once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// Brings the quotation to that version.
    Revise(u8),
    Confirm,
}

/// How an invocation ends (`Verdict` in `functions/odoo-writer/src/job.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verdict {
    Rest,
    /// Out of time, or its confirmation is left to another.
    Again,
    Defer,
    Hold {
        heals: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Writer {
    Idle,
    /// Has read the record, or has done a step: loads where the order is not known yet, else reads what Odoo holds.
    Looking(Job),
    /// Notes the call, then sends it.
    Acting(Job, Step),
    /// Sends it again, long after the record's deadline.
    Repeating(Job, Step),
    Saving(Job, Verdict),
}

/// A noted call whose caller is gone, before its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Call {
    pub(crate) step: Step,
    /// May still commit.
    pub(crate) pending: bool,
    /// Its record is there.
    pub(crate) noted: bool,
}

/// The sale in Odoo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Odoo {
    pub(crate) orders: u8,
    /// Which version it holds.
    pub(crate) content: u8,
    pub(crate) confirmed: bool,
}

/// The most calls whose callers are gone: no more workers give up than the budget lets, each with two calls at most.
pub(crate) const MAX_CALLS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) head: Head,
    /// Deliveries of version 1 and 2.
    pub(crate) letters: [Letter; 2],
    pub(crate) journal: [bool; 2],
    /// A wake is in the queue. One is enough: a second could as well have been lost, and what is due is woken again.
    pub(crate) wake: bool,
    pub(crate) normalizers: [Normalizer; 2],
    pub(crate) writers: [Writer; 2],
    pub(crate) odoo: Odoo,
    /// Create-once loads whose caller is gone, by the version that they carry: they may commit at any time.
    pub(crate) loads: [bool; 2],
    pub(crate) calls: [Option<Call>; MAX_CALLS],
    /// Call records whose deadline has passed: the sweep has not asked for a look yet, and it has.
    pub(crate) overdue: u8,
    pub(crate) rechecked: u8,
    /// The sweep has closed a record and not saved the recheck yet.
    pub(crate) owing: bool,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            head: Head::default(),
            letters: [Letter::Waiting; 2],
            journal: [false; 2],
            wake: false,
            normalizers: [Normalizer::Idle; 2],
            writers: [Writer::Idle; 2],
            odoo: Odoo::default(),
            loads: [false; 2],
            calls: [None; MAX_CALLS],
            overdue: 0,
            rechecked: 0,
            owing: false,
        }
    }

    pub(crate) fn read(&self) -> Read {
        Read { head: self.head, fresh: true }
    }

    /// Stores a head: whoever read an earlier one will find that its version is another now.
    pub(crate) fn store(&mut self, head: Head) {
        self.head = head;
        self.writers.iter_mut().filter_map(Writer::job_mut).for_each(|job| job.read.fresh = false);
    }

    /// Its caller is gone, and nobody knows what became of it.
    pub(crate) fn abandon(&mut self, call: Call) {
        *self.calls.iter_mut().find(|place| place.is_none()).unwrap() = Some(call);
    }

    /// Call records that are there, but for those of callers that still work.
    pub(crate) fn notes(&self) -> usize {
        let open = self.calls.iter().flatten().filter(|call| call.noted).count();
        open + usize::from(self.overdue) + usize::from(self.rechecked)
    }

    /// One of several equal states stands for all: workers of a kind and lost calls have no names, and what was read is
    /// forgotten where nobody will store it.
    pub(crate) fn normal(mut self, forgetful: bool) -> Self {
        for writer in &mut self.writers {
            if let Writer::Saving(job, _) = writer {
                (job.looks, job.known, job.wrote) = (false, false, job.wrote && job.still);
            }
        }
        if forgetful {
            for normalizer in &mut self.normalizers {
                if let Normalizer::Folding(_, read) = normalizer {
                    *read = Read { head: Head::default(), fresh: false };
                }
            }
            self.writers.iter_mut().filter_map(Writer::job_mut).for_each(|job| job.read.head = Head::default());
        }
        for place in &mut self.calls {
            *place = place.filter(|call| call.pending || call.noted);
            if let Some(Call { step, pending: false, .. }) = place {
                *step = Step::Confirm;
            }
        }
        // Its visibility time-out is over at once, or whenever somebody receives it.
        for (version, letter) in (1..).zip(&mut self.letters) {
            let held = self.normalizers.iter().any(|normalizer| normalizer.delivery() == Some(version));
            if *letter == Letter::Taken && !held {
                *letter = Letter::Waiting;
            }
        }
        self.calls.sort_unstable();
        self.normalizers.sort_unstable();
        self.writers.sort_unstable();
        self
    }
}

impl Writer {
    pub(crate) fn job(&self) -> Option<&Job> {
        match self {
            Self::Idle => None,
            Self::Looking(job) | Self::Acting(job, _) | Self::Repeating(job, _) | Self::Saving(job, _) => Some(job),
        }
    }

    pub(crate) fn job_mut(&mut self) -> Option<&mut Job> {
        match self {
            Self::Idle => None,
            Self::Looking(job) | Self::Acting(job, _) | Self::Repeating(job, _) | Self::Saving(job, _) => Some(job),
        }
    }
}

impl Normalizer {
    pub(crate) fn delivery(&self) -> Option<u8> {
        match self {
            Self::Idle => None,
            Self::Folding(version, _) => Some(*version),
        }
    }
}
