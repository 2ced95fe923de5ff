//! Asks a simulated shop all that the adapter asks, one question after the other, and remembers every exchange.

use jiff::Timestamp;
use serde_json::Value;
use sluice_channels::{Answer, Channel, Heard, PullContext, Pulled, Question, channel};
use sluice_domain::{account::Account, delivery::Delivery, ports::secrets::Secret, state::ReadOrPush};
use sluice_sandbox::shopify::SimShopify;

/// A question as it was sent, and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The query document.
    pub query: String,
    /// Its variables.
    pub variables: Value,
    /// What the adapter says that it costs at most.
    pub cost: u32,
    /// The whole answer.
    pub answer: Value,
}

/// A reader of one shop.
pub struct Reader<'a> {
    /// The shop.
    pub shop: &'a mut SimShopify,
    /// The account that it is.
    pub account: &'a Account,
    /// The time. Nothing moves it.
    pub now: Timestamp,
    /// Everything that was said.
    pub exchanges: Vec<Exchange>,
}

/// The adapter.
fn shopify() -> &'static dyn Channel {
    channel("shopify").expect("a channel of this build")
}

impl Reader<'_> {
    /// Asks one question.
    pub fn ask(&mut self, question: &Question) -> Heard {
        let token = Secret::new(self.shop.config().token.clone());
        let context = PullContext { account: self.account, token: &token, signing: None, base: None };
        let asked = shopify().ask(question, &context).expect("a question");
        let body: Value = serde_json::from_slice(&asked.request.body).expect("JSON");
        let response = self.shop.handle(&asked.request, self.now);
        self.exchanges.push(Exchange {
            query: body["query"].as_str().unwrap_or_default().to_owned(),
            variables: body["variables"].clone(),
            cost: asked.cost,
            answer: serde_json::from_slice(&response.body).unwrap_or_default(),
        });
        shopify().hear(question, &response)
    }

    /// Reads all orders that changed since an instant, whole.
    pub fn orders(&mut self, since: Timestamp, size: u32) -> Vec<Pulled> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let question = Question::Changed { since, after, size };
            let Ok(Answer::Page { items, next }) = self.ask(&question).answer else { panic!("no page") };
            for mut item in items {
                while let Some(rest) = item.rest.take() {
                    let Ok(Answer::Item(more)) = self.ask(&Question::Rest(rest)).answer else { panic!("no rest") };
                    item = more;
                }
                all.push(item);
            }
            match next {
                Some(next) => after = Some(next),
                None => return all,
            }
        }
    }

    /// What was read, as it goes to the normalizer.
    #[must_use]
    pub fn delivery(&self, item: &Pulled) -> Delivery {
        Delivery {
            channel: self.account.channel.clone(),
            account: self.account.name.clone(),
            topic: item.topic.into(),
            delivery_id: "read".into(),
            source: ReadOrPush::Read,
            stated_at: Some(self.now),
            api_version: Some("2026-10".into()),
            received_at: self.now,
            trace_id: "read".into(),
            body: item.body.clone(),
        }
    }
}
