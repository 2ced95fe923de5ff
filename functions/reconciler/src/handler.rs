//! One scheduled job.

use sluice_domain::ports::Ports;

/// The jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Wakes what is due, and whatever a call of unknown outcome may have changed. Every minute.
    Sweep,
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Subjects woken.
    pub woken: usize,
    /// Calls of unknown outcome whose deadline passed, and whose subjects are looked at again.
    pub overdue_calls: usize,
    /// How long the longest due subject has been due, in seconds: "orders are delayed".
    pub oldest_due_seconds: i64,
}

/// The reconciler.
pub struct Reconciler {
    pub(crate) ports: Ports,
}

impl Reconciler {
    /// A reconciler over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Runs a job.
    pub async fn handle(&self, job: Job) -> Swept {
        match job {
            Job::Sweep => self.sweep().await,
        }
    }
}
