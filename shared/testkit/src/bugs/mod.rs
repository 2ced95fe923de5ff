//! Bugs on purpose: each is what one careless line in Sluice would do, planted in a wrapper around its ports. None of this
//! exists in the code that ships.

mod call;
mod http;
mod pull;
mod queue;
mod state;

use std::sync::Arc;

use sluice_domain::{
    ports::{
        PortFuture, Ports,
        secrets::{AccountSecrets, Secret, SecretError, Secrets},
    },
    value::AccountName,
};

pub use pull::{PullBug, plant_pull};

use crate::world::FORGERS_SECRET;

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $name,)+
        }

        impl Bug {
            /// Every bug.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

bugs! {
    /// The ingress answers 200 though the queue did not take the delivery.
    AnswersBeforeQueued,
    /// Wakes are believed to be sent when the queue failed, and the record is not due either.
    LosesDueRows,
    /// A save does not look at the version: the last one wins.
    IgnoresVersions,
    /// A save that lost against another one is reported as done.
    HidesConflicts,
    /// Records are read from a replica that never catches up.
    ReadsStaleRecords,
    /// A call record is deleted though nobody knows what came of the call.
    ForgetsOpenCalls,
    /// The sweep never sees calls whose deadline passed.
    HidesOverdueCalls,
    /// The journal is written now and then.
    DropsJournal,
    /// Loads are sent without `noupdate`: a replay overwrites.
    OverwritesOnReplay,
    /// Orders and contacts are loaded without external ids.
    StripsExternalIds,
    /// A call whose answer was lost is sent again at once, as if nothing had happened, under another external id.
    RenamesOnRetry,
    /// `ids: false` of a load passes for success.
    BelievesRefusedLoads,
    /// The price of the first line of a load is a cent too high, and is read back as it should be.
    AddsACent,
    /// Two taxes are swapped.
    SwapsTaxes,
    /// Lines lose their taxes column, so that the product's own apply.
    LeavesTaxesOut,
    /// The date is not restored after confirmation.
    LosesDates,
    /// Orders are confirmed as soon as they are loaded, paid or not.
    ConfirmsUnpaid,
    /// Cancellations are not sent.
    NeverCancels,
    /// Whatever a load of several records blames is refused without asking again.
    BelievesEveryBlame,
    /// E-mail addresses of contacts are those of the previous contact.
    MixesUpContacts,
    /// What is read from Odoo is what was read the first time.
    ReadsOdooOnce,
    /// Credit notes are loaded under another external id each time.
    RenamesCreditNotes,
    /// Credit notes are not posted.
    NeverPosts,
    /// Credit notes lose their taxes.
    CreditsUntaxed,
    /// Credit notes do not say which invoice they reverse.
    ForgetsReversal,
    /// Credit notes are a cent too high.
    CreditsACentMore,
    /// What waits for an invoice is not due.
    WaitsForEver,
    /// What is waited for passes for settled.
    SettlesWaiting,
    /// Signatures are not checked.
    TakesForgeries,
}

/// The ports of a process with that bug.
#[must_use]
pub fn plant(bug: Bug, ports: Ports) -> Ports {
    Ports {
        state: Arc::new(state::BuggyState::new(bug, Arc::clone(&ports.state))),
        journal: Arc::new(state::BuggyJournal::new(bug, Arc::clone(&ports.journal))),
        queue: Arc::new(queue::BuggyQueue { bug, inner: Arc::clone(&ports.queue) }),
        http: Arc::new(http::BuggyHttp::new(bug, Arc::clone(&ports.http))),
        secrets: Arc::new(BuggySecrets { bug, inner: Arc::clone(&ports.secrets) }),
        ..ports
    }
}

/// Secrets with a bug.
struct BuggySecrets {
    bug: Bug,
    inner: Arc<dyn Secrets>,
}

impl Secrets for BuggySecrets {
    fn account<'a>(&'a self, account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(async move {
            let mut secrets = self.inner.account(account).await?;
            if self.bug == Bug::TakesForgeries {
                secrets.signing.push(Secret::new(FORGERS_SECRET));
            }
            Ok(secrets)
        })
    }
}
