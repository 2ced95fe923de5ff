//! One run over an account: page by page, each handed over durably before the cursor moves past it.

use sluice_channels::{Answer, Pulled, Question};

use super::{
    AccountRead, End, Failed, Told,
    ask::Asker,
    nothing,
    place::{Kept, Lost},
    tell::{self, Handed, Reading, Stopped},
};

/// The most pages of one invocation.
const MAX_PAGES: usize = 500;
/// The delivery that tells a person that nothing can be read.
const DENIED: &str = "pull-denied";

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Overtaken => Self::Overtaken,
            Lost::Store(why) => Self::Unreachable(why),
        }
    }
}

impl From<Stopped> for End {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Asking(failed) => failed.into(),
            Stopped::Queue(why) => Self::Unreachable(why),
        }
    }
}

/// Reads an account until there is nothing more, or until it has to stop.
pub(super) async fn read(asker: &mut Asker<'_>) -> AccountRead {
    let mut read = nothing(asker.account, End::Unfinished);
    let entered = asker.enter().await;
    let state = &*asker.ports.state;
    match Kept::load(state, asker.account, asker.ports.clock.now()).await {
        Ok(mut kept) => {
            let ran = match entered {
                Ok(()) => run(asker, &mut kept, &mut read).await,
                Err(failed) => Err(failed.into()),
            };
            read.end = ran.err().unwrap_or(End::Complete);
            read.behind_seconds = asker.ports.clock.now().duration_since(kept.place.from).as_secs().max(0);
        }
        Err(lost) => read.end = lost.into(),
    }
    if let End::Denied(fix) = &read.end {
        tell::denied(asker, DENIED, fix).await;
    }
    read
}

async fn run(asker: &Asker<'_>, kept: &mut Kept, read: &mut AccountRead) -> Result<(), End> {
    let mut size = asker.budget.size().await;
    let mut restarted = false;
    for _ in 0..MAX_PAGES {
        let now = asker.ports.clock.now();
        let after = kept.run(now).after.clone();
        let question = Question::Changed { since: kept.place.from, after, size };
        match asker.ask(&question).await {
            Ok(Told { answer: Answer::Page { items, next }, asked_at, api_version, rated }) => {
                read.pages = read.pages.saturating_add(1);
                hand_over(asker, items, Reading { began: asked_at, api_version }, read).await?;
                let last = next.is_none();
                kept.turn(next);
                kept.save(&*asker.ports.state).await?;
                if last {
                    return Ok(());
                }
                size = asker.budget.fits(size, rated).await;
            }
            Ok(_) => return Err(End::Unreadable("another answer than a page".into())),
            Err(Failed::TooLarge) => size = asker.budget.halve(size).await.ok_or(Failed::TooLarge)?,
            Err(Failed::LostPlace) if !restarted => {
                restarted = true;
                kept.place.run = None;
            }
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(End::Unfinished)
}

/// Hands a page over: what the state does not hold yet.
async fn hand_over(asker: &Asker<'_>, items: Vec<Pulled>, reading: Reading, read: &mut AccountRead) -> Result<(), End> {
    read.orders = read.orders.saturating_add(items.len());
    let known = tell::known(asker, &items).await;
    for (item, known) in items.into_iter().zip(known) {
        if known {
            read.known = read.known.saturating_add(1);
            continue;
        }
        if asker.left_ms() == 0 {
            return Err(End::Unfinished);
        }
        match tell::hand_over(asker, item, reading.clone()).await? {
            Handed::Sent => read.sent = read.sent.saturating_add(1),
            Handed::Moved => {}
        }
    }
    Ok(())
}
