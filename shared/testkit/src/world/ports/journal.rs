//! The journal and the secrets, with faults.

use std::{collections::BTreeMap, sync::Arc};

use sluice_domain::{
    ports::{
        PortFuture,
        journal::{Journal, JournalEntry},
        secrets::{AccountSecrets, SecretError, Secrets},
        state::StateError,
    },
    value::{AccountName, SubjectKey},
};

use crate::world::{
    fault::{Port, Strike},
    kernel::Kernel,
};

/// A journal that now and then fails.
pub(crate) struct FaultyJournal {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) inner: Arc<dyn Journal>,
}

impl Journal for FaultyJournal {
    fn append(&self, entries: Vec<JournalEntry>) -> PortFuture<'_, Result<(), StateError>> {
        Box::pin(async move {
            let strike = self.kernel.begin(Port::Journal, "append").await;
            let count = entries.len() as u64;
            if matches!(strike, Strike::Refuse | Strike::Conflict) {
                self.kernel.note("append", "", 0);
                return Err(StateError::Throttled("simulated".into()));
            }
            let answer = self.inner.append(entries).await;
            self.kernel.note("append", "", count);
            self.kernel.end(strike).await;
            if strike == Strike::Unsure { Err(StateError::Unknown("simulated".into())) } else { answer }
        })
    }

    fn entries<'a>(
        &'a self,
        subject: &'a SubjectKey,
        limit: usize,
    ) -> PortFuture<'a, Result<Vec<JournalEntry>, StateError>> {
        self.inner.entries(subject, limit)
    }
}

/// Secrets that are now and then not to be had.
pub(crate) struct FaultySecrets {
    pub(crate) kernel: Arc<Kernel>,
    pub(crate) secrets: BTreeMap<AccountName, AccountSecrets>,
}

impl Secrets for FaultySecrets {
    fn account<'a>(&'a self, account: &'a AccountName) -> PortFuture<'a, Result<AccountSecrets, SecretError>> {
        Box::pin(async move {
            let strike = self.kernel.begin(Port::Secrets, "account").await;
            self.kernel.end(strike).await;
            if matches!(strike, Strike::Refuse | Strike::Unsure | Strike::Conflict) {
                return Err(SecretError::Unavailable("simulated".into()));
            }
            self.secrets.get(account).cloned().ok_or_else(|| SecretError::Missing(account.to_string()))
        })
    }
}
