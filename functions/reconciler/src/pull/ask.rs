//! One question, asked until it is answered or the time is up.

use jiff::{SignedDuration, Timestamp};
use sluice_channels::{Answer, Channel, Heard, KeyExchange, PullContext, Question, Trouble};
use sluice_domain::{
    account::Account,
    ports::{Ports, http::HttpError, secrets::Secret},
};

use super::budget::Budget;

/// How often a question is sent.
const MAX_TRIES: u32 = 5;
/// How often it is waited for the budget before one question.
const MAX_WAITS: u32 = 20;
/// The first pause where the channel names none, in milliseconds; doubled each time.
const PAUSE_MS: u64 = 1_000;
/// No question is sent with less time left, in milliseconds.
const LEAST_MS: u64 = 5_000;
/// What is kept of the remaining time for keeping what was learned, in milliseconds.
const SPARE_MS: u64 = 2_000;

/// An account's channel, and how long it may be asked.
pub(crate) struct Asker<'a> {
    pub(crate) ports: &'a Ports,
    pub(crate) channel: &'static dyn Channel,
    pub(crate) account: &'a Account,
    pub(crate) token: Secret,
    pub(crate) signing: Option<Secret>,
    pub(crate) base: Option<&'a str>,
    pub(crate) budget: Budget<'a>,
    pub(crate) deadline: Timestamp,
}

/// An answer, with what its evidence has to say of itself.
pub(crate) struct Told {
    pub(crate) answer: Answer,
    /// When the read began.
    pub(crate) asked_at: Timestamp,
    pub(crate) api_version: Option<String>,
    /// What the channel rated the question at.
    pub(crate) rated: Option<u32>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// The time is up.
    NoTime,
    /// The channel wants more patience than there is time.
    Throttled,
    /// The channel does not answer, or not as it should.
    Unreachable(String),
    /// A person must give the right to ask: a sentence with the fix.
    Denied(String),
    /// Ask for less.
    TooLarge,
    /// Begin again.
    LostPlace,
    /// Nobody understands the answer.
    Unreadable(String),
}

/// What to do after one try.
enum Next {
    Told(Told),
    Failed(Failed),
    /// Try again after so many milliseconds.
    After(Option<u64>, Failed),
    /// Try again once the budget lets it; the refusal says nothing of the channel's health.
    Drained,
}

