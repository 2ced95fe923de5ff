//! What the channel is told.

use std::borrow::Cow;

use serde_json::json;
use sluice_channels::Fault;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: the evidence is durable, or there was none in it (a ping).
    Accepted,
    /// 200: it is durable, and nothing comes of it for a reason that the sender should know.
    Unused(&'static str),
    /// 401: the same for a bad signature, an unknown account and another shop's delivery.
    Unauthorized,
    /// 404: no such channel.
    UnknownChannel,
    /// 405: not a POST.
    NotPost,
    /// 413: over [`MAX_BODY_BYTES`](sluice_domain::delivery::MAX_BODY_BYTES).
    TooLarge,
    /// 422: proved, and the sender must correct the body. Nothing was kept.
    Invalid {
        /// What is wrong.
        faults: Vec<Fault>,
        /// How much more is wrong.
        more: usize,
    },
    /// 503: nothing was kept; the channel sends it again.
    Unavailable,
}

impl Answer {
    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Accepted | Self::Unused(_) => 200,
            Self::Unauthorized => 401,
            Self::UnknownChannel => 404,
            Self::NotPost => 405,
            Self::TooLarge => 413,
            Self::Invalid { .. } => 422,
            Self::Unavailable => 503,
        }
    }

    /// The type of the body.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "application/problem+json",
            Self::Accepted
            | Self::Unused(_)
            | Self::Unauthorized
            | Self::UnknownChannel
            | Self::NotPost
            | Self::TooLarge
            | Self::Unavailable => "text/plain; charset=utf-8",
        }
    }

    /// The body: a sentence for whoever tries it by hand, or a problem as RFC 9457 has it, for a program. Never says which part of
    /// the proof failed.
    #[must_use]
    pub fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Accepted => "",
            Self::Unused(why) => return Cow::Owned(format!("{why}\n")),
            Self::Unauthorized => "signature, account or shop not accepted\n",
            Self::UnknownChannel => "no such channel: use /webhooks/{channel}/{account}\n",
            Self::NotPost => "webhooks are POSTed\n",
            Self::TooLarge => "the body is larger than 1 MiB\n",
            Self::Invalid { faults, more } => return Cow::Owned(problem(faults, *more)),
            Self::Unavailable => "not accepted now: send it again\n",
        })
    }
}

/// The type is `about:blank`, since the list says it all; the title is then that of the status (RFC 9457, 4.2.1).
fn problem(faults: &[Fault], more: usize) -> String {
    let problem = json!({
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "nothing of it was kept: correct the fields and send it again",
        "errors": faults,
        "more": more,
    });
    problem.to_string()
}
