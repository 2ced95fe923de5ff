//! Reading from Shopify: GraphQL Admin API 2026-10.

mod answer;
mod ask;
mod documents;
mod order;
mod rest;
mod subscribe;
#[cfg(test)]
mod tests;

use serde_json::json;
use sluice_domain::ports::http::HttpResponse;

use super::{Shopify, topics};
use crate::{Asked, Heard, Pull, PullContext, Question};

impl Pull for Shopify {
    fn ask(&self, question: &Question, context: &PullContext<'_>) -> Result<Asked, String> {
        ask::ask(question, context)
    }

    fn hear(&self, question: &Question, answer: &HttpResponse) -> Heard {
        answer::hear(question, answer)
    }

    fn subscriptions(&self) -> &'static [&'static str] {
        subscribe::TOPICS
    }

    fn denial(&self, fix: &str) -> (&'static str, Vec<u8>) {
        (topics::DENIED, json!({"fix": fix}).to_string().into_bytes())
    }
}