impl Asker<'_> {
    /// Milliseconds until the deadline.
    pub(crate) fn left_ms(&self) -> u64 {
        let left = self.deadline.duration_since(self.ports.clock.now());
        u64::try_from(left.as_millis()).unwrap_or_default()
    }

    /// Asks.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Told, Failed> {
        let mut last = Failed::NoTime;
        let (mut attempt, mut refusals) = (0, 0);
        while attempt < MAX_TRIES && refusals < MAX_WAITS {
            match self.once(question).await {
                Next::Told(told) => return Ok(told),
                Next::Failed(failed) => return Err(failed),
                Next::Drained => {
                    refusals = refusals.saturating_add(1);
                    last = Failed::Throttled;
                }
                Next::After(wait, why) => {
                    let doubled = self.doubled(attempt);
                    attempt = attempt.saturating_add(1);
                    last = why;
                    if !self.wait(wait.unwrap_or(doubled)).await {
                        return Err(last);
                    }
                }
            }
        }
        Err(last)
    }

    /// Changes the stored key for one of short life, where the channel wants that: before the first question of a run.
    pub(crate) async fn enter(&mut self) -> Result<(), Failed> {
        let Some(exchange) = self.channel.exchange() else { return Ok(()) };
        let mut last = Failed::NoTime;
        for attempt in 0..MAX_TRIES {
            let trouble = match self.trade(exchange).await {
                Ok(token) => {
                    self.token = token;
                    return Ok(());
                }
                Err(trouble) => trouble,
            };
            match self.next(&self.budget, trouble).await {
                Next::After(wait, why) => {
                    last = why;
                    if !self.wait(wait.unwrap_or_else(|| self.doubled(attempt))).await {
                        return Err(last);
                    }
                }
                Next::Failed(failed) => return Err(failed),
                Next::Told(_) | Next::Drained => return Err(last),
            }
        }
        Err(last)
    }

    async fn trade(&self, exchange: &dyn KeyExchange) -> Result<Secret, Trouble> {
        let context = PullContext { account: self.account, token: &self.token, signing: None, base: self.base };
        let mut request = exchange.ask(&context).map_err(|fix| Trouble::Denied { fix })?;
        request.timeout_ms = request.timeout_ms.min(self.left_ms().saturating_sub(SPARE_MS));
        match self.ports.http.send(request).await {
            Ok(response) => exchange.hear(&response),
            Err(HttpError::Refused(fix)) => Err(Trouble::Denied { fix }),
            Err(error @ (HttpError::NotSent(_) | HttpError::NoAnswer(_) | HttpError::TooLarge { .. })) => {
                Err(Trouble::Later { wait_ms: None, why: error.to_string() })
            }
        }
    }

    /// The pause after a try where the channel names none, in milliseconds.
    fn doubled(&self, attempt: u32) -> u64 {
        let jitter = self.ports.random.next().checked_rem(PAUSE_MS).unwrap_or_default();
        PAUSE_MS.checked_shl(attempt).unwrap_or(u64::MAX).saturating_add(jitter)
    }

    /// Waits, where a question still fits afterwards.
    async fn wait(&self, wait_ms: u64) -> bool {
        let fits = wait_ms.saturating_add(LEAST_MS) <= self.left_ms();
        if fits {
            self.ports.timer.sleep(wait_ms).await;
        }
        fits
    }

    async fn once(&self, question: &Question) -> Next {
        let (token, signing) = (&self.token, self.signing.as_ref());
        let context = PullContext { account: self.account, token, signing, base: self.base };
        let mut asked = match self.channel.ask(question, &context) {
            Ok(asked) => asked,
            Err(fix) => return Next::Failed(Failed::Denied(fix)),
        };
        let budget = self.budget.of(asked.operation);
        if let Err(failed) = self.afford(&budget, asked.cost).await {
            return Next::Failed(failed);
        }
        let left = self.left_ms();
        if left < LEAST_MS {
            return Next::Failed(Failed::NoTime);
        }
        asked.request.timeout_ms = asked.request.timeout_ms.min(left.saturating_sub(SPARE_MS));
        let asked_at = self.ports.clock.now();
        match self.ports.http.send(asked.request).await {
            Ok(response) => self.hear(&budget, asked_at, self.channel.hear(question, &response)).await,
            Err(error @ (HttpError::NotSent(_) | HttpError::NoAnswer(_))) => {
                Next::After(None, Failed::Unreachable(error.to_string()))
            }
            Err(HttpError::TooLarge { .. }) => Next::Failed(Failed::TooLarge),
            Err(HttpError::Refused(why)) => Next::Failed(Failed::Denied(why)),
        }
    }

    /// Takes the cost from the budget, waiting for it where there is time.
    async fn afford(&self, budget: &Budget<'_>, cost: u32) -> Result<(), Failed> {
        for _ in 0..MAX_WAITS {
            match budget.take(cost, self.ports.clock.now()).await {
                Ok(()) => return Ok(()),
                Err(wait) => {
                    if !self.wait(wait).await {
                        return Err(Failed::Throttled);
                    }
                }
            }
        }
        Err(Failed::Throttled)
    }

    async fn hear(&self, budget: &Budget<'_>, asked_at: Timestamp, heard: Heard) -> Next {
        let now = self.ports.clock.now();
        if let Some(meter) = heard.meter {
            budget.learn(meter, now).await;
        }
        match heard.answer {
            Ok(answer) => {
                budget.told(now).await;
                let rated = heard.meter.and_then(|meter| meter.asked);
                Next::Told(Told { answer, asked_at, api_version: heard.api_version, rated })
            }
            Err(trouble) => self.next(budget, trouble).await,
        }
    }

    /// What a trouble means for the question.
    async fn next(&self, budget: &Budget<'_>, trouble: Trouble) -> Next {
        let now = self.ports.clock.now();
        match trouble {
            Trouble::Drained { hint_ms } => {
                budget.refused(hint_ms, now).await;
                Next::Drained
            }
            Trouble::Throttled { wait_ms } => Next::After(Some(wait_ms), Failed::Throttled),
            Trouble::Later { wait_ms, why } => {
                let wait = wait_ms.and_then(|wait| i64::try_from(wait).ok()).map(SignedDuration::from_millis);
                if let Some(until) = wait.and_then(|wait| now.checked_add(wait).ok()) {
                    budget.hold(until).await;
                }
                Next::After(wait_ms, if wait.is_some() { Failed::Throttled } else { Failed::Unreachable(why) })
            }
            Trouble::TooLarge => Next::Failed(Failed::TooLarge),
            Trouble::LostPlace => Next::Failed(Failed::LostPlace),
            Trouble::Denied { fix } => Next::Failed(Failed::Denied(fix)),
            Trouble::Unreadable(why) => Next::Failed(Failed::Unreadable(why)),
        }
    }
}
