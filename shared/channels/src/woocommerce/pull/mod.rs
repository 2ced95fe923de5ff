//! Reading from a shop: REST `wc/v3`. Deliveries that fail are not sent again, and a shop without visitors sends none (README,
//! retries and observed), so this is how orders are sure to be known.

mod answer;
mod ask;
mod place;
mod refunds;
mod subscribe;
#[cfg(test)]
mod tests;

pub(super) use ask::{basic, site};

use serde_json::json;
use sluice_domain::ports::http::HttpResponse;

use super::{WooCommerce, topics};
use crate::{Asked, Heard, Pull, PullContext, Question};

impl Pull for WooCommerce {
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
