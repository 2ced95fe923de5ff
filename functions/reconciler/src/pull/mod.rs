//! Pulls: what makes webhooks trustworthy. Whatever a channel did not send, or sent in vain, is read from it.

mod ask;
mod budget;
mod place;
mod prompt;
mod read;
mod refill;
mod tell;

pub use place::OVERLAP;

use jiff::{SignedDuration, Timestamp};
use sluice_channels::channel;
use sluice_domain::{account::Account, ports::secrets::SecretError, value::AccountName};

pub(crate) use ask::{Asker, Failed, Told};
pub(crate) use tell::denied;

use crate::handler::Reconciler;
use budget::Budget;

/// How long after a version a read of it is its last word: one step of the channel's clock, and what two clocks are apart. A
/// younger read is repeated, since its version is within the next run's [`OVERLAP`].
pub const SETTLED_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// What a pull did for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRead {
    /// Which.
    pub account: AccountName,
    /// How it ended.
    pub end: End,
    /// Pages that were read.
    pub pages: usize,
    /// Orders on them.
    pub orders: usize,
    /// Deliveries that were sent.
    pub sent: usize,
    /// Orders that the state held already, word for word.
    pub known: usize,
    /// How far back the next run begins, in seconds: "webhooks are not checked" is this one.
    pub behind_seconds: i64,
}

/// How a job ended for an account. Whatever it is, the next run goes on from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// There is nothing more.
    Complete,
    /// The time was up, or the most pages of one run were read.
    Unfinished,
    /// The channel wants more patience.
    Throttled,
    /// The channel, the queue or the store does not answer: why.
    Unreachable(String),
    /// A person must do something: what.
    Denied(String),
    /// What the channel answers cannot be read: why.
    Unreadable(String),
    /// Another instance was ahead.
    Overtaken,
    /// The account has no access token, or its channel cannot be read: why.
    Skipped(String),
}

impl End {
    /// Why, in a sentence.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Unreachable(why) | Self::Denied(why) | Self::Unreadable(why) | Self::Skipped(why) => why,
            Self::Complete => "",
            Self::Unfinished => "the time was up",
            Self::Throttled => "the channel wants more patience than there was time",
            Self::Overtaken => "another instance was ahead",
        }
    }
}

impl From<Failed> for End {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NoTime => Self::Unfinished,
            Failed::Throttled => Self::Throttled,
            Failed::Unreachable(why) => Self::Unreachable(why),
            Failed::Denied(fix) => Self::Denied(fix),
            Failed::TooLarge => Self::Unreadable("one thing alone is too large for the channel".into()),
            Failed::LostPlace => Self::Unreadable("the channel does not know its own place".into()),
            Failed::Unreadable(why) => Self::Unreadable(why),
        }
    }
}

impl Reconciler {
    /// Reads what changed, account by account. Each has its share of the time, so that a long back-fill of one holds up no other.
    pub(crate) async fn pull(&self, only: Option<&AccountName>, deadline: Timestamp) -> Vec<AccountRead> {
        if let Some(name) = only.filter(|name| !self.settings.accounts.contains_key(name)) {
            tracing::error!(account = %name, "no such account in this configuration");
        }
        let wanted = self.settings.accounts.values().filter(|account| only.is_none_or(|name| *name == account.name));
        let wanted: Vec<&Account> = wanted.collect();
        let mut reads = Vec::with_capacity(wanted.len());
        for (place, account) in wanted.iter().enumerate() {
            let share = self.share(deadline, wanted.len().saturating_sub(place));
            let read = match self.asker(account, share).await {
                Ok(mut asker) => read::read(&mut asker).await,
                Err(end) => nothing(account, end),
            };
            note(&read);
            reads.push(read);
        }
        reads
    }

    /// The end of an account's part of the remaining time.
    pub(crate) fn share(&self, deadline: Timestamp, accounts_left: usize) -> Timestamp {
        let now = self.ports.clock.now();
        let left = deadline.duration_since(now).as_millis();
        let parts = i128::try_from(accounts_left.max(1)).unwrap_or(1);
        let part = left.checked_div(parts).and_then(|part| i64::try_from(part).ok()).unwrap_or_default().max(0);
        now.checked_add(SignedDuration::from_millis(part)).unwrap_or(deadline)
    }

    /// What is needed to ask an account's channel, or why it cannot be asked.
    pub(crate) async fn asker<'a>(&'a self, account: &'a Account, deadline: Timestamp) -> Result<Asker<'a>, End> {
        let Some(channel) = channel(&account.channel) else {
            return Err(End::Skipped(format!("this build does not speak {}", account.channel)));
        };
        let secrets = self.ports.secrets.account(&account.name).await.map_err(|error| match error {
            SecretError::Missing(_) => End::Skipped(error.to_string()),
            SecretError::Unavailable(_) => End::Unreachable(error.to_string()),
        })?;
        let token = secrets.access_token.filter(|token| !token.expose().trim().is_empty());
        let no_token = || End::Skipped("no access token: webhooks that get lost stay lost until one is stored".into());
        Ok(Asker {
            ports: &self.ports,
            channel,
            account,
            token: token.ok_or_else(no_token)?,
            // The current one: an old one only has to be believed.
            signing: secrets.signing.into_iter().next(),
            base: self.settings.channel_base.as_deref(),
            budget: Budget::new(&*self.ports.state, account.name.as_str()),
            deadline,
        })
    }
}

fn nothing(account: &Account, end: End) -> AccountRead {
    AccountRead { account: account.name.clone(), end, pages: 0, orders: 0, sent: 0, known: 0, behind_seconds: 0 }
}

fn note(read: &AccountRead) {
    let AccountRead { account, end, pages, orders, sent: deliveries, known, behind_seconds } = read;
    let reason = end.reason();
    match end {
        End::Complete => tracing::info!(%account, pages, orders, deliveries, known, behind_seconds, outcome = "read"),
        End::Unfinished | End::Throttled | End::Overtaken => {
            tracing::info!(%account, pages, orders, deliveries, known, behind_seconds, reason, outcome = "unfinished");
        }
        End::Unreachable(_) | End::Unreadable(_) => {
            tracing::warn!(%account, pages, orders, deliveries, known, behind_seconds, reason, outcome = "unread");
        }
        End::Denied(_) => {
            tracing::error!(%account, pages, orders, deliveries, behind_seconds, reason, outcome = "denied");
        }
        End::Skipped(_) => tracing::warn!(%account, reason, outcome = "skipped"),
    }
}
