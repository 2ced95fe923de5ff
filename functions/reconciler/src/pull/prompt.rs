//! Accounts that an event asks to read, since it only names what changed.

use jiff::{SignedDuration, Timestamp};
use sluice_channels::channel;
use sluice_domain::{
    account::Account,
    ports::state::{Cursor, StateError},
};

use super::End;
use crate::handler::Reconciler;

/// The longest that a sweep reads: the next one begins a minute later.
const SHARE: SignedDuration = SignedDuration::from_secs(40);

impl Reconciler {
    /// Reads the accounts that are marked. Answers how many.
    pub(crate) async fn pull_prompted(&self, deadline: Timestamp) -> usize {
        let share = self.ports.clock.now().checked_add(SHARE).unwrap_or(deadline).min(deadline);
        let mut read = 0_usize;
        let thin = |account: &&Account| channel(&account.channel).is_some_and(|channel| !channel.thin().is_empty());
        for account in self.settings.accounts.values().filter(thin) {
            match self.read_prompted(account, share).await {
                Ok(done) => read = read.saturating_add(usize::from(done)),
                Err(error) => {
                    tracing::warn!(account = %account.name, %error, "mark not read: the next pull reads it all");
                }
            }
        }
        read
    }

    async fn read_prompted(&self, account: &Account, deadline: Timestamp) -> Result<bool, StateError> {
        let name = Cursor::prompt(&account.name);
        let mark = self.ports.state.cursor(&name).await?;
        if mark.value.is_empty() {
            return Ok(false);
        }
        let ends: Vec<End> = self.pull(Some(&account.name), deadline).await.into_iter().map(|read| read.end).collect();
        let again = |end: &End| matches!(end, End::Unfinished | End::Throttled | End::Unreachable(_) | End::Overtaken);
        if ends.iter().any(again) {
            return Ok(true);
        }
        // An event that came meanwhile has saved the mark anew, and is read next time.
        match self.ports.state.save_cursor(&name, Cursor { version: mark.version, value: String::new() }).await {
            Ok(()) | Err(StateError::Conflict) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
