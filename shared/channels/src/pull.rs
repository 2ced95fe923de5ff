//! Reading from a channel's own API, as values: what to ask, and what the answer says. The shell sends, waits, and keeps
//! cursors and budgets.

use jiff::Timestamp;
use serde_json::Value;
use sluice_domain::{
    account::Account,
    ports::{
        http::{HttpRequest, HttpResponse},
        secrets::Secret,
    },
};

/// Whose data is asked for, and with what right.
#[derive(Clone, Copy)]
pub struct PullContext<'a> {
    /// The account.
    pub account: &'a Account,
    /// The key to the channel's API.
    pub token: &'a Secret,
    /// What the account's webhooks are signed with, where the channel wants to be told when it is subscribed to.
    pub signing: Option<&'a Secret>,
    /// Where to ask instead of the channel itself: a simulated one on this machine. Whoever sets it has checked that.
    pub base: Option<&'a str>,
}

/// A question to a channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Orders that changed at an instant or after it, the earliest change first: one page.
    Changed {
        /// From when on. The instant itself is part of it.
        since: Timestamp,
        /// The place that the last page ended at.
        after: Option<String>,
        /// At most so many.
        size: u32,
    },
    /// What did not fit into the page of an item.
    Rest(Rest),
    /// Where the channel sends its events: one page.
    Subscriptions {
        /// The place that the last page ended at.
        after: Option<String>,
    },
    /// From now on send events of a topic to a URL.
    Subscribe {
        /// One of [`Pull::subscriptions`].
        topic: &'static str,
        /// Where to.
        url: String,
    },
}

/// What is still to be asked of an item: the adapter's own words.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    pub(crate) held: Value,
}

/// A question as it is sent.
#[derive(Debug)]
pub struct Asked {
    /// The request. Its time limit is the most that the channel needs; the shell may shorten it.
    pub request: HttpRequest,
    /// What it costs of the budget at most, in the channel's own units.
    pub cost: u32,
    /// Whose budget: that of an operation by its name, where the channel counts each for itself; `None`: the account's.
    pub operation: Option<&'static str>,
}

/// What an answer says.
#[derive(Debug)]
pub struct Heard {
    /// What was asked for, or why not.
    pub answer: Result<Answer, Trouble>,
    /// What is left of the account's budget.
    pub meter: Option<Meter>,
    /// The API version that answered.
    pub api_version: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A page of items, and where the next one begins.
    Page {
        /// The items.
        items: Vec<Pulled>,
        /// Where to go on; `None` on the last page.
        next: Option<String>,
    },
    /// The item that was asked for.
    Item(Pulled),
    /// It changed while it was read, or is gone: its newer version is read in its turn.
    Moved,
    /// Where events go.
    Subscriptions {
        /// The subscriptions.
        found: Vec<Subscription>,
        /// Where to go on; `None` on the last page.
        next: Option<String>,
    },
    /// The subscription stands.
    Subscribed,
}

/// One thing that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulled {
    /// The topic of its delivery.
    pub topic: &'static str,
    /// Its id; `None` where not even that can be read.
    pub id: Option<String>,
    /// When it last changed, as its source says.
    pub changed: Option<Timestamp>,
    /// What its delivery carries; not the whole thing while there is a rest.
    pub body: Vec<u8>,
    /// What is missing.
    pub rest: Option<Rest>,
}

/// A subscription as the channel keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The topic, written as in [`Pull::subscriptions`].
    pub topic: String,
    /// Where its events go.
    pub url: String,
    /// It leaves events or fields out.
    pub narrowed: bool,
}

/// What is left of an account's budget, as the channel says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    /// What the question was rated at before it ran.
    pub asked: Option<u32>,
    /// Units left.
    pub available: u32,
    /// Units that come back in a second.
    pub restored: u32,
    /// The most that gather.
    pub most: u32,
}

/// Why there is no answer. Every variant is another decision of the shell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The channel asks for patience. Nothing happened.
    #[error("the channel asks for patience")]
    Throttled {
        /// How long, in milliseconds.
        wait_ms: u64,
    },
    /// The operation's quota is used up, and nobody knows when the next question is free. Nothing happened.
    #[error("the quota of the operation is used up")]
    Drained {
        /// What the channel says of how long, in milliseconds: a guess to begin with.
        hint_ms: Option<u64>,
    },
    /// The channel cannot answer now: ask again later.
    #[error("the channel cannot answer now: {why}")]
    Later {
        /// How long it asks to wait, in milliseconds.
        wait_ms: Option<u64>,
        /// A sentence.
        why: String,
    },
    /// The question or its answer is too large: ask for less.
    #[error("the question is too large for the channel")]
    TooLarge,
    /// The place of the last page is not known any more: begin again.
    #[error("the channel does not know the place that the last page ended at")]
    LostPlace,
    /// The right to ask is missing: a person must give it.
    #[error("{fix}")]
    Denied {
        /// A sentence that names what is missing and who gives it. No secret, no personal data.
        fix: String,
    },
    /// What came is no answer that this build understands.
    #[error("an answer that cannot be read: {0}")]
    Unreadable(String),
}

/// How the stored key is changed for one of short life, where a channel wants that. No I/O.
pub trait KeyExchange: Sync {
    /// The request for a key. [`PullContext::token`] is what is stored.
    ///
    /// # Errors
    /// When what is stored is of no use: a sentence with the fix.
    fn ask(&self, context: &PullContext<'_>) -> Result<HttpRequest, String>;

    /// Reads the answer. The key lives for longer than any run.
    ///
    /// # Errors
    /// Why there is none. Nothing of the answer is repeated, since it may be a secret.
    fn hear(&self, answer: &HttpResponse) -> Result<Secret, Trouble>;
}

/// How a channel is read. No I/O.
pub trait Pull {
    /// The request for a question.
    ///
    /// # Errors
    /// When the account's configuration does not allow one: a sentence with the fix.
    fn ask(&self, question: &Question, context: &PullContext<'_>) -> Result<Asked, String>;

    /// Reads the answer to a question.
    fn hear(&self, question: &Question, answer: &HttpResponse) -> Heard;

    /// How the key for its API is got by what is stored; `None` where what is stored is the key.
    fn exchange(&self) -> Option<&'static dyn KeyExchange> {
        None
    }

    /// The topics that the channel must send, or orders come late; none where it sends nothing by HTTP.
    fn subscriptions(&self) -> &'static [&'static str];

    /// Topics of events that only name what changed, so that it has to be read; none where events say it all.
    fn thin(&self) -> &'static [&'static str] {
        &[]
    }

    /// The topic of a delivery that tells a person what [`Trouble::Denied`] says, and its body.
    fn denial(&self, fix: &str) -> (&'static str, Vec<u8>);
}

/// The longest part of somebody else's sentence that is repeated, in characters.
const MAX_QUOTE: usize = 160;

/// The beginning of a text that somebody else wrote.
pub(crate) fn quote(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(MAX_QUOTE).collect()
}

/// `Retry-After` in seconds, in milliseconds; some write `2.0`.
pub(crate) fn retry_after(answer: &HttpResponse) -> Option<u64> {
    let text = answer.header("retry-after")?.trim();
    let whole: u64 = text.split('.').next()?.parse().ok()?;
    let more = u64::from(text.split_once('.').is_some_and(|(_, rest)| rest.bytes().any(|digit| digit != b'0')));
    Some(whole.saturating_add(more).saturating_mul(1_000))
}

/// A host name and nothing that could lead elsewhere: keys go there.
pub(crate) fn is_host(text: &str) -> bool {
    let fine = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    fine && text.contains('.') && !text.starts_with(['.', '-'])
}
