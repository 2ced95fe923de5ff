//! Subscriptions: a channel deletes those whose address fails for a while, and tells nobody.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sluice_channels::{Answer, Question, Subscription};
use sluice_domain::{account::Account, value::AccountName};

use crate::{
    handler::Reconciler,
    pull::{Asker, End, Failed, denied},
};

/// The most pages of subscriptions.
const MAX_PAGES: usize = 20;
/// The delivery that tells a person that the channel does not take a subscription.
const DENIED: &str = "subscribe-denied";

/// What a look at an account's subscriptions came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSubscribed {
    /// Which.
    pub account: AccountName,
    /// How it ended; [`End::Complete`] when every topic is sent here.
    pub end: End,
    /// Topics that were subscribed to just now.
    pub made: Vec<&'static str>,
    /// Topics that go to another address too: of another stage, or of an earlier one.
    pub elsewhere: usize,
    /// Subscriptions to this address that leave events or fields out.
    pub narrowed: usize,
}

impl Reconciler {
    /// Makes the subscriptions that are missing, account by account.
    pub(crate) async fn subscribe(&self, deadline: Timestamp) -> Vec<AccountSubscribed> {
        let accounts: Vec<&Account> = self.settings.accounts.values().collect();
        let mut done = Vec::with_capacity(accounts.len());
        for (place, account) in accounts.iter().enumerate() {
            let share = self.share(deadline, accounts.len().saturating_sub(place));
            let mut one = AccountSubscribed {
                account: account.name.clone(),
                end: End::Complete,
                made: Vec::new(),
                elsewhere: 0,
                narrowed: 0,
            };
            if let Err(end) = self.subscribe_one(account, share, &mut one).await {
                one.end = end;
            }
            note(&one);
            done.push(one);
        }
        done
    }

    async fn subscribe_one(
        &self,
        account: &Account,
        deadline: Timestamp,
        one: &mut AccountSubscribed,
    ) -> Result<(), End> {
        let Some(base) = &self.settings.public_url else {
            return Err(End::Skipped("no public URL: nobody knows where webhooks should go".into()));
        };
        let mut asker = self.asker(account, deadline).await?;
        if asker.channel.subscriptions().is_empty() {
            // It sends nothing by HTTP.
            return Ok(());
        }
        let url = format!("{}/webhooks/{}/{}", base.trim_end_matches('/'), account.channel, account.name);
        let end = match asker.enter().await {
            Ok(()) => complete(&asker, &url, one).await,
            Err(failed) => Err(failed.into()),
        };
        if let Err(End::Denied(fix)) = &end {
            denied(&asker, DENIED, fix).await;
        }
        end
    }
}

/// Asks for every topic that does not come here yet. One that is refused holds up no other.
async fn complete(asker: &Asker<'_>, url: &str, one: &mut AccountSubscribed) -> Result<(), End> {
    let found = list(asker).await?;
    let here: BTreeSet<&str> =
        found.iter().filter(|known| known.url == url).map(|known| known.topic.as_str()).collect();
    let wanted = asker.channel.subscriptions();
    one.elsewhere = found.iter().filter(|known| known.url != url && wanted.contains(&known.topic.as_str())).count();
    one.narrowed = found.iter().filter(|known| known.url == url && known.narrowed).count();
    let mut refused = Vec::new();
    for topic in wanted.iter().filter(|topic| !here.contains(**topic)) {
        match asker.ask(&Question::Subscribe { topic, url: url.to_owned() }).await {
            Ok(told) if told.answer == Answer::Subscribed => one.made.push(topic),
            Ok(_) => return Err(End::Unreadable("another answer than a subscription".into())),
            Err(Failed::Denied(fix)) => refused.push(fix),
            Err(failed) => return Err(failed.into()),
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(End::Denied(refused.join("; "))) }
}

async fn list(asker: &Asker<'_>) -> Result<Vec<Subscription>, End> {
    let mut all = Vec::new();
    let mut after = None;
    for _ in 0..MAX_PAGES {
        let told = asker.ask(&Question::Subscriptions { after: after.take() }).await?;
        let Answer::Subscriptions { found, next } = told.answer else {
            return Err(End::Unreadable("another answer than subscriptions".into()));
        };
        all.extend(found);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
    Err(End::Unreadable("more subscriptions than an app can have".into()))
}

fn note(one: &AccountSubscribed) {
    let AccountSubscribed { account, end, made, elsewhere, narrowed } = one;
    let (subscribed, reason) = (made.len(), end.reason());
    match end {
        End::Complete if made.is_empty() && *narrowed == 0 => {
            tracing::info!(%account, elsewhere, outcome = "subscribed");
        }
        // Something had been taken away: what was missed meanwhile is read by the pulls.
        End::Complete => tracing::warn!(%account, subscribed, elsewhere, narrowed, outcome = "subscribed"),
        End::Unfinished | End::Throttled | End::Overtaken => {
            tracing::warn!(%account, subscribed, reason, outcome = "unfinished");
        }
        End::Unreachable(_) | End::Unreadable(_) => tracing::warn!(%account, subscribed, reason, outcome = "unread"),
        End::Denied(_) => tracing::error!(%account, subscribed, elsewhere, reason, outcome = "denied"),
        End::Skipped(_) => tracing::warn!(%account, reason, outcome = "skipped"),
    }
}
