//! The sample data of a channel, and what the tests do with it.

use serde_json::Value;
use sluice_channels::{
    CHANNELS, Channel, DecodeContext, Decoded, ExplainContext, Explained, Inbound, Refusal, SigningRequest,
};
use sluice_domain::{
    account::Account,
    delivery::Delivery,
    ports::secrets::Secret,
    state::{Evidence, ReadOrPush},
};
use sluice_tests::source::root;

/// Where deliveries are sent to: some channels sign it.
const URL: &str = "https://hooks.example.com/webhooks/channel/demo?a=1";

/// A channel and its sample data.
pub(crate) struct Sample {
    pub(crate) channel: &'static dyn Channel,
    pub(crate) data: Value,
    pub(crate) account: Account,
}

/// Those of the channels that are read.
pub(crate) fn read_samples() -> Vec<Sample> {
    samples().into_iter().filter(|sample| sample.token().is_some()).collect()
}

/// Those of the channels that sign what they send by HTTP.
pub(crate) fn signing_samples() -> Vec<Sample> {
    samples().into_iter().filter(Sample::signs).collect()
}

/// One for each row of the registry.
pub(crate) fn samples() -> Vec<Sample> {
    CHANNELS.iter().map(|channel| Sample::of(*channel)).collect()
}

/// A time in the life of the sample orders.
pub(crate) fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_564_800 + second).unwrap()
}

impl Sample {
    fn of(channel: &'static dyn Channel) -> Self {
        let folder = root().join("tests/fixtures").join(channel.name());
        let path = folder.join("conformance.json");
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let data: Value = serde_json::from_slice(&text).unwrap();
        let account = serde_json::from_value(data["account"].clone()).unwrap();
        Self { channel, data, account }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.data[name].as_str().unwrap_or_else(|| panic!("{}: {name}", self.channel.name()))
    }

    /// Does the channel send anything by HTTP? What it sends is signed then.
    pub(crate) fn signs(&self) -> bool {
        self.data["signs"] != false
    }

    /// The key to the channel's API; `None` for a channel that is only sent to.
    pub(crate) fn token(&self) -> Option<&str> {
        assert!(self.data["token"].is_string() || self.data["token"].is_null(), "{}: token", self.channel.name());
        self.data["token"].as_str()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        self.data[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    }

    pub(crate) fn pointer(&self, name: &str) -> &Value {
        &self.data["pointers"][name]
    }

    pub(crate) fn file(&self, path: &str) -> Vec<u8> {
        std::fs::read(root().join("tests/fixtures").join(self.channel.name()).join(path)).unwrap()
    }

    /// What the channel pushes about an order: its topic and bytes. Some push an event that only names the order, which is read.
    pub(crate) fn pushed(&self) -> (&str, Vec<u8>) {
        match self.data["event"].as_object() {
            Some(event) => (event["topic"].as_str().unwrap(), self.file(event["file"].as_str().unwrap())),
            None => (self.text("topic"), self.file(self.text("order"))),
        }
    }

    /// Are its webhooks subscribed to by way of its API?
    pub(crate) fn subscribes(&self) -> bool {
        self.signs() && self.data["subscribes"] != false
    }

    /// The order that adds up.
    pub(crate) fn order(&self) -> Value {
        serde_json::from_slice(&self.file(self.text("order"))).unwrap()
    }

    /// The order with another value at a pointer.
    pub(crate) fn order_with(&self, changes: &[(&str, Value)]) -> Value {
        let mut order = self.order();
        for (pointer, value) in changes {
            *order.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        }
        order
    }

    /// A delivery that was sent and came in at that second; a read one where the topic says so.
    pub(crate) fn delivery(&self, topic: &str, body: &[u8], second: i64) -> Delivery {
        let read = topic.starts_with("pull:");
        Delivery {
            channel: self.channel.name().into(),
            account: self.account.name.clone(),
            topic: topic.into(),
            delivery_id: "d".into(),
            source: if read { ReadOrPush::Read } else { ReadOrPush::Push },
            stated_at: Some(at(second)),
            api_version: None,
            received_at: at(second),
            trace_id: "t".into(),
            body: body.to_vec(),
        }
    }

    pub(crate) fn decode(&self, delivery: &Delivery) -> Result<Decoded, Refusal> {
        let key = Secret::new("contact-key");
        self.channel.decode(delivery, &DecodeContext { account: &self.account, contact_key: &key })
    }

    /// The evidence of a body, and the codes of its warnings.
    #[track_caller]
    pub(crate) fn evidence(&self, topic: &str, body: &Value) -> (Vec<Evidence>, Vec<&'static str>) {
        match self.decode(&self.delivery(topic, body.to_string().as_bytes(), 0)) {
            Ok(Decoded::Evidence { evidence, warnings, refused, .. }) if refused.is_empty() => {
                (evidence, warnings.iter().map(|warning| warning.code).collect())
            }
            other => panic!("{}: {other:?}", self.channel.name()),
        }
    }

    pub(crate) fn explain(&self, topic: &str, body: &[u8]) -> Vec<Explained> {
        let key = Secret::new("contact-key");
        self.channel.explain(topic, body, &ExplainContext { account: &self.account, contact_key: &key })
    }

    /// The headers of a signed delivery.
    pub(crate) fn signed(&self, body: &[u8], secret: &str) -> Vec<(String, String)> {
        let secret = Secret::new(secret);
        let request = SigningRequest {
            account: &self.account,
            topic: self.pushed().0,
            delivery_id: "d-7",
            body,
            url: Some(URL),
            secret: &secret,
            now: at(0),
        };
        self.channel.sign(&request).headers
    }
}

/// A request with these headers and body.
pub(crate) fn inbound<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Inbound<'a> {
    Inbound { headers, body, url: Some(URL), now: at(0) }
}

/// Pointers to every value of a document, the document itself too.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        all.extend(pointers(child).into_iter().map(|below| format!("/{name}{below}")));
    }
    all
}
