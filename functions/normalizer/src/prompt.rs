//! Events that only say that something changed: the account is marked to be read, and the next sweep reads it.

use std::collections::BTreeSet;

use sluice_domain::{
    ports::state::{Cursor, StateError},
    value::AccountName,
};

use crate::Normalizer;

/// How often a mark that lost against another save is set again: the other one may have been taking it away.
const MAX_MARKS: usize = 5;

impl Normalizer {
    /// Marks accounts to be read. A mark that cannot be set costs time and no order: the next pull by schedule reads the same.
    pub(crate) async fn prompt(&self, accounts: BTreeSet<AccountName>) {
        for account in accounts {
            if let Err(error) = self.mark(&account).await {
                tracing::warn!(%account, %error, "not marked to be read: the next pull reads it");
            }
        }
    }

    async fn mark(&self, account: &AccountName) -> Result<(), StateError> {
        let name = Cursor::prompt(account);
        let mut saved = Ok(());
        for _ in 0..MAX_MARKS {
            let known = self.ports.state.cursor(&name).await?;
            // Saved also where the mark stands: a read that began before this event must not take it away.
            let value = if known.value.is_empty() { self.ports.clock.now().to_string() } else { known.value };
            saved = self.ports.state.save_cursor(&name, Cursor { version: known.version, value }).await;
            if !matches!(saved, Err(StateError::Conflict)) {
                break;
            }
        }
        saved
    }
}
