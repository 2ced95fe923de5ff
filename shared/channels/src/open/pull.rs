//! This channel is only sent to: there is no address to ask, and senders send again what was not taken.

use serde_json::json;
use sluice_domain::ports::http::HttpResponse;

use super::{Open, topics};
use crate::{Asked, Heard, Pull, PullContext, Question, Trouble};

/// Why, and what to do.
pub(super) const NOT_READ: &str = "the open channel is only sent to and never read: take the access token away; whoever sends must repeat what was not taken";

impl Pull for Open {
    fn ask(&self, _: &Question, _: &PullContext<'_>) -> Result<Asked, String> {
        Err(NOT_READ.to_owned())
    }

    fn hear(&self, _: &Question, _: &HttpResponse) -> Heard {
        Heard { answer: Err(Trouble::Denied { fix: NOT_READ.to_owned() }), meter: None, api_version: None }
    }

    fn subscriptions(&self) -> &'static [&'static str] {
        &[]
    }

    fn denial(&self, fix: &str) -> (&'static str, Vec<u8>) {
        (topics::DENIED, json!({"fix": fix}).to_string().into_bytes())
    }
}
