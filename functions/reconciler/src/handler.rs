//! One scheduled job.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sluice_domain::{account::Account, ports::Ports, value::AccountName};

use crate::{pull::AccountRead, subscribe::AccountSubscribed};

/// The jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Wakes what is due, and whatever a call of unknown outcome may have changed. Every minute.
    Sweep,
    /// Reads from the channels what changed since the last time: a webhook may be lost, late, or never sent.
    Pull {
        /// Of that account; of all where none is named.
        account: Option<AccountName>,
    },
    /// Sees to it that the channels send their events here.
    Subscriptions,
}

/// What a job did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ran {
    /// The sweep.
    Swept(Swept),
    /// A pull, account by account.
    Pulled(Vec<AccountRead>),
    /// A look at the subscriptions, account by account.
    Subscribed(Vec<AccountSubscribed>),
}

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Subjects woken.
    pub woken: usize,
    /// Calls of unknown outcome whose deadline passed, and whose subjects are looked at again.
    pub overdue_calls: usize,
    /// Accounts that were read since an event only named what changed.
    pub prompted: usize,
    /// How long the longest due subject of an account has been due, in seconds: "orders are delayed".
    pub oldest_due_seconds: BTreeMap<AccountName, i64>,
}

/// What the reconciler is told.
#[derive(Clone, Debug, Default)]
pub struct ReconcilerSettings {
    /// The accounts.
    pub accounts: BTreeMap<AccountName, Account>,
    /// Where webhooks arrive, without the path: `https://hooks.example.com`. Without it no subscription is looked at.
    pub public_url: Option<String>,
    /// Where every channel is asked instead of at its own address: a simulated one. Who sets it sees to it that it is on this
    /// machine, since access tokens go there.
    pub channel_base: Option<String>,
}

/// The reconciler.
pub struct Reconciler {
    pub(crate) ports: Ports,
    pub(crate) settings: ReconcilerSettings,
}

impl Reconciler {
    /// A reconciler over these ports.
    #[must_use]
    pub fn new(ports: Ports, settings: ReconcilerSettings) -> Self {
        Self { ports, settings }
    }

    /// Runs a job. Nothing is begun that cannot end before the deadline.
    pub async fn handle(&self, job: Job, deadline: Timestamp) -> Ran {
        match job {
            Job::Sweep => {
                let swept = self.sweep().await;
                Ran::Swept(Swept { prompted: self.pull_prompted(deadline).await, ..swept })
            }
            Job::Pull { account } => Ran::Pulled(self.pull(account.as_ref(), deadline).await),
            Job::Subscriptions => Ran::Subscribed(self.subscribe(deadline).await),
        }
    }
}
