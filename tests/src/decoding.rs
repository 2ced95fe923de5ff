//! What verifying, decoding and folding one order of 10 KB is measured on, by time (`bench`) and by instructions (`count`).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement of something that failed is none"
)]

use jiff::Timestamp;
use serde_json::Value;
use sluice_channels::{CHANNELS, Channel, DecodeContext, Decoded, Inbound, SigningRequest, channel};
use sluice_domain::{
    account::{Account, ConfirmPolicy, UnknownProduct},
    delivery::Delivery,
    ports::secrets::Secret,
    state::{Evidence, OrderFacets, ReadOrPush, fold},
};
use sluice_testkit::world;

use crate::source::root;

/// The size of body that is looked for, in bytes.
const WANTED: usize = 10_240;

/// A signed delivery of an order, and what reading it needs.
pub struct Decoding {
    headers: Vec<(String, String)>,
    delivery: Delivery,
    account: Account,
    secret: Secret,
}

impl Default for Decoding {
    /// The demonstration's new order whose body is nearest to 10 KB: the whole official shape.
    fn default() -> Self {
        let deliveries = sluice_sandbox::demo::deliveries().expect("the committed day");
        let new = deliveries.into_iter().filter(|delivery| delivery.signed && delivery.topic == "orders/create");
        let chosen = new.min_by_key(|delivery| delivery.body.len().abs_diff(WANTED)).expect("an order");
        let account = world::account("shop", ConfirmPolicy::Paid, UnknownProduct::Park);
        Self::of(account, "orders/create", chosen.body.into_bytes(), chosen.at)
    }
}

impl Decoding {
    /// One for each channel: the sample order of its fixtures, with its first line so often that it has 10 KB.
    ///
    /// # Panics
    /// When a channel has no sample data.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let sample = |channel: &&dyn Channel| {
            let folder = root().join("tests/fixtures").join(channel.name());
            let read = |file: &str| -> Value {
                serde_json::from_slice(&std::fs::read(folder.join(file)).expect("a file")).expect("JSON")
            };
            let data = read("conformance.json");
            let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).expect("text");
            let mut order = read(text("/order"));
            let missing = WANTED.saturating_sub(order.to_string().len());
            let lines = order.pointer_mut(text("/pointers/list")).and_then(Value::as_array_mut).expect("lines");
            let line = lines.first().expect("a line").clone();
            let line_id = data.pointer("/pointers/line_id").and_then(Value::as_str).unwrap_or("id").to_owned();
            for number in 0..missing.div_euclid(line.to_string().len()) {
                let mut more = line.clone();
                let id = Value::from(number.saturating_add(1_000).to_string());
                more.as_object_mut().expect("a line").insert(line_id.clone(), id);
                lines.push(more);
            }
            let account = serde_json::from_value(data["account"].clone()).expect("an account");
            Self::of(account, text("/topic"), order.to_string().into_bytes(), Timestamp::UNIX_EPOCH)
        };
        CHANNELS.iter().map(sample).collect()
    }

    fn of(account: Account, topic: &str, body: Vec<u8>, at: Timestamp) -> Self {
        let secret = Secret::new("hush");
        let request = SigningRequest {
            account: &account,
            topic,
            delivery_id: "d",
            body: &body,
            url: None,
            secret: &secret,
            now: at,
        };
        // What is read is asked for by us, and nobody signs it.
        let signed = !topic.starts_with("pull:");
        let headers = signed.then(|| channel(&account.channel).expect("a channel").sign(&request).headers);
        let headers = headers.unwrap_or_default();
        let delivery = Delivery {
            channel: account.channel.clone(),
            account: account.name.clone(),
            topic: topic.into(),
            delivery_id: "d".into(),
            source: ReadOrPush::Push,
            stated_at: Some(at),
            api_version: None,
            received_at: at,
            trace_id: "t".into(),
            body,
        };
        Self { headers, delivery, account, secret }
    }

    /// Whose order it is.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.account.channel
    }

    /// The raw body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.delivery.body
    }

    /// Proves the signature, where the channel sends orders and signs them.
    ///
    /// # Panics
    /// When it is not good.
    pub fn verify(&self) {
        if self.headers.is_empty() {
            return;
        }
        let Delivery { body, received_at, .. } = &self.delivery;
        let inbound = Inbound { headers: &self.headers, body, url: None, now: *received_at };
        let secrets = std::slice::from_ref(&self.secret);
        channel(self.channel()).expect("a channel").verify(&inbound, secrets).expect("signed");
    }

    /// Reads the evidence.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn decode(&self) -> Vec<Evidence> {
        let context = DecodeContext { account: &self.account, contact_key: &self.secret };
        let decoded = channel(self.channel()).expect("a channel").decode(&self.delivery, &context).expect("read");
        let Decoded::Evidence { evidence, .. } = decoded else { panic!("no evidence") };
        evidence
    }

    /// Folds evidence into a state that knew nothing.
    #[must_use]
    pub fn fold(evidence: Vec<Evidence>) -> OrderFacets {
        let mut facets = OrderFacets::default();
        for piece in evidence {
            fold(&mut facets, piece);
        }
        facets
    }
}
