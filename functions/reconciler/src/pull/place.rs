//! How far an account was read: the cursor.
//!
//! `from` only ever moves to the beginning of a run that came to its end, less [`OVERLAP`]. So whatever changed, or could be
//! found, after that instant is read again by the next run: rows of one second, rows that come in while pages are turned, and
//! rows that the channel's index shows late. Reading a thing twice costs a look; missing it costs an order.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sluice_domain::{
    account::Account,
    ports::state::{Cursor, MAX_CURSOR_BYTES, State, StateError},
};

/// How far a run begins before the last one did. Longer than a channel's index lags, and than two clocks are apart.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How far the first run goes back where the account has no cut-over instant: a channel repeats its webhooks for hours.
const FIRST: SignedDuration = SignedDuration::from_hours(48);

/// How far an account was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Everything that changed before it has been read.
    pub(crate) from: Timestamp,
    /// A run that is not at its end.
    #[serde(default)]
    pub(crate) run: Option<Run>,
}

/// A run over all that changed since `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// When it began.
    pub(crate) began: Timestamp,
    /// Where it stands: the channel's own word.
    #[serde(default)]
    pub(crate) after: Option<String>,
}

/// A place with the version that it was saved as.
pub(crate) struct Kept {
    pub(crate) place: Place,
    version: u64,
    name: String,
}

/// Why the cursor is not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Another instance has gone on.
    Overtaken,
    /// The store does not answer: what it holds is not known.
    Store(String),
}

impl Kept {
    /// The place of an account; where there is none, the one to begin from.
    pub(crate) async fn load(state: &dyn State, account: &Account, now: Timestamp) -> Result<Self, Lost> {
        let name = format!("pull#{}", account.name);
        let cursor = state.cursor(&name).await.map_err(|error| Lost::Store(error.to_string()))?;
        let place = if cursor.value.is_empty() {
            Place { from: begin(account, now), run: None }
        } else {
            serde_json::from_str(&cursor.value).map_err(|error| Lost::Store(format!("the cursor {name}: {error}")))?
        };
        Ok(Self { place, version: cursor.version, name })
    }

    /// The run that goes on, or a new one.
    pub(crate) fn run(&mut self, now: Timestamp) -> &mut Run {
        self.place.run.get_or_insert(Run { began: now, after: None })
    }

    /// Everything up to that place of the run has been handed over durably.
    pub(crate) fn turn(&mut self, next: Option<String>) {
        if next.is_some() {
            if let Some(run) = &mut self.place.run {
                run.after = next;
            }
            return;
        }
        let began = self.place.run.take().map_or(self.place.from, |run| run.began);
        let from = began.checked_sub(OVERLAP).unwrap_or(began);
        self.place.from = from.max(self.place.from);
    }

    /// Saves the place, unless another instance has saved its own meanwhile.
    pub(crate) async fn save(&mut self, state: &dyn State) -> Result<(), Lost> {
        let value = serde_json::to_string(&self.place).map_err(|error| Lost::Store(error.to_string()))?;
        if value.len() > MAX_CURSOR_BYTES {
            return Err(Lost::Store("the channel's place is longer than a cursor may be".into()));
        }
        match state.save_cursor(&self.name, Cursor { version: self.version, value }).await {
            Ok(()) => {
                self.version = self.version.saturating_add(1);
                Ok(())
            }
            Err(StateError::Conflict) => Err(Lost::Overtaken),
            Err(error @ (StateError::Throttled(_) | StateError::Unknown(_) | StateError::Broken(_))) => {
                Err(Lost::Store(error.to_string()))
            }
        }
    }
}

/// Where the first run begins.
fn begin(account: &Account, now: Timestamp) -> Timestamp {
    account.cut_over.map_or_else(|| now.checked_sub(FIRST).unwrap_or(now), |cut_over| cut_over.min(now))
}
